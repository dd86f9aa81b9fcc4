"""Changes to a list's own members. All of them go through this module."""

from msgspec import UNSET, Struct, UnsetType, structs

from touchbook.core.caller import Caller
from touchbook.core.differing import said
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.events import record_event
from touchbook.core.folding import same
from touchbook.core.lists.contact_list import ContactList
from touchbook.core.lists.keeping import check_name, encode_rule, lock_list
from touchbook.core.lists.queries import LIST_COLUMNS, list_from
from touchbook.core.lists.rule import Rule
from touchbook.core.transaction import Transaction


class ListChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is.

    A list of chosen contacts cannot become a live one, nor the other way round.
    """

    name: str | UnsetType = UNSET
    rule: Rule | UnsetType | None = UNSET


async def change_list(
    tx: Transaction, caller: Caller, kept: ContactList, changes: ListChanges
) -> ContactList | None:
    """Return the changed list, or None if nothing differed.

    Errors: NotFound; Invalid; Conflict if the team has another list of that name, in whatever case or form.
    """
    before = await lock_list(tx, caller, kept)
    requested = said(changes)
    told = {name: value for name, value in requested.items() if getattr(before, name) != value}
    if not told:
        return None
    after = structs.replace(before, **told)
    if (before.rule is None) != (after.rule is None):
        raise Invalid(
            {"rule": ["A list of chosen contacts cannot get a rule, and a live list cannot lose its rule."]}
        )
    check_name(after.name)
    await _check_free(tx, caller, after)
    row = await tx.fetch_row(
        f"""update contact_lists l set name = $3, rule = $4, updated_at = $5, updated_by = $6, name_key = $7
        where l.team_id = $1 and l.id = $2 returning {LIST_COLUMNS}""",
        caller.team_id,
        after.id,
        after.name,
        encode_rule(after.rule),
        tx.tick(),
        caller.user_id,
        same(after.name),
    )
    assert row is not None
    await record_event(tx, caller, "list.updated", after.id, **told)
    return list_from(row)


async def _check_free(tx: Transaction, caller: Caller, named: ContactList) -> None:
    taken = await tx.fetch_value(
        """select l.id from contact_lists l where l.team_id = $1 and l.name_key = $2 and l.id <> $3
        and l.deleted_at is null""",
        caller.team_id,
        same(named.name),
        named.id,
    )
    if taken is not None:
        raise Conflict(f"A list named {named.name} already exists.")
