"""Users of the organization, and the user of the key."""

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.teams.queries import find_member, find_self, list_users, team_of
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader
from touchbook.dialects.close import ids, parse, render, statuses
from touchbook.dialects.close.times import show_instant
from touchbook.dialects.close.wire.people import (
    MeItem,
    MembershipItem,
    OrganizationItem,
    OrganizationName,
    UserItem,
)
from touchbook.http.call import Answer, Call


async def me(call: Call[Reader]) -> Answer:
    user, team = await find_self(call.tx, call.caller)
    return render.one(
        MeItem(
            id=ids.user_id(user.uid),
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            organizations=[OrganizationName(ids.organization_id(call.caller.team_uid), team)],
            memberships=[_membership(user, call.caller)],
        ),
        parse.fields(call),
    )


async def list_(call: Call[Reader]) -> Answer:
    page = parse.page(parse.parameters(call))
    users = await list_users(call.tx, call.caller.team_id)
    return render.page_of([_item(user, call.caller) for user in users], page)


async def get(call: Call[Reader]) -> Answer:
    text = call.path["id"]
    try:
        user = await find_member(call.tx, call.caller, ids.uid_of("user", text))
    except NotFound:
        raise NotFound("user", text) from None
    return render.one(_item(user, call.caller), parse.fields(call))


async def organization(call: Call[Reader]) -> Answer:
    caller = call.caller
    if ids.uid_of("orga", call.path["id"]) != caller.team_uid:
        raise NotFound("organization", call.path["id"])
    team = await team_of(call.tx, caller)
    item = OrganizationItem(
        id=ids.organization_id(team.uid),
        name=team.name,
        memberships=[_membership(user, caller) for user in await list_users(call.tx, team.id)],
        lead_statuses=statuses.lead_statuses(caller),
        opportunity_statuses=statuses.opportunity_statuses(caller),
        date_created=show_instant(team.created_at),
    )
    return render.one(item, parse.fields(call))


def _item(user: User, caller: Caller) -> UserItem:
    return UserItem(
        id=ids.user_id(user.uid),
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        organizations=[ids.organization_id(caller.team_uid)],
    )


def _membership(user: User, caller: Caller) -> MembershipItem:
    return MembershipItem(
        id=ids.membership_id(user.member_uid),
        user_id=ids.user_id(user.uid),
        user_full_name=user.display_name,
        user_email=user.email,
        organization_id=ids.organization_id(caller.team_uid),
        role_id=user.role,
    )
