"""The lists of custom fields. Each field can have a value in leads, contacts and opportunities alike."""

from touchbook.core.contacts.definition import Definition
from touchbook.core.transaction import Reader
from touchbook.dialects.close import ids, parse, render
from touchbook.dialects.close.custom_fields import field_id, known_fields
from touchbook.dialects.close.times import show_instant
from touchbook.dialects.close.wire.custom_fields import CustomFieldItem
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    """The newest field comes first."""
    page = parse.page(parse.parameters(call))
    fields = await known_fields(call.tx, call.caller)
    organization = ids.organization_id(call.caller.team_uid)
    return render.page_of([_item(field, organization) for field in fields.all], page)


def _item(field: Definition, organization: str) -> CustomFieldItem:
    kind = field.data_type
    assert kind != "address"
    return CustomFieldItem(
        id=field_id(field),
        name=field.label,
        type="choices" if field.enum_values else kind,
        choices=field.enum_values,
        accepts_multiple_values=not field.singular,
        required=field.required,
        organization_id=organization,
        date_created=show_instant(field.created_at),
        date_updated=show_instant(field.updated_at),
    )
