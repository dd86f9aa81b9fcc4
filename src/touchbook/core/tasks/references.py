"""Locks the records that tasks refer to against deletion, while new references are written."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import contact_is_seen
from touchbook.core.errors import UnknownRecord
from touchbook.core.query.where import OWNER, Where, bind_owner
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.transaction import Transaction


class _Source(NamedTuple):
    """`rows` to `rest` are the parts of a select of records by their ids or uids."""

    rows: str
    id: str
    uid: str
    account: str
    rest: str


# The records are locked in this order, everywhere. `:owner` stands for `Caller.only_owner`.
_MEMBERS = "from members m join users u on u.id = m.user_id"
_SOURCES = {
    "contact": _Source(
        "from contacts c", "c.id", "c.uid", "c.account_id",
        f"c.team_id = $1 and {contact_is_seen(OWNER)} order by c.id for key share",
    ),
    "account": _Source(
        "from accounts a", "a.id", "a.uid", "a.id",
        "a.team_id = $1 and a.deleted_at is null order by a.id for key share",
    ),
    "deal": _Source(
        "from deals d", "d.id", "d.uid", "d.account_id",
        "d.team_id = $1 and d.deleted_at is null order by d.id for key share",
    ),
    "listing": _Source(
        "from listings l", "l.id", "l.uid", "null::bigint",
        "l.team_id = $1 and l.deleted_at is null order by l.id for key share",
    ),
    "tag": _Source("from tags g", "g.id", "g.uid", "null::bigint", "g.team_id = $1 order by g.id for key share"),
    "assignee": _Source(
        _MEMBERS, "m.user_id", "u.uid", "null::bigint",
        """m.team_id = $1 and m.left_at is null and u.deleted_at is null
            order by m.user_id for key share of m""",
    ),
    "user": _Source(_MEMBERS, "m.user_id", "u.uid", "null::bigint", "m.team_id = $1"),
}  # fmt: skip
_NO_UIDS: Mapping[str, Collection[UUID]] = {}
_NO_IDS: Mapping[str, Collection[int]] = {}


class References:
    """Records that are locked against deletion: contacts, accounts, deals, listings, tags, assignees; and users of
    the team, whether they are still members or not. `uids` holds them by noun and id, `accounts` the account of a
    contact or deal.
    """

    def __init__(self) -> None:
        self.uids: dict[tuple[str, int], UUID] = {}
        self.accounts: dict[tuple[str, int], int | None] = {}
        self._ids: dict[tuple[str, UUID], int] = {}

    def add(self, noun: str, record: int, uid: UUID, account: int | None = None) -> None:
        self.uids[noun, record] = uid
        self.accounts[noun, record] = account
        self._ids[noun, uid] = record

    def find(self, noun: str, uid: UUID) -> int | None:
        return self._ids.get((noun, uid))


async def take_references(
    tx: Transaction,
    caller: Caller,
    *,
    records: Sequence[NewAssociation] = (),
    assignees: Collection[int] = (),
    tags: Collection[int] = (),
    users: Collection[int] = (),
    taken: References | None = None,
) -> References:
    """Take what is not `taken` yet, in one statement. Return all.

    UnknownRecord for the first record that the team does not have or the caller does not see.
    """
    taken = taken or References()
    wanted: dict[str, Collection[int]] = dict.fromkeys(_SOURCES, ())
    for each in records:
        wanted[each.kind] = {*wanted[each.kind], each.record}
    wanted |= {"tag": tags, "assignee": assignees}
    missing = {noun: [each for each in ids if (noun, each) not in taken.uids] for noun, ids in wanted.items()}
    known = {*missing["assignee"], *(each for noun, each in taken.uids if noun == "user")}
    await _take(tx, caller, missing | {"user": {*users} - known}, _NO_UIDS, taken)
    for noun, ids in missing.items():
        for record in ids:
            if (noun, record) not in taken.uids:
                raise UnknownRecord(noun, record)
    return taken


async def take_by_uid(
    tx: Transaction,
    caller: Caller,
    uids: Mapping[str, Collection[UUID]],
    *,
    ids: Mapping[str, Collection[int]] = _NO_IDS,
) -> References:
    """Take the records by noun and uid, and more by noun and id, in one statement.

    Records that the team does not have or the caller does not see are left out.
    """
    taken = References()
    await _take(tx, caller, ids, uids, taken)
    return taken


async def _take(
    tx: Transaction,
    caller: Caller,
    ids: Mapping[str, Collection[int]],
    uids: Mapping[str, Collection[UUID]],
    taken: References,
) -> None:
    where = Where(caller.team_id)
    parts = {}
    for noun, source in _SOURCES.items():
        terms = []
        if ids.get(noun):
            terms.append(f"{source.id} = any({where.value(list(ids[noun]))}::bigint[])")
        if uids.get(noun):
            terms.append(f"{source.uid} = any({where.value(list(uids[noun]))}::uuid[])")
        if terms:
            parts[noun] = f"""{noun}_found as (
                select '{noun}' as noun, {source.id} as id, {source.uid} as uid, {source.account} as account_id
                {source.rows} where ({" or ".join(terms)}) and {source.rest})"""
    if parts:
        found = " union all ".join(
            f"select x.noun, x.id, x.uid, x.account_id from {noun}_found x" for noun in parts
        )
        sql = f"with {', '.join(parts.values())} {found}"
        for row in await tx.fetch(bind_owner(sql, where, caller), *where.args):
            taken.add(*row)
            if row["noun"] == "assignee":
                taken.add("user", row["id"], row["uid"])
    if caller.user_id is not None and caller.user_uid is not None:
        taken.add("user", caller.user_id, caller.user_uid)
