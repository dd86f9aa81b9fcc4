"""A contact is found by its number in each notation, through the searches of every dialect."""

from dataclasses import replace

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat as Format

from tests.core.test_numbers import examples, notations
from tests.dialects.close.wire import ids_of as close_ids
from tests.dialects.rechat.wire import ids_of as rechat_ids
from tests.dialects.ysuite.wire import ids_of as ysuite_ids
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.settings import set_region
from touchbook.store.postgres import Store


@pytest.mark.parametrize("region", ["US", "DE", "GB", "IT", "BR", "JP"])
async def test_each_notation_finds_the_contact(store: Store, alice: Person, region: str) -> None:
    async with store.transaction() as tx:
        await set_region(tx, alice.caller, region=region)
        alice = replace(alice, caller=await authenticate_key(tx, alice.key, surface="test"))
    await contact_of(store, alice, "Nobody", phone_numbers=["+41446681800"])
    number = next(examples(region))
    kept = phonenumbers.format_number(number, Format.NATIONAL)
    contact = await contact_of(store, alice, "Sarah", phone_numbers=[kept])
    last = phonenumbers.national_significant_number(number)[-6:]
    for typed in dict.fromkeys([*notations(number, region), last, last[-4:]]):
        found = await alice.ysuite.get("/contacts", params={"search": typed})
        assert ysuite_ids(found, "cstid") == [contact.id], typed
        found = await alice.rechat.get("/contacts", params={"q": typed})
        assert rechat_ids(found, total=1) == [str(contact.uid)], typed
        for query in (typed, f'phone:"{typed}"'):
            assert len(close_ids(await alice.close.get("/lead/", params={"query": query}))) == 1, query
        assert len(close_ids(await alice.close.get("/contact/", params={"query": typed}))) == 1, typed
    for typed in whole_of(number, region):
        body = {"filter": [{"attribute_type": "phone_number", "value": typed}]}
        found = await alice.rechat.post("/contacts/filter", json=body)
        assert rechat_ids(found, total=1) == [str(contact.uid)], typed


def whole_of(number: phonenumbers.PhoneNumber, region: str) -> list[str]:
    """Notations of the number that is asked for itself, not of its digits."""
    forms = [
        phonenumbers.format_number(number, form) for form in (Format.E164, Format.INTERNATIONAL, Format.NATIONAL)
    ]
    return [*forms, f"00{forms[0][1:]}", f"{forms[1]} ext. 7"]
