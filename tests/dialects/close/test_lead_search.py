"""The language of `query=`: what it finds, and what it refuses rather than answer nothing or everybody."""

from contextlib import suppress
from typing import Any

import pytest

from tests.dialects.close.records import new_lead
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.errors import Invalid
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.showing import show_contacts
from touchbook.dialects.close.query import MOST_TERMS, read_query
from touchbook.dialects.close.wire.shared import LONGEST_QUERY
from touchbook.store.postgres import Store

ADA = {
    "name": "Ada Lovelace",
    "emails": [{"email": "Ada@Example.com", "type": "office"}, {"email": "ada@engines.example", "type": "home"}],
    "phones": [{"phone": "(312) 555-0100", "type": "office"}],
}


async def found(person: Person, query: str, **more: Any) -> list[str]:
    return ids_of(await person.close.get("/lead/", params={"query": query, **more}))


async def refused(person: Person, query: str) -> str:
    problems = refusal_of(await person.close.get("/lead/", params={"query": query}), 400)
    assert problems.keys() == {"query"}
    return str(problems["query"])


@pytest.fixture
async def lead(alice: Person) -> str:
    """Among others that no query of these tests means."""
    await new_lead(alice, "Resistance", contacts=[{"name": "Kyle Reese", "emails": [{"email": "k@example.org"}]}])
    made = await new_lead(alice, 'Analytical "Engines" Ltd', contacts=[ADA, {"name": "Éva Nagy"}])
    await new_lead(alice, "100_% Off\\Season")
    return str(made["id"])


@pytest.mark.parametrize(
    "query",
    [
        "analytical",
        "ENGINES",
        "lytic",
        "ada",
        "lovelace",
        "eva",
        "ada@example.com",
        "engines.example",
        "5550100",
        "(312) 555-0100",
        "+1 312 555 0100",
        "lovelace analytical",
        "analytical and ada",
        "eva nagy ada 555-0100 ltd",
        '"Ada Lovelace"',
        '"ada  LOVELACE"',
        '"lovelace ada"',
        'name:"Analytical"',
        "name:analytical",
        "Name: ltd",
        'name: "Analytical"',
        r'name:"analytical \"engines\" ltd"',
        'company:"engines"',
        "company:LTD",
        'email_address:"ada@example.com"',
        "email:ADA@engines.example",
        'email_address:"engines.example"',
        "email_address:@engines",
        'phone:"+13125550100"',
        'phone:"(312) 555-0100"',
        "phone:312.555.0100",
        "phone:+13125550100",
        "phone:5550100",
        "phone:0100",
        'phone:"001 312 555 0100 ext. 7"',
        "status:potential name:analytical",
        'status:"POTENTIAL" ada',
        'name:engines email:ada@example.com phone:3125550100 status:"Potential" lovelace',
        "name:analytical and ada and eva",
        "\tada\n",
    ],
)
async def test_it_finds_the_lead(alice: Person, lead: str, query: str) -> None:
    assert await found(alice, query) == [lead]


@pytest.mark.parametrize(
    "query",
    [
        "ada kyle",
        "charles",
        '"Lovelace Engines"',
        '"Ada Nagy"',
        "%",
        "a%a",
        "name:ada",
        'name:"Ltd Engines"',
        'company:"Lovelace"',
        'email_address:"da@example.com"',
        'email_address:"ada@example.co"',
        "email:analytical",
        "phone:3125550",
        'phone:"+43125550100"',
        "name:analytical status:lost",
        "ada name:resistance",
    ],
)
async def test_it_finds_no_other_than_was_asked_for(alice: Person, lead: str, query: str) -> None:
    found_ids = await found(alice, query)
    assert lead not in found_ids
    assert "%" in query or not found_ids


@pytest.mark.parametrize(
    "query", ["100_%", "%", "_", "\\", "off\\season", '"off\\season"', 'name:"\\\\"', "name:_%"]
)
async def test_a_sign_of_like_is_itself(alice: Person, lead: str, query: str) -> None:
    (only,) = data_of(await alice.close.get("/lead/", params={"query": query}))
    assert only["name"] == "100_% Off\\Season"


