"""A name is found however it is typed, in every dialect; two spellings of one tag, name or address are one."""

import unicodedata
from collections.abc import Awaitable, Callable, Mapping

import pytest

from tests.dialects.close.wire import ids_of as close_ids
from tests.dialects.outreach.asking import ids as outreach_ids
from tests.dialects.rechat.records import a, new_contact
from tests.dialects.rechat.wire import ids_of as rechat_ids
from tests.dialects.rechat.wire import rows_of
from tests.dialects.ysuite.wire import data_of as ysuite_data
from tests.dialects.ysuite.wire import ids_of as ysuite_ids
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.contacts.plain import PlainMembers, edit_contact
from touchbook.core.contacts.queries import find_contact
from touchbook.core.deals.opening import open_deal
from touchbook.core.errors import Conflict
from touchbook.core.lists.keeping import make_list
from touchbook.store.postgres import Store

NAMES = [
    ("O’Brien", "O'Brien"), ("O'Brien", "O’Brien"), ("Oʼbrien", "o`BRIEN"), ("Łukasz", "lukasz"),
    ("Lukasz", "Łukasz"), ("Zoë", "zoe"), ("Zoe\u0308", "ZOË"), ("Zoe", "Zoë"), ("Ærø", "aero"),
    ("Anne‑Marie", "anne-marie"), ("Mar\u200btha", "Martha"), ("İbrahim", "ibrahim"), ("Đorđe", "dorde"),
]  # fmt: skip
Ask = Callable[[Person, str], Awaitable[int]]


def close(path: str) -> Ask:
    async def count(person: Person, typed: str) -> int:
        return len(close_ids(await person.close.get(path, params={"query": typed})))

    return count


def ysuite(path: str) -> Ask:
    async def count(person: Person, typed: str) -> int:
        return int(ysuite_data(await person.ysuite.get(path, params={"search": typed}))["total_records"])

    return count


def rechat(path: str) -> Ask:
    async def count(person: Person, typed: str) -> int:
        return len(rows_of(await person.rechat.get(path, params={"q": typed})))

    return count


def outreach(path: str, member: str) -> Ask:
    async def count(person: Person, typed: str) -> int:
        return len(await outreach_ids(person, path, **{f"filter[{member}]": typed}))

    return count


def lead_named() -> Ask:
    async def count(person: Person, typed: str) -> int:
        return len(close_ids(await person.close.get("/lead/", params={"query": f'name:"{typed}"'})))

    return count


SEARCHES: Mapping[str, Ask] = {
    "close leads": close("/lead/"),
    "close leads by name": lead_named(),
    "close contacts": close("/contact/"),
    "close opportunities": close("/opportunity/"),
    "ysuite contacts": ysuite("/contacts"),
    "ysuite deals": ysuite("/deals"),
    "ysuite tasks": ysuite("/tasks"),
    "rechat contacts": rechat("/contacts"),
    "rechat tasks": rechat("/crm/tasks/search"),
    "outreach prospects": outreach("/prospects", "firstName"),
    "outreach accounts": outreach("/accounts", "name"),
    "outreach opportunities": outreach("/opportunities", "name"),
}
# Of a company in two forms there is one.
ONE_COMPANY = ("close leads", "close leads by name", "outreach accounts")


@pytest.mark.parametrize("where", SEARCHES)
async def test_a_name_is_found_however_it_is_typed(
    store: Store, alice: Person, charlie: Person, where: str
) -> None:
    for person in (alice, charlie):
        for kept in dict.fromkeys(kept for kept, _ in NAMES):
            await _record(store, person, kept)
        await _record(store, person, "Somebody")
    names = list(dict.fromkeys(kept for kept, _ in NAMES))
    if where in ONE_COMPANY:
        names = list({unicodedata.normalize("NFC", kept): kept for kept in names}.values())
    alike = {typed: sum(_form(kept) == _form(typed) for kept in names) for _, typed in NAMES}
    assert {typed: await SEARCHES[where](alice, typed) for _, typed in NAMES} == alike
    assert min(alike.values()) > 0
    assert await SEARCHES[where](alice, "Nobody’s") == 0


