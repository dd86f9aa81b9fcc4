"""What the raw server answers to Outreach's lists of tasks: the noted statements, in the shape of the wire."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from benchmarks.scripts import Script
from touchbook.core.contacts.contact import Contact
from touchbook.core.tasks.task import Task
from touchbook.core.teams.user import User

_ACTIONS = {"call": "call", "message": "email", "todo": "action_item", "in_person": "in_person"}
_ASSOCIATIONS = {"last_created": "recent_created", "last_updated": "recent_updated", "kept": "noop"}
_OPEN = ("open", "in_progress")


def _due(due_at: datetime | None, due_on: date | None) -> str | None:
    return _time(due_at or (datetime.combine(due_on, time(), UTC) if due_on else None))


def _places(names: Sequence[str], first: int) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(names, start=first)}


# The first column is the id that rows are told by.
_TASK = _places((*Task.__struct_fields__, "company_id", "call_id", "step_ids"), 1)
_CONTACT = _places((*Contact.__struct_fields__, "company_id", "numbers"), 1)
_USER = _places((*User.__struct_fields__, "left"), 1)


class Outreach:
    """`origin` is what its links begin with."""

    def __init__(self, origin: str) -> None:
        self._base = f"{origin}/api/v2"

    async def list_tasks(self, connection: Any, script: Script, target: str) -> dict[str, Any]:
        page, *others = script
        rows = (await page.run(connection))[:50]
        included: list[Any] = []
        for statement in others:
            found = await statement.run(connection)
            if statement.sql.startswith("select c.id"):
                included += map(self._prospect, found)
            elif statement.sql.startswith("select m.user_id"):
                included += map(self._user, found)
        answer = {
            "data": [self._task(row) for row in rows],
            "links": {"first": f"{self._base}/tasks", "next": f"{self._base}/tasks?page%5Bafter%5D={rows[-1][0]}"},
        }
        return answer | ({"included": included} if "include" in target else {})

    def _task(self, row: Any) -> dict[str, Any]:
        status, assignees = row[_TASK["status"]], row[_TASK["assignees"]]
        company, priority = row[_TASK["company_id"]], row[_TASK["priority"]]
        state = "pending" if status == "scheduled" else "incomplete" if status in _OPEN else "complete"
        prospect, deal = _first("prospect", row[_TASK["contacts"]]), _first("opportunity", row[_TASK["deals"]])
        account = _one("account", company)
        about = [one for one in (prospect, deal) if one["data"]] or [account]
        return {
            "type": "task",
            "id": row[0],
            "attributes": {
                "action": _ACTIONS[row[_TASK["kind"]]],
                "autoskipAt": _time(row[_TASK["autoskip_at"]]),
                "compiledSequenceTemplateHtml": None,
                "completed": state == "complete",
                "completedAt": _time(row[_TASK["completed_at"]]),
                "createdAt": _time(row[_TASK["created_at"]]),
                "dueAt": _due(row[_TASK["due_at"]], row[_TASK["due_on"]]),
                "note": row[_TASK["description"]],
                "opportunityAssociation": _ASSOCIATIONS.get(row[_TASK["deal_rule"]]),
                "scheduledAt": _time(row[_TASK["scheduled_at"]]),
                "state": state,
                "stateChangedAt": _time(row[_TASK["state_changed_at"]]),
                "taskType": row[_TASK["origin"]],
                "updatedAt": _time(row[_TASK["updated_at"]]),
            },
            "relationships": {
                "account": account,
                "call": _one("call", row[_TASK["call_id"]]),
                "calls": self._link("calls", "task", row[0]),
                "completer": _one("user", row[_TASK["completed_by"]]),
                "creator": _one("user", row[_TASK["created_by"]]),
                "mailing": _one("mailing", row[_TASK["mailing_id"]]),
                "mailings": self._link("mailings", "task", row[0]),
                "opportunity": deal,
                "owner": _one("user", assignees[0] if assignees else None),
                "prospect": prospect,
                "sequence": _one("sequence", row[_TASK["sequence_id"]]),
                "sequenceSequenceSteps": {"data": [_end("sequenceStep", each) for each in row[_TASK["step_ids"]]]},
                "sequenceState": _one("sequenceState", row[_TASK["sequence_state_id"]]),
                "sequenceStep": _one("sequenceStep", row[_TASK["sequence_step_id"]]),
                "sequenceTemplate": _one("sequenceTemplate", row[_TASK["sequence_template_id"]]),
                "subject": about[0],
                "taskPriority": _one("taskPriority", priority + 1 if priority else None),
                "template": _one("template", row[_TASK["template_id"]]),
            },
            "links": self._self("tasks", row[0]),
        }

    def _prospect(self, row: Any) -> dict[str, Any]:
        numbers = msgspec.json.decode(row[_CONTACT["numbers"]]) if row[_CONTACT["numbers"]] else []
        birthday = row[_CONTACT["birthday"]]
        names = (
            "first_name", "last_name", "middle_name", "nickname", "company", "source", "emails", "display_name",
        )  # fmt: skip
        known = {name: row[_CONTACT[name]] for name in names}
        attributes = {
            **dict.fromkeys(("addressCity", "addressCountry", "addressState", "addressStreet", "addressZip")),
            "callOptedOut": row[_CONTACT["call_opt_status"]] == "opted_out",
            "callsOptStatus": row[_CONTACT["call_opt_status"]],
            "callsOptedAt": _time(row[_CONTACT["call_opted_at"]]),
            "company": known["company"],
            "createdAt": _time(row[_CONTACT["created_at"]]),
            "dateOfBirth": birthday and f"{birthday.isoformat()}T00:00:00.000Z",
            "emailOptedOut": row[_CONTACT["email_opt_status"]] == "opted_out",
            "emails": known["emails"],
            "emailsOptStatus": row[_CONTACT["email_opt_status"]],
            "emailsOptedAt": _time(row[_CONTACT["email_opted_at"]]),
            "firstName": known["first_name"],
            "homePhones": [text for text, label in numbers if label == "Home"],
            "lastName": known["last_name"],
            "middleName": known["middle_name"],
            "mobilePhones": [text for text, label in numbers if label == "Mobile"],
            "name": known["display_name"],
            "nickname": known["nickname"],
            "optedOut": row[_CONTACT["opted_out_at"]] is not None,
            "optedOutAt": _time(row[_CONTACT["opted_out_at"]]),
            "otherPhones": [text for text, label in numbers if label not in ("Home", "Mobile", "Work")],
            "source": known["source"],
            "tags": row[_CONTACT["tags_as_added"]],
            "title": row[_CONTACT["job_title"]],
            "touchedAt": _time(row[_CONTACT["last_touch_at"]]),
            "updatedAt": _time(row[_CONTACT["updated_at"]]),
            "websiteUrl1": row[_CONTACT["website"]],
            "workPhones": [text for text, label in numbers if label == "Work"],
        }
        relationships = {
            "account": _one("account", row[_CONTACT["company_id"]]),
            "creator": _one("user", row[_CONTACT["created_by"]]),
            "opportunities": self._link("opportunities", "prospects", row[0]),
            "owner": _one("user", row[_CONTACT["owner_id"]]),
            "persona": _one("persona", row[_CONTACT["persona_id"]]),
            "stage": _one("stage", row[_CONTACT["stage_id"]]),
            "updater": _one("user", row[_CONTACT["updated_by"]]),
        }
        return {
            "type": "prospect",
            "id": row[0],
            "attributes": attributes,
            "relationships": relationships,
            "links": self._self("prospects", row[0]),
        }

    def _user(self, row: Any) -> dict[str, Any]:
        attributes = {
            "createdAt": _time(row[_USER["created_at"]]),
            "email": row[_USER["email"]],
            "firstName": row[_USER["first_name"]],
            "lastName": row[_USER["last_name"]],
            "locked": row[_USER["left"]],
            "name": f"{row[_USER['first_name']]} {row[_USER['last_name']]}",
            "phoneNumber": row[_USER["phone_number"]],
            "updatedAt": _time(row[_USER["updated_at"]]),
        }
        return {"type": "user", "id": row[0], "attributes": attributes, "links": self._self("users", row[0])}

    def _link(self, path: str, name: str, identifier: int) -> dict[str, Any]:
        return {"links": {"related": f"{self._base}/{path}?filter[{name}][id]={identifier}"}}

    def _self(self, path: str, identifier: int) -> dict[str, str]:
        return {"self": f"{self._base}/{path}/{identifier}"}


def _first(kind: str, ids: Sequence[int] | None) -> dict[str, Any]:
    return _one(kind, ids[0] if ids else None)


def _one(kind: str, identifier: int | None) -> dict[str, Any]:
    return {"data": None if identifier is None else _end(kind, identifier)}


def _end(kind: str, identifier: int) -> dict[str, Any]:
    return {"type": kind, "id": identifier}


def _time(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return f"{instant.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"
