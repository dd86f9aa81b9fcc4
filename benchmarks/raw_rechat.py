"""What the raw server answers to Rechat's requests: the noted statements, run again, in the shape of the wire."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Raw

from benchmarks.scripts import Script
from touchbook.core.contacts.definition import GLOBAL
from touchbook.dialects.rechat.contacts.render import definition_items

_AS_THEY_ARE = (
    "display_name", "partner_name", "sort_field", "last_touch_action", "touch_freq", "ios_address_book_id",
    "android_address_book_id", "created_for", "updated_for", "deleted_for", "title", "first_name",
    "partner_first_name", "middle_name", "last_name", "partner_last_name", "marketing_name", "nickname", "parked",
    "partner_email", "company", "profile_image_url", "cover_image_url", "job_title", "source_type", "source",
)  # fmt: skip
_EPOCH = date(1970, 1, 1)


class Rechat:
    """The answers of one team."""

    def __init__(self, team_uid: Any) -> None:
        self._brand = str(team_uid)
        items = definition_items(GLOBAL, self._brand, {})
        self._definitions = {name: Raw(msgspec.json.encode(item)) for name, item in items.items()}

    async def list_contacts(self, connection: Any, script: Script) -> dict[str, Any]:
        """Of the contacts' statements the last counts: a search for misspellings comes before it."""
        rows: Sequence[Any] = ()
        total, users = 0, {}
        for statement in script:
            found = await statement.run(connection)
            if statement.sql.startswith("select count"):
                total = found[0]["count"]
            elif statement.sql.startswith("select c.id, c.uid"):
                rows = found
            elif statement.sql.startswith("select u.id, u.uid"):
                users = {row["id"]: row["uid"] for row in found}
        return self._listed(rows, users, total)

    async def get_contact(self, connection: Any, script: Script) -> dict[str, Any]:
        """With its attributes."""
        users: dict[int, Any] = {}
        attributes: Sequence[Any] = ()
        contact: Any = None
        for statement in script:
            found = await statement.run(connection)
            if statement.sql.startswith("select c.id, c.uid"):
                (contact,) = found
            elif statement.sql.startswith("select a.uid"):
                attributes = found
            elif statement.sql.startswith("select u.id, u.uid"):
                users |= {row["id"]: row["uid"] for row in found}
        uid = str(contact["uid"])
        items = [self._attribute(row, uid, users) for row in attributes]
        return {"code": "OK", "data": {**self.contact(contact, users), "attributes": items}}

    async def create_contacts(self, connection: Any, script: Script) -> dict[str, Any]:
        users: dict[int, Any] = {}
        contacts: dict[int, Any] = {}
        for sql, rows in await script.run(connection):
            if sql.startswith("insert into contacts ") or "returning c.id, c.uid" in sql:
                contacts |= {row["id"]: row for row in rows}
            elif sql.startswith("select u.id, u.uid"):
                users |= {row["id"]: row["uid"] for row in rows}
        return self._listed(list(contacts.values()), users, 0)

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


def seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
