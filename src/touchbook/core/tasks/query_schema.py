"""The query schema of tasks. A filter by assignee, contact, deal or account means the first of several (A-44)."""

from touchbook.core.accounts.query_schema import COMPANIES
from touchbook.core.caller import Caller
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.deals.query_schema import DEALS
from touchbook.core.folding import fold
from touchbook.core.query.schema import AccessPath, Column, IndexRange, QuerySchema
from touchbook.core.query.searching import add_search
from touchbook.core.query.where import OWNER, Where, escape_like
from touchbook.core.tasks.due_ranges import Share, due_columns
from touchbook.core.tasks.queries import TASK_COLUMNS
from touchbook.core.tasks.reading import WHOLE
from touchbook.core.tasks.seeing import read_seen, record_is_seen, seen_records
from touchbook.core.tasks.task import CLOSED, LIFE, OPEN, RecordKind, Task
from touchbook.core.teams.query_schema import MEMBERS


def _add_visible(where: Where, _caller: Caller) -> Where:
    return where.add("t.team_id = $1").add("t.deleted_at is null")


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


def _found(ids: str, missing: str, key: str = "t.id") -> Column:
    """`ids`: a select of task ids, in which `{}` stands for what a value is compared with."""
    return Column(
        kind="bigint",
        any_of=f"{key} in ({ids.replace('{}', '= any({}::bigint[])')})",
        one_of=f"{key} in ({ids.replace('{}', '= {}::bigint')})",
        missing=missing,
    )


def _through(ids: str) -> str:
    return f"t.id in ({ids.replace('{}', 'in ({})')})"


_OWNED = """select o.task_id from task_assignees o
    where o.team_id = $1 and o.user_id {} and o.position = 0 and not o.deleted"""
_ASSIGNED = "select o.task_id from task_assignees o where o.team_id = $1 and o.user_id {} and not o.deleted"
_UNOWNED = "not exists (select from task_assignees o where o.team_id = $1 and o.task_id = t.id)"


_HALVES = (
    Share("a.open", {"status": OPEN, "phase": ("scheduled", "open")}),
    Share("not a.open", {"status": CLOSED, "phase": ("closed",)}),
)


def _states(table: str) -> dict[str, Column]:
    status, opened = f"{table}.status", f"{table}.open"
    phase = f"(case when {status} = 'scheduled' then 'scheduled' when {opened} then 'open' else 'closed' end)"
    return {
        "phase": Column(sql=phase, nullable=False),
        "status": Column(sql=status, nullable=False, varied=False),
    }


def _links(key: str) -> dict[str, Column]:
    """The columns by what a task is linked to, first or not."""
    kinds: tuple[RecordKind, ...] = ("contact", "deal", "listing")
    return {f"{kind}s.id": _found(_linked_to(kind), _unlinked(kind, key), key) for kind in kinds}


def _linked_to(kind: RecordKind) -> str:
    return f"""select s.task_id from task_associations s where s.team_id = $1 and s.{kind}_id {{}}
    and s.deleted_at is null and {record_is_seen(kind, f"s.{kind}_id", OWNER)}"""


def _texts(found: str) -> dict[str, Column]:
    """`found`: a term of what text `x` fulfils, `{}`. `title` is part of the shown title; each word of `search`
    stands in it or in the description.
    """

    def match_title(where: Where, text: str, _caller: Caller) -> None:
        """A part of the title is part of the whole text as well, which alone has an index."""
        part = where.value(f"%{escape_like(fold(text))}%")
        where.add(found.replace("{}", f"x.folded like {part} and x.title like {part}"))

    def match_search(where: Where, text: str, _caller: Caller) -> None:
        where.add(found.replace("{}", add_search(where.branch(), text, "x.folded").sql))

    return {"title": Column(match=match_title), "search": Column(match=match_search)}


