"""The statements of Touchbook alone: what it sent for a sample is run again, and what it answered is sent again.

Before it listens it puts each sample request through Touchbook and notes the statements (scripts.py); from then on
it runs these, in a transaction where Touchbook has one. What is left beside them is Touchbook's Python.
"""

from collections.abc import Sequence

from benchmarks.bare import App, bare_app, open_pool
from benchmarks.data import Filled
from benchmarks.noting import Asked, Notes
from benchmarks.sampling import READS
from benchmarks.scripts import NotingStore, move_ids_apart
from benchmarks.updating import UPDATES


async def open_replay(filled: Filled, kinds: Sequence[str]) -> App:
    """Updates are noted when the first of a kind comes: by then Touchbook has done each once (updating.py)."""
    pool = await open_pool(filled)
    await move_ids_apart(pool)
    notes = Notes(filled, await NotingStore.open(filled.url), kinds)
    for kind in kinds:
        if kind not in UPDATES:
            await notes.note(kind)

    async def answer(asked: Asked) -> bytes:
        kind = notes.kind_of[asked]
        if asked not in notes.of:
            await notes.note(kind)
        noted = notes.of[asked]
        async with pool.acquire() as connection:
            if kind in READS:
                await noted.script.run(connection)
            else:
                async with connection.transaction():
                    await noted.script.run(connection)
        return noted.answer

    return bare_app(answer)
