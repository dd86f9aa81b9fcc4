"""The query schema of tasks. A filter by assignee, contact, deal or account means the first of several (A-44)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from touchbook.core.accounts.query_schema import COMPANIES, company_column, company_id
from touchbook.core.caller import Caller
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.contacts.seeing import contact_is_seen, seen_of_contact
from touchbook.core.deals.query_schema import DEALS
from touchbook.core.folding import same
from touchbook.core.query.day_starts import start_of_day_sql
from touchbook.core.query.schema import AccessPath, Column, IndexRange, QuerySchema
from touchbook.core.query.where import OWNER, Where
from touchbook.core.tasks.due_ranges import due_ranges
from touchbook.core.tasks.due_times import due_instant
from touchbook.core.tasks.queries import task_columns, task_from_values
from touchbook.core.tasks.seeing import record_is_seen
from touchbook.core.tasks.task import RecordKind, Task
from touchbook.core.teams.query_schema import MEMBERS


class Entry(Struct, frozen=True):
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


def _record(values: Sequence[Any], caller: Caller) -> Entry:
    task = task_from_values(values[:-5])
    return Entry(task, due_instant(task, caller.team_zone), *values[-5:])


def _add_visible(where: Where, _caller: Caller) -> Where:
    return where.add("t.team_id = $1").add("t.deleted_at is null")


_DUE = Column(
    sql=f"coalesce(t.due_at, {start_of_day_sql('t.due_on')})",
    kind="timestamptz",
    missing="(t.due_at is null and t.due_on is null)",
    ranges=due_ranges("t"),
)
_PHASE = "case when t.status = 'scheduled' then 'scheduled' when t.open then 'open' else 'closed' end"


def _mostly_missing(column: str) -> Column:
    """An index has those alone that have a value; the others are in the order of their ids."""
    return Column(
        sql=column,
        kind="timestamptz",
        ranges=(
            IndexRange(term=f"{column} is not null", sql=column),
            IndexRange(term=f"{column} is null", sql="null::timestamptz", nullable=True),
        ),
    )


def _found(ids: str, missing: str) -> Column:
    """`ids`: a select of task ids, in which `{}` stands for what a value is compared with."""
    return Column(
        kind="bigint",
        any_of=f"t.id in ({ids.replace('{}', '= any({}::bigint[])')})",
        one_of=f"t.id in ({ids.replace('{}', '= {}::bigint')})",
        missing=missing,
    )


def _through(ids: str) -> str:
    return f"t.id in ({ids.replace('{}', 'in ({})')})"


_OWNED = """select o.task_id from task_assignees o
    where o.team_id = $1 and o.user_id {} and o.position = 0 and not o.deleted"""
_UNOWNED = "not exists (select from task_assignees o where o.team_id = $1 and o.task_id = t.id)"


# The keys of a task stand beside its assignees, so that an index has a person's tasks in order of due.
_OWNED_BY_DUE = AccessPath(
    source="task_assignees o join tasks t on t.team_id = $1 and t.id = o.task_id",
    term="o.team_id = $1 and o.user_id = {}::bigint and o.position = 0 and not o.deleted",
    ranges=(*due_ranges("o", "o.open"), *due_ranges("o", "not o.open")),
)


def _linked(kind: RecordKind) -> str:
    return f"""select s.task_id from task_associations s
    where s.team_id = $1 and s.{kind}_id {{}} and s.deleted_at is null and s.id = (
        select f.id from task_associations f where f.team_id = $1 and f.task_id = s.task_id and f.kind = '{kind}'
        and f.deleted_at is null and {record_is_seen(kind, f"f.{kind}_id", OWNER)}
        order by f.index, f.created_at, f.id limit 1)"""


def _unlinked(kind: RecordKind) -> str:
    return f"""not exists (select from task_associations s
    where s.team_id = $1 and s.task_id = t.id and s.kind = '{kind}' and s.deleted_at is null
    and {record_is_seen(kind, f"s.{kind}_id", OWNER)})"""


_CALLS = f"""activities a where a.team_id = $1 and a.kind = 'call' and a.deleted_at is null
    and {contact_is_seen("a.contact_id", OWNER)}"""
_CALLED = f"select a.task_id from {_CALLS} and a.id {{}}"
_UNCALLED = f"not exists (select from {_CALLS} and a.task_id = t.id)"
_CALL = f"(select a.id from {_CALLS} and a.task_id = t.id order by a.id desc limit 1)"
_MAILING = seen_of_contact("mailings", "t.mailing_id", OWNER)
_STATE = seen_of_contact("sequence_states", "t.sequence_state_id", OWNER)
_STEPS = """array(select p.id from sequence_steps p where p.team_id = $1 and p.sequence_id = t.sequence_id
    and p.deleted_at is null order by p.position, p.id)"""


def _of_sequence(
    found: str, missing: str, kind: Any = "bigint", fold: Callable[[str], str] | None = None
) -> Column:
    """`found`: a term of which column of a task is among which select, with `{}` for the values."""
    return Column(kind=kind, any_of=found.replace("{}", f"{{}}::{kind}[]"), missing=missing, fold=fold)


def _id(column: str) -> Column:
    return Column(sql=column, kind="bigint")


def _personal(column: str, seen: str) -> Column:
    return Column(
        kind="bigint",
        any_of=f"({column} = any({{}}::bigint[]) and {seen} is not null)",
        missing=f"{seen} is null",
    )


TASKS: QuerySchema[Entry] = QuerySchema(
    source="tasks t",
    select=", ".join((task_columns(OWNER), company_id("t.account_id"), _CALL, _STEPS, _MAILING, _STATE)),
    key="t.id",
    record=_record,
    visible=_add_visible,
    paths={("owner.id", "due"): _OWNED_BY_DUE},
    columns={
        "id": Column(sql="t.id", kind="bigint", nullable=False),
        "autoskip_at": _mostly_missing("t.autoskip_at"),
        "created_at": Column(sql="t.created_at", kind="timestamptz", nullable=False),
        "due": _DUE,
        "origin": Column(
            sql="t.origin",
            nullable=False,
            ranges=(
                IndexRange(term="t.origin <> 'manual'", sql="t.origin"),
                IndexRange(term="t.origin = 'manual'", sql="'manual'::text"),
            ),
        ),
        "phase": Column(sql=f"({_PHASE})", nullable=False),
        "scheduled_at": _mostly_missing("t.scheduled_at"),
        "state_changed_at": Column(sql="t.state_changed_at", kind="timestamptz", nullable=False),
        "updated_at": Column(sql="t.updated_at", kind="timestamptz", nullable=False),
        "account.id": company_column("t.account_id"),
        "call.id": _found(_CALLED, _UNCALLED),
        "completer.id": _id("t.completed_by"),
        "contact.id": _found(_linked("contact"), _unlinked("contact")),
        "deal.id": _found(_linked("deal"), _unlinked("deal")),
        "mailing.id": _personal("t.mailing_id", _MAILING),
        "owner.id": _found(_OWNED, _UNOWNED),
        "sequence.id": _id("t.sequence_id"),
        "sequence.tags": _of_sequence(
            """t.sequence_id in (select q.id from sequences q
                where q.team_id = $1 and q.tag_keys && {} and q.deleted_at is null)""",
            """not exists (select from sequences q
                where q.team_id = $1 and q.id = t.sequence_id and cardinality(q.tags) > 0)""",
            "text",
            fold=same,
        ),
        "sequence_state.id": _personal("t.sequence_state_id", _STATE),
        "sequence_template.id": _id("t.sequence_template_id"),
        "step.id": _id("t.sequence_step_id"),
        "step.kind": _of_sequence(
            """t.sequence_step_id in (select p.id from sequence_steps p
                where p.team_id = $1 and p.kind = any({}))""",
            "t.sequence_step_id is null",
            "text",
        ),
        "steps.id": _of_sequence(
            """t.sequence_id in (select p.sequence_id from sequence_steps p
                where p.team_id = $1 and p.id = any({}) and p.deleted_at is null)""",
            """not exists (select from sequence_steps p
                where p.team_id = $1 and p.sequence_id = t.sequence_id and p.deleted_at is null)""",
        ),
        "template.id": _id("t.template_id"),
    },
    relations={
        "account": ("t.account_id", COMPANIES),
        "completer": ("t.completed_by", MEMBERS),
        "contact": (_through(_linked("contact")), CONTACTS),
        "deal": (_through(_linked("deal")), DEALS),
        "owner": (_through(_OWNED), MEMBERS),
    },
)
