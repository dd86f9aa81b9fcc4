"""Maps Close's types of a task to the core's origin and kind (section 7.4)."""

from touchbook.core.tasks.task import TaskMembers

_ORDER = (
    "incoming_email", "email_followup", "missed_call", "answered_detached_call", "voicemail", "opportunity_due",
    "incoming_sms", "outgoing_call",
)  # fmt: skip
SOURCED = frozenset(_ORDER)
TYPES = SOURCED | {"lead"}


def type_of(task: TaskMembers) -> str:
    return task.origin if task.origin in SOURCED else "lead"
