"""Tasks with all that this API shows and filters of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import seen_of_contact, sees_contact
from touchbook.core.folding import same
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.query.where import OWNER
from touchbook.core.tasks.due_times import due_instant
from touchbook.core.tasks.query_schema import TASKS
from touchbook.core.tasks.task import Task
from touchbook.dialects.outreach.companies import with_company
from touchbook.dialects.outreach.priorities import TASK_PRIORITY
from touchbook.dialects.outreach.step_types import step_type_of


class TaskRecord(Struct, frozen=True):
    """A task with the company that it is about, its latest call, and the steps of its sequence.

    `mailing_id` and `sequence_state_id` are shown with their contact alone, unlike those of the task. `due`: a
    date-only task at the start of its day where the team lives. `text`: what its contact is to be told, as clean
    HTML, where it was asked for.
    """

    task: Task
    due: datetime | None
    company_id: int | None
    call_id: int | None
    step_ids: Sequence[int]
    mailing_id: int | None
    sequence_state_id: int | None
    text: str | None = None

    @property
    def contact_id(self) -> int | None:
        return self.task.first("contact")

    @property
    def account_id(self) -> int | None:
        """The company that it was linked to itself, not by way of its contact."""
        return self.company_id if self.task.first("account") == self.company_id else None


def _record(task: Task, caller: Caller, *values: Any) -> TaskRecord:
    return TaskRecord(task, due_instant(task, caller.team_zone), *values)


_CALLS = f"""activities a where a.team_id = $1 and a.kind = 'call' and a.deleted_at is null
    and {sees_contact("a.contact_id", OWNER)}"""
_CALL = f"(select a.id from {_CALLS} and a.task_id = t.id order by a.id desc limit 1)"
_MAILING = seen_of_contact("mailings", "t.mailing_id", OWNER)
_STATE = seen_of_contact("sequence_states", "t.sequence_state_id", OWNER)
_STEPS = """array(select p.id from sequence_steps p where p.team_id = $1 and p.sequence_id = t.sequence_id
    and p.deleted_at is null order by p.position, p.id)"""


def _personal(column: str, seen: str) -> Column:
    return Column(
        kind="bigint",
        any_of=f"({column} = any({{}}::bigint[]) and {seen} is not null)",
        missing=f"{seen} is null",
    )


SCHEMA: QuerySchema[TaskRecord] = with_company(
    TASKS,
    "t.account_id",
    _record,
    _CALL,
    _STEPS,
    _MAILING,
    _STATE,
    columns={
        **TASK_PRIORITY,
        "call.id": Column(
            kind="bigint",
            any_of=f"t.id in (select a.task_id from {_CALLS} and a.id = any({{}}::bigint[]))",
            one_of=f"t.id in (select a.task_id from {_CALLS} and a.id = {{}}::bigint)",
            missing=f"not exists (select from {_CALLS} and a.task_id = t.id)",
        ),
        "mailing.id": _personal("t.mailing_id", _MAILING),
        "sequence.tags": Column(
            any_of="""t.sequence_id in (select q.id from sequences q
                where q.team_id = $1 and q.tag_keys && {}::text[] and q.deleted_at is null)""",
            missing="""not exists (select from sequences q
                where q.team_id = $1 and q.id = t.sequence_id and cardinality(q.tags) > 0)""",
            fold=same,
        ),
        "sequence_state.id": _personal("t.sequence_state_id", _STATE),
        "step.kind": Column(
            any_of=f"""t.sequence_step_id in (select p.id from sequence_steps p
                where p.team_id = $1 and {step_type_of("p")} = any({{}}::text[]))""",
            missing="t.sequence_step_id is null",
        ),
        "steps.id": Column(
            kind="bigint",
            any_of="""t.sequence_id in (select p.sequence_id from sequence_steps p
                where p.team_id = $1 and p.id = any({}::bigint[]) and p.deleted_at is null)""",
            missing="""not exists (select from sequence_steps p
                where p.team_id = $1 and p.sequence_id = t.sequence_id and p.deleted_at is null)""",
        ),
    },
)
