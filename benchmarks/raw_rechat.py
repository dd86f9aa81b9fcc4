"""What the raw server answers to Rechat's requests: the noted statements, run again, in the shape of the wire."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import uuid_utils.compat
from msgspec import Raw

from touchbook.core.contacts.definition import GLOBAL
from touchbook.dialects.rechat.render import definition_items

_AS_THEY_ARE = (
    "display_name", "partner_name", "sort_field", "last_touch_action", "touch_freq", "ios_address_book_id",
    "android_address_book_id", "created_for", "updated_for", "deleted_for", "title", "first_name",
    "partner_first_name", "middle_name", "last_name", "partner_last_name", "marketing_name", "nickname", "parked",
    "partner_email", "company", "profile_image_url", "cover_image_url", "job_title", "source_type", "source",
)  # fmt: skip
_FILTERING = ("select c.id, c.uid", "select count", "select x.contact_id", "select distinct w.word")
_EPOCH = date(1970, 1, 1)


class Rechat:
    """The answers of one team."""

    def __init__(self, team_uid: Any) -> None:
        self._brand = str(team_uid)
        items = definition_items(GLOBAL, self._brand, {})
        self._definitions = {name: Raw(msgspec.json.encode(item)) for name, item in items.items()}

    async def list_contacts(self, connection: Any, script: Sequence[Any]) -> dict[str, Any]:
        """Of the contacts' statements the last counts: a search for misspellings comes before it."""
        rows: Sequence[Any] = ()
        total, users = 0, {}
        for statement in script:
            found = await _fetch(connection, statement)
            if statement.sql.startswith("select count"):
                total = found[0]["count"]
            elif statement.sql.startswith("select c.id, c.uid"):
                rows = found
            elif statement.sql.startswith("select u.id, u.uid"):
                users = {row["id"]: row["uid"] for row in found}
        return self._listed(rows, users, total)

    async def get_contact(self, connection: Any, script: Sequence[Any]) -> dict[str, Any]:
        """With its attributes."""
        users: dict[int, Any] = {}
        attributes: Sequence[Any] = ()
        contact: Any = None
        for statement in script:
            found = await connection.fetch(statement.sql, *statement.args)
            if statement.sql.startswith("select c.id, c.uid"):
                (contact,) = found
            elif statement.sql.startswith("select a.uid"):
                attributes = found
            elif statement.sql.startswith("select u.id, u.uid"):
                users |= {row["id"]: row["uid"] for row in found}
        uid = str(contact["uid"])
        items = [self._attribute(row, uid, users) for row in attributes]
        return {"code": "OK", "data": {**self.contact(contact, users), "attributes": items}}

    async def create_contacts(self, connection: Any, newcomers: "Newcomers") -> dict[str, Any]:
        rows, users = await newcomers.insert(connection)
        return self._listed(rows, users, 0)

    def _listed(self, rows: Sequence[Any], users: Mapping[int, Any], total: int) -> dict[str, Any]:
        items = [self.contact(row, users) for row in rows]
        return {"code": "OK", "data": items, "info": {"count": len(items), "total": total}}

    def contact(self, row: Any, users: Mapping[int, Any]) -> dict[str, Any]:
        email = row["emails"][0] if row["emails"] else None
        phone = row["phone_numbers"][0] if row["phone_numbers"] else None
        birthday = row["birthday"]
        return {
            **{name: row[name] for name in _AS_THEY_ARE},
            "id": str(row["uid"]),
            "brand": self._brand,
            "brand_id": self._brand,
            "user_id": str(users[row["owner_id"]]),
            "last_touch": seconds(row["last_touch_at"]),
            "next_touch": seconds(row["next_touch_at"]),
            "created_at": seconds(row["created_at"]),
            "updated_at": seconds(row["updated_at"]),
            "deleted_at": seconds(row["deleted_at"]),
            "email": email,
            "primary_email": email,
            "emails": row["emails"] or None,
            "phone_number": phone,
            "primary_phone_number": phone,
            "phone_numbers": row["phone_numbers"] or None,
            "birthday": birthday and f"{birthday.isoformat()}T00:00:00.000Z",
            "website": [row["website"]] if row["website"] else None,
            "tags": row["tags"] or None,
            "address": Raw(row["addresses"].encode()) if row["addresses"] else None,
            "type": "contact",
        }

    def _attribute(self, row: Any, contact: str, users: Mapping[int, Any]) -> dict[str, Any]:
        day = row["date"]
        return {
            "id": str(row["uid"]),
            "contact": contact,
            "attribute_def": self._definitions[row["type"]],
            "created_at": seconds(row["created_at"]),
            "updated_at": seconds(row["updated_at"]),
            "deleted_at": None,
            "label": row["label"],
            "is_primary": row["is_primary"],
            "is_partner": row["is_partner"],
            "index": row["index"],
            "created_by": str(users[row["created_by"]]),
            "updated_by": str(users[row["updated_by"]]) if row["updated_by"] else None,
            "attribute_type": row["type"],
            "text": row["text"],
            "date": None if day is None else (day - _EPOCH).days * 86_400,
            "address": row["address"] and Raw(row["address"].encode()),
            "type": "contact_attribute",
        }


