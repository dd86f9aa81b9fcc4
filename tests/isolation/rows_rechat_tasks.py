from typing import Any

from tests.factories import contact_of, task_of
from tests.isolation.rows import Row
from tests.people import Person
from touchbook.core.listings.keeping import keep_listing
from touchbook.core.tasks.associations import associations_of
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.store.postgres import Store


async def task(store: Store, person: Person) -> str:
    return (await association(store, person))[0]


async def association(store: Store, person: Person) -> tuple[str, str]:
    """The task, and its link to a contact."""
    contact = await contact_of(store, person)
    made = await task_of(store, person, contact_id=contact.id, assignees=[person.user_id])
    async with store.reading() as reader:
        ((link,),) = (await associations_of(reader, person.caller, [made.id])).values()
    return str(made.uid), str(link.uid)


async def task_and_contact(store: Store, person: Person) -> tuple[str, str]:
    return await task(store, person), await contact(store, person)


async def contact(store: Store, person: Person) -> str:
    return str((await contact_of(store, person)).uid)


async def listing(store: Store, person: Person) -> str:
    async with store.transaction() as tx:
        return str((await keep_listing(tx, person.caller, {"price": 1})).uid)


async def member(_store: Store, person: Person) -> str:
    return str(person.caller.user_uid)


async def assigned(store: Store, person: Person) -> str:
    """Who has a task at least."""
    await linked(store, person)
    return str(person.caller.user_uid)


async def linked(store: Store, person: Person) -> str:
    """The contact of the task that was made last, or of a new one."""
    everything = TaskFilter(zone=person.caller.zone)
    async with store.reading() as reader:
        tasks = await list_tasks(
            reader, person.caller, everything, order="created", descending=True, offset=0, limit=1
        )
        held = await associations_of(reader, person.caller, [tasks[0].id]) if tasks else {}
    for links_of_task in held.values():
        return str(links_of_task[0].record_uid)
    await task(store, person)
    return await linked(store, person)


def is_it(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["id"] == record)


def is_of_task(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["crm_task"] == record[0])


def lists_it(answer: Any, record: Any) -> bool:
    return record in [item["id"] for item in answer["data"]]


def is_done(answer: Any, _record: Any) -> bool:
    return answer is None


def links(uid: str) -> list[dict[str, Any]]:
    return [{"association_type": "contact", "contact": uid}]


def people(uid: str) -> list[str]:
    return [uid]


_NAMING: dict[str, Any] = {"assignees": member, "associations": contact}
_WRAPPING: dict[str, Any] = {"assignees": people, "associations": links}
_PLAIN = frozenset(
    {"title", "description", "due_date", "end_date", "status", "task_type", "all_day", "metadata", "reminders"}
)
_LINK = frozenset({"id", "association_type", "deal", "listing", "index", "metadata"})
_LINKS = "/crm/tasks/{id}/associations"
_ASKING = {"assignee": assigned, "contact": linked}

TASKS = {
    ("GET", "/crm/tasks"): Row(make=task, shows=lists_it, asking=_ASKING),
    ("GET", "/crm/tasks/search"): Row(make=task, shows=lists_it, asking=_ASKING),
    ("POST", "/crm/tasks"): Row(
        make=member,
        shows=lambda answer, _: bool(answer["data"]["id"]),
        body=lambda record: {"title": "Call", "due_date": 1.5, "task_type": "Call", "assignees": [record]},
        naming=_NAMING,
        about=frozenset({"associations"}),
        wrapping=_WRAPPING,
        plain=_PLAIN,
    ),
    ("GET", "/crm/tasks/{id}"): Row(make=task, shows=is_it),
    ("PUT", "/crm/tasks/{id}"): Row(
        make=task,
        shows=is_it,
        body=lambda _: {"title": "Call"},
        naming=_NAMING,
        about=frozenset({"associations"}),
        wrapping=_WRAPPING,
        plain=_PLAIN,
    ),
    ("DELETE", "/crm/tasks/{id}"): Row(make=task, shows=is_done),
    ("PATCH", "/crm/tasks/{id}/status"): Row(
        make=task, shows=is_it, body=lambda _: {"status": "DONE"}, plain=frozenset({"status"})
    ),
    ("GET", _LINKS): Row(make=task, shows=lambda answer, record: answer["data"][0]["crm_task"] == record),
    ("POST", _LINKS): Row(
        make=task_and_contact,
        shows=is_of_task,
        body=lambda record: links(record if isinstance(record, str) else record[1])[0],
        naming={"contact": contact},
        about=frozenset({"contact"}),
        plain=_LINK,
    ),
    ("POST", f"{_LINKS}/bulk"): Row(
        make=task_and_contact,
        shows=lambda answer, record: answer["data"][0]["crm_task"] == record[0],
        body=lambda record: links(record if isinstance(record, str) else record[1])[0],
        naming={"contact": contact},
        about=frozenset({"contact"}),
        plain=_LINK,
    ),
    ("DELETE", _LINKS): Row(
        make=association,
        shows=is_done,
        body=lambda record: {"ids": [record if isinstance(record, str) else record[1]]},
        plain=frozenset({"ids"}),
    ),
    ("DELETE", f"{_LINKS}/{{association}}"): Row(make=association, shows=is_done),
}

LISTINGS = {
    ("POST", "/listings"): Row(
        make=listing,
        shows=is_it,
        body=lambda record: {"id": record},
        plain=frozenset({"id"}),
        own=True,
    ),
    ("GET", "/listings/{id}"): Row(make=listing, shows=is_it),
}
