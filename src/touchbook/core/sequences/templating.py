"""Templates, and which step says which. A template that cannot be rendered is not kept."""

from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.errors import UnknownRecord
from touchbook.core.sequences.building import check_name
from touchbook.core.sequences.mending import ask_for_mending
from touchbook.core.sequences.nouns import SEQUENCE_TEMPLATES, STEPS, TEMPLATES
from touchbook.core.sequences.queries import by_id
from touchbook.core.sequences.rendering import check_template
from touchbook.core.sequences.template import SequenceTemplate, Template
from touchbook.core.sequences.writing import amend, check_owner, insert, lock, remove
from touchbook.core.transaction import Transaction

_EDITABLE = frozenset({"name", "subject", "body", "owner_id"})


async def create_template(
    tx: Transaction,
    caller: Caller,
    *,
    name: str,
    subject: str | None = None,
    body: str = "",
    owner_id: int | None = None,
) -> Template:
    """Errors: Invalid without a name or for what is no sound Liquid, UnknownRecord for a strange owner."""
    check_name(name)
    check_template(subject=subject, body=body)
    owner_id = owner_id or caller.user_id
    assert owner_id is not None
    await check_owner(tx, caller, owner_id)
    return await insert(tx, caller, TEMPLATES, name=name, subject=subject, body=body, owner_id=owner_id)


async def edit_template(tx: Transaction, caller: Caller, *, template_id: int, **members: Any) -> Template | None:
    """Drafts made of it stay as they are, but for those that are broken: a job makes them again."""
    if not _EDITABLE.issuperset(members):
        raise TypeError(f"not editable: {sorted(members.keys() - _EDITABLE)}")
    if "name" in members:
        check_name(members["name"])
    if "owner_id" in members:
        await check_owner(tx, caller, members["owner_id"])
    check_template(**{name: members[name] for name in ("subject", "body") if name in members})
    template = await lock(tx, caller, TEMPLATES, template_id)
    edited = await amend(tx, caller, TEMPLATES, template, "updated", members)
    if edited is not None and (edited.subject, edited.body) != (template.subject, template.body):
        await ask_for_mending(tx, caller, edited)
    return edited


async def delete_template(tx: Transaction, caller: Caller, *, template_id: int) -> None:
    """No step says it any more; what it said so far stays said."""
    await lock(tx, caller, TEMPLATES, template_id)
    rows = await tx.fetch(
        """select l.id from sequence_templates l
        where l.team_id = $1 and l.template_id = $2 and l.deleted_at is null order by l.id for no key update""",
        caller.team_id,
        template_id,
    )
    await remove(tx, caller, SEQUENCE_TEMPLATES, [row["id"] for row in rows])
    await remove(tx, caller, TEMPLATES, [template_id])


async def attach_template(
    tx: Transaction, caller: Caller, *, step_id: int, template_id: int, enabled: bool = True
) -> SequenceTemplate:
    """Errors: UnknownRecord for a step or template that does not stand."""
    for noun, record_id in ((TEMPLATES, template_id), (STEPS, step_id)):
        held = await tx.fetch_value(
            f"""select x.id from {noun.table} x
            where x.team_id = $1 and x.id = $2 and x.deleted_at is null for share""",
            caller.team_id,
            record_id,
        )
        if held is None:
            raise UnknownRecord(noun.name.replace("_", " "), record_id)
    link = await insert(tx, caller, SEQUENCE_TEMPLATES, step_id=step_id, template_id=template_id, enabled=enabled)
    return (await by_id(tx, caller, SEQUENCE_TEMPLATES, [link.id]))[link.id]


async def switch_sequence_template(
    tx: Transaction, caller: Caller, *, sequence_template_id: int, enabled: bool
) -> SequenceTemplate | None:
    link = await lock(tx, caller, SEQUENCE_TEMPLATES, sequence_template_id)
    return await amend(tx, caller, SEQUENCE_TEMPLATES, link, "updated", {"enabled": enabled})


async def detach_template(tx: Transaction, caller: Caller, *, sequence_template_id: int) -> None:
    await lock(tx, caller, SEQUENCE_TEMPLATES, sequence_template_id)
    await remove(tx, caller, SEQUENCE_TEMPLATES, [sequence_template_id])
