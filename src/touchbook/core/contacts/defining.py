"""Attribute definitions of a team."""

from collections.abc import Sequence
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Removal
from touchbook.core.contacts.definition import DataType, Definition, Definitions
from touchbook.core.contacts.editing import edit_many_contacts
from touchbook.core.contacts.queries import DEFINITION_COLUMNS, attributes_typed, known_definitions
from touchbook.core.errors import Conflict, Forbidden, NotFound
from touchbook.core.events import record_event
from touchbook.core.folding import same
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Transaction


async def define_attribute(
    tx: Transaction,
    caller: Caller,
    *,
    name: str,
    data_type: DataType,
    label: str,
    section: str,
    required: bool = False,
    singular: bool = False,
    show: bool = True,
    filterable: bool = True,
    editable: bool = True,
    searchable: bool = False,
    has_label: bool = False,
    labels: Sequence[str] = (),
    enum_values: Sequence[str] | None = None,
) -> Definition:
    """Conflict if the team has a definition of that name in whatever case or form, global ones included."""
    if any(same(known.name) == same(name) for known in await known_definitions(tx, caller)):
        raise Conflict(f"An attribute named {name} already exists.")
    row = await tx.fetch_row(
        f"""insert into attribute_definitions as d (team_id, uid, name, data_type, label, section, required,
            singular, show, filterable, editable, searchable, has_label, labels, enum_values, created_by,
            created_at, updated_at, name_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18)
        on conflict (team_id, name_key) where deleted_at is null do nothing returning {DEFINITION_COLUMNS}""",
        caller.team_id,
        new_uid(),
        name,
        data_type,
        label,
        section,
        required,
        singular,
        show,
        filterable,
        editable,
        searchable,
        has_label,
        list(labels),
        None if enum_values is None else list(enum_values),
        caller.user_id,
        tx.tick(),
        same(name),
    )
    if row is None:
        raise Conflict(f"An attribute named {name} already exists.")
    definition = Definition(**row)
    assert definition.id is not None
    told = {"name": name, "data_type": data_type, "label": label}
    await record_event(tx, caller, "attribute_definition.created", definition.id, **told)
    return definition


async def remove_definition(tx: Transaction, caller: Caller, *, uid: UUID) -> None:
    """Delete a definition with all its values (RC-177). Forbidden for a global one (RC-165)."""
    definitions = await known_definitions(tx, caller)
    definition = definitions.of_uid(uid)
    if definition is None:
        raise NotFound("attribute definition", uid)
    if definition.id is None:
        raise Forbidden("A global attribute definition cannot be deleted.")
    # An update alone would not wait for those who are just giving a contact a value of it.
    await tx.execute(
        "select 1 from attribute_definitions d where d.team_id = $1 and d.id = $2 for update",
        caller.team_id,
        definition.id,
    )
    await tx.execute(
        "update attribute_definitions d set deleted_at = $3, updated_at = $3 where d.team_id = $1 and d.id = $2",
        caller.team_id,
        definition.id,
        tx.tick(),
    )
    left = Definitions(each for each in definitions if each.id is not None and each.id != definition.id)
    removals = {
        contact_id: [Removal(value) for value in values]
        for contact_id, values in (await attributes_typed(tx, caller, definition.name)).items()
    }
    await edit_many_contacts(tx, caller, removals, left)
    await record_event(tx, caller, "attribute_definition.deleted", definition.id, name=definition.name)
