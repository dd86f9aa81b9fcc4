"""Examples of the document; a test holds each against its schema."""

from typing import Any

NEW_TASK = {
    "title": "Follow up with Sarah",
    "start_datetime": "2026-07-15T10:00:00",
    "end_datetime": "2026-07-15T11:00:00",
    "cstid": 10,
    "priority": 3,
    "description": "Discuss contract renewal terms",
}
CREATED_TASK = {
    "success": True,
    "message": "Task activity created successfully.",
    "data": {"activity_id": 15, "title": "Follow up with Sarah", "activity_type": "Task"},
}
TASK = {
    "activity_id": 15,
    "title": "Follow up with Sarah",
    "activity_type": "Task",
    "status": 0,
    "priority": 3,
    "start_datetime": "2026-07-15T10:00:00",
    "end_datetime": "2026-07-15T11:00:00",
    "cstid": 10,
    "description": "Discuss contract renewal terms",
}
CONTACT = {
    "cstid": 10,
    "name": "Sarah Connor",
    "first_name": "Sarah",
    "last_name": "Connor",
    "email": "sarah@example.com",
    "phone": "+13125550142",
}
DEAL = {
    "deal_id": 4,
    "title": "12 Elm Street",
    "status": "active",
    "cstid": 10,
    "value": 485000.0,
    "currency": "USD",
}


def one(item: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "data": item}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return one({"data": [item], "current_page": 1, "total_records": 12, "total_pages": 2})


TASKS = listed(TASK)
