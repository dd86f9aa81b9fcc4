"""Bodies of requests on contacts.

Read-only members of a whole object sent back are ignored (RC-065). Bulk requests refuse unknown members beside the
records: they might have been meant to select them.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.contacts.changing import MOST_ATTRIBUTES
from touchbook.core.contacts.definition import DataType
from touchbook.core.contacts.filtering import MOST_VALUES, Operator
from touchbook.core.contacts.valuing import LONGEST_TEXT
from touchbook.dialects.rechat.wire import MOST_AT_ONCE, NO_NUL, Short, Text, Uid

Label = Annotated[str, Meta(max_length=255)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
# The definition of the attribute refuses a longer one than the document says, and says where it stands.
ValueText = Annotated[str, Meta(max_length=2**24, extra_json_schema={**NO_NUL, "maxLength": LONGEST_TEXT})]
MOST_ADDED = 5000
MOST_IMPORTED = 10_000
# Of all contacts of a request together.
MOST_TOGETHER = 20_000
# To each of any number of contacts.
_MOST_TO_MANY = 100
# Any JSON, which the size of the body and the depth of its nesting hold.
Key = Annotated[str, Meta(max_length=1024)]
FreeJson = Annotated[dict[Key, Any], Meta(max_length=1000)]


class AttributeBody(Struct, frozen=True, kw_only=True):
    """An attribute with `id` exists, any other is a new one of `attribute_def` or `attribute_type`.

    It has the one of text, date (seconds), number and address that its definition takes.
    """

    id: Uid | UnsetType | None = UNSET
    attribute_def: Uid | FreeJson | UnsetType | None = UNSET
    attribute_type: Text | UnsetType | None = UNSET
    text: ValueText | UnsetType | None = UNSET
    date: float | UnsetType | None = UNSET
    number: float | UnsetType | None = UNSET
    address: Annotated[dict[Key, Text | None], Meta(max_length=100)] | UnsetType | None = UNSET
    label: Label | UnsetType | None = UNSET
    index: Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)] | UnsetType | None = UNSET
    is_primary: bool | UnsetType | None = UNSET
    is_partner: bool | UnsetType | None = UNSET


Attributes = Annotated[list[AttributeBody], Meta(max_length=MOST_ATTRIBUTES)]


class NewContactBody(Struct, frozen=True, kw_only=True):
    """`user` is the owner."""

    attributes: Attributes | UnsetType = UNSET
    user: Uid | UnsetType = UNSET
    ios_address_book_id: Label | UnsetType | None = UNSET
    android_address_book_id: Label | UnsetType | None = UNSET


class NewContactsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contacts: Annotated[list[NewContactBody], Meta(min_length=1, max_length=MOST_ADDED)]


class ForgivenContactsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contacts of which some may be invalid."""

    contacts: Annotated[list[FreeJson], Meta(min_length=1, max_length=MOST_ADDED)]


class ImportBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contacts of which some may be invalid."""

    contacts: Annotated[
        list[FreeJson],
        Meta(
            min_length=1,
            max_length=MOST_IMPORTED,
            description="As for POST /contacts. A contact that is not valid fails alone",
        ),
    ]


class AttributesBody(Struct, frozen=True, kw_only=True):
    attributes: Attributes


class PatchBody(Struct, frozen=True, kw_only=True):
    """`user` is the new owner; in a contact sent back it may be the whole user."""

    attributes: Attributes | UnsetType = UNSET
    user: Uid | FreeJson | UnsetType = UNSET


class OneOfManyBody(PatchBody, frozen=True, kw_only=True):
    id: Uid


class PatchManyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contacts: Annotated[list[OneOfManyBody], Meta(max_length=MOST_AT_ONCE)]


class OwnerBody(Struct, frozen=True, kw_only=True):
    user: Uid


class FilterBody(Struct, frozen=True, kw_only=True):
    """Compares a tag or another text, a date in seconds, or a number; between takes two values, any and all
    several. `invert` matches contacts without such a value.
    """

    attribute_def: Uid | UnsetType | None = UNSET
    attribute_type: Text | UnsetType | None = UNSET
    value: Text | float | Annotated[list[Text | float], Meta(max_length=MOST_VALUES)]
    operator: Operator | UnsetType | None = UNSET
    invert: bool | UnsetType | None = UNSET


class FiltersBody(Struct, frozen=True, kw_only=True):
    """All filters must match."""

    filter: Annotated[list[FilterBody], Meta(max_length=50)] | UnsetType | None = UNSET
    filters: Annotated[list[FilterBody], Meta(max_length=50)] | UnsetType | None = UNSET


class BulkAttributesBody(FiltersBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Applies to contacts that match both query and body, of which one must select contacts (A-25)."""

    attributes: Annotated[list[AttributeBody], Meta(max_length=_MOST_TO_MANY)]
    ids: Annotated[list[Uid], Meta(max_length=MOST_AT_ONCE)] | UnsetType = UNSET


class TagBody(Struct, frozen=True, kw_only=True):
    tag: Annotated[Short, Meta(min_length=1)]


class TouchBody(Struct, frozen=True, kw_only=True):
    """The touch frequency in days; null removes it."""

    touch_freq: Days | None


class NewTagBody(TagBody, frozen=True, kw_only=True):
    touch_freq: Days | None = None


class DefinitionBody(Struct, frozen=True, kw_only=True):
    """Without a `name` it gets one, made of its `label`."""

    data_type: DataType
    name: Annotated[Short, Meta(min_length=1, pattern=r"\S")] | UnsetType | None = UNSET
    label: Annotated[Short, Meta(min_length=1)] | UnsetType | None = UNSET
    section: Short | UnsetType | None = UNSET
    required: bool = False
    singular: bool = False
    show: bool = True
    filterable: bool = True
    editable: bool = True
    searchable: bool = False
    has_label: bool = False
    labels: Annotated[list[Label], Meta(max_length=200)] | None = None
    enum_values: Annotated[list[Label], Meta(max_length=1000)] | None = None
