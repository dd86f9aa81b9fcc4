"""Changes to tasks. One task or ten thousand take the same few statements."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict
from touchbook.core.events import record_events
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.associations import associations_of, write_links
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.choosing_deals import deals_by_rule
from touchbook.core.tasks.linking import LinkPlan, plan_links
from touchbook.core.tasks.locking import lock_task, lock_tasks
from touchbook.core.tasks.planning import Plan, new_assignees, plan_change
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.references import take_references
from touchbook.core.tasks.reminding import plan_reminders, reminders_of, write_reminders
from touchbook.core.tasks.task import RecordKind, Task
from touchbook.core.tasks.writing import write_tasks
from touchbook.core.transaction import Transaction


async def change_tasks(
    tx: Transaction, caller: Caller, task_ids: Collection[int], changes: TaskChanges, *, pass_over: bool = False
) -> list[int]:
    """Return the ids of the tasks that changed; deleted ones are skipped.

    Errors: UnknownRecord for a record that does not exist or is invisible to the caller; Invalid; Conflict for a
    task whose change another room rejects, which is skipped with `pass_over`.
    """
    return await change_locked_tasks(
        tx, caller, await lock_tasks(tx, caller, task_ids), changes, pass_over=pass_over
    )


async def change_task(tx: Transaction, caller: Caller, task_id: int, changes: TaskChanges) -> Task | None:
    """Return the changed task, or None if nothing differed. Errors: NotFound, and those of `change_tasks`."""
    held = await lock_task(tx, caller, task_id)
    changed = await change_locked_tasks(tx, caller, [held], changes)
    return await find_task(tx, caller, task_id) if changed else None


async def change_locked_tasks(
    tx: Transaction, caller: Caller, held: Sequence[Task], changes: TaskChanges, *, pass_over: bool = False
) -> list[int]:
    """`held` comes from `lock_tasks` in this transaction."""
    held = await _without_objections(tx, caller, held, changes, pass_over=pass_over)
    deals = await _chosen_deals(tx, caller, held, changes)
    uids = await take_references(
        tx,
        caller,
        records=[*changes.associations, *_named(changes.first_records), *_deals(deals)],
        assignees=new_assignees(held, changes),
        users={user for task in held for user in task.assignees},
    )
    plans = [plan for plan in await _plan(tx, caller, held, changes, deals) if plan.changes]
    if not plans:
        return []
    await write_tasks(tx, caller, plans)
    await _write_parts(tx, caller, plans)
    events = [event._replace(record=plan.after) for plan in plans for event in plan.events]
    await record_events(tx, caller, events, known=uids)
    return [plan.before.id for plan in plans]


async def _without_objections(
    tx: Transaction, caller: Caller, held: Sequence[Task], changes: TaskChanges, *, pass_over: bool
) -> Sequence[Task]:
    ended = [task for task in held if not task.is_open] if changes.reopen else []
    objections: dict[int, str] = {}
    for objection in tx.reactions.before.get("task.reopened", ()) if ended else ():
        objections |= await objection(tx, caller, ended)
    if objections and not pass_over:
        raise Conflict(next(iter(objections.values())))
    return [task for task in held if task.id not in objections]


async def _plan(
    tx: Transaction, caller: Caller, held: Sequence[Task], changes: TaskChanges, deals: Mapping[int, int]
) -> list[Plan]:
    ids, says_links = [task.id for task in held], _says_links(changes)
    links = await associations_of(tx, caller, ids) if says_links else {}
    reminders = await reminders_of(tx, caller, ids) if changes.reminders is not UNSET else {}
    plans = []
    for task in held:
        own = changes
        if task.id in deals:
            records = {**changes.first_records, "deal": deals[task.id]}
            own = msgspec.structs.replace(changes, first_records=records)
        requested = changes.reminders
        plans.append(
            plan_change(
                caller,
                tx.now,
                task,
                own,
                plan_links(own, links.get(task.id, ())) if says_links else LinkPlan([], [], []),
                None if requested is UNSET else plan_reminders(reminders.get(task.id, ()), requested),
            )
        )
    return plans


async def _chosen_deals(
    tx: Transaction, caller: Caller, held: Sequence[Task], changes: TaskChanges
) -> dict[int, int]:
    """Return by task the deal chosen for its first contact."""
    if not changes.chooses_deal or changes.deal_rule is UNSET:
        return {}
    contacts = {task.id: contact for task in held if (contact := task.first("contact")) is not None}
    chosen = await deals_by_rule(tx, caller, changes.deal_rule, set(contacts.values()))
    return {task: chosen[contact] for task, contact in contacts.items() if contact in chosen}


async def _write_parts(tx: Transaction, caller: Caller, plans: Sequence[Plan]) -> None:
    """Write the parts of tasks that have tables of their own."""
    linked = {plan.before.id: plan for plan in plans if plan.links.differs}
    if linked:
        accounts = await write_links(tx, caller, {task: plan.links for task, plan in linked.items()})
        for task, account in accounts.items():
            linked[task].tell_account(account)
    reminders = {plan.before.id: plan.reminders for plan in plans if plan.reminders and plan.reminders.differs}
    if reminders:
        await write_reminders(tx, caller, reminders)


def _says_links(changes: TaskChanges) -> bool:
    said = (changes.associations, changes.association_changes, changes.dissociated, changes.first_records)
    return any(said) or (changes.chooses_deal and changes.deal_rule is not UNSET)


def _named(records: Mapping[RecordKind, int | None]) -> Iterator[NewAssociation]:
    for kind, record in records.items():
        if record is not None:
            yield NewAssociation(kind, record)


def _deals(chosen: Mapping[int, int]) -> Iterator[NewAssociation]:
    return (NewAssociation("deal", deal) for deal in set(chosen.values()))