def _assigned(term: str) -> AccessPath:
    """The keys of a task stand beside its assignees, so that an index has a person's tasks in order of due.

    A person's texts are looked up one by one until the page is full: the team has far more that match.
    """
    return AccessPath(
        source="task_assignees a",
        key="a.task_id",
        term=f"a.team_id = $1 and not a.deleted and a.user_id = {{}}::bigint{term}",
        order="due",
        columns={
            **due_columns("a", _HALVES, by_status=False),
            **_states("a"),
            **_links("a.task_id"),
            **_texts("(select {} from task_texts x where x.team_id = $1 and x.task_id = a.task_id)"),
        },
    )


def _linked(kind: RecordKind) -> str:
    return f"""select s.task_id from task_associations s
    where s.team_id = $1 and s.{kind}_id {{}} and s.deleted_at is null and s.id = (
        select f.id from task_associations f where f.team_id = $1 and f.task_id = s.task_id and f.kind = '{kind}'
        and f.deleted_at is null and {record_is_seen(kind, f"f.{kind}_id", OWNER)}
        order by f.index, f.created_at, f.id limit 1)"""


def _unlinked(kind: RecordKind, key: str) -> str:
    return f"""not exists (select from task_associations s
    where s.team_id = $1 and s.task_id = {key} and s.kind = '{kind}' and s.deleted_at is null
    and {record_is_seen(kind, f"s.{kind}_id", OWNER)})"""


def _id(column: str) -> Column:
    return Column(sql=column, kind="bigint")


TASKS: QuerySchema[Task] = QuerySchema(
    source="tasks t",
    select=TASK_COLUMNS,
    key="t.id",
    look_up=(seen_records("shown", OWNER), read_seen),
    record=WHOLE.record,
    visible=_add_visible,
    total=lambda _caller: "task",
    paths={"owner.id": _assigned(" and a.position = 0"), "assignees.id": _assigned("")},
    columns={
        "id": Column(sql="t.id", kind="bigint", nullable=False, varied=False),
        "autoskip_at": _mostly_missing("t.autoskip_at"),
        "created_at": Column(sql="t.created_at", kind="timestamptz", nullable=False),
        "end_at": Column(sql="t.end_at", kind="timestamptz"),
        "kind": Column(sql="t.kind", nullable=False, varied=False),
        "origin": Column(
            sql="t.origin",
            nullable=False,
            ranges=(
                IndexRange(term="t.origin <> 'manual'", sql="t.origin"),
                IndexRange(term="t.origin = 'manual'", sql="'manual'::text"),
            ),
        ),
        "priority": Column(sql="t.priority", kind="bigint", nullable=False, varied=False),
        "scheduled_at": _mostly_missing("t.scheduled_at"),
        "sort_title": Column(sql="t.sort_title", nullable=False),
        "state_changed_at": Column(sql="t.state_changed_at", kind="timestamptz", nullable=False),
        "status_order": Column(
            sql=f"array_position(array{list(LIFE)}, t.status)", kind="bigint", nullable=False, varied=False
        ),
        "uid": Column(sql="t.uid", kind="uuid", nullable=False, varied=False),
        "updated_at": Column(sql="t.updated_at", kind="timestamptz", nullable=False),
        **due_columns("t", by_status=True),
        **_states("t"),
        **_links("t.id"),
        **_texts("t.id in (select x.task_id from task_texts x where x.team_id = $1 and {})"),
        "account.id": Column(sql="t.account_id", kind="bigint", varied=False),
        "completer.id": _id("t.completed_by"),
        "contact.id": _found(_linked("contact"), _unlinked("contact", "t.id")),
        "deal.id": _found(_linked("deal"), _unlinked("deal", "t.id")),
        "assignees.id": _found(_ASSIGNED, _UNOWNED),
        "owner.id": _found(_OWNED, _UNOWNED),
        "sequence.id": _id("t.sequence_id"),
        "sequence_template.id": _id("t.sequence_template_id"),
        "step.id": _id("t.sequence_step_id"),
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
