from typing import Any
from uuid import UUID, uuid4

from tests.factories import contact_of, tag_of, task_of
from tests.isolation import refusals
from tests.isolation.rows import Row, Table
from tests.isolation.rows_rechat_tasks import LISTINGS, TASKS
from tests.people import Person, bearer_headers
from touchbook.core.contacts.defining import define_attribute
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.contacts.queries import attributes_of
from touchbook.store.postgres import Store

FILES = {"file": ("notes.txt", b"met at the fair")}
ADDED = {"attribute_type": "note", "text": "met at the fair"}


async def contact(store: Store, person: Person) -> str:
    return str((await contact_of(store, person)).uid)


async def contact_there(store: Store, person: Person) -> str:
    """The one that was made last, or a new one."""
    async with store.reading() as reader:
        contacts = await list_contacts(reader, person.caller, descending=True, offset=0, limit=1)
    return str(contacts[0].uid) if contacts else await contact(store, person)


async def contact_and_owner(store: Store, person: Person) -> tuple[str, str]:
    return await contact(store, person), str(person.caller.user_uid)


async def attribute(store: Store, person: Person) -> tuple[str, str]:
    """The contact, and something known of it."""
    made = await contact_of(store, person)
    async with store.reading() as reader:
        [first, *_] = (await attributes_of(reader, person.caller, [made.id]))[made.id]
    return str(made.uid), str(first.uid)


async def attribute_alone(store: Store, person: Person) -> str:
    return (await attribute(store, person))[1]


async def member(store: Store, person: Person) -> str:
    """Who owns a contact at least."""
    await contact_there(store, person)
    return str(person.caller.user_uid)


async def definition(store: Store, person: Person) -> str:
    async with store.transaction() as tx:
        made = await define_attribute(
            tx, person.caller, name=f"drink {uuid4()}", data_type="text", label="Drink", section="Details"
        )
    return str(made.uid)


async def tag(store: Store, person: Person) -> str:
    return (await tag_of(store, person, str(uuid4()))).text


async def name(_store: Store, _person: Person) -> str:
    return f"drink {uuid4()}"


async def job(_store: Store, person: Person) -> str:
    answer = await person.rechat.post("/contacts/import.json", json={"contacts": [{}]})
    made: str = answer.json()["data"]["job_id"]
    return made


async def file(_store: Store, person: Person) -> str:
    answer = await person.rechat.post("/contacts/upload", files=FILES)
    made: str = answer.json()["data"]["id"]
    return made


async def task_with_file(store: Store, person: Person) -> tuple[str, str]:
    """The task, and the file."""
    task = str((await task_of(store, person)).uid)
    answer = await person.rechat.post(f"/crm/tasks/{task}/files", files=FILES)
    return task, answer.json()["data"]["id"]


async def task(store: Store, person: Person) -> str:
    return str((await task_of(store, person)).uid)


def newcomers(owner: str) -> list[dict[str, Any]]:
    return [{"user": owner, "attributes": [ADDED]}]


def of_definition(uid: str) -> list[dict[str, Any]]:
    return [{"attribute_def": uid, "text": "Tea"}]


def asked_of_definition(uid: str) -> list[dict[str, Any]]:
    return [{"attribute_def": uid, "value": "Tea", "invert": True}]


def is_it(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["id"] == record)


def lists_it(answer: Any, record: Any) -> bool:
    return record in [item["id"] for item in answer["data"]]


def is_done(answer: Any, _record: Any) -> bool:
    return answer is None


def is_of_contact(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["id"] == record[0])


ATTRIBUTE = frozenset(
    {
        "id", "attribute_def", "attribute_type", "text", "date", "number", "address", "label", "index",
        "is_primary", "is_partner",
    }
)  # fmt: skip

DEFINITION = frozenset(
    {
        "name", "data_type", "label", "section", "required", "singular", "show", "filterable", "editable",
        "searchable", "has_label", "labels", "enum_values",
    }
)  # fmt: skip

CONTACTS = {
    ("GET", "/contacts"): Row(make=contact, shows=lists_it, asking={"users": member, "ids": contact_there}),
    ("POST", "/contacts"): Row(
        make=member,
        shows=lambda answer, _: UUID(answer["data"][0]).version == 7,
        body=lambda record: {"contacts": newcomers(record)},
        naming={"contacts": member},
        wrapping={"contacts": newcomers},
    ),
    ("PATCH", "/contacts"): Row(
        make=contact,
        shows=is_done,
        body=lambda record: {"contacts": [{"id": record, "attributes": [ADDED]}]},
        naming={"contacts": contact},
        about=frozenset({"contacts"}),
        wrapping={"contacts": lambda uid: [{"id": uid}]},
    ),
    ("DELETE", "/contacts"): Row(
        make=contact,
        shows=is_done,
        body=lambda record: {"ids": [record]},
        naming={"ids": contact},
        about=frozenset({"ids"}),
        wrapping={"ids": lambda uid: [uid]},
    ),
    ("POST", "/contacts/filter"): Row(
        make=contact,
        shows=lists_it,
        query=lambda record: {"ids": record},
        body=lambda _: {},
        naming={"filter": definition, "filters": definition},
        wrapping={"filter": asked_of_definition, "filters": asked_of_definition},
        asking={"users": member},
    ),
    ("GET", "/contacts/{id}"): Row(make=contact, shows=is_it),
    ("PATCH", "/contacts/{id}"): Row(
        make=contact,
        shows=is_it,
        body=lambda _: {"attributes": [ADDED]},
        naming={"user": member, "attributes": definition},
        wrapping={"attributes": of_definition},
    ),
    ("DELETE", "/contacts/{id}"): Row(make=contact, shows=is_done),
    ("PUT", "/contacts/{id}/owner"): Row(
        make=contact_and_owner,
        shows=is_of_contact,
        body=lambda record: {"user": record if isinstance(record, str) else record[1]},
        naming={"user": member},
    ),
}

