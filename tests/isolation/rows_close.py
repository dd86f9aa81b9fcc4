from typing import Any

from tests.factories import contact_of, deal_of, task_of
from tests.isolation import refusals
from tests.isolation.rows import Row, Table
from tests.people import Person, close_headers
from touchbook.core.contacts.account_search import list_accounts
from touchbook.core.contacts.defining import define_attribute
from touchbook.core.identity import new_uid
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.core.teams.queries import list_users
from touchbook.dialects.close import ids, statuses
from touchbook.dialects.close.custom_fields import field_id
from touchbook.store.postgres import Store


async def contact(store: Store, person: Person) -> str:
    return ids.contact_id((await contact_of(store, person)).uid)


async def lead(store: Store, person: Person) -> str:
    """The account of a new contact."""
    await contact_of(store, person)
    return await lead_there(store, person)


async def opportunity(store: Store, person: Person) -> str:
    return ids.opportunity_id((await deal_of(store, person)).uid)


async def task(store: Store, person: Person) -> str:
    made = await contact_of(store, person)
    return ids.task_id((await task_of(store, person, assignees=[person.user_id], contact_id=made.id)).uid)


async def member(_store: Store, person: Person) -> str:
    assert person.caller.user_uid is not None
    return ids.user_id(person.caller.user_uid)


async def membership(store: Store, person: Person) -> str:
    async with store.reading() as reader:
        users = await list_users(reader, person.team.id)
    return next(ids.membership_id(user.member_uid) for user in users if user.id == person.user_id)


async def organization(_store: Store, person: Person) -> str:
    return ids.organization_id(person.team.uid)


async def lead_status(_store: Store, person: Person) -> str:
    return statuses.lead_status_id(person.caller, "qualified")


async def opportunity_status(_store: Store, person: Person) -> str:
    return statuses.opportunity_status_id(person.caller, "won")


async def custom_field(store: Store, person: Person) -> str:
    async with store.transaction() as tx:
        made = await define_attribute(
            tx, person.caller, name=f"industry {new_uid()}", data_type="text", label="Industry", section="Details"
        )
    return field_id(made)


async def lead_there(store: Store, person: Person) -> str:
    """The one that was made last, or a new one."""
    async with store.reading() as reader:
        accounts = await list_accounts(reader, person.caller, offset=0, limit=1)
    return ids.lead_id(accounts[0].uid) if accounts else await lead(store, person)


async def task_there(store: Store, person: Person) -> str:
    """The one that was made last, or a new one."""
    everything = TaskFilter(zone=person.caller.zone)
    async with store.reading() as reader:
        tasks = await list_tasks(
            reader, person.caller, everything, order="created", descending=True, offset=0, limit=1
        )
    return ids.task_id(tasks[0].uid) if tasks else await task(store, person)


def is_it(answer: Any, record: Any) -> bool:
    return bool(answer["id"] == record)


def lists_it(answer: Any, record: Any) -> bool:
    return record in [item["id"] for item in answer["data"]]


def is_gone(answer: Any, _record: Any) -> bool:
    return bool(answer == {})


def has(name: str, value: Any = None) -> Any:
    """That, or the record, in this member."""
    return lambda answer, record: answer[name] == (record if value is None else value)


TASK = frozenset(
    {"_type", "lead_id", "contact_id", "assigned_to", "text", "date", "due_date", "is_complete", "is_dateless",
     "priority", "resolution", "agent_config_id"}
)  # fmt: skip
LEAD = frozenset({"name", "status", "description", "url", "addresses", "custom"})
CONTACT = frozenset({"name", "title", "emails", "phones", "urls", "timezone", "custom"})
# Ids of pipelines are kept as they are sent.
OPPORTUNITY = frozenset(
    {"note", "value", "value_currency", "value_period", "confidence", "date_won", "expected_date", "pipeline_id",
     "attachments", "custom", "custom_fields"}
)  # fmt: skip

