"""Withdraws e-mails that were to be sent, and deletes drafts with the tasks that they were made for."""

from collections.abc import Collection
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.records import remove
from touchbook.core.templates.nouns import MAILINGS
from touchbook.core.transaction import Event, Transaction


async def withdraw_mailings(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Turn the e-mails of tasks that ended without completion back into drafts."""
    mailings = [event.record.mailing_id for event in events if event.record.mailing_id is not None]
    if mailings:
        await _withdraw(tx, caller, "m.id = any($4::bigint[])", mailings)


async def withdraw_mailings_to(tx: Transaction, caller: Caller, contact_id: int) -> None:
    """Turn every e-mail that was to be sent to the contact into a draft, whether its task is done or not."""
    await _withdraw(tx, caller, "m.contact_id = $4 and m.deleted_at is null", contact_id)


async def remove_drafts(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Delete the drafts of deleted tasks."""
    drafts = [event.record.mailing_id for event in events if event.record.mailing_id is not None]
    await remove(tx, caller, MAILINGS, drafts)


async def _withdraw(tx: Transaction, caller: Caller, which: str, value: Any) -> None:
    rows = await tx.fetch(
        f"""update mailings m set state = 'draft', scheduled_at = null, state_changed_at = $2, updated_at = $2,
            updated_by = $3
        where m.team_id = $1 and m.state = 'scheduled' and {which} returning m.id""",
        caller.team_id,
        tx.tick(),
        caller.user_id,
        value,
    )
    told = {"state": "draft", "scheduled_at": None}
    await record_each(tx, caller, f"{MAILINGS.name}.withdrawn", {row["id"]: told for row in rows})
