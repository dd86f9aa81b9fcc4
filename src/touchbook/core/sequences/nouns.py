"""How the records of each noun are read and written: table, columns, Struct."""

from typing import Generic, TypeVar

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.sequences.mailing import Mailing
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.state import SequenceState
from touchbook.core.sequences.step import Step
from touchbook.core.sequences.template import SequenceTemplate, Template
from touchbook.core.transaction import Row
from touchbook.core.where import Where

Record = TypeVar("Record", bound=Struct)


class Noun(Generic[Record]):
    """`derived`: the Struct's last members, which are no columns of the table. `personal`: of a contact each."""

    def __init__(
        self,
        name: str,
        table: str,
        record: type[Record],
        *,
        derived: dict[str, str] | None = None,
        personal: bool = False,
    ) -> None:
        derived = derived or {}
        stored = [f"x.{field}" for field in record.__struct_fields__ if field not in derived]
        self.name = name
        self.table = table
        self.record = record
        self.personal = personal
        self.columns = ", ".join([*stored, *(f"({sql}) as {field}" for field, sql in derived.items())])

    def read(self, row: Row) -> Record:
        return self.record(*row)

    def standing(self, caller: Caller) -> Where:
        return self.stand(Where(caller.team_id), caller)

    def stand(self, where: Where, caller: Caller) -> Where:
        """Those not deleted, and of contacts that the caller sees (A-41)."""
        where.add("x.team_id = $1").add("x.deleted_at is null")
        if self.personal and caller.own_contacts_only:
            where.add(
                """exists (select from contacts c where c.team_id = $1 and c.id = x.contact_id
                    and c.owner_id = {})""",
                caller.user_id,
            )
        return where


SEQUENCES = Noun("sequence", "sequences", Sequence)
STEPS = Noun("sequence_step", "sequence_steps", Step)
TEMPLATES = Noun("template", "templates", Template)
SEQUENCE_TEMPLATES = Noun(
    "sequence_template",
    "sequence_templates",
    SequenceTemplate,
    derived={
        "sequence_id": "select p.sequence_id from sequence_steps p where p.team_id = $1 and p.id = x.step_id"
    },
)
STATES = Noun("sequence_state", "sequence_states", SequenceState, personal=True)
MAILINGS = Noun(
    "mailing",
    "mailings",
    Mailing,
    derived={
        "task_id": """select min(t.id) from tasks t
            where t.team_id = $1 and t.mailing_id = x.id and t.deleted_at is null"""
    },
    personal=True,
)
