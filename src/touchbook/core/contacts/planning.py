"""Plans the change of a contact: pure rules in one fixed order, which is also the order of the events.

First come attributes, owner, stage and persona, then the account, then opt-outs.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.contacts.attribute import Attribute, describe
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.changing import Editor, Outcome, apply_changes, check_required
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.deriving import Derived, derive
from touchbook.core.contacts.opting_out import opt_out_columns
from touchbook.core.foreign_members import as_json, differing_members, merged_members
from touchbook.core.transaction import Event

_PLAIN = ("owner_id", "stage_id", "persona_id")


class LockedContact(Struct, frozen=True):
    """A locked contact, with its attributes if any of them is to change, and its foreign members as JSON."""

    contact: Contact
    attributes: list[Attribute]
    foreign_members: str | None


class Plan(Struct):
    """`columns` of the contact's row that differ; `opted` are the opt-outs among them, by public name, and
    `foreign` the foreign members.

    `derived` comes from the new attributes. `chosen` is the account that was asked for.
    """

    before: Contact
    outcome: Outcome
    derived: Derived | None
    columns: dict[str, Any]
    opted: dict[str, Any]
    foreign: dict[str, dict[str, Any]]
    foreign_before: str | None
    chosen: int | UnsetType | None

    @property
    def differs(self) -> bool:
        return bool(self.outcome or self.columns)

    @property
    def name(self) -> str | None:
        return self.derived.display_name if self.derived else self.before.display_name

    @property
    def account_key(self) -> tuple[int | None, str | None, str | None] | None:
        """Return account, company and name for `accounts_for`, or None if the contact stays in its account."""
        if self.chosen is not UNSET:
            return self.chosen, None, self.name
        if self.derived is None or self.derived.company == self.before.company:
            return None
        return None, self.derived.company, self.name

    def column(self, name: str) -> Any:
        """Return a column of the contact's row as it is to be."""
        if name in self.columns:
            return self.columns[name]
        return as_json(self.foreign_before) if name == "foreign_members" else getattr(self.before, name)

    def move(self, account_id: int) -> None:
        if account_id != self.before.account_id:
            self.columns["account_id"] = account_id

    def events(self, after: Contact) -> Iterator[Event]:
        told = {name.removesuffix("_id"): self.columns[name] for name in _PLAIN if name in self.columns}
        if self.outcome:
            told = {"attributes": _told(self.outcome), **told}
        if self.foreign:
            told["foreign_members"] = self.foreign
        if told:
            yield Event("contact.updated", after.id, told, record=after)
        if "account_id" in self.columns:
            moved = {"account": after.account_id, "left": self.before.account_id}
            yield Event("contact.moved", after.id, moved, record=after)
        if self.opted:
            yield Event("contact.opt_outs_changed", after.id, self.opted, record=after)


def plan_change(
    held: LockedContact, changes: ContactChanges, definitions: Definitions, editor: Editor | None, now: datetime
) -> Plan:
    """`editor` is required where attributes change. Errors: NotFound, Invalid."""
    outcome = Outcome(held.attributes, [], [], [], [])
    if changes.attributes and editor is not None:
        outcome = apply_changes(held.contact.id, held.attributes, changes.attributes, definitions, editor)
        check_required(outcome, definitions, new=False)
    opted = _differing(held.contact, OptOuts.__struct_fields__, changes.opt_outs)
    columns = _differing(held.contact, _PLAIN, changes) | opt_out_columns(opted, now)
    foreign = differing_members(held.foreign_members, changes.foreign_members)
    if foreign:
        columns["foreign_members"] = as_json(merged_members(held.foreign_members, foreign))
    return Plan(
        before=held.contact,
        outcome=outcome,
        derived=derive(outcome.left) if outcome else None,
        columns=columns,
        opted=opted,
        foreign=foreign,
        foreign_before=held.foreign_members,
        chosen=changes.account_id,
    )


def _differing(contact: Contact, names: tuple[str, ...], said: Struct) -> dict[str, Any]:
    values = {name: getattr(said, name) for name in names}
    return {
        name: value for name, value in values.items() if value is not UNSET and value != getattr(contact, name)
    }


def _told(outcome: Outcome) -> dict[str, Any]:
    told = {
        "added": [describe(attribute) for attribute in outcome.added],
        "changed": [{"from": describe(was), "to": describe(now)} for was, now in outcome.changed],
        "removed": [describe(attribute) for attribute in outcome.removed],
    }
    return {name: rows for name, rows in told.items() if rows}
