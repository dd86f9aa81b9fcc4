"""Renders contacts and their attributes, lists, sequences and deals."""

from collections.abc import Sequence
from typing import Any, cast

from msgspec import UNSET, Raw

from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import Contact, full_name
from touchbook.core.contacts.definition import Definition, Definitions
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.role import Role
from touchbook.core.enrolments.queries import Enrolment
from touchbook.core.lists.contact_list import ContactList
from touchbook.dialects.rechat.contacts.items import (
    AttributeItem,
    ContactItem,
    DealItem,
    DefinitionItem,
    FlowItem,
    FlowStepItem,
    ListItem,
    RoleItem,
    SummaryItem,
)
from touchbook.dialects.rechat.render import Uids, uid_text
from touchbook.dialects.rechat.times import iso_midnight, midnight, seconds, seconds_or_none


def contact_item(contact: Contact, brand: str, uids: Uids, /, **asked: Any) -> ContactItem:
    """`asked` are the requested further members."""
    email = contact.emails[0] if contact.emails else None
    phone = contact.phone_numbers[0] if contact.phone_numbers else None
    return ContactItem(
        id=str(contact.uid),
        display_name=contact.display_name,
        partner_name=contact.partner_name,
        brand=asked.pop("brand", brand),
        brand_id=brand,
        user_id=uid_text(uids, contact.owner_id),
        sort_field=contact.sort_field,
        last_touch=seconds_or_none(contact.last_touch_at),
        last_touch_action=contact.last_touch_action,
        next_touch=seconds_or_none(contact.next_touch_at),
        touch_freq=contact.touch_freq,
        ios_address_book_id=contact.ios_address_book_id,
        android_address_book_id=contact.android_address_book_id,
        created_at=seconds(contact.created_at),
        updated_at=seconds(contact.updated_at),
        deleted_at=seconds_or_none(contact.deleted_at),
        created_for=contact.created_for,
        updated_for=contact.updated_for,
        deleted_for=contact.deleted_for,
        title=contact.title,
        first_name=contact.first_name,
        partner_first_name=contact.partner_first_name,
        middle_name=contact.middle_name,
        last_name=contact.last_name,
        partner_last_name=contact.partner_last_name,
        marketing_name=contact.marketing_name,
        nickname=contact.nickname,
        email=email,
        primary_email=email,
        emails=contact.emails or None,
        parked=contact.parked,
        partner_email=contact.partner_email,
        phone_number=phone,
        primary_phone_number=phone,
        phone_numbers=contact.phone_numbers or None,
        company=contact.company,
        birthday=iso_midnight(contact.birthday),
        profile_image_url=contact.profile_image_url,
        cover_image_url=contact.cover_image_url,
        job_title=contact.job_title,
        source_type=contact.source_type,
        source=contact.source,
        website=[contact.website] if contact.website else None,
        tags=contact.tags or None,
        address=cast(Any, Raw(contact.addresses.encode())) if contact.addresses else None,
        **asked,
    )


def summary_item(contact: Contact) -> SummaryItem:
    """`display_name` ignores the nickname (RC-035, RC-036); tags keep the order of their addition (RC-037)."""
    first = contact.first_name
    return SummaryItem(
        id=str(contact.uid),
        title=contact.title,
        first_name=first,
        middle_name=contact.middle_name,
        last_name=contact.last_name,
        marketing_name=contact.marketing_name,
        nickname=contact.nickname,
        email=contact.emails[0] if contact.emails else None,
        phone_number=contact.phone_numbers[0] if contact.phone_numbers else None,
        company=contact.company,
        birthday=midnight(contact.birthday),
        profile_image_url=contact.profile_image_url,
        cover_image_url=contact.cover_image_url,
        job_title=contact.job_title,
        source_type=contact.source_type,
        source=contact.source,
        tags=contact.tags_as_added or None,
        display_name=full_name(first, contact.last_name) or contact.company,
        abbreviated_display_name=contact.nickname or first or contact.company,
    )


def attribute_item(
    attribute: Attribute, contact: Contact, uids: Uids, definition: DefinitionItem | None = None
) -> AttributeItem:
    return AttributeItem(
        id=str(attribute.uid),
        contact=str(contact.uid),
        attribute_def=definition or UNSET,
        created_at=seconds(attribute.created_at),
        updated_at=seconds(attribute.updated_at),
        label=attribute.label,
        is_primary=attribute.is_primary,
        is_partner=attribute.is_partner,
        index=attribute.index,
        created_by=uid_text(uids, attribute.created_by),
        updated_by=uid_text(uids, attribute.updated_by),
        attribute_type=attribute.type,
        text=attribute.text,
        date=midnight(attribute.date),
        number=UNSET if attribute.number is None else float(attribute.number),
        address=cast(Any, attribute.address),
    )


def definition_item(definition: Definition, brand: str, uids: Uids) -> DefinitionItem:
    return DefinitionItem(
        id=str(definition.uid),
        created_at=seconds(definition.created_at),
        updated_at=seconds(definition.updated_at),
        created_by=uid_text(uids, definition.created_by),
        name=definition.name,
        data_type=definition.data_type,
        label=definition.label,
        section=definition.section,
        required=definition.required,
        is_global=definition.is_global,
        singular=definition.singular,
        show=definition.show,
        filterable=definition.filterable,
        editable=definition.editable,
        searchable=definition.searchable,
        has_label=definition.has_label,
        labels=definition.labels,
        enum_values=definition.enum_values,
        brand=None if definition.is_global else brand,
    )


def definition_items(definitions: Definitions, brand: str, uids: Uids) -> dict[str, DefinitionItem]:
    return {definition.name: definition_item(definition, brand, uids) for definition in definitions}


def list_item(kept: ContactList) -> ListItem:
    return ListItem(
        id=str(kept.uid),
        created_at=seconds(kept.created_at),
        updated_at=seconds(kept.updated_at),
        name=kept.name,
        is_live=kept.rule is not None,
    )


def flow_item(enrolment: Enrolment) -> FlowItem:
    sequence, step = enrolment.sequence, enrolment.step
    return FlowItem(
        id=str(sequence.uid),
        created_at=seconds(sequence.created_at),
        updated_at=seconds(sequence.updated_at),
        name=sequence.name,
        description=sequence.description,
        state=enrolment.state.state,
        step=FlowStepItem(id=str(step.uid), order=step.position, kind=step.kind),
    )


def deal_item(deal: Deal, brand: str, roles: Sequence[Role]) -> DealItem:
    return DealItem(
        id=str(deal.uid),
        created_at=seconds(deal.created_at),
        updated_at=seconds(deal.updated_at),
        brand=brand,
        title=deal.title,
        status=deal.status,
        roles=[
            RoleItem(
                id=str(role.uid),
                deal=str(deal.uid),
                role=role.role,
                first_name=role.first_name,
                last_name=role.last_name,
                email=role.email,
                phone_number=role.phone_number,
            )
            for role in roles
        ],
    )