ATTRIBUTES = {
    ("POST", "/contacts/{id}/attributes"): Row(
        make=contact,
        shows=lambda answer, record: answer["data"][0]["contact"] == record,
        body=lambda _: {"attributes": [ADDED]},
        naming={"attributes": definition},
        wrapping={"attributes": of_definition},
    ),
    ("PUT", "/contacts/{id}/attributes/{attribute}"): Row(
        make=attribute,
        shows=lambda answer, record: answer["data"]["id"] == record[1],
        body=lambda _: {"label": "Work"},
        plain=ATTRIBUTE,
    ),
    ("DELETE", "/contacts/{id}/attributes/{attribute}"): Row(make=attribute, shows=is_of_contact),
    ("POST", "/contacts/attributes"): Row(
        make=contact,
        shows=lists_it,
        query=lambda record: {"ids": record, "get": "true"},
        body=lambda _: {"attributes": [ADDED]},
        naming={"attributes": definition, "filter": definition, "filters": definition},
        wrapping={
            "attributes": of_definition,
            "filter": asked_of_definition,
            "filters": asked_of_definition,
        },
        plain=frozenset({"ids"}),
        asking={"users": member},
    ),
    ("DELETE", "/contacts/attributes"): Row(
        make=attribute_alone,
        shows=is_done,
        body=lambda record: {"ids": [record]},
        naming={"ids": attribute_alone},
        about=frozenset({"ids"}),
        wrapping={"ids": lambda uid: [uid]},
    ),
}

REST = {
    ("GET", "/contacts/attribute_defs"): Row(make=definition, shows=lists_it),
    ("POST", "/contacts/attribute_defs"): Row(
        make=name,
        shows=lambda answer, record: answer["data"]["name"] == record,
        body=lambda record: {"name": record, "data_type": "text"},
        plain=DEFINITION,
        own=True,
    ),
    ("DELETE", "/contacts/attribute_defs/{id}"): Row(make=definition, shows=is_done),
    ("POST", "/contacts/import.json"): Row(
        make=member,
        shows=lambda answer, _: UUID(answer["data"]["job_id"]).version == 7,
        body=lambda record: {"contacts": newcomers(record)},
        plain=frozenset({"contacts"}),
        own=True,
    ),
    ("GET", "/contacts/jobs/{id}"): Row(make=job, shows=is_it),
}

TAGS = {
    ("GET", "/contacts/tags"): Row(
        make=tag, shows=lambda answer, record: record in [item["tag"] for item in answer["data"]]
    ),
    ("POST", "/contacts/tags"): Row(
        make=name,
        shows=is_done,
        body=lambda record: {"tag": record},
        plain=frozenset({"tag", "touch_freq"}),
        own=True,
    ),
    ("PATCH", "/contacts/tags/{tag}"): Row(
        make=tag, shows=is_done, body=lambda record: {"tag": f"{record}, renamed"}, plain=frozenset({"tag"})
    ),
    ("DELETE", "/contacts/tags/{tag}"): Row(make=tag, shows=is_done),
    ("PATCH", "/contacts/tags/{tag}/touch"): Row(
        make=tag, shows=is_done, body=lambda _: {"touch_freq": 7}, plain=frozenset({"touch_freq"})
    ),
    ("PATCH", "/contacts/{id}/touch"): Row(
        make=contact, shows=is_it, body=lambda _: {"touch_freq": 7}, plain=frozenset({"touch_freq"})
    ),
}

UPLOADS = {
    ("POST", "/contacts/upload"): Row(
        make=name,
        shows=lambda answer, _: answer["data"]["name"] == "notes.txt",
        files=FILES,
        plain=frozenset({"file"}),
        own=True,
    ),
    ("GET", "/crm/files/{file}"): Row(make=file, shows=is_it),
    ("DELETE", "/crm/files/{file}"): Row(make=file, shows=is_done),
    ("GET", "/crm/tasks/{id}/files"): Row(
        make=task_with_file, shows=lambda answer, record: [each["id"] for each in answer["data"]] == [record[1]]
    ),
    ("POST", "/crm/tasks/{id}/files"): Row(
        make=task,
        shows=lambda answer, _: answer["data"]["name"] == "notes.txt",
        files=FILES,
        plain=frozenset({"file"}),
    ),
    ("DELETE", "/crm/tasks/{id}/files/{file}"): Row(make=task_with_file, shows=is_done),
}

TABLE = Table(
    headers=bearer_headers,
    refusals=refusals.RECHAT,
    never=str(UUID(int=1)),
    rows=CONTACTS | ATTRIBUTES | TAGS | REST | UPLOADS | TASKS | LISTINGS,
)
