"""What the raw server answers to searches of Rechat's tasks: the noted statements, in the shape of the wire."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Raw

from benchmarks.raw_rechat import Rechat, seconds
from benchmarks.scripts import Script

_KINDS = {"call": "Call", "message": "Message", "todo": "Todo", "in_person": "Todo"}
_OPEN = ("scheduled", "open", "in_progress")
_ZONE = ZoneInfo("America/Chicago")


class RechatTasks:
    """Tasks with their associations, and in these contacts and deals whole."""

    def __init__(self, rechat: Rechat, brand: str) -> None:
        self._rechat = rechat
        self._brand = brand

    async def search(self, connection: Any, script: Script) -> dict[str, Any]:
        tasks: Sequence[Any] = ()
        contacts: Sequence[Any] = ()
        total = 0
        users: dict[int, Any] = {}
        links: dict[int, list[Any]] = defaultdict(list)
        records: dict[tuple[str, int], Any] = {}
        for statement in script:
            rows = await statement.run(connection)
            if statement.sql.startswith("select count"):
                total = rows[0][0]
            elif statement.sql.startswith("with shown"):
                tasks = rows
            elif statement.sql.startswith("select u.id, u.uid"):
                users |= {row["id"]: row["uid"] for row in rows}
            elif statement.sql.startswith("select s.id, s.uid, s.task_id"):
                for row in rows:
                    links[row["task_id"]].append(row)
            elif statement.sql.startswith("select c.id, c.uid"):
                contacts = rows
            elif statement.sql.startswith("select d.id, d.uid"):
                records |= {("deal", row["id"]): self._deal(row) for row in rows}
        records |= {("contact", row["id"]): self._rechat.contact(row, users) for row in contacts}
        items = [self._task(row, links[row["id"]], users, records) for row in tasks]
        return {"code": "OK", "data": items, "info": {"count": len(items), "total": total}}

    def _task(self, row: Any, links: Sequence[Any], users: Any, records: Any) -> dict[str, Any]:
        return {
            "id": str(row["uid"]),
            "created_at": seconds(row["created_at"]),
            "updated_at": seconds(row["updated_at"]),
            "deleted_at": None,
            "title": row["title"],
            "description": row["description"],
            "due_date": _due(row),
            "end_date": seconds(row["end_at"]),
            "status": "PENDING" if row["status"] in _OPEN else "DONE",
            "task_type": _KINDS[row["kind"]],
            "all_day": row["due_on"] is not None,
            "metadata": row["metadata"] and Raw(row["metadata"].encode()),
            "kind": "Task",
            "associations": [self._association(link, row, users, records) for link in links],
            "brand": self._brand,
            "type": "crm_task",
            "contacts": [str(link[5]) for link in links if link["kind"] == "contact"],
            "deals": [str(link[5]) for link in links if link["kind"] == "deal"],
            "listings": [],
            "emails": [],
        }

    def _association(self, link: Any, task: Any, users: Any, records: Any) -> dict[str, Any]:
        record = records.get((link["kind"], link[4]))
        return {
            "id": str(link["uid"]),
            "created_at": seconds(link["created_at"]),
            "updated_at": seconds(link["updated_at"]),
            "deleted_at": None,
            "created_by": str(users[link["created_by"]]),
            "brand": self._brand,
            "association_type": link["kind"],
            "crm_task": str(task["uid"]),
            "contact": record if link["kind"] == "contact" else None,
            "deal": record if link["kind"] == "deal" else None,
            "index": link["index"],
            "metadata": link["metadata"] and Raw(link["metadata"].encode()),
            "type": "crm_association",
        }

    def _deal(self, row: Any) -> dict[str, Any]:
        return {
            "id": str(row["uid"]),
            "created_at": seconds(row["created_at"]),
            "updated_at": seconds(row["updated_at"]),
            "deleted_at": None,
            "brand": self._brand,
            "title": row["title"],
            "status": row["status"],
            "roles": [],
            "type": "deal",
        }


def _due(row: Any) -> float | None:
    if row["due_on"] is not None:
        return datetime.combine(row["due_on"], time(), _ZONE).timestamp()
    return seconds(row["due_at"])
