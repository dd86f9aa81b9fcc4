"""The demonstration's sequence: a person who has just written is answered for three weeks."""

from msgspec import Struct

from touchbook.core.sequences.step import StepKind

NAME = "New buyer, first three weeks"
DESCRIPTION = "From the first answer to the first viewing."
TAGS = ("buyers",)
# Numbers of contacts; the last one has been called already.
ENROLLED = (2, 3)

_DAY = 24 * 60 * 60


class Stage(Struct, frozen=True):
    """`days` counts from the previous step; `subject` and `body` are its message, in Liquid."""

    kind: StepKind
    days: int = 0
    note: str | None = None
    subject: str | None = None
    body: str | None = None

    @property
    def delay(self) -> int:
        return self.days * _DAY


STAGES = (
    Stage("call", note="Introduce yourself. When do they want to move, and where?"),
    Stage(
        "email",
        1,
        subject="Good to hear from you, {{ first_name | default: 'and welcome' }}",
        body="<p>Hello {{ first_name | default: 'there' }},</p><p>three houses that may be yours are attached.</p>"
        "<p>{{ sender.name }}</p>",
    ),
    Stage(
        "sms",
        4,
        body="{{ first_name | default: 'Hello' }}, did one of the three speak to you? {{ sender.first_name }}",
    ),
    Stage("linkedin_send_connection_request", 3),
    Stage("task", 6, note="Search again with what they said."),
    Stage("call", 7, note="Ask for an hour to look at two houses."),
)