def _form(text: str) -> str:
    """By the few rules that these names need."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign != "\u200b")
    for signs, form in (("’ʼ`", "'"), ("‑‐", "-"), ("ł", "l"), ("đ", "d"), ("æ", "ae"), ("ø", "o")):
        for sign in signs:
            plain = plain.replace(sign, form)
    return plain


async def _record(store: Store, person: Person, name: str) -> None:
    """One of each kind: a contact and its account, a company, a deal, a task."""
    contact = await contact_of(store, person, name, company=name)
    async with store.transaction() as tx:
        await open_deal(tx, person.caller, title=name, contact_id=contact.id)
    await task_of(store, person, title=name, contact_id=contact.id)


@pytest.mark.parametrize("typed", ["\u200b", "\u00ad"])
async def test_nothing_that_is_seen_finds_nobody(store: Store, alice: Person, typed: str) -> None:
    await _record(store, alice, "Sarah")
    for where in ("ysuite contacts", "ysuite deals", "close leads", "close leads by name", "close contacts"):
        assert await SEARCHES[where](alice, typed) == 0, where


async def test_a_company_in_two_forms_is_one(store: Store, alice: Person) -> None:
    accounts = {
        (await contact_of(store, alice, "Ann", company=company)).account_id
        for company in ("Café Éclair", "CAFE\u0301 e\u0301clair", " café éclair\u200b")
    }
    assert len(accounts) == 1
    assert (await contact_of(store, alice, "Bo", company="Cafe Eclair")).account_id not in accounts


async def test_a_list_in_two_forms_is_one(store: Store, alice: Person, charlie: Person) -> None:
    async with store.transaction() as tx:
        await make_list(tx, alice.caller, name="Café")
        await make_list(tx, alice.caller, name="Cafe")
        await make_list(tx, charlie.caller, name="CAFÉ")
    for name in ("CAFE\u0301", " café", "café\u200b"):
        with pytest.raises(Conflict):
            async with store.transaction() as tx:
                await make_list(tx, alice.caller, name=name)


class TestTags:
    FORMS = ("Café", "Cafe\u0301", "CAFÉ", "café\u200b")

    async def _tags(self, person: Person) -> set[str]:
        tags = (await person.rechat.get("/contacts/tags")).json()["data"]
        return {tag["text"] for tag in tags} - {"Warm", "Hot", "Past Client", "Seller", "Agent", "Buyer"}

    async def test_the_forms_of_one_are_one(self, alice: Person) -> None:
        made = [await new_contact(alice, a("first_name", "Ann"), a("tag", form)) for form in self.FORMS]
        other = await new_contact(alice, a("first_name", "Bo"), a("tag", "Cafe"))
        assert await self._tags(alice) == {"Café", "Cafe"}
        uids = [contact["id"] for contact in made]
        for form in self.FORMS:
            body = {"filter": [{"attribute_type": "tag", "value": form}]}
            assert rechat_ids(await alice.rechat.post("/contacts/filter", json=body)) == sorted(uids), form
            assert len(await outreach_ids(alice, "/prospects", **{"filter[tags]": form})) == len(uids)
        assert (await alice.rechat.patch("/contacts/tags/CAFÉ", json={"tag": "Bistro"})).is_success
        assert await self._tags(alice) == {"Bistro", "Cafe"}
        for uid in uids:
            assert (await alice.rechat.get(f"/contacts/{uid}")).json()["data"]["tags"] == ["Bistro"]
        assert len(rows_of(await alice.rechat.get("/contacts", params={"q": "bistro"}))) == len(uids)
        assert len(rows_of(await alice.rechat.get("/contacts", params={"q": "café"}))) == 1
        assert (await alice.rechat.get(f"/contacts/{other['id']}")).json()["data"]["tags"] == ["Cafe"]

    async def test_it_may_be_spelled_anew(self, store: Store, alice: Person) -> None:
        contact = await contact_of(store, alice, tags=["vip", "Hot"])
        assert (await alice.rechat.patch("/contacts/tags/vip", json={"tag": "VIP"})).is_success
        assert await self._tags(alice) == {"VIP"}
        async with store.reading() as reader:
            now = await find_contact(reader, alice.caller, contact.id)
        assert (now.tags, now.tags_as_added) == (["Hot", "VIP"], ["VIP", "Hot"])

    async def test_a_contact_has_it_once(self, store: Store, alice: Person) -> None:
        contact = await contact_of(store, alice, tags=["Café", "CAFE\u0301", "Hot"])
        assert sorted(contact.tags) == ["Café", "Hot"]
        async with store.transaction() as tx:
            kept = await edit_contact(tx, alice.caller, contact, PlainMembers(tags=["hot", "café"]))
        assert sorted(kept.tags) == ["Café", "Hot"]
        assert (await alice.rechat.delete("/contacts/tags/café")).is_success
        async with store.reading() as reader:
            assert (await find_contact(reader, alice.caller, contact.id)).tags == ["Hot"]

    async def test_days_are_those_of_the_tag(self, store: Store, alice: Person) -> None:
        contact = await contact_of(store, alice, tags=["HOT"])
        async with store.reading() as reader:
            assert (await find_contact(reader, alice.caller, contact.id)).touch_freq == 7


async def test_an_address_in_two_forms_is_one(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, emails=["Zoë@Example.com"])
    for typed, count in (("zoe\u0308@example.com", 1), ("ZOË@EXAMPLE.COM", 1), ("zoe@example.com", 0)):
        found = await outreach_ids(alice, "/prospects", **{"filter[emails]": typed})
        assert found == [contact.id] * count, typed
        assert len(close_ids(await alice.close.get("/lead/", params={"query": f'email:"{typed}"'}))) == count


async def test_ysuite_shows_what_it_finds(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, "Seán O’Brien")
    assert ysuite_ids(await alice.ysuite.get("/contacts", params={"search": "sean o'brien"}), "cstid") == [
        contact.id
    ]
