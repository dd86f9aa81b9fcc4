"""Creates, changes and deletes templates. One that cannot be rendered is refused."""

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.differing import said
from touchbook.core.records import amend, check_name, insert, lock, remove
from touchbook.core.teams.queries import check_member
from touchbook.core.templates.nouns import TEMPLATES
from touchbook.core.templates.rendering import check_template
from touchbook.core.templates.repairing import schedule_repair
from touchbook.core.templates.template import Template
from touchbook.core.transaction import Transaction


class TemplateChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is. `subject` and `body` are in Liquid: see rendering.py."""

    name: str | UnsetType = UNSET
    subject: str | UnsetType | None = UNSET
    body: str | UnsetType = UNSET
    owner_id: int | UnsetType = UNSET


async def create_template(
    tx: Transaction,
    caller: Caller,
    *,
    name: str,
    subject: str | None = None,
    body: str = "",
    owner_id: int | None = None,
) -> Template:
    """Errors: Invalid without a name or for invalid Liquid, UnknownRecord for an owner outside the team."""
    check_name(name)
    check_template(subject=subject, body=body)
    owner_id = owner_id or caller.user_id
    assert owner_id is not None
    await check_member(tx, caller, owner_id)
    return await insert(tx, caller, TEMPLATES, name=name, subject=subject, body=body, owner_id=owner_id)


async def change_template(
    tx: Transaction, caller: Caller, template_id: int, changes: TemplateChanges
) -> Template | None:
    """Return the changed template, or None if nothing differed.

    Errors: NotFound, and those of `create_template`. Existing drafts stay as they are; a job renders broken ones
    again.
    """
    if changes.name is not UNSET:
        check_name(changes.name)
    requested = said(changes)
    check_template(**{name: requested[name] for name in ("subject", "body") if name in requested})
    template = await lock(tx, caller, TEMPLATES, template_id)
    if changes.owner_id is not UNSET and changes.owner_id != template.owner_id:
        await check_member(tx, caller, changes.owner_id)
    changed = await amend(tx, caller, TEMPLATES, template, "updated", requested)
    if changed is not None and (changed.subject, changed.body) != (template.subject, template.body):
        await schedule_repair(tx, caller, changed)
    return changed


async def delete_template(tx: Transaction, caller: Caller, *, template_id: int) -> None:
    """Detach the template from all steps; existing drafts stay."""
    await lock(tx, caller, TEMPLATES, template_id)
    await remove(tx, caller, TEMPLATES, [template_id])
