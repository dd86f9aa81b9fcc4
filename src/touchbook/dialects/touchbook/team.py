"""The caller's team and its settings."""

from msgspec import UNSET

from touchbook.core.teams.queries import team_of
from touchbook.core.teams.settings import set_region, set_touch_spread, set_zone, touch_spread
from touchbook.core.teams.showing import show_contacts
from touchbook.core.touch.asking import asks_for_touches, switch_touch_tasks
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.touchbook import parse, render
from touchbook.dialects.touchbook.wire import TeamBody, TeamItem
from touchbook.http.call import Answer, Call


async def get(call: Call[Reader]) -> Answer:
    return render.one(await _item(call))


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.changes(TeamBody, call, await _item(call))
    if sent.zone is not UNSET:
        await set_zone(call.tx, call.caller, zone=sent.zone)
    if sent.region is not UNSET:
        await set_region(call.tx, call.caller, region=sent.region)
    if sent.contacts_visible is not UNSET:
        await show_contacts(call.tx, call.caller, to=sent.contacts_visible)
    if sent.touch_spread_days is not UNSET:
        await set_touch_spread(call.tx, call.caller, days=sent.touch_spread_days)
    if sent.touch_tasks is not UNSET:
        await switch_touch_tasks(call.tx, call.caller, on=sent.touch_tasks)
    return render.one(await _item(call))


async def _item(call: Call[Reader]) -> TeamItem:
    team = await team_of(call.tx, call.caller)
    return TeamItem(
        id=team.uid,
        name=team.name,
        zone=team.zone,
        region=team.region,
        contacts_visible=team.contacts_visible,
        touch_tasks=await asks_for_touches(call.tx, call.caller),
        touch_spread_days=await touch_spread(call.tx, call.caller),
    )
