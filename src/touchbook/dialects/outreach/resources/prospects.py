"""Prospects: contacts by their attributes (M-16)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact, OptStatus
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.dialects.outreach.companies import with_company
from touchbook.dialects.outreach.jsonapi.members import (
    CUSTOM,
    DAY,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    NUMBER,
    TEXT,
    URL,
    Members,
    columns_of,
    filters_by,
    kept_in,
    showing_members,
    text,
)
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Linked, Resource, below, to_one
from touchbook.dialects.outreach.times import show_day, show_instant, show_optional

# What a number is for; one that is for something else, or for nothing said, is another phone.
PHONES: Mapping[str, str] = {
    "home_phones": "Home",
    "mobile_phones": "Mobile",
    "voip_phones": "VoIP",
    "work_phones": "Work",
    "other_phones": "Other",
}


# The contact's own attributes are visible in every API, the rest is kept for this one.
KEPT: Members = {
    "addedAt": INSTANT,
    "angelListUrl": TEXT,
    "availableAt": INSTANT,
    "campaignName": TEXT,
    "degree": TEXT,
    "eventName": TEXT,
    "externalId": TEXT,
    "externalOwner": TEXT,
    "externalSource": TEXT,
    "facebookUrl": text(attribute="facebook"),
    "gender": TEXT,
    "githubUrl": URL,
    "githubUsername": TEXT,
    "googlePlusUrl": TEXT,
    "graduationDate": DAY,
    "jobStartDate": DAY,
    "linkedInConnections": INTEGER,
    "linkedInId": TEXT,
    "linkedInUrl": text(1000, attribute="linkedin"),
    "occupation": TEXT,
    "personalNote1": LONG_TEXT,
    "personalNote2": LONG_TEXT,
    "preferredContact": TEXT,
    "quoraUrl": TEXT,
    "region": TEXT,
    "school": TEXT,
    "score": NUMBER,
    "sharingTeamId": TEXT,
    "specialties": LONG_TEXT,
    "stackOverflowId": TEXT,
    "stackOverflowUrl": URL,
    "timeZone": TEXT,
    "trashedAt": INSTANT,
    "twitterUrl": URL,
    "twitterUsername": TEXT,
    "websiteUrl2": LONG_TEXT,
    "websiteUrl3": LONG_TEXT,
    **{name: text(32_000, attribute=name, sparse=True) for name in CUSTOM},
}
_SHOWN_AS = {member.attribute: name for name, member in KEPT.items() if member.attribute}


class Number(Struct, frozen=True):
    """A phone number, and what it is for."""

    text: str
    label: str | None


class Fact(Struct, frozen=True, array_like=True):
    """An attribute of a contact, as text."""

    type: str
    text: str
    label: str | None


class ProspectRecord(Struct, frozen=True):
    """A contact with the company it belongs to, if any, its own numbers in the order of the contact's, and the
    attributes that are only kept.
    """

    contact: Contact
    company_id: int | None
    numbers: Sequence[Number]
    kept: Mapping[str, Any]


_addresses = msgspec.json.Decoder(list[dict[str, str]])
_facts = msgspec.json.Decoder(list[Fact])
_FACTS = """(select jsonb_agg(jsonb_build_array(n.type, coalesce(n.text, n.number::text, n.date::text), n.label)
        order by n.is_primary desc, n.updated_at desc, n.created_at desc, n.uid desc) from contact_attributes n
    where n.team_id = $1 and n.contact_id = c.id and not n.is_partner and n.deleted_at is null
    and n.address is null and (n.type in ('phone_number', 'facebook', 'linkedin') or n.type like 'custom%'))"""


def _record(
    contact: Contact, _caller: Caller, company_id: int | None, json: str | None, held: str | None
) -> ProspectRecord:
    facts = _facts.decode(json) if json else []
    numbers = [Number(fact.text, fact.label) for fact in facts if fact.type == "phone_number"]
    own = {_SHOWN_AS[fact.type]: fact.text for fact in reversed(facts) if fact.type in _SHOWN_AS}
    places = {text: place for place, text in reversed(list(enumerate(contact.phone_numbers)))}
    in_order = sorted(numbers, key=lambda number: places.get(number.text, len(places)))
    return ProspectRecord(contact, company_id, in_order, {**own, **kept_in(held)})


class _ProspectAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """The address is the first known one. An opt status of null means that nobody has said."""

    address_city: str | None
    address_country: str | None
    address_state: str | None
    address_street: str | None
    address_street2: str | None
    address_zip: str | None
    call_opted_out: bool
    calls_opt_status: OptStatus | None
    calls_opted_at: str | None
    company: str | None
    created_at: str
    date_of_birth: str | None
    email_opted_out: bool
    emails: list[str]
    emails_opt_status: OptStatus | None
    emails_opted_at: str | None
    first_name: str | None
    home_phones: list[str]
    last_name: str | None
    middle_name: str | None
    mobile_phones: list[str]
    name: str | None
    nickname: str | None
    opted_out: bool
    opted_out_at: str | None
    other_phones: list[str]
    source: str | None
    tags: list[str]
    title: str | None
    touched_at: str | None
    updated_at: str
    voip_phones: list[str]
    website_url1: str | None
    work_phones: list[str]


ProspectAttributes = showing_members(_ProspectAttributes, KEPT)


_USES = {label.casefold(): member for member, label in PHONES.items()}


def phones_by_use(numbers: Sequence[Number]) -> dict[str, list[str]]:
    phones: dict[str, list[str]] = {member: [] for member in PHONES}
    for number in numbers:
        phones[_USES.get((number.label or "").casefold(), "other_phones")].append(number.text)
    return phones


def first_address(record: ProspectRecord) -> dict[str, str]:
    """Return its parts, or {}."""
    addresses = _addresses.decode(record.contact.addresses) if record.contact.addresses else []
    return addresses[0] if addresses else {}


def _show(record: ProspectRecord) -> _ProspectAttributes:
    contact, address = record.contact, first_address(record)
    return ProspectAttributes(
        address_city=address.get("city"),
        address_country=address.get("country"),
        address_state=address.get("state"),
        address_street=address.get("line1") or None,
        address_street2=address.get("extra"),
        address_zip=address.get("postcode"),
        call_opted_out=contact.call_opt_status == "opted_out",
        calls_opt_status=contact.call_opt_status,
        calls_opted_at=show_optional(contact.call_opted_at),
        company=contact.company,
        created_at=show_instant(contact.created_at),
        date_of_birth=show_day(contact.birthday),
        email_opted_out=contact.email_opt_status == "opted_out",
        emails=contact.emails,
        emails_opt_status=contact.email_opt_status,
        emails_opted_at=show_optional(contact.email_opted_at),
        first_name=contact.first_name,
        last_name=contact.last_name,
        middle_name=contact.middle_name,
        name=contact.display_name,
        nickname=contact.nickname,
        opted_out=contact.opted_out,
        opted_out_at=show_optional(contact.opted_out_at),
        source=contact.source,
        tags=contact.tags_as_added,
        title=contact.job_title,
        touched_at=show_optional(contact.last_touch_at),
        updated_at=show_instant(contact.updated_at),
        website_url1=contact.website,
        **phones_by_use(record.numbers),
        **record.kept,
    )


_SORTS = {
    "id": "id",
    "company": "company",
    "firstName": "first_name",
    "lastName": "last_name",
    "title": "job_title",
    "touchedAt": "last_touch_at",
    "optedOut": "opted_out",
    "optedOutAt": "opted_out_at",
    "emailOptedOut": "email_opted_out",
    "emailsOptStatus": "email_opt_status",
    "emailsOptedAt": "email_opted_at",
    "callOptedOut": "call_opted_out",
    "callsOptStatus": "call_opt_status",
    "callsOptedAt": "call_opted_at",
    **TIMES,
}

_SCHEMA = with_company(
    CONTACTS, "c.account_id", _record, _FACTS, "c.foreign_members", columns=columns_of("contacts c", KEPT)
)

PROSPECTS = Resource(
    kind="prospect",
    path="/prospects",
    schema=_SCHEMA,
    attributes=ProspectAttributes,
    show=_show,
    relationships={
        "account": to_one("account", "company_id"),
        "calls": Linked("/calls", "prospect"),
        "creator": to_one("user", "contact.created_by"),
        "mailings": Linked("/mailings", "prospect"),
        "opportunities": Linked("/opportunities", "prospects"),
        "owner": to_one("user", "contact.owner_id"),
        "persona": to_one("persona", "contact.persona_id"),
        "sequenceStates": Linked("/sequenceStates", "prospect"),
        "stage": to_one("stage", "contact.stage_id"),
        "updater": to_one("user", "contact.updated_by"),
    },
    filters={
        **_SORTS,
        **filters_by(KEPT),
        "emails": "emails",
        "tags": "tags",
        **below("account", {"id": "id", "name": "name"}),
        **below("owner", OF_USER),
        **below("persona", {"id": "id", "name": "name"}),
        **below("stage", {"id": "id", "name": "name"}),
    },
    sorts=_SORTS,
    alias="contact",
    kept=KEPT,
    unkept=frozenset(
        {
            "assignedTeams",
            "assignedUsers",
            "emailAddresses",
            "favorites",
            "opportunities",
            "opportunityProspectRoles",
            "phoneNumbers",
            "trashedByAccount",
        }
    ),
    writable=True,
)
