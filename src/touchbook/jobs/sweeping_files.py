import structlog

from touchbook.core.errors import Unavailable
from touchbook.core.files.receiving import forget_file
from touchbook.core.files.storage import Storage
from touchbook.core.files.sweeping import find_sweepable
from touchbook.store.postgres import Store

_MOST_FAILURES = 3
_log = structlog.get_logger()


async def sweep_files(store: Store, storage: Storage) -> None:
    """Delete the bytes first, then the row. A failed deletion is tried again the next time."""
    failures = 0
    for file in await find_sweepable(store):
        try:
            await forget_file(store, storage, file.team_id, file.id, file.place)
        except Unavailable as error:
            _log.warning("a file could not be swept", place=file.place, error=str(error))
            failures += 1
            if failures == _MOST_FAILURES:
                return
