from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from touchbook.core.tasks.task import Kind

StepKind = Literal[
    "call",
    "email",
    "sms",
    "task",
    "linkedin_view_profile",
    "linkedin_send_connection_request",
    "linkedin_send_message",
    "linkedin_interact_with_post",
    "linkedin_other",
]
# Who sends the e-mail of a step: a person, or it goes by itself. Touchbook asks a person for either.
Sending = Literal["auto", "manual"]
STEP_KINDS: frozenset[str] = frozenset(get_args(StepKind))
ORIGIN_PREFIX = "sequence_step_"
STEP_ORIGINS = frozenset(f"{ORIGIN_PREFIX}{kind}" for kind in STEP_KINDS)

_DAY = 24 * 60 * 60
_TITLES: dict[StepKind, str] = {
    "call": "Call {}",
    "email": "E-mail {}",
    "sms": "Text {}",
    "task": "Follow up with {}",
    "linkedin_view_profile": "View {}'s LinkedIn profile",
    "linkedin_send_connection_request": "Connect with {} on LinkedIn",
    "linkedin_send_message": "Write to {} on LinkedIn",
    "linkedin_interact_with_post": "Respond to a LinkedIn post of {}",
    "linkedin_other": "Reach {} on LinkedIn",
}


def kind_of(origin: str) -> str:
    """Return the kind of the step that a task of this origin belongs to."""
    return origin.removeprefix(ORIGIN_PREFIX)


class Step(Struct, frozen=True):
    """`delay` counts seconds from the end of the previous step, `autoskip_after` seconds from the opening of the
    task. Steps are ordered by `position`, which may have gaps. `sending` is None where nobody has said it.
    """

    id: int
    uid: UUID
    sequence_id: int
    position: int
    kind: StepKind
    delay: int
    note: str | None
    priority: int
    autoskip_after: int | None
    enabled: bool
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    sending: Sending | None

    @property
    def origin(self) -> str:
        """Return the origin shown for a task of this step (4.1)."""
        return f"{ORIGIN_PREFIX}{self.kind}"

    @property
    def task_kind(self) -> Kind:
        """Apply 7.4."""
        return "call" if self.kind == "call" else "message" if self.kind == "email" else "todo"

    def title(self, contact: str) -> str:
        return _TITLES[self.kind].format(contact)

    def opens_at(self, since: datetime, zone: ZoneInfo) -> datetime:
        """Whole days are calendar days in `zone`: nine o'clock stays nine o'clock when clocks change."""
        days, seconds = divmod(self.delay, _DAY)
        day = since.astimezone(zone) + timedelta(days=days) if days else since
        return day.astimezone(UTC) + timedelta(seconds=seconds)
