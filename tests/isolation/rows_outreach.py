from typing import Any

from tests.core.sequences.records import enroll, open_task_of, sequence_of, template_of
from tests.factories import contact_of, deal_of
from tests.isolation import refusals, rows_outreach_tasks
from tests.isolation.rows import Make, Row, Table
from tests.people import Person, outreach_headers
from touchbook.core.accounts.opening import open_account
from touchbook.core.activities.recording import record_activity
from touchbook.core.choices.query_schema import DISPOSITIONS, PERSONAS, PURPOSES, STAGES
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.query.pages import fetch_page
from touchbook.core.query.schema import QuerySchema
from touchbook.core.query.windows import Window
from touchbook.store.postgres import Store

API = "/api/v2"


async def account(store: Store, person: Person) -> int:
    async with store.transaction() as tx:
        return (await open_account(tx, person.caller, kind="company", name="Cyberdyne")).id


async def prospect(store: Store, person: Person) -> int:
    return (await contact_of(store, person)).id


async def opportunity(store: Store, person: Person) -> int:
    return (await deal_of(store, person)).id


async def sequence(store: Store, person: Person) -> int:
    return (await sequence_of(store, person, "email")).id


async def enrolment(store: Store, person: Person) -> SequenceState:
    """At an e-mail, so that there is a mailing."""
    made = await sequence_of(store, person, "email")
    await template_of(store, person, made.steps[0], "Hi")
    return await enroll(store, person, made)


async def step(store: Store, person: Person) -> int:
    return (await sequence_of(store, person, "call")).steps[0].id


async def sequence_state(store: Store, person: Person) -> int:
    return (await enrolment(store, person)).id


async def template(store: Store, person: Person) -> int:
    made = await sequence_of(store, person, "email")
    return (await template_of(store, person, made.steps[0], "Hi")).id


async def sequence_template(store: Store, person: Person) -> int:
    found = (await open_task_of(store, person, await enrolment(store, person))).sequence_template_id
    assert found is not None
    return found


async def mailing(store: Store, person: Person) -> int:
    found = (await open_task_of(store, person, await enrolment(store, person))).mailing_id
    assert found is not None
    return found


async def call(store: Store, person: Person) -> int:
    contact = await contact_of(store, person)
    async with store.transaction() as tx:
        [activity] = await record_activity(tx, person.caller, contact_ids=[contact.id], kind="call")
    return activity.id


async def user(_store: Store, person: Person) -> int:
    return person.user_id


async def priority(_store: Store, _person: Person) -> int:
    return 3


def choice(schema: QuerySchema[Any]) -> Make:
    """One that the team has from the first."""

    async def make(store: Store, person: Person) -> int:
        async with store.reading() as reader:
            page = await fetch_page(reader, person.caller, schema, [], [], Window(limit=1))
        found: int = page.records[0].id
        return found

    return make


def is_it(answer: Any, record: Any) -> bool:
    return bool(answer["data"]["id"] == record)


def lists_it(answer: Any, record: Any) -> bool:
    return record in [item["id"] for item in answer["data"]]


def leads_to_it(name: str) -> Any:
    def shows(answer: Any, record: Any) -> bool:
        data = answer["data"]["relationships"][name]["data"]
        return record in [one["id"] for one in (data if isinstance(data, list) else [data])]

    return shows


def is_gone(answer: Any, _record: Any) -> bool:
    return answer is None


def reads(path: str, make: Make, *, common: bool = False) -> dict[tuple[str, str], Row]:
    return {
        ("GET", f"{API}{path}"): Row(make=make, shows=lists_it, common=common),
        ("GET", f"{API}{path}/{{id}}"): Row(make=make, shows=is_it, common=common),
    }


def sent(kind: str, record: int | None = None, relationships: Any = None, **attributes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"type": kind, "attributes": attributes, "relationships": relationships or {}}
    return data | ({"id": record} if record is not None else {})


def to_one(name: str, kind: str) -> Any:
    return lambda record: {name: {"data": {"type": kind, "id": record}}}


def writes(path: str, kind: str, make: Make, **given: Any) -> dict[tuple[str, str], Row]:
    return {
        ("PATCH", f"{API}{path}/{{id}}"): Row(
            make=make, shows=is_it, body=lambda _: {"data": sent(kind)}, plain=frozenset({"data"}), **given
        ),
        ("DELETE", f"{API}{path}/{{id}}"): Row(make=make, shows=is_gone),
    }


def creates(kind: str, make: Make, end: str, target: str, **attributes: Any) -> Row:
    """What leads to a record."""

    def data(record: Any) -> dict[str, Any]:
        return sent(kind, None, to_one(end, target)(record), **attributes)

    return Row(
        make=make,
        shows=leads_to_it(end),
        body=lambda record: {"data": data(record)},
        naming={"data": make},
        wrapping={"data": data},
    )


