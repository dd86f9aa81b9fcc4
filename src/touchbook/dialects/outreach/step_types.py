"""The `stepType` of a step: its kind, and for an e-mail how it is meant to be sent, where that was said."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from touchbook.core.sequences.step import Sending, Step, StepKind

StepType = Literal[StepKind, "auto_email", "manual_email"]


class KindOfStep(NamedTuple):
    kind: StepKind
    sending: Sending | None = None


KINDS: Mapping[StepType, KindOfStep] = {
    **{kind: KindOfStep(kind) for kind in get_args(StepKind)},
    "auto_email": KindOfStep("email", "auto"),
    "manual_email": KindOfStep("email", "manual"),
}
_TYPES = {each: name for name, each in KINDS.items()}


def step_type(step: Step) -> StepType:
    return _TYPES[KindOfStep(step.kind, step.sending)]


def step_type_of(row: str) -> str:
    """Return the SQL expression of it, over a row of sequence_steps."""
    return f"(coalesce({row}.sending || '_', '') || {row}.kind)"
