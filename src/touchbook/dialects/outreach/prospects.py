"""Create, update, delete prospects."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from touchbook.core.contacts.changes import ContactChanges
from touchbook.core.contacts.contact import OptStatus
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.plain import Labelled, PlainMembers, add_contact, edit_contact
from touchbook.core.differing import said
from touchbook.core.query.pages import find_rows
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.custom_attributes import new_attributes, plan_changes, take_definitions
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.members import beside, split_members, taking_members
from touchbook.dialects.outreach.jsonapi.reading import find, show_record
from touchbook.dialects.outreach.jsonapi.writing import (
    differing_attributes,
    differing_relations,
    read_sent,
)
from touchbook.dialects.outreach.opt_outs import OPT_OUTS, read_opt_outs, with_plain_flags
from touchbook.dialects.outreach.resources.prospects import (
    KEPT,
    PHONES,
    PROSPECTS,
    ProspectRecord,
    first_address,
    phones_by_use,
)
from touchbook.dialects.outreach.times import read_day, with_shown_day
from touchbook.dialects.outreach.wire import SentTime
from touchbook.http.call import Answer, Call

WRITABLE = ("account", "owner", "persona", "stage")
_Text = Annotated[str, Meta(max_length=255)] | UnsetType | None
_Texts = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=100)] | UnsetType
_Flag = bool | UnsetType | None
_OptStatus = OptStatus | UnsetType | None
_RELATED = {"account": "account_id", "owner": "owner_id", "persona": "persona_id", "stage": "stage_id"}
_PLAIN = {"title": "job_title", "website_url1": "website"}
_ADDRESS = {
    "address_city": "city",
    "address_country": "country",
    "address_state": "state",
    "address_street2": "extra",
    "address_zip": "postcode",
}
# The members that are attributes of the contact.
_OWN = {name: member for name, member in KEPT.items() if member.attribute}
_STREET = ("house_num", "predir", "pretype", "name", "suftype", "sufdir", "unit")


class _ProspectWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    """`date_of_birth` is a date or a date-time, of which only the day counts."""

    address_city: _Text = UNSET
    address_country: _Text = UNSET
    address_state: _Text = UNSET
    address_street: _Text = UNSET
    address_street2: _Text = UNSET
    address_zip: _Text = UNSET
    call_opted_out: _Flag = UNSET
    calls_opt_status: _OptStatus = UNSET
    company: _Text = UNSET
    date_of_birth: SentTime | UnsetType | None = UNSET
    email_opted_out: _Flag = UNSET
    emails: _Texts = UNSET
    emails_opt_status: _OptStatus = UNSET
    first_name: _Text = UNSET
    home_phones: _Texts = UNSET
    last_name: _Text = UNSET
    middle_name: _Text = UNSET
    mobile_phones: _Texts = UNSET
    nickname: _Text = UNSET
    opted_out: _Flag = UNSET
    other_phones: _Texts = UNSET
    source: _Text = UNSET
    tags: _Texts = UNSET
    title: _Text = UNSET
    voip_phones: _Texts = UNSET
    website_url1: _Text = UNSET
    work_phones: _Texts = UNSET


ProspectWrite = taking_members(_ProspectWrite, KEPT)


async def create(call: Call[Transaction]) -> Answer:
    """The owner is the caller by default."""
    sent = await read_sent(call, PROSPECTS, ProspectWrite, WRITABLE)
    related: dict[str, Any] = {name: ref.id for name, ref in sent.related.items() if ref is not None}
    kept, others = split_members(KEPT, said(sent.attributes))
    own, foreign = split_members(_OWN, kept)
    attributes = {name: value for name, value in others.items() if value not in (None, "", [])}
    contact = await add_contact(
        call.tx,
        call.caller,
        _members(attributes, {}, {member: [] for member in PHONES}),
        opt_outs=read_opt_outs(attributes),
        foreign_members=beside(foreign),
        more=new_attributes(await take_definitions(call, own)),
        **{_RELATED[name]: record for name, record in related.items()},
    )
    return await _show_written(call, contact.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier, record = await find(call, PROSPECTS, call.path["id"])
    sent = await read_sent(call, PROSPECTS, ProspectWrite, WRITABLE, identifier=identifier, shown=record)
    attributes = with_plain_flags(with_shown_day(said(sent.attributes), "date_of_birth", "dateOfBirth"))
    kept, changes = split_members(KEPT, differing_attributes(ProspectWrite(**attributes), PROSPECTS.show(record)))
    own, foreign = split_members(_OWN, kept)
    related = differing_relations(sent.related, PROSPECTS, record)
    if related.get("owner", UNSET) is None:
        raise Refused({"/data/relationships/owner": "The owner may not be null."})
    others: dict[str, Any] = {_RELATED[name]: record for name, record in related.items()}
    await edit_contact(
        call.tx,
        call.caller,
        record.contact,
        _members(changes, first_address(record), _labelled(record)),
        ContactChanges(opt_outs=read_opt_outs(changes), foreign_members=beside(foreign), **others),
        plan_changes(await take_definitions(call, own)),
    )
    return await _show_written(call, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    _, record = await find(call, PROSPECTS, call.path["id"])
    await delete_contacts(call.tx, call.caller, [record.contact.id])
    return Answer(b"", 204)


async def _show_written(call: Call[Transaction], identifier: int, *, status: int = 200) -> Answer:
    """A prospect of another owner may be invisible to the caller; the answer to the write still shows it."""
    seeing = structs.replace(call.caller, own_contacts_only=False)
    found = await find_rows(call.tx, seeing, PROSPECTS.schema, [identifier])
    return await show_record(call, PROSPECTS, identifier, found[identifier], status=status)


def _labelled(record: ProspectRecord) -> dict[str, list[Labelled]]:
    """Return the present numbers, so that those which were not sent keep their labels."""
    return {member: [Labelled(text) for text in texts] for member, texts in phones_by_use(record.numbers).items()}


def _members(
    attributes: Mapping[str, Any], address: Mapping[str, str], numbers: Mapping[str, list[Labelled]]
) -> PlainMembers:
    """Map attributes to the core's names. A number that is new in its position gets the label of that position."""
    members: dict[str, Any] = {}
    for name, value in attributes.items():
        if name == "date_of_birth":
            members["birthday"] = None if not value else read_day("dateOfBirth", value)
        elif name not in PHONES and name not in OPT_OUTS and not name.startswith("address_"):
            members[_PLAIN.get(name, name)] = value
    if any(name in PHONES for name in attributes):
        members["phone_numbers"] = [
            number
            for member, label in PHONES.items()
            for number in _numbers(attributes.get(member), label, numbers[member])
        ]
    if any(name.startswith("address_") for name in attributes):
        members["address"] = _address(attributes, address)
    return PlainMembers(**members)


def _numbers(sent: list[str] | None, label: str, held: list[Labelled]) -> list[Labelled]:
    if sent is None:
        return held
    texts = [number.text for number in held]
    return [Labelled(text) if text in texts else Labelled(text, label) for text in sent]


def _address(attributes: Mapping[str, Any], held: Mapping[str, str]) -> dict[str, str] | None:
    """A street replaces all parts that it was made of."""
    parts = dict(held)
    if "address_street" in attributes:
        parts = {name: part for name, part in parts.items() if name not in _STREET}
        parts["name"] = attributes["address_street"]
    for name, part in _ADDRESS.items():
        if name in attributes:
            parts[part] = attributes[name]
    own = {name: part for name, part in parts.items() if part and name not in ("line1", "line2", "full", "type")}
    return own or None
