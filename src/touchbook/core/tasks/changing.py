"""Changes to tasks. One task or ten thousand take the same few statements."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict
from touchbook.core.events import react_to_events
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.associations import associations_of, write_links
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.choosing_deals import deals_by_rule
from touchbook.core.tasks.linking import LinkPlan, plan_links
from touchbook.core.tasks.locking import lock_task, lock_tasks
from touchbook.core.tasks.planning import Plan, new_assignees, reassigned, rules_of
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.references import References, take_references
from touchbook.core.tasks.reminding import plan_reminders, reminders_of, write_reminders
from touchbook.core.tasks.task import RecordKind, Task
from touchbook.core.tasks.writing import write_tasks
from touchbook.core.transaction import Transaction

_NO_LINKS = LinkPlan([], [], [])


async def change_tasks(
    tx: Transaction, caller: Caller, task_ids: Collection[int], changes: TaskChanges, *, pass_over: bool = False
) -> int:
    """Return how many tasks changed; deleted ones are skipped.

    Errors: UnknownRecord for a record that does not exist or is invisible to the caller; Invalid; Conflict for a
    task whose change another room rejects, which is skipped with `pass_over`.
    """
    return await change_locked_tasks(
        tx, caller, await lock_tasks(tx, caller, task_ids), changes, pass_over=pass_over
    )


async def change_locked_tasks(
    tx: Transaction, caller: Caller, held: Sequence[Task], changes: TaskChanges, *, pass_over: bool = False
) -> int:
    """`held` comes from `lock_tasks` in this transaction."""
    willing = await _without_objections(tx, caller, held, changes, pass_over=pass_over)
    return len(await _change(tx, caller, willing, changes, None))


async def change_task(tx: Transaction, caller: Caller, task_id: int, changes: TaskChanges) -> Task | None:
    """Return the changed task, or None if nothing differed. Errors: NotFound, and those of `change_tasks`."""
    return await change_locked_task(tx, caller, await lock_task(tx, caller, task_id), changes)


async def change_locked_task(
    tx: Transaction, caller: Caller, held: Task, changes: TaskChanges, *, taken: References | None = None
) -> Task | None:
    """`held` comes from `lock_task` in this transaction, `taken` are records that it has locked already."""
    await _without_objections(tx, caller, [held], changes, pass_over=False)
    plans = await _change(tx, caller, [held], changes, taken)
    if not plans:
        return None
    [plan] = plans
    return await find_task(tx, caller, held.id) if plan.links.differs else plan.after


async def _change(
    tx: Transaction, caller: Caller, held: Sequence[Task], changes: TaskChanges, taken: References | None
) -> list[Plan]:
    deals = await _chosen_deals(tx, caller, held, changes)
    taken = await take_references(
        tx,
        caller,
        records=[*changes.associations, *_named(changes.first_records), *_deals(deals)],
        assignees=new_assignees(held, changes),
        users=reassigned(held, changes),
        taken=taken,
    )
    plans = [plan for plan in await _plan(tx, caller, held, changes, deals) if plan.changes]
    if plans:
        await _write_parts(tx, caller, plans)
        await write_tasks(tx, caller, plans, known=taken.uids)
        events = [
            event._replace(record=plan.after)
            for plan in plans
            for event in plan.events
            if event.kind in tx.reactions.after
        ]
        await react_to_events(tx, caller, events)
    return plans


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
    rules = rules_of(caller, tx.now, changes)
    requested = changes.reminders
    return [
        rules.plan(
            task,
            plan_links(_with_deal(changes, deals.get(task.id)), links.get(task.id, ()))
            if says_links
            else _NO_LINKS,
            None if requested is UNSET else plan_reminders(reminders.get(task.id, ()), requested),
        )
        for task in held
    ]


def _with_deal(changes: TaskChanges, deal: int | None) -> TaskChanges:
    if deal is None:
        return changes
    return msgspec.structs.replace(changes, first_records={**changes.first_records, "deal": deal})


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