@pytest.mark.parametrize("query", ["", "  ", "\t\n"])
async def test_without_a_word_it_lists_all(alice: Person, lead: str, query: str) -> None:
    assert len(await found(alice, query)) == 3


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("sort:created", "sort"),
        ("ada sort:created", "sort"),
        ("nmae:Ada", "nmae"),
        ('custom.Field:"x"', "custom.Field"),
        ('"custom.Field Name":"x"', "custom.Field Name"),
        ('"custom.Field Name":*', "custom.Field Name"),
        ("slice:1/10", "slice"),
        ("last_emailed:today", "last_emailed"),
        ("https://example.com", "https"),
        (":ada", ""),
        ("ada or kyle", "or"),
        ("Portland OR", "OR"),
        ("not ada", "not"),
        ("NOT name:ada", "NOT"),
        ("-ada", "-ada"),
        ("(ada kyle)", "("),
        ("name:(ada kyle)", "("),
        ("ada)", ")"),
        ("phone:(312) 555-0100", "("),
        ("contacts > 1", ">"),
        ("contacts>1", ">"),
        ("name:*", "*"),
        ("ad*", "*"),
        ("num=1", "="),
        ("and", "and"),
        ("and ada", "and"),
        ("ada and", "and"),
        ("ada and and eva", "and"),
        ("name:", "name"),
        ('name:""', "name"),
        ('name:"  "', "name"),
        ("email_address: ", "email_address"),
        ('""', '""'),
        ('" "', '""'),
        ('"ada', '"ada'),
        ('name:"ada', '"ada'),
        ('12" pipe', '" pipe'),
        ('"ada"lovelace', "lovelace"),
        ('name:"ada""lovelace"', '"lovelace"'),
        ("name:company:ada", ":ada"),
        ("status:unknown", "unknown"),
        ('status:"Bad"', "Bad"),
        ('status:"Bad Fit" status:', "status"),
        ("x" * (LONGEST_QUERY + 1), str(LONGEST_QUERY)),
        ("x " * (MOST_TERMS + 1), str(MOST_TERMS)),
        ("q" * 1000 + ":x", "q" * 40 + "..."),
    ],
)
async def test_what_it_does_not_know_is_refused_by_name(alice: Person, lead: str, query: str, named: str) -> None:
    assert named in await refused(alice, query)


@pytest.mark.parametrize("query", ['"or"', '"not" ada', "sand", "organ", "name:or", "555-0100", "-", "--", "a-b"])
async def test_a_word_that_only_looks_like_one_of_the_language_is_a_word(alice: Person, query: str) -> None:
    assert await found(alice, query) == []


async def test_each_bound_is_kept_exactly(alice: Person) -> None:
    lead = await new_lead(alice, "x")
    assert await found(alice, "x " * MOST_TERMS) == [lead["id"]]
    assert await found(alice, " and ".join(["x"] * MOST_TERMS)) == [lead["id"]]
    assert await found(alice, "x".ljust(LONGEST_QUERY)) == [lead["id"]]
    assert await found(alice, "y" * LONGEST_QUERY) == []


async def test_every_label_of_a_status_is_known(alice: Person) -> None:
    statuses = data_of(await alice.close.get("/status/lead/"))
    leads = [await new_lead(alice, status["label"], status_id=status["id"]) for status in statuses]
    for status, lead in zip(statuses, leads, strict=True):
        label = status["label"]
        written = [
            f'status:"{label}"',
            f'status:"{label.upper()}"',
            *([] if " " in label else [f"status:{label}"]),
        ]
        for query in written:
            assert await found(alice, query) == [lead["id"]]


async def test_what_a_contact_was_is_found_no_more(alice: Person) -> None:
    lead = await new_lead(alice, contacts=[ADA])
    contact = lead["contacts"][0]
    asked = ['email:"ada@example.com"', "phone:3125550100", "lovelace"]
    path = f"/contact/{contact['id']}/"
    assert [await found(alice, query) for query in asked] == [[lead["id"]]] * 3
    sent = {"name": "Ada Byron", "emails": [{"email": "ada@example.org"}], "phones": []}
    await alice.close.put(path, json=sent)
    assert [await found(alice, query) for query in asked] == [[]] * 3
    assert await found(alice, "email:ada@example.org byron") == [lead["id"]]
    await alice.close.delete(path)
    assert await found(alice, "email:ada@example.org") == []
    assert await found(alice, "byron") == []
    await alice.close.delete(f"/lead/{lead['id']}/")
    assert await found(alice, "name:cyberdyne") == []


async def test_a_contact_without_a_company_is_found_as_the_lead_it_is(store: Store, alice: Person) -> None:
    await contact_of(store, alice, emails=["sarah@example.com"])
    (lead,) = ids_of(await alice.close.get("/lead/"))
    for query in ('name:"Sarah Connor"', "connor", 'email_address:"sarah@example.com"'):
        assert await found(alice, query) == [lead]


