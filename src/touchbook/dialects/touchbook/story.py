"""An entry of a contact's timeline: users by their uids, instants in ISO 8601, no internal ids."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from touchbook.core.contacts.timeline import Entry
from touchbook.dialects.touchbook.render import Uids, instant, uid_of
from touchbook.dialects.touchbook.wire import About, EntryItem

_INSTANTS = ("at", "due_at", "end_at", "scheduled_at", "autoskip_at", "completed_at")
_PLAIN = (
    *("title", "description", "status", "priority", "kind", "origin", "due_on"),
    *("display_name", "emails", "phone_numbers", "tags", "attributes", "touch_freq"),
    *("outgoing", "subject", "body", "reminder", "sequence", "step", "state", "finish_reason"),
    *("owner", "completed_by", "assignees", "opted_out", "email_opt_status", "call_opt_status"),
)
# A task's tags are told by their uids, a contact's are what they say.
_HIDDEN = {"task": ("tags",)}


def entry_item(entry: Entry, users: Uids) -> EntryItem:
    return EntryItem(
        at=instant(entry.at),
        kind=entry.kind,
        record=About(entry.subject, entry.uid),
        actor=uid_of(users, entry.actor_id),
        surface=entry.surface,
        changes=_changes(entry),
    )


def _changes(entry: Entry) -> dict[str, Any]:
    said = {name: value for name, value in entry.changes.items() if name not in _HIDDEN.get(entry.subject, ())}
    return {
        **_those(said, _PLAIN, lambda value: value),
        **_those(said, _INSTANTS, _instant),
        **_those(said, ("reminders",), lambda all_: [_reminder(each) for each in all_]),
    }


def _those(said: Mapping[str, Any], names: tuple[str, ...], show: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: show(said[name]) for name in names if name in said}


def _instant(text: str | None) -> str | None:
    return None if text is None else instant(datetime.fromisoformat(text))


def _reminder(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"relative": said["relative"], "at": _instant(said["at"])}