TASKS = {
    ("GET", "/task"): Row(
        make=task,
        shows=lists_it,
        asking={
            "id": task_there,
            "id__in": task_there,
            "lead_id": lead_there,
            "assigned_to": member,
            "membership_id": membership,
            "organization_id": organization,
        },
    ),
    ("POST", "/task"): Row(
        make=lead,
        shows=has("lead_id"),
        body=lambda record: {"lead_id": record, "text": "Call"},
        naming={"lead_id": lead, "contact_id": contact, "assigned_to": member},
        plain=TASK - {"lead_id", "contact_id", "assigned_to"},
    ),
    ("PUT", "/task"): Row(
        make=task,
        shows=has("count", 1),
        query=lambda record: {"id__in": record},
        body=lambda _: {"is_complete": True},
        naming={"assigned_to": member},
        plain=TASK - {"assigned_to"},
        asking={"id": task_there, "lead_id": lead_there, "assigned_to": member, "membership_id": membership},
    ),
    ("GET", "/task/{id}"): Row(make=task, shows=is_it),
    ("PUT", "/task/{id}"): Row(
        make=task,
        shows=is_it,
        body=lambda _: {"is_complete": True},
        naming={"contact_id": contact, "assigned_to": member},
        plain=TASK - {"contact_id", "assigned_to"},
    ),
    ("DELETE", "/task/{id}"): Row(make=task, shows=is_gone),
}

LEADS = {
    ("GET", "/lead"): Row(make=lead, shows=lists_it),
    ("POST", "/lead"): Row(
        make=lead_status,
        shows=has("status_id"),
        body=lambda record: {"name": "Cyberdyne", "status_id": record},
        naming={"status_id": lead_status},
        plain=LEAD | {"contacts"},
    ),
    ("GET", "/lead/{id}"): Row(make=lead, shows=is_it),
    ("PUT", "/lead/{id}"): Row(
        make=lead,
        shows=is_it,
        body=lambda _: {"name": "Resistance"},
        naming={"status_id": lead_status},
        plain=LEAD,
    ),
    ("DELETE", "/lead/{id}"): Row(make=lead, shows=is_gone),
    ("GET", "/contact"): Row(make=contact, shows=lists_it, asking={"lead_id": lead_there}),
    ("POST", "/contact"): Row(
        make=lead,
        shows=has("lead_id"),
        body=lambda record: {"lead_id": record, "name": "Kate"},
        naming={"lead_id": lead},
        plain=CONTACT,
    ),
    ("GET", "/contact/{id}"): Row(make=contact, shows=is_it),
    ("PUT", "/contact/{id}"): Row(
        make=contact,
        shows=is_it,
        body=lambda _: {"name": "Kate"},
        plain=CONTACT | {"lead_id"},
    ),
    ("DELETE", "/contact/{id}"): Row(make=contact, shows=is_gone),
}

OPPORTUNITIES = {
    ("GET", "/opportunity"): Row(
        make=opportunity, shows=lists_it, asking={"lead_id": lead_there, "user_id": member}
    ),
    ("POST", "/opportunity"): Row(
        make=lead,
        shows=has("lead_id"),
        body=lambda record: {"lead_id": record},
        naming={"lead_id": lead, "contact_id": contact, "user_id": member, "status_id": opportunity_status},
        # Only the caller makes one, and only now.
        plain=OPPORTUNITY | {"created_by", "date_created"},
    ),
    ("GET", "/opportunity/{id}"): Row(make=opportunity, shows=is_it),
    ("PUT", "/opportunity/{id}"): Row(
        make=opportunity,
        shows=is_it,
        body=lambda _: {"note": "Roof"},
        naming={"contact_id": contact, "user_id": member, "status_id": opportunity_status},
        plain=OPPORTUNITY | {"lead_id"},
    ),
    ("DELETE", "/opportunity/{id}"): Row(make=opportunity, shows=is_gone),
}

PEOPLE = {
    ("GET", "/me"): Row(
        make=organization, shows=lambda answer, record: answer["organizations"][0]["id"] == record
    ),
    ("GET", "/user"): Row(make=member, shows=lists_it),
    ("GET", "/user/{id}"): Row(make=member, shows=is_it),
    ("GET", "/organization/{id}"): Row(make=organization, shows=is_it),
    ("GET", "/status/lead"): Row(make=lead_status, shows=lists_it),
    ("GET", "/status/opportunity"): Row(make=opportunity_status, shows=lists_it),
    **{
        ("GET", f"/custom_field/{kind}"): Row(make=custom_field, shows=lists_it)
        for kind in ("lead", "contact", "opportunity")
    },
}

TABLE = Table(
    headers=close_headers, refusals=refusals.CLOSE, never="x", rows=TASKS | LEADS | OPPORTUNITIES | PEOPLE
)
