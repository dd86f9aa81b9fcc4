"""What the raw server answers to Close's requests: the noted statements, run again, in the shape of the wire."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.scripts import Script
from touchbook.dialects.close.ids import contact_id, lead_id, organization_id, task_id, user_id
from touchbook.dialects.close.wire.tasks import TaskItem

_OPEN = ("scheduled", "open", "in_progress")
_EMPTY = dict.fromkeys(TaskItem.__struct_fields__)
_LIMIT = 100


async def list_close_tasks(connection: Any, script: Script, team_uid: Any) -> dict[str, Any]:
    """The page, and of each kind of record that it points to those that it names."""
    rows: Sequence[Any] = ()
    named: dict[str, dict[int, Any]] = {}
    for statement in script:
        found = await statement.run(connection)
        if statement.sql.startswith("with shown"):
            rows = found
        elif statement.sql.startswith("select 'user'"):
            for row in found:
                named.setdefault(row["noun"], {})[row["id"]] = row
    team = organization_id(team_uid)
    return {
        "data": [_item(row, named, team) for row in rows[:_LIMIT]],
        "has_more": len(rows) > _LIMIT,
    }


async def update_close_tasks(connection: Any, script: Script) -> dict[str, Any]:
    (_, found), *_ = await script.run(connection)
    return {"count": len(found)}


def _item(row: Any, named: dict[str, dict[int, Any]], team: str) -> dict[str, Any]:
    users, account = named["user"], named["account"].get(row["account_id"])
    contact = named["contact"].get(row["contacts"][0]) if row["contacts"] else None
    assignee = users.get(row["assignees"][0]) if row["assignees"] else None
    creator, updater = users.get(row["created_by"]), users.get(row["updated_by"])
    due = _due(row["due_on"] or row["due_at"])
    return {
        **_EMPTY,
        "id": task_id(row["uid"]),
        "_type": "lead",
        "lead_id": lead_id(account["uid"]) if account else None,
        "lead_name": account["name"] if account else None,
        "contact_id": contact_id(contact["uid"]) if contact else None,
        "contact_name": contact["name"] if contact else None,
        "assigned_to": user_id(assignee["uid"]) if assignee else None,
        "assigned_to_name": _full_name(assignee),
        "text": row["title"],
        "date": due,
        "due_date": due,
        "is_complete": row["status"] not in _OPEN,
        "is_dateless": due is None,
        "is_new": False,
        "is_primary_lead_notification": False,
        "organization_id": team,
        "created_by": user_id(creator["uid"]) if creator else None,
        "created_by_name": _full_name(creator),
        "updated_by": user_id(updater["uid"]) if updater else None,
        "updated_by_name": _full_name(updater),
        "date_created": _instant(row["created_at"]),
        "date_updated": _instant(row["updated_at"]),
    }


def _full_name(user: Any) -> str | None:
    return f"{user['name']} {user['last_name']}".strip() or user["email"] if user else None


def _due(value: date | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return value.isoformat() if value else None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
