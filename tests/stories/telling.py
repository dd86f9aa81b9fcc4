"""Each dialect as the stories need it: the same deeds through all of them, and what each shows of a task.

What a write answers is what a read shows afterwards.
"""

from datetime import UTC, datetime, time
from typing import Any

import httpx
from msgspec import Struct

from tests.core.tasks.verbs import edit_task
from tests.people import Person
from touchbook.core.contacts.contact import Contact
from touchbook.core.tasks.assigning import reassign_task
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.task import Task
from touchbook.dialects.close import ids
from touchbook.store.postgres import Store


class View(Struct, frozen=True, kw_only=True):
    """What a dialect shows of a task; `assignee` and `contact` as it calls them itself. Outreach has no title."""

    title: str | None
    done: bool
    due: datetime | None
    assignee: Any
    contact: Any


class Deeds:
    """What a dialect cannot do itself is done by the core verb that it would call."""

    def title(self, text: str) -> str | None:
        """As it shows one."""
        return text

    async def complete(self, store: Store, person: Person, task: Task) -> None:
        async with store.transaction() as tx:
            await complete_task(tx, person.caller, task_id=task.id)

    async def reopen(self, store: Store, person: Person, task: Task) -> None:
        async with store.transaction() as tx:
            await reopen_task(tx, person.caller, task_id=task.id)

    async def retitle(self, store: Store, person: Person, task: Task, title: str) -> None:
        async with store.transaction() as tx:
            await edit_task(tx, person.caller, task_id=task.id, title=title)

    async def reassign(self, store: Store, person: Person, task: Task, to: Person) -> None:
        async with store.transaction() as tx:
            await reassign_task(tx, person.caller, task_id=task.id, assignee=to.user_id)

    async def delete(self, store: Store, person: Person, task: Task) -> None:
        async with store.transaction() as tx:
            await delete_task(tx, person.caller, task_id=task.id)


class YSuite(Deeds):
    not_found = 400

    def id_of(self, task: Task) -> int:
        return task.id

    def person_id(self, person: Person) -> int:
        return person.user_id

    def contact_id(self, contact: Contact) -> int:
        return contact.id

    async def create(self, person: Person, contact: Contact, title: str, due: datetime) -> Any:
        """Answers the id that it gives; it is then the person's own."""
        sent = {
            "title": title,
            "start_datetime": due.astimezone(person.caller.team_zone).isoformat()[:19],
            "cstid": contact.id,
            "assigned_user_id": person.user_id,
        }
        return told(await person.ysuite.post("/tasks", json=sent))["data"]["activity_id"]

    async def ask(self, person: Person, identifier: Any) -> httpx.Response:
        return await person.ysuite.get(f"/tasks/{identifier}")

    async def view(self, person: Person, task: Task) -> View:
        shown = told(await self.ask(person, task.id))["data"]
        assert shown["activity_id"] == task.id
        start = shown["start_datetime"]
        return View(
            title=shown["title"],
            done=shown["status"] >= 2,
            due=datetime.fromisoformat(start).replace(tzinfo=person.caller.team_zone) if start else None,
            assignee=shown.get("assigned_user_id"),
            contact=shown["cstid"],
        )


class Close(Deeds):
    not_found = 404

    def id_of(self, task: Task) -> str:
        return ids.task_id(task.uid)

    def person_id(self, person: Person) -> str:
        assert person.caller.user_uid is not None
        return ids.user_id(person.caller.user_uid)

    def contact_id(self, contact: Contact) -> str:
        return ids.contact_id(contact.uid)

    async def create(self, person: Person, contact: Contact, title: str, due: datetime) -> Any:
        known = told(await person.close.get(f"/contact/{self.contact_id(contact)}/"))
        sent = {"lead_id": known["lead_id"], "contact_id": known["id"], "text": title, "date": due.isoformat()}
        made = told(await person.close.post("/task/", json=sent))
        assert made == told(await self.ask(person, made["id"]))
        return made["id"]

    async def ask(self, person: Person, identifier: Any) -> httpx.Response:
        return await person.close.get(f"/task/{identifier}/")

    async def view(self, person: Person, task: Task) -> View:
        shown = told(await self.ask(person, self.id_of(task)))
        assert shown["id"] == self.id_of(task)
        return View(
            title=shown["text"],
            done=shown["is_complete"],
            due=_instant(shown["date"], person) if shown["date"] else None,
            assignee=shown["assigned_to"],
            contact=shown["contact_id"],
        )

    async def complete(self, store: Store, person: Person, task: Task) -> None:
        await self._put(person, task, is_complete=True)

    async def reopen(self, store: Store, person: Person, task: Task) -> None:
        await self._put(person, task, is_complete=False)

    async def retitle(self, store: Store, person: Person, task: Task, title: str) -> None:
        await self._put(person, task, text=title)

    async def reassign(self, store: Store, person: Person, task: Task, to: Person) -> None:
        await self._put(person, task, assigned_to=self.person_id(to))

    async def delete(self, store: Store, person: Person, task: Task) -> None:
        told(await person.close.delete(f"/task/{self.id_of(task)}/"))

    async def _put(self, person: Person, task: Task, **members: Any) -> None:
        """As clients do, the whole task is sent back with a change in it."""
        path = f"/task/{self.id_of(task)}/"
        whole = told(await person.close.get(path))
        assert told(await person.close.put(path, json={**whole, **members})) == told(await person.close.get(path))


