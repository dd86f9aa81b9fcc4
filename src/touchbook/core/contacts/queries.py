"""Reads of contacts and their attributes. Lists are in listing.py."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import UNNAMED, Contact
from touchbook.core.contacts.definition import Definition, Definitions
from touchbook.core.contacts.rows import ATTRIBUTE_COLUMNS, CONTACT_COLUMNS, attribute_from, contact_from
from touchbook.core.contacts.seeing import visible_contacts
from touchbook.core.errors import NotFound
from touchbook.core.query.look_ups import seeing
from touchbook.core.slicing import in_slices
from touchbook.core.teams.queries import uid_of_user, uids_of_users
from touchbook.core.transaction import Reader

_ATTRIBUTES = f"""select {ATTRIBUTE_COLUMNS} from contact_attributes a
    where a.team_id = $1 and a.contact_id = any($2::bigint[]) and a.deleted_at is null
    order by a.created_at, a.uid"""
_AUTHORS = f"select {uids_of_users('select unnest(array[shown.created_by, shown.updated_by]) from shown')}"
_AT_ONCE = 2000
_authors = msgspec.json.Decoder(dict[int, UUID])
DEFINITION_COLUMNS = ", ".join(f"d.{name}" for name in Definition.__struct_fields__)


async def find_contact(reader: Reader, caller: Caller, contact_id: int) -> Contact:
    where = visible_contacts(caller).add("c.id = {}", contact_id)
    row = await reader.fetch_row(f"select {CONTACT_COLUMNS} from contacts c where {where.sql}", *where.args)
    if row is None:
        raise NotFound("contact", contact_id)
    return contact_from(row)


async def find_contact_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Contact:
    return (await find_contacts(reader, caller, [uid]))[0]


async def find_contacts(reader: Reader, caller: Caller, uids: Sequence[UUID]) -> list[Contact]:
    """Return the contacts in the order of `uids`. NotFound for the first missing one."""
    where = visible_contacts(caller).add("c.uid = any({}::uuid[])", list(uids))
    rows = await reader.fetch(f"select {CONTACT_COLUMNS} from contacts c where {where.sql}", *where.args)
    found = {row["uid"]: contact_from(row) for row in rows}
    for uid in uids:
        if uid not in found:
            raise NotFound("contact", uid)
    return [found[uid] for uid in uids]


async def contact_id_of(reader: Reader, caller: Caller, uid: UUID) -> int | None:
    where = visible_contacts(caller).add("c.uid = {}", uid)
    found: int | None = await reader.fetch_value(f"select c.id from contacts c where {where.sql}", *where.args)
    return found


async def contacts_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, Contact]:
    """Include deleted contacts, so that records which refer to them can still show a name."""
    rows = await reader.fetch(
        f"select {CONTACT_COLUMNS} from contacts c where c.team_id = $1 and c.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: contact_from(row) for row in rows}


class OwnedContact(Struct, frozen=True):
    contact: Contact
    owner_uid: UUID


OWNED_COLUMNS = f"{CONTACT_COLUMNS}, {uid_of_user('c.owner_id')}"


def owned_contact(values: Sequence[Any], _caller: Caller | None = None) -> OwnedContact:
    """The values have the order of OWNED_COLUMNS."""
    return OwnedContact(Contact(*values[:-1]), values[-1])


async def find_owned_contact(reader: Reader, caller: Caller, uid: UUID) -> OwnedContact:
    where = visible_contacts(caller).add("c.uid = {}", uid)
    row = await reader.fetch_row(f"select {OWNED_COLUMNS} from contacts c where {where.sql}", *where.args)
    if row is None:
        raise NotFound("contact", uid)
    return owned_contact(row[:])


async def owned_contacts_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, OwnedContact]:
    """Include deleted contacts, like `contacts_by_id`."""
    rows = await reader.fetch(
        f"select {OWNED_COLUMNS} from contacts c where c.team_id = $1 and c.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: owned_contact(row[:]) for row in rows}


async def contacts_of_accounts(reader: Reader, caller: Caller, accounts: Collection[int]) -> list[Contact]:
    where = visible_contacts(caller).add("c.account_id = any({}::bigint[])", list(accounts))
    rows = await reader.fetch(
        f"select {CONTACT_COLUMNS} from contacts c where {where.sql} order by c.id", *where.args
    )
    return list(map(contact_from, rows))


async def name_contacts(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, str]:
    """Return the names of those of `ids` that belong to the team."""
    rows = await reader.fetch(
        """select c.id, c.display_name from contacts c
        where c.team_id = $1 and c.id = any($2::bigint[]) and c.deleted_at is null""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: row["display_name"] or UNNAMED for row in rows}


