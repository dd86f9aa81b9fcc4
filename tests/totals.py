"""Compares the kept totals with the records themselves, at the end of every run."""

from typing import Any

from touchbook.core.totals import find_wrong_totals
from touchbook.store.postgres import Store


async def other_totals(store: Store) -> list[Any]:
    async with store.reading() as reader:
        return await find_wrong_totals(reader)
