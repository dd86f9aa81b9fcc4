"""Writes changes of attributes: the same few statements for any number of contacts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, describe
from touchbook.core.contacts.changing import Outcome
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.deriving import derive, searchable_text
from touchbook.core.contacts.planning import Plan
from touchbook.core.contacts.rows import ATTRIBUTE_TYPES, CONTACT_COLUMNS, DERIVED_TYPES, contact_from
from touchbook.core.errors import Conflict
from touchbook.core.query.searching import meant_words
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Transaction

_INSERTED = ", ".join(ATTRIBUTE_TYPES)
# JSON leaves out what is not set (attribute.py).
_SET = {
    name: f"coalesce(r.{name}, false)" if kind == "boolean" else f"r.{name}"
    for name, kind in ATTRIBUTE_TYPES.items()
}
_AMENDED = ("text", "date", "number", "address", "label", "index", "is_primary", "is_partner", "matched",
            "contact_id", "updated_by", "updated_at")  # fmt: skip
_CHANGE_TYPES = {
    "attribute_uid": "uuid",
    "contact_id": "bigint",
    "at": "timestamptz",
    "was": "jsonb",
    "became": "jsonb",
}
# The columns that are not derived of the attributes.
_PLAIN_TYPES = {
    "owner_id": "bigint",
    "stage_id": "bigint",
    "persona_id": "bigint",
    "account_id": "bigint",
    "opted_out_at": "timestamptz",
    "email_opt_status": "text",
    "email_opted_at": "timestamptz",
    "call_opt_status": "text",
    "call_opted_at": "timestamptz",
    "foreign_members": "jsonb",
}


async def lock_contact_rows(
    tx: Transaction, caller: Caller, ids: Collection[int]
) -> list[tuple[Contact, str | None]]:
    """Lock and return the contacts with their foreign members, in the order of their ids, so that two transactions
    never wait for each other.
    """
    rows = await tx.fetch(
        f"""select {CONTACT_COLUMNS}, c.foreign_members from contacts c
        where c.team_id = $1 and c.id = any($2::bigint[]) and c.deleted_at is null
        order by c.id for no key update""",
        caller.team_id,
        list(ids),
    )
    return [(contact_from(row[:-1]), row[-1]) for row in rows]


async def write_outcomes(tx: Transaction, caller: Caller, outcomes: Collection[Outcome]) -> None:
    await _remove(tx, caller, [gone for outcome in outcomes for gone in outcome.removed])
    await _amend(tx, caller, [now for outcome in outcomes for _, now in outcome.changed])
    await insert_attributes(tx, caller, [new for outcome in outcomes for new in outcome.added])
    await _keep_history(tx, caller, outcomes)


async def insert_attributes(tx: Transaction, caller: Caller, attributes: Sequence[Attribute]) -> None:
    """Conflict if one of their definitions is deleted at the same time."""
    if not attributes:
        return
    await tx.execute(
        f"""insert into contact_attributes (team_id, {_INSERTED})
        select $1, {", ".join(_SET.values())} from {recordset("$2", ATTRIBUTE_TYPES)}""",
        caller.team_id,
        records(ATTRIBUTE_TYPES, attributes),
    )
    own = {attribute.definition_id for attribute in attributes if attribute.definition_id}
    if own and await _count_deleted(tx, caller, own):
        raise Conflict("An attribute definition has just been deleted.")


async def _count_deleted(tx: Transaction, caller: Caller, definition_ids: Collection[int]) -> int:
    """Deletion of a definition waits for the rows that refer to it, or has been committed before them."""
    count: int = await tx.fetch_value(
        """select count(*) from attribute_definitions d
        where d.team_id = $1 and d.id = any($2::bigint[]) and d.deleted_at is not null""",
        caller.team_id,
        list(definition_ids),
    )
    return count


async def write_contacts(
    tx: Transaction, caller: Caller, plans: Sequence[Plan], definitions: Definitions, *, reason: str
) -> dict[int, Contact]:
    """Write the contacts' rows and search texts, and return the contacts as they are afterwards."""
    derives = any(plan.derived for plan in plans)
    columns = [name for name in _PLAIN_TYPES if any(name in plan.columns for plan in plans)]
    types = {
        "id": "bigint",
        **(DERIVED_TYPES if derives else {}),
        **{name: _PLAIN_TYPES[name] for name in columns},
    }
    assigned = [name for name in types if name != "id"]
    rows = await tx.fetch(
        f"""update contacts c set {", ".join(f"{name} = r.{name}" for name in assigned)},
            updated_at = $3, updated_by = $4, updated_for = $5
        from {recordset("$2", types)} where c.team_id = $1 and c.id = r.id returning {CONTACT_COLUMNS}""",
        caller.team_id,
        records(types, [_row(plan, columns, derives=derives) for plan in plans]),
        tx.tick(),
        caller.user_id,
        reason,
    )
    contacts = {contact.id: contact for contact in map(contact_from, rows)}
    texts = {
        plan.before.id: searchable_text(plan.outcome.left, definitions, plan.derived)
        for plan in plans
        if plan.derived
    }
    if texts:
        await write_texts(tx, caller, texts)
    return contacts


