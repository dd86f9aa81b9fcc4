"""Tasks with requested members; the same few queries for any number of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from touchbook.core.contacts.queries import owned_contacts_by_id
from touchbook.core.deals.queries import deals_by_id
from touchbook.core.files.queries import files_of_tasks
from touchbook.core.listings.queries import listings_by_id
from touchbook.core.tasks.association import Association
from touchbook.core.tasks.associations import associations_of
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.task import RecordKind, Task
from touchbook.core.teams.queries import users_by_id
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.contacts.expanding import deal_items, owned_items
from touchbook.dialects.rechat.file_items import file_items_of
from touchbook.dialects.rechat.tasks.items import AssociationItem, ShownTask, TaskItem
from touchbook.dialects.rechat.tasks.render import association_item, reminder_item, task_item
from touchbook.dialects.rechat.users import user_item
from touchbook.http.call import Call

_ALL = ("contact", "deal", "listing")
# The ids of what a task is about, beside its associations; that of mails is of what no dialect links.
_IDS: dict[str, RecordKind] = {"contacts": "contact", "deals": "deal", "listings": "listing"}


async def task_items(call: Call[Reader], tasks: Sequence[ShownTask | Task]) -> list[TaskItem]:
    asked = parse.associations(call)
    brand, zone = render.brand_of(call.caller), call.caller.team_zone
    more: dict[int, dict[str, Any]] = {task.id: {} for task in tasks}
    await _add_people(call, tasks, asked, more)
    if "crm_task.reminders" in asked:
        reminders = await reminders_of(call.tx, call.caller, list(more))
        for task in tasks:
            more[task.id]["reminders"] = [reminder_item(each, task) for each in reminders.get(task.id, ())]
    if "crm_task.files" in asked:
        files = await file_items_of(call, await files_of_tasks(call.tx, call.caller, list(more)))
        for task in tasks:
            more[task.id]["files"] = files.get(task.id, [])
    if "crm_task.associations" in asked:
        await _add_associations(call, tasks, more)
    return [task_item(task, brand, zone, **more[task.id]) for task in tasks]


async def association_items(
    call: Call[Reader],
    associations: Sequence[Association],
    tasks: Mapping[int, ShownTask | Task],
    expanded: Sequence[str] | None = None,
) -> list[AssociationItem]:
    """Each of the `expanded` kinds adds a member, null for other kinds (RT-73); by default the requested ones."""
    if expanded is None:
        asked = parse.associations(call)
        expanded = [kind for kind in _ALL if f"crm_association.{kind}" in asked]
    records = {kind: await _records(call, kind, associations) for kind in expanded}
    brand = render.brand_of(call.caller)
    return [
        association_item(
            each,
            tasks[each.task_id],
            brand,
            **{kind: records[kind].get(each.record) if each.kind == kind else None for kind in expanded},
        )
        for each in associations
    ]


def shown_associations(associations: Sequence[Association]) -> list[Association]:
    """Leave out accounts, which Rechat does not have."""
    return [each for each in associations if each.kind in _ALL]


async def _add_people(
    call: Call[Reader],
    tasks: Sequence[ShownTask | Task],
    asked: frozenset[str],
    more: Mapping[int, dict[str, Any]],
) -> None:
    """Load all users in one query."""
    requested = {
        task.id: {
            "assignees": task.assignees if "crm_task.assignees" in asked else [],
            "created_by": [task.created_by] if "crm_task.created_by" in asked else [],
            "updated_by": [task.updated_by or 0] if "crm_task.updated_by" in asked else [],
        }
        for task in tasks
    }
    ids = {user for members in requested.values() for users in members.values() for user in users}
    users = await users_by_id(call.tx, call.caller, ids - {0})
    shown = {user.id: user_item(user, call.caller, call.tx.now) for user in users.values()}
    for task in tasks:
        if "crm_task.assignees" in asked:
            more[task.id]["assignees"] = [shown[user] for user in task.assignees if user in shown]
        for name in ("created_by", "updated_by"):
            if f"crm_task.{name}" in asked:
                more[task.id][name] = shown.get(requested[task.id][name][0])


async def _add_associations(
    call: Call[Reader], tasks: Sequence[ShownTask | Task], more: Mapping[int, dict[str, Any]]
) -> None:
    held = await associations_of(call.tx, call.caller, list(more))
    shown = {task.id: shown_associations(held.get(task.id, ())) for task in tasks}
    flat = [each for task in tasks for each in shown[task.id]]
    items = iter(await association_items(call, flat, {task.id: task for task in tasks}))
    for task in tasks:
        members = more[task.id]
        members["associations"] = [next(items) for _ in shown[task.id]]
        for name, kind in _IDS.items():
            members[name] = [str(each.record_uid) for each in shown[task.id] if each.kind == kind]
        members["emails"] = []


async def _records(call: Call[Reader], kind: str, associations: Sequence[Association]) -> Mapping[int, Any]:
    ids = {each.record for each in associations if each.kind == kind}
    if not ids:
        return {}
    if kind == "listing":
        listings = await listings_by_id(call.tx, call.caller, ids)
        return {listing.id: listing.document for listing in listings.values()}
    if kind == "deal":
        deals = await deals_by_id(call.tx, call.caller, ids)
        return deal_items(call, deals.values())
    contacts = await owned_contacts_by_id(call.tx, call.caller, ids)
    return dict(zip(contacts, await owned_items(call, list(contacts.values())), strict=True))