def creates_between(kind: str, *ends: tuple[str, Make]) -> Row:
    """What leads to two records, each by its type."""

    async def make(store: Store, person: Person) -> tuple[int, ...]:
        return tuple([await each(store, person) for _, each in ends])

    def data(record: Any) -> dict[str, Any]:
        found = record if isinstance(record, tuple) else [record] * len(ends)
        linked = {name: to_one(name, name)(each)[name] for (name, _), each in zip(ends, found, strict=True)}
        return sent(kind, None, linked)

    def shows(answer: Any, record: Any) -> bool:
        related = answer["data"]["relationships"]
        return [related[name]["data"]["id"] for name, _ in ends] == list(record)

    return Row(
        make=make,
        shows=shows,
        body=lambda record: {"data": data(record)},
        naming={"data": make},
        wrapping={"data": data},
    )


TABLE = Table(
    headers=outreach_headers,
    refusals=refusals.OUTREACH,
    never=2**59,
    rows={
        **reads("/accounts", account),
        **reads("/calls", call),
        **reads("/mailings", mailing),
        **reads("/opportunities", opportunity),
        **reads("/personas", choice(PERSONAS)),
        **reads("/prospects", prospect),
        **reads("/sequenceStates", sequence_state),
        **reads("/sequenceSteps", step),
        **reads("/sequenceTemplates", sequence_template),
        **reads("/sequences", sequence),
        **reads("/stages", choice(STAGES)),
        **reads("/taskDispositions", choice(DISPOSITIONS)),
        **reads("/taskPurposes", choice(PURPOSES)),
        **reads("/templates", template),
        **reads("/users", user),
        ("GET", f"{API}/taskPriorities"): Row(make=priority, shows=lists_it, common=True),
        ("GET", f"{API}/taskPriorities/{{id}}"): Row(make=priority, shows=is_it, common=True),
        ("POST", f"{API}/accounts"): Row(
            make=account,
            shows=lambda answer, _: answer["data"]["attributes"]["name"] == "Cyberdyne",
            body=lambda _: {"data": sent("account", name="Cyberdyne")},
            plain=frozenset({"data"}),
            own=True,
        ),
        ("POST", f"{API}/calls"): Row(
            make=prospect,
            shows=leads_to_it("prospect"),
            body=lambda record: {"data": sent("call", None, to_one("prospect", "prospect")(record), note="Busy")},
            naming={"data": prospect},
            wrapping={
                "data": lambda record: sent("call", None, to_one("prospect", "prospect")(record), note="Busy")
            },
        ),
        ("POST", f"{API}/prospects"): Row(
            make=account,
            shows=leads_to_it("account"),
            body=lambda record: {
                "data": sent("prospect", None, to_one("account", "account")(record), firstName="Kate")
            },
            naming={"data": user},
            wrapping={
                "data": lambda record: sent("prospect", None, to_one("owner", "user")(record), firstName="K")
            },
        ),
        ("POST", f"{API}/opportunities"): Row(
            make=account,
            shows=leads_to_it("account"),
            body=lambda record: {
                "data": sent("opportunity", None, to_one("account", "account")(record), name="Roof")
            },
            naming={"data": prospect},
            wrapping={
                "data": lambda record: sent(
                    "opportunity", None, {"prospects": {"data": [{"type": "prospect", "id": record}]}}, name="Roof"
                )
            },
        ),
        **rows_outreach_tasks.ROWS,
        **writes("/accounts", "account", account),
        **writes("/opportunities", "opportunity", opportunity),
        **writes("/prospects", "prospect", prospect),
        **writes("/sequences", "sequence", sequence),
        **writes("/sequenceSteps", "sequenceStep", step),
        **writes("/sequenceTemplates", "sequenceTemplate", sequence_template),
        **writes("/templates", "template", template),
        ("DELETE", f"{API}/sequenceStates/{{id}}"): Row(make=sequence_state, shows=is_gone),
        **{
            ("POST", f"{API}/sequenceStates/{{id}}/actions/{name}"): Row(make=sequence_state, shows=is_it)
            for name in ("finish", "pause", "resume")
        },
        ("POST", f"{API}/sequences"): creates("sequence", user, "owner", "user", name="New"),
        ("POST", f"{API}/templates"): creates("template", user, "owner", "user", name="New"),
        ("POST", f"{API}/sequenceSteps"): creates(
            "sequenceStep", sequence, "sequence", "sequence", stepType="sms"
        ),
        ("POST", f"{API}/sequenceStates"): creates_between(
            "sequenceState", ("prospect", prospect), ("sequence", sequence)
        ),
        ("POST", f"{API}/sequenceTemplates"): creates_between(
            "sequenceTemplate", ("sequenceStep", step), ("template", template)
        ),
        ("PATCH", f"{API}/prospects/{{id}}"): Row(
            make=prospect,
            shows=is_it,
            body=lambda _: {"data": sent("prospect")},
            naming={"data": choice(STAGES)},
            wrapping={"data": lambda record: sent("prospect", None, to_one("stage", "stage")(record))},
        ),
    },
)