class Rechat(Deeds):
    not_found = 404

    def id_of(self, task: Task) -> str:
        return str(task.uid)

    def person_id(self, person: Person) -> str:
        return str(person.caller.user_uid)

    def contact_id(self, contact: Contact) -> str:
        return str(contact.uid)

    async def create(self, person: Person, contact: Contact, title: str, due: datetime) -> Any:
        sent = {
            "title": title,
            "due_date": due.timestamp(),
            "task_type": "Todo",
            "assignees": [self.person_id(person)],
            "associations": [{"association_type": "contact", "contact": self.contact_id(contact)}],
        }
        made = told(await person.rechat.post("/crm/tasks", json=sent))["data"]
        assert made == told(await person.rechat.get(f"/crm/tasks/{made['id']}"))["data"]
        return made["id"]

    async def ask(self, person: Person, identifier: Any) -> httpx.Response:
        params = {"associations": "crm_task.assignees,crm_task.associations,crm_task.reminders"}
        return await person.rechat.get(f"/crm/tasks/{identifier}", params=params)

    async def whole(self, person: Person, task: Task) -> Any:
        return told(await self.ask(person, self.id_of(task)))["data"]

    async def view(self, person: Person, task: Task) -> View:
        shown = await self.whole(person, task)
        assert shown["id"] == self.id_of(task)
        due = shown["due_date"]
        return View(
            title=shown["title"],
            done=shown["status"] == "DONE",
            due=None if due is None else datetime.fromtimestamp(due, UTC),
            assignee=next((user["id"] for user in shown["assignees"]), None),
            contact=next(iter(shown["contacts"]), None),
        )

    async def complete(self, store: Store, person: Person, task: Task) -> None:
        await self.put(person, task, status="DONE")

    async def reopen(self, store: Store, person: Person, task: Task) -> None:
        await self.put(person, task, status="PENDING")

    async def retitle(self, store: Store, person: Person, task: Task, title: str) -> None:
        await self.put(person, task, title=title)

    async def reassign(self, store: Store, person: Person, task: Task, to: Person) -> None:
        """It sees all of them, and so sends all of them."""
        users = [user["id"] for user in (await self.whole(person, task))["assignees"]]
        rest = [user for user in users[1:] if user != self.person_id(to)]
        await self.put(person, task, assignees=[self.person_id(to), *rest])

    async def delete(self, store: Store, person: Person, task: Task) -> None:
        answer = await person.rechat.delete(f"/crm/tasks/{self.id_of(task)}")
        assert (answer.status_code, answer.content) == (204, b"")

    async def put(self, person: Person, task: Task, **members: Any) -> None:
        """As clients do, the whole task is sent back with a change in it."""
        sent = {**await self.whole(person, task), **members}
        path = f"/crm/tasks/{self.id_of(task)}"
        assert told(await person.rechat.put(path, json=sent)) == told(await person.rechat.get(path))


class Outreach(Deeds):
    """It has no title: a task that it makes goes by its note."""

    not_found = 404

    def title(self, text: str) -> str | None:
        return None

    def id_of(self, task: Task) -> int:
        return task.id

    def person_id(self, person: Person) -> int:
        return person.user_id

    def contact_id(self, contact: Contact) -> int:
        return contact.id

    async def create(self, person: Person, contact: Contact, title: str, due: datetime) -> Any:
        owner, subject = {"type": "user", "id": person.user_id}, {"type": "prospect", "id": contact.id}
        sent = {
            "type": "task",
            "attributes": {"note": title, "dueAt": due.isoformat()},
            "relationships": {"owner": {"data": owner}, "subject": {"data": subject}},
        }
        answer = await person.outreach.post("/tasks", json={"data": sent})
        assert answer.status_code == 201, answer.text
        made = answer.json()["data"]
        assert made == told(await self.ask(person, made["id"]))["data"]
        return made["id"]

    async def ask(self, person: Person, identifier: Any) -> httpx.Response:
        return await person.outreach.get(f"/tasks/{identifier}")

    async def whole(self, person: Person, task: Task) -> Any:
        return told(await self.ask(person, task.id))["data"]

    async def view(self, person: Person, task: Task) -> View:
        shown = await self.whole(person, task)
        assert shown["id"] == task.id
        due = shown["attributes"]["dueAt"]
        return View(
            title=None,
            done=shown["attributes"]["completed"],
            due=datetime.fromisoformat(due) if due else None,
            assignee=_end(shown, "owner"),
            contact=_end(shown, "prospect"),
        )

    async def complete(self, store: Store, person: Person, task: Task) -> None:
        told(await person.outreach.post(f"/tasks/{task.id}/actions/markComplete"))

    async def reassign(self, store: Store, person: Person, task: Task, to: Person) -> None:
        query = {"actionParams[ownerId]": str(to.user_id)}
        told(await person.outreach.post(f"/tasks/{task.id}/actions/reassignOwner", params=query))

    async def delete(self, store: Store, person: Person, task: Task) -> None:
        answer = await person.outreach.delete(f"/tasks/{task.id}")
        assert (answer.status_code, answer.content) == (204, b"")

    async def patch(self, person: Person, task: Task, **attributes: Any) -> None:
        """As clients do, the whole task is sent back with a change in it."""
        whole = await self.whole(person, task)
        sent = {**whole, "attributes": {**whole["attributes"], **attributes}}
        changed = told(await person.outreach.patch(f"/tasks/{task.id}", json={"data": sent}))["data"]
        assert changed == await self.whole(person, task)


def _end(shown: Any, name: str) -> int | None:
    data = shown["relationships"][name]["data"]
    return data["id"] if data else None


SURFACES: dict[str, YSuite | Close | Rechat | Outreach] = {
    "ysuite": YSuite(),
    "close": Close(),
    "rechat": Rechat(),
    "outreach": Outreach(),
}


def told(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def _instant(text: str, person: Person) -> datetime:
    """A day is where the team lives."""
    if len(text) > len("2026-07-15"):
        return datetime.fromisoformat(text).astimezone(UTC)
    return datetime.combine(datetime.fromisoformat(text), time(), person.caller.team_zone)
