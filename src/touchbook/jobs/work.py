"""The work of a job: it claims what is due in the transaction that records its effect."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction

# True: something is left, and is due at once.
Work = Callable[[Transaction, Caller, int], Awaitable[bool | None]]


class ManyAtOnce(Struct, frozen=True):
    """Work that takes many due records of a team in one transaction, in the order in which they are due."""

    work: Callable[[Transaction, Caller, Sequence[int]], Awaitable[None]]

    async def __call__(self, tx: Transaction, caller: Caller, ref: int) -> None:
        await self.work(tx, caller, [ref])
