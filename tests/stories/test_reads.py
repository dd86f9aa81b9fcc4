"""A single record is one statement, a list at most three, and each expansion or include asked for one more."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.counting import counting
from tests.dialects.rechat.records import new_contact
from tests.factories import NOON, contact_of, deal_of, task_of
from tests.people import Person
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.task import Task
from touchbook.dialects.close.ids import task_id, user_id
from touchbook.store.postgres import Store

TASKS = {"ysuite": "/tasks", "close": "/task/", "rechat": "/crm/tasks", "outreach": "/tasks"}
CONTACTS = {"ysuite": "/contacts", "rechat": "/contacts", "outreach": "/prospects"}
# Rows with their look-up, and the total where the dialect shows one.
LISTS = {"ysuite": 2, "close": 1, "rechat": 2, "outreach": 1}


async def taken(person: Person, dialect: str, path: str, **query: Any) -> int:
    with counting() as count:
        answer = await getattr(person, dialect).get(path, params=query)
        assert answer.status_code == 200, answer.text
    return count()


async def new_task(store: Store, person: Person) -> Task:
    contact = await contact_of(store, person)
    deal = await deal_of(store, person)
    return await task_of(
        store,
        person,
        contact_id=contact.id,
        assignees=[person.user_id],
        associations=[NewAssociation("deal", deal.id)],
        due_at=NOON,
    )


def identity(task: Task, dialect: str) -> str:
    return {"close": f"{task_id(task.uid)}/", "rechat": f"{task.uid}"}.get(dialect, f"{task.id}")


@pytest.mark.parametrize("dialect", TASKS)
async def test_a_task_is_one_statement(store: Store, alice: Person, dialect: str) -> None:
    task = await new_task(store, alice)
    path = f"{TASKS[dialect].rstrip('/')}/{identity(task, dialect)}"
    assert await taken(alice, dialect, path) == 1


@pytest.mark.parametrize("dialect", CONTACTS)
async def test_a_contact_is_one_statement(alice: Person, store: Store, dialect: str) -> None:
    contact = await contact_of(store, alice)
    key = contact.uid if dialect == "rechat" else contact.id
    assert await taken(alice, dialect, f"{CONTACTS[dialect]}/{key}") == 1


@pytest.mark.parametrize("dialect", TASKS)
async def test_a_list_of_tasks(store: Store, alice: Person, dialect: str) -> None:
    for _ in range(2):
        await new_task(store, alice)
    assert await taken(alice, dialect, TASKS[dialect]) == LISTS[dialect]


@pytest.mark.parametrize("dialect", CONTACTS)
async def test_a_list_of_contacts(store: Store, alice: Person, dialect: str) -> None:
    for _ in range(2):
        await contact_of(store, alice)
    assert await taken(alice, dialect, CONTACTS[dialect]) == LISTS[dialect]


async def test_a_list_of_one_persons_tasks_looks_the_person_up(store: Store, alice: Person) -> None:
    await new_task(store, alice)
    uid = alice.caller.user_uid
    assert uid is not None
    assert await taken(alice, "close", TASKS["close"], assigned_to=user_id(uid)) == 2
    assert await taken(alice, "rechat", TASKS["rechat"], assignee=str(uid)) == 3


EXPANSIONS = ["crm_task.associations", "crm_association.contact", "crm_association.deal"]


@pytest.mark.parametrize("asked", range(1, 4))
async def test_each_expansion_of_tasks_is_one_more(store: Store, alice: Person, asked: int) -> None:
    task = await new_task(store, alice)
    query: Mapping[str, Any] = {"associations": ",".join(EXPANSIONS[:asked])}
    assert await taken(alice, "rechat", TASKS["rechat"], **query) == 2 + asked
    assert await taken(alice, "rechat", f"/crm/tasks/{task.uid}", **query) == 1 + asked


@pytest.mark.parametrize(
    "asked", [["contact.attributes"], ["contact.attributes", "contact_attribute.attribute_def"], ["contact.deals"]]
)
async def test_each_expansion_of_contacts_is_one_more(alice: Person, asked: list[str]) -> None:
    contact = await new_contact(alice)
    query: Mapping[str, Any] = {"associations": ",".join(asked)}
    assert await taken(alice, "rechat", "/contacts", **query) == 2 + len(asked)
    assert await taken(alice, "rechat", f"/contacts/{contact['id']}", **query) == 1 + len(asked)


@pytest.mark.parametrize("asked", [["owner"], ["owner", "prospect"], ["owner", "prospect", "opportunity"]])
async def test_each_include_is_one_more(store: Store, alice: Person, asked: list[str]) -> None:
    task = await new_task(store, alice)
    assert await taken(alice, "outreach", "/tasks", include=",".join(asked)) == 1 + len(asked)
    assert await taken(alice, "outreach", f"/tasks/{task.id}", include=",".join(asked)) == 1 + len(asked)


@pytest.mark.parametrize("path", ["/me/", "/user/{}/"])
async def test_a_user_is_one_statement(alice: Person, bob: Person, path: str) -> None:
    assert bob.caller.user_uid is not None
    assert await taken(alice, "close", path.format(user_id(bob.caller.user_uid))) == 1


async def test_a_search_of_contacts_is_the_search_and_the_rows(alice: Person) -> None:
    contact = await new_contact(alice)
    assert contact["display_name"]
    assert await taken(alice, "rechat", "/contacts", q=contact["display_name"]) == 2
