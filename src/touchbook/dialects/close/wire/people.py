"""Users, memberships and the organization."""

from msgspec import Struct

from touchbook.dialects.close.wire.shared import StatusItem


class UserItem(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    first_name: str
    last_name: str
    image: str | None = None
    organizations: list[str]


class MembershipItem(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    user_full_name: str
    user_email: str
    organization_id: str
    role_id: str


class OrganizationName(Struct, frozen=True):
    id: str
    name: str


class MeItem(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    first_name: str
    last_name: str
    image: str | None = None
    organizations: list[OrganizationName]
    memberships: list[MembershipItem]


class OrganizationItem(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    currency: str = "USD"
    memberships: list[MembershipItem]
    lead_statuses: list[StatusItem]
    opportunity_statuses: list[StatusItem]
    date_created: str