async def test_pages_of_what_is_found_are_newest_first(alice: Person) -> None:
    made = [(await new_lead(alice, f"Lead {number}"))["id"] for number in range(5)][::-1]
    await new_lead(alice, "Other")
    for query in ("lead", "name:lead", 'status:"Potential" lead'):
        assert await found(alice, query) == made
        assert await found(alice, query, _skip=1, _limit=2) == made[1:3]
    answer = await alice.close.get("/lead/", params={"query": "lead", "_limit": 5})
    assert answer.json()["has_more"] is False


async def test_nobody_finds_what_another_team_has(alice: Person, bob: Person, charlie: Person, lead: str) -> None:
    for query in ("ada", "name:analytical", "email:ada@example.com", "phone:3125550100", "status:potential ada"):
        assert await found(bob, query) == [lead]
        assert await found(charlie, query) == []


async def test_contacts_that_one_does_not_see_lead_to_no_lead(store: Store, alice: Person, bob: Person) -> None:
    """A lead is everybody's where it is a company; what its contacts of others are called is not (RC-179)."""
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(alice.team, None, surface="test"), to="owner")
    hers = await new_lead(alice, contacts=[ADA])
    his = await new_lead(bob, "Engines", contacts=[{**ADA, "name": "Augusta"}])
    await contact_of(store, alice, emails=["ada@example.com"])
    for query in ("email:ada@example.com", "phone:3125550100", "ada@example.com", "email:@example.com 5550100"):
        assert await found(bob, query) == [his["id"]]
    assert await found(bob, "lovelace") == []
    assert await found(bob, "connor") == []
    assert await found(bob, "name:cyberdyne") == [hers["id"]]
    assert await found(alice, "lovelace") == [hers["id"]]
    assert len(await found(alice, "email:ada@example.com")) == 3


async def test_a_posted_query_is_the_same(alice: Person, lead: str) -> None:
    headers = {"x-http-method-override": "GET"}
    for query, ids in (("ada", [lead]), ('email_address:"ada@example.com"', [lead]), ("charles", [])):
        answer = await alice.close.post("/lead/", json={"_params": {"query": query}}, headers=headers)
        assert ids_of(answer) == ids
    answer = await alice.close.post("/lead/", json={"_params": {"query": "sort:created"}}, headers=headers)
    assert "sort" in refusal_of(answer, 400)["query"]


@pytest.mark.parametrize("place", ["contact", "opportunity"])
async def test_lists_that_know_words_alone_refuse_the_rest(alice: Person, place: str) -> None:
    for query, named in (
        ('email_address:"ada@example.com"', "email_address"),
        ("status:won", "status"),
        ("ada or eva", "or"),
        ('"ada lovelace"', "ada lovelace"),
        ("x" * (LONGEST_QUERY + 1), str(LONGEST_QUERY)),
    ):
        answer = await alice.close.get(f"/{place}/", params={"query": query})
        assert named in refusal_of(answer, 400)["query"]
    assert ids_of(await alice.close.get(f"/{place}/", params={"query": '"ada" and 312'})) == []


async def test_contacts_are_found_by_number_as_before(alice: Person, lead: str) -> None:
    for query in ("(312) 555-0100", "ada 555-0100", '"lovelace" ada'):
        (contact,) = data_of(await alice.close.get("/contact/", params={"query": query}))
        assert contact["name"] == "Ada Lovelace"


class Counted(str):
    """A text that counts how often it is looked at, and how much of it is handed out."""

    looks = 0

    def __getitem__(self, place: Any) -> str:
        part = super().__getitem__(place)
        Counted.looks += 1 + len(part)
        return part


@pytest.mark.parametrize("of", ["{}", '"{}"', 'name:"{}"', "name:{}", 'name:"{}', " {} ", '{}"'])
@pytest.mark.parametrize(
    "with_", ["a", " ", "\\", '\\"', "\\\\", "a ", ": ", "a:", '"', '" ', "name:", '"a" ', "-", "\t"]
)
def test_a_query_is_read_in_linear_time(of: str, with_: str) -> None:
    """Some few looks at each letter, whatever it is: counted, not timed."""
    query = Counted(of.format(with_ * LONGEST_QUERY)[:LONGEST_QUERY])
    Counted.looks = 0
    with suppress(Invalid):
        read_query(query)
    assert Counted.looks <= 10 * LONGEST_QUERY
