"""Creates the demonstration through the core's own verbs, in one transaction."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from touchbook.core.accounts.opening import open_account
from touchbook.core.caller import Caller
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.participants import add_participant
from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.enrolments.queries import open_task_of
from touchbook.core.listings.keeping import keep_listings
from touchbook.core.sequences.attaching import attach_template
from touchbook.core.sequences.building import create_sequence
from touchbook.core.sequences.stepping import add_step
from touchbook.core.tags.adding import add_tag
from touchbook.core.tasks.completing import cancel_task, complete_task, miss_task, skip_task
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.opening import start_task
from touchbook.core.tasks.task import Status, Task
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.team import Team
from touchbook.core.templates.templating import create_template
from touchbook.core.transaction import Transaction
from touchbook.demonstration import campaign
from touchbook.demonstration.agenda import Item, Material, plan
from touchbook.demonstration.brokerage import COLLEAGUES, COMPANIES, CONTACTS, DEALS, TAGS, TEAM, ZONE
from touchbook.demonstration.properties import DOCUMENTS

_VERBS: dict[Status, Callable[..., Awaitable[Task | None]]] = {
    "in_progress": start_task,
    "completed": complete_task,
    "cancelled": cancel_task,
    "no_show": miss_task,
    "skipped": skip_task,
}


async def furnish(tx: Transaction) -> Team:
    """Create a brokerage with everything in it; its members have neither passwords nor keys yet."""
    team = await found_team(tx, name=TEAM, zone=ZONE)
    callers = [
        act_as(
            team,
            await join_team(
                tx,
                team_id=team.id,
                email=one.email,
                role=one.role,
                first_name=one.first_name,
                last_name=one.last_name,
                zone=one.zone,
            ),
            surface="demo",
        )
        for one in COLLEAGUES
    ]
    material = await _gather(tx, callers)
    for item in plan(material, tx.now, ZoneInfo(ZONE)):
        await _carry_out(tx, callers[item.author], item)
    await _run_campaign(tx, callers, material)
    return team


async def _gather(tx: Transaction, callers: list[Caller]) -> Material:
    contacts = await _add_contacts(tx, callers)
    return Material(
        users=[caller.user_id for caller in callers if caller.user_id is not None],
        contacts=contacts,
        deals=await _open_deals(tx, callers, contacts),
        listings=await keep_listings(tx, callers[0], DOCUMENTS),
        tags=[(await add_tag(tx, callers[0], text=text, touch_freq=days)).id for text, days in TAGS.items()],
    )


async def _add_contacts(tx: Transaction, callers: list[Caller]) -> list[int]:
    companies = {name: (await open_account(tx, callers[0], kind="company", name=name)).id for name in COMPANIES}
    added = [
        await add_contact(
            tx,
            callers[one.owner],
            PlainMembers(
                first_name=one.first_name,
                last_name=one.last_name,
                emails=one.emails,
                phone_numbers=one.phone_numbers,
            ),
            account_id=companies[one.company] if one.company else None,
        )
        for one in CONTACTS
    ]
    return [contact.id for contact in added]


async def _open_deals(tx: Transaction, callers: list[Caller], contacts: list[int]) -> list[int]:
    opened = [
        await open_deal(
            tx,
            callers[CONTACTS[one.contact].owner],
            title=one.title,
            contact_id=contacts[one.contact],
            status=one.status,
            amount=one.amount,
            closes_on=(tx.now + one.closes).date() if one.closes else None,
        )
        for one in DEALS
    ]
    for deal, one in zip(opened, DEALS, strict=True):
        client = CONTACTS[one.contact]
        await add_participant(
            tx,
            callers[client.owner],
            deal,
            role="Seller" if one.title.endswith("sale") else "Buyer",
            first_name=client.first_name,
            last_name=client.last_name,
            email=next(iter(client.emails), None),
            phone_number=next(iter(client.phone_numbers), None),
        )
    return [deal.id for deal in opened]


async def _carry_out(tx: Transaction, caller: Caller, item: Item) -> None:
    task = await create_task(tx, caller, item.new)
    verb = _VERBS.get(item.outcome)
    if verb is not None:
        await verb(tx, caller, task_id=task.id)


async def _run_campaign(tx: Transaction, callers: list[Caller], material: Material) -> None:
    sequence = await create_sequence(
        tx, callers[0], name=campaign.NAME, description=campaign.DESCRIPTION, tags=campaign.TAGS
    )
    for one in campaign.STAGES:
        step = await add_step(
            tx, callers[0], sequence_id=sequence.id, kind=one.kind, delay=one.delay, note=one.note
        )
        if one.body is not None:
            template = await create_template(
                tx, callers[0], name=one.subject or "A short question", subject=one.subject, body=one.body
            )
            await attach_template(tx, callers[0], step_id=step.id, template_id=template.id)
    for number in campaign.ENROLLED:
        caller = callers[CONTACTS[number].owner]
        state = await enroll_contact(tx, caller, sequence_id=sequence.id, contact_id=material.contacts[number])
    called = await open_task_of(tx, caller, state.id)
    assert called is not None
    await complete_task(tx, caller, task_id=called)