async def attributes_of(
    reader: Reader, caller: Caller, contact_ids: Collection[int]
) -> dict[int, list[Attribute]]:
    """Return the attributes by contact id, oldest first (RC-020)."""
    rows = await reader.fetch(_ATTRIBUTES, caller.team_id, list(contact_ids))
    return await _by_contact(rows)


async def attributes_and_authors(
    reader: Reader, caller: Caller, contact_ids: Collection[int]
) -> tuple[dict[int, list[Attribute]], dict[int, UUID]]:
    """Return the attributes like `attributes_of`, and the uids of the users who wrote them."""
    rows = await reader.fetch(
        seeing(_ATTRIBUTES, _AUTHORS),
        caller.team_id,
        list(contact_ids),
    )
    return await _by_contact(rows, -1), _authors.decode(rows[0][-1]) if rows else {}


async def _by_contact(rows: Sequence[Any], end: int | None = None) -> dict[int, list[Attribute]]:
    """Read the columns of each row up to `end` as an attribute. A page of contacts may have a million."""
    attributes: dict[int, list[Attribute]] = defaultdict(list)
    async for some in in_slices(rows, _AT_ONCE):
        for row in some:
            attributes[row["contact_id"]].append(attribute_from(row[:end]))
    return attributes


async def foreign_members_of(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, str]:
    """Return the column of foreign members by contact id, for those that have any."""
    rows = await reader.fetch(
        """select c.id, c.foreign_members from contacts c
        where c.team_id = $1 and c.id = any($2::bigint[]) and c.foreign_members is not null""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: row["foreign_members"] for row in rows}


async def contacts_having(reader: Reader, caller: Caller, uids: Collection[UUID]) -> dict[UUID, int]:
    """Return the contact id by attribute uid, for contacts that the caller sees."""
    where = visible_contacts(caller).add("a.uid = any({}::uuid[])", list(uids))
    rows = await reader.fetch(
        f"""select a.uid, a.contact_id from contact_attributes a
        join contacts c on c.team_id = a.team_id and c.id = a.contact_id
        where a.team_id = $1 and a.deleted_at is null and {where.sql}""",
        *where.args,
    )
    return {row["uid"]: row["contact_id"] for row in rows}


async def known_definitions(reader: Reader, caller: Caller) -> Definitions:
    rows = await reader.fetch(
        f"""select {DEFINITION_COLUMNS} from attribute_definitions d
        where d.team_id = $1 and d.deleted_at is null order by d.id desc""",
        caller.team_id,
    )
    return Definitions(Definition(**row) for row in rows)


async def attributes_typed(reader: Reader, caller: Caller, kind: str) -> dict[int, list[UUID]]:
    """Return the uids of attributes of one definition by contact id, for contacts that the caller sees."""
    rows = await reader.fetch(
        """select a.contact_id, a.uid from contact_attributes a
        join contacts c on c.team_id = a.team_id and c.id = a.contact_id
        where a.team_id = $1 and a.type = $2 and a.deleted_at is null and c.deleted_at is null
        order by a.contact_id""",
        caller.team_id,
        kind,
    )
    found: dict[int, list[UUID]] = defaultdict(list)
    for row in rows:
        found[row["contact_id"]].append(row["uid"])
    return found
