"""Shapes of contacts and attributes in answers."""

from msgspec import UNSET, Struct, UnsetType

from touchbook.dialects.rechat.brands import BrandItem
from touchbook.dialects.rechat.users import UserItem


class AddressItem(Struct, frozen=True, kw_only=True):
    """Only known parts (RC-045), and the lines assembled from them."""

    line1: str
    line2: str
    full: str
    type: str = "stdaddr"
    building: str | UnsetType = UNSET
    house_num: str | UnsetType = UNSET
    predir: str | UnsetType = UNSET
    qual: str | UnsetType = UNSET
    pretype: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    suftype: str | UnsetType = UNSET
    sufdir: str | UnsetType = UNSET
    ruralroute: str | UnsetType = UNSET
    extra: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    state: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    postcode: str | UnsetType = UNSET
    box: str | UnsetType = UNSET
    unit: str | UnsetType = UNSET


class DefinitionItem(Struct, frozen=True, kw_only=True, rename={"is_global": "global"}):
    id: str
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    created_by: str | None
    updated_by: str | None = None
    name: str
    data_type: str
    label: str
    section: str
    required: bool
    is_global: bool
    singular: bool
    show: bool
    filterable: bool
    editable: bool
    searchable: bool
    has_label: bool
    labels: list[str]
    enum_values: list[str] | None
    user: str | None = None
    brand: str | None
    type: str = "contact_attribute_def"


class AttributeItem(Struct, frozen=True, kw_only=True):
    """`number` only occurs with definitions of numbers, `attribute_def` only on request (RC-021)."""

    id: str
    contact: str
    attribute_def: DefinitionItem | UnsetType = UNSET
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    label: str | None
    is_primary: bool
    is_partner: bool
    index: int | None
    created_by: str | None
    updated_by: str | None
    attribute_type: str
    text: str | None
    date: int | None
    number: float | UnsetType = UNSET
    address: AddressItem | None
    type: str = "contact_attribute"


class SummaryItem(Struct, frozen=True, kw_only=True):
    id: str
    is_partner: bool = False
    title: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    marketing_name: str | None
    nickname: str | None
    email: str | None
    phone_number: str | None
    company: str | None
    birthday: int | None
    profile_image_url: str | None
    cover_image_url: str | None
    job_title: str | None
    source_type: str | None
    source: str | None
    tags: list[str] | None
    display_name: str | None
    abbreviated_display_name: str | None
    type: str = "contact_summary"


class TagItem(Struct, frozen=True, kw_only=True):
    id: str
    created_at: float
    updated_at: float
    created_by: str | None
    updated_by: str | None
    tag: str
    text: str
    touch_freq: int | None
    type: str = "crm_tag"
    auto_enroll_in_super_campaigns: bool = False


class ListItem(Struct, frozen=True, kw_only=True):
    """`is_live`: the members are those that match its rule."""

    id: str
    created_at: float
    updated_at: float
    name: str
    is_live: bool
    type: str = "crm_list"


class RoleItem(Struct, frozen=True, kw_only=True):
    """A participant of a deal with their role."""

    id: str
    deal: str
    role: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone_number: str | None
    type: str = "deal_role"


class DealItem(Struct, frozen=True, kw_only=True):
    id: str
    created_at: float
    updated_at: float
    deleted_at: float | None = None
    brand: str
    title: str
    status: str
    roles: list[RoleItem]
    type: str = "deal"


class FlowStepItem(Struct, frozen=True, kw_only=True):
    """Steps are done in ascending `order`."""

    id: str
    order: int
    kind: str
    type: str = "flow_step"


class FlowItem(Struct, frozen=True, kw_only=True):
    """A sequence that a contact is in: `state` is active or paused, `step` is its present step."""

    id: str
    created_at: float
    updated_at: float
    name: str
    description: str | None
    state: str
    step: FlowStepItem
    type: str = "flow"


class ContactItem(Struct, frozen=True, kw_only=True):
    """46 members are always there (RC-004), the others on request (RC-005)."""

    id: str
    display_name: str | None
    partner_name: str | None
    brand: str | BrandItem
    brand_id: str
    user_id: str | None
    sort_field: str | None
    last_touch: float | None
    last_touch_action: str | None
    next_touch: float | None
    touch_freq: int | None
    summary: SummaryItem | UnsetType = UNSET
    ios_address_book_id: str | None
    android_address_book_id: str | None
    created_at: float
    updated_at: float
    deleted_at: float | None
    created_for: str
    updated_for: str
    deleted_for: str | None
    title: str | None
    first_name: str | None
    partner_first_name: str | None
    middle_name: str | None
    last_name: str | None
    partner_last_name: str | None
    marketing_name: str | None
    nickname: str | None
    email: str | None
    primary_email: str | None
    emails: list[str] | None
    parked: bool
    partner_email: str | None
    phone_number: str | None
    primary_phone_number: str | None
    phone_numbers: list[str] | None
    company: str | None
    birthday: str | None
    profile_image_url: str | None
    cover_image_url: str | None
    job_title: str | None
    source_type: str | None
    source: str | None
    website: list[str] | None
    tags: list[str] | None
    address: list[AddressItem] | None
    attributes: list[AttributeItem] | UnsetType = UNSET
    flows: list[FlowItem] | UnsetType = UNSET
    lists: list[ListItem] | UnsetType = UNSET
    users: list[UserItem] | UnsetType = UNSET
    deals: list[DealItem] | UnsetType = UNSET
    user: UserItem | UnsetType | None = UNSET
    created_by: UserItem | UnsetType | None = UNSET
    updated_by: UserItem | UnsetType | None = UNSET
    type: str = "contact"


class JobStarted(Struct, frozen=True, kw_only=True):
    job_id: str


class JobItem(Struct, frozen=True, kw_only=True):
    """`done` counts rows out of `total`, the `failed` ones included."""

    id: str
    kind: str
    status: str
    total: int
    done: int
    failed: int
    created_at: float
    updated_at: float
    type: str = "job"
