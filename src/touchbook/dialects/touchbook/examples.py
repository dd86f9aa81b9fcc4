"""Examples of the document; a test holds each against its schema."""

_KIM = "019aa6bc-24ee-7c31-a47a-6f3d7d2b1a10"
_SARAH = "019aa6bc-2f10-7d4e-8c55-3b9f0e6a4c21"
_AT = "2026-07-15T15:00:00.000000Z"

NEW_LIST = {"name": "Hot, not called lately", "rule": {"attributes": [{"attribute": "tag", "values": ["Hot"]}]}}
LIST = {
    "id": "019aa6bc-3a52-7e9b-9d07-5c1a8f4e2b32",
    "name": "Hot, not called lately",
    "is_live": True,
    "rule": {"attributes": [{"attribute": "tag", "values": ["Hot"]}]},
    "created_by": _KIM,
    "updated_by": None,
    "created_at": _AT,
    "updated_at": _AT,
}
CONTACT = {
    "id": _SARAH,
    "display_name": "Sarah Connor",
    "emails": ["sarah@example.com"],
    "phone_numbers": ["+13125550142"],
    "tags": ["Hot"],
    "owner": _KIM,
    "touch_freq": 7,
    "last_touch_at": _AT,
    "last_touch_action": "email",
    "next_touch_at": "2026-07-22T15:00:00.000000Z",
}
NEW_ACTIVITY = {"contacts": [_SARAH], "kind": "email", "subject": "The house on Elm Street"}
ACTIVITY = {
    "id": "019aa6bc-4c77-7a05-b1e8-9d2f6c3b5a43",
    "contact": _SARAH,
    "kind": "email",
    "at": _AT,
    "outgoing": True,
    "subject": "The house on Elm Street",
    "body": None,
    "task": None,
    "created_by": _KIM,
    "created_at": _AT,
    "updated_at": _AT,
}
NOTIFICATION = {
    "id": "019aa6bc-5d88-7b16-a2f9-ae3f7d4c6b65",
    "kind": "reminder",
    "task": "019aa6bc-6e99-7c27-93ea-bf4a8e5d7c76",
    "title": "Call Sarah about the house",
    "reminder": "019aa6bc-7faa-7d38-84db-ca5b9f6e8d87",
    "at": _AT,
    "created_at": "2026-07-15T15:00:00.731205Z",
    "read_at": None,
}
ENTRY = {
    "at": _AT,
    "kind": "activity.created",
    "record": {"type": "activity", "id": ACTIVITY["id"]},
    "actor": _KIM,
    "surface": "touchbook",
    "changes": {"kind": "email", "outgoing": True, "subject": "The house on Elm Street"},
}
TEAM = {
    "id": "019aa6bc-1b03-7f62-8e94-0a7c5d9e3f54",
    "name": "Alder Lane",
    "zone": "America/Chicago",
    "region": "US",
    "contacts_visible": "team",
    "touch_tasks": True,
    "touch_spread_days": 30,
}