async def _fetch(connection: Any, statement: Any) -> Sequence[Any]:
    """What filters is planned for its values, as Touchbook does it."""
    rows: Sequence[Any]
    if len(statement.args) > 1 and statement.sql.startswith(_FILTERING):
        prepared = await connection.prepare(statement.sql)
        rows = await prepared.fetch(*statement.args)
    else:
        rows = await connection.fetch(statement.sql, *statement.args)
    return rows


class Newcomers:
    """The statements that create contacts, with new uids and ids each time. What stands in JSON is read once."""

    def __init__(self, script: Sequence[Any]) -> None:
        self._steps = [(statement, [_read(arg) for arg in statement.args]) for statement in script]
        self._accounts = self._noted("insert into contacts ", "account_id")
        self._contacts = self._noted("insert into contact_attributes ", "contact_id")

    def _noted(self, beginning: str, member: str) -> list[int]:
        """The ids that were given when the statements were noted."""
        args = next(args for statement, args in self._steps if statement.sql.startswith(beginning))
        return list(dict.fromkeys(row[member] for row in args[1]))

    async def insert(self, connection: Any) -> tuple[list[Any], dict[int, Any]]:
        """The contacts, and the uids of users."""
        ids: dict[int, int] = {}
        users: dict[int, Any] = {}
        contacts: dict[int, Any] = {}
        for statement, noted in self._steps:
            args = [_renewed(arg, ids) for arg in noted]
            if not statement.answers:
                await connection.execute(statement.sql, *args)
                continue
            rows = await connection.fetch(statement.sql, *args)
            if statement.sql.startswith("insert into accounts "):
                ids = dict(zip(self._accounts, (row["id"] for row in rows), strict=True))
            elif statement.sql.startswith("insert into contacts "):
                ids = dict(zip(self._contacts, (row["id"] for row in rows), strict=True))
                contacts = {row["id"]: row for row in rows}
            elif "returning c.id, c.uid" in statement.sql:
                contacts |= {row["id"]: row for row in rows}
            elif statement.sql.startswith("select u.id, u.uid"):
                users |= {row["id"]: row["uid"] for row in rows}
        return list(contacts.values()), users


class _Records(list[dict[str, Any]]):
    """An argument that is sent as JSON."""


def _read(arg: Any) -> Any:
    return _Records(msgspec.json.decode(arg)) if isinstance(arg, str) and arg.startswith("[{") else arg


def _renewed(arg: Any, ids: Mapping[int, int]) -> Any:
    """Ids of records that were noted are far above those of users."""
    if isinstance(arg, _Records):
        return msgspec.json.encode([_renewed_record(record, ids) for record in arg]).decode()
    if isinstance(arg, list) and arg and isinstance(arg[0], int):
        return [ids.get(each, each) for each in arg]
    return arg


def _renewed_record(record: dict[str, Any], ids: Mapping[int, int]) -> dict[str, Any]:
    new = dict(record)
    if "uid" in new:
        new["uid"] = str(uuid_utils.compat.uuid7())
    for name in ("id", "account_id", "contact_id"):
        if name in new:
            new[name] = ids[new[name]]
    return new


def seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
