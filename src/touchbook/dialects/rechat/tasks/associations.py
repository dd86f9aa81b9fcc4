"""The associations of a task: list, add, remove."""

from collections.abc import Mapping

from touchbook.core.errors import NotFound
from touchbook.core.tasks.associating import associate_records, dissociate_records
from touchbook.core.tasks.association import Association
from touchbook.core.tasks.associations import associations_of
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.tasks.bodies import MOST_PARTS, NewAssociationBody
from touchbook.dialects.rechat.tasks.expanding import association_items, shown_associations
from touchbook.dialects.rechat.tasks.items import ShownTask
from touchbook.dialects.rechat.tasks.parse import find_associations
from touchbook.dialects.rechat.tasks.reading import task_of
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    """Sort by age only (RT-72). Records are shown even if none are requested (A-04)."""
    task = await task_of(call)
    associations = sorted(await _associations(call, task), key=lambda each: (each.created_at, each.id))
    asked = any(name.startswith("crm_association.") for name in parse.associations(call))
    expanded = None if asked else ("contact", "deal", "listing")
    items = await association_items(call, associations, {task.id: task}, expanded)
    return render.listed(items, omitted=parse.omitted(call))


async def add(call: Call[Transaction]) -> Answer:
    sent = parse.body(NewAssociationBody, call)
    task = await task_of(call)
    (added,) = await _add(call, task, {"": sent})
    (item,) = await association_items(call, [added], {task.id: task})
    return render.one(item, parse.omitted(call))


async def add_many(call: Call[Transaction]) -> Answer:
    sent = parse.elements(NewAssociationBody, call, most=MOST_PARTS)
    task = await task_of(call)
    added = await _add(call, task, {f"{number}.": each for number, each in enumerate(sent)})
    return render.listed(await association_items(call, added, {task.id: task}), omitted=parse.omitted(call))


async def delete(call: Call[Transaction]) -> Answer:
    task = await task_of(call)
    uid = parse.uid("association", call.path["association"])
    found = [each.id for each in await _associations(call, task) if each.uid == uid]
    if not found:
        raise NotFound("association", uid)
    await dissociate_records(call.tx, call.caller, task_id=task.id, association_ids=found)
    return render.NO_CONTENT


async def delete_many(call: Call[Transaction]) -> Answer:
    """Remove by ids of associations or of their records (A-06); missing ones are ignored."""
    requested = set(parse.ids(call))
    task = await task_of(call)
    found = [each.id for each in await _associations(call, task) if requested & {each.uid, each.record_uid}]
    await dissociate_records(call.tx, call.caller, task_id=task.id, association_ids=found)
    return render.NO_CONTENT


async def _add(
    call: Call[Transaction], task: ShownTask, sent: Mapping[str, NewAssociationBody]
) -> list[Association]:
    """Return the associations in the order sent, existing ones included."""
    new = await find_associations(call, sent)
    await associate_records(call.tx, call.caller, task_id=task.id, new=new)
    held = {(each.kind, each.record): each for each in await _associations(call, task)}
    return [held[each.kind, each.record] for each in new]


async def _associations(call: Call[Reader], task: ShownTask) -> list[Association]:
    held = await associations_of(call.tx, call.caller, [task.id])
    return shown_associations(held.get(task.id, ()))