def _row(plan: Plan, columns: Sequence[str], *, derives: bool) -> dict[str, Any]:
    """Derived columns are written together or not at all."""
    own = {name: plan.column(name) for name in columns}
    derived = (plan.derived or derive(plan.outcome.left)) if derives else None
    return {"id": plan.before.id, **own, **(msgspec.structs.asdict(derived) if derived else {})}


async def write_texts(tx: Transaction, caller: Caller, texts: Mapping[int, str]) -> None:
    await tx.execute(
        """insert into contact_texts (team_id, contact_id, folded)
        select $1, x.id, x.folded from unnest($2::bigint[], $3::text[]) as x (id, folded)
        on conflict (team_id, contact_id) do update set folded = excluded.folded""",
        caller.team_id,
        list(texts),
        list(texts.values()),
    )
    await write_words(tx, caller, texts.values())


async def write_words(tx: Transaction, caller: Caller, texts: Iterable[str]) -> None:
    """`texts` are folded."""
    await tx.execute(
        """insert into contact_words (team_id, word) select $1, n.word from (
            select x.word from unnest($2::text[]) as x (word)
            except select w.word from contact_words w where w.team_id = $1 and w.word = any($2::text[])) n""",
        caller.team_id,
        meant_words(texts),
    )


async def _amend(tx: Transaction, caller: Caller, attributes: Sequence[Attribute]) -> None:
    if attributes:
        await tx.execute(
            f"""update contact_attributes a set {", ".join(f"{name} = {_SET[name]}" for name in _AMENDED)}
            from {recordset("$2", ATTRIBUTE_TYPES)} where a.team_id = $1 and a.uid = r.uid""",
            caller.team_id,
            records(ATTRIBUTE_TYPES, attributes),
        )


async def _remove(tx: Transaction, caller: Caller, attributes: Sequence[Attribute]) -> None:
    if attributes:
        await tx.execute(
            """update contact_attributes a set deleted_at = $3, updated_at = $3, updated_by = $4
            where a.team_id = $1 and a.uid = any($2::uuid[])""",
            caller.team_id,
            [attribute.uid for attribute in attributes],
            tx.tick(),
            caller.user_id,
        )


async def _keep_history(tx: Transaction, caller: Caller, outcomes: Collection[Outcome]) -> None:
    changes: list[tuple[Attribute, Attribute | None]] = []
    for outcome in outcomes:
        changes += [*outcome.changed, *((gone, None) for gone in outcome.removed)]
    told = [(was, describe(was), describe(became) if became else None) for was, became in changes]
    rows = [
        {"attribute_uid": of.uid, "contact_id": of.contact_id, "at": tx.tick(), "was": was, "became": became}
        for of, was, became in told
        if was != became
    ]
    if not rows:
        return
    await tx.execute(
        f"""insert into contact_attribute_changes
            (team_id, attribute_uid, contact_id, at, actor_id, surface, was, became)
        select $1, r.attribute_uid, r.contact_id, r.at, $3, $4, r.was, r.became
        from {recordset("$2", _CHANGE_TYPES)}""",
        caller.team_id,
        records(_CHANGE_TYPES, rows),
        caller.user_id,
        caller.surface,
    )
