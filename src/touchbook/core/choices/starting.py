from collections.abc import Mapping, Sequence

from touchbook.core.caller import Caller
from touchbook.core.choices.choice import Choices
from touchbook.core.folding import fold
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Event, Transaction

# What a new team chooses from, in this order.
_STARTING: Mapping[Choices, Sequence[str]] = {
    "stages": (
        "Not Started", "Approaching", "Replied", "Interested", "Not Interested", "Unresponsive",
        "Do Not Contact", "Bad Contact Info",
    ),
    "personas": ("Buyer", "Seller", "Investor", "Agent"),
    "task_dispositions": ("Meeting Held", "Rescheduled", "Cancelled", "No Show"),
    "task_purposes": ("Introduction", "Showing", "Check-in", "Closing"),
}  # fmt: skip


async def start_choices(tx: Transaction, caller: Caller, _events: Sequence[Event]) -> None:
    """Create the default choices of a new team."""
    for table, names in _STARTING.items():
        await tx.execute(
            f"""insert into {table} (team_id, uid, name, name_folded, position, created_at, updated_at)
            select $1, n.uid, n.name, n.folded, n.position, $4, $4
            from unnest($2::uuid[], $3::text[], $5::text[]) with ordinality as n (uid, name, folded, position)""",
            caller.team_id,
            [new_uid() for _ in names],
            list(names),
            tx.tick(),
            list(map(fold, names)),
        )
