"""Templates. One that cannot be rendered is not kept."""

from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.records import amend, check_name, insert, lock, remove
from touchbook.core.teams.queries import check_member
from touchbook.core.templates.mending import ask_for_mending
from touchbook.core.templates.nouns import TEMPLATES
from touchbook.core.templates.rendering import check_template
from touchbook.core.templates.template import Template
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
    await check_member(tx, caller, owner_id)
    return await insert(tx, caller, TEMPLATES, name=name, subject=subject, body=body, owner_id=owner_id)


async def edit_template(tx: Transaction, caller: Caller, *, template_id: int, **members: Any) -> Template | None:
    """Drafts made of it stay as they are, but for those that are broken: a job makes them again."""
    if not _EDITABLE.issuperset(members):
        raise TypeError(f"not editable: {sorted(members.keys() - _EDITABLE)}")
    if "name" in members:
        check_name(members["name"])
    if "owner_id" in members:
        await check_member(tx, caller, members["owner_id"])
    check_template(**{name: members[name] for name in ("subject", "body") if name in members})
    template = await lock(tx, caller, TEMPLATES, template_id)
    edited = await amend(tx, caller, TEMPLATES, template, "updated", members)
    if edited is not None and (edited.subject, edited.body) != (template.subject, template.body):
        await ask_for_mending(tx, caller, edited)
    return edited


async def delete_template(tx: Transaction, caller: Caller, *, template_id: int) -> None:
    """No step says it any more; what it said so far stays said."""
    await lock(tx, caller, TEMPLATES, template_id)
    await remove(tx, caller, TEMPLATES, [template_id])
