"""Databases of each frozen schema, with data in them: upgraded, they are as new ones and lose nothing.

`frozen/making.py` says how a dump comes about.
"""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.columns_of_tasks import tasks_with_other_columns
from tests.jobs.test_rederiving import FOLDED, folded_columns
from tests.serving import serving
from tests.store.frozen.making import HERE
from tests.store.frozen.reading import read_all
from tests.store.frozen.restoring import TEAM, left_of, opened, restore
from tests.store.schema import schema_of
from tests.totals import other_totals
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.rederiving import REDERIVING, rederive, rederive_all
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.teams.issuing import issue_key
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.upkeep import fold_anew
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import migrate, revision_of
from touchbook.store.postgres import Store

FROZEN = sorted(file.name.partition(".")[0] for file in HERE.glob("*.sql.gz"))
# The longest way to the newest schema, and the shortest.
TRIED = [
    pytest.param(revision, marks=[pytest.mark.long] if revision in FROZEN[1:-1] else []) for revision in FROZEN
]


@pytest.fixture(scope="module")
async def newest(embedded: Embedded) -> Any:
    url = embedded.create_database("newest")
    await migrate(url)
    async with opened(url) as store:
        return await _schema(store)


@pytest.mark.parametrize("revision", TRIED)
async def test_upgraded_it_is_as_a_new_one_and_has_what_it_had(
    embedded: Embedded, newest: Any, revision: str, tmp_path: Path
) -> None:
    url = await restore(embedded, revision, f"frozen_{revision}")
    assert await revision_of(url) == revision
    await migrate(url)
    async with opened(url) as store:
        assert await _schema(store) == newest
        assert await _shown(store, tmp_path) == _recorded(revision)
        assert await other_totals(store) == []
        assert await tasks_with_other_columns(store) == []
        filled = await folded_columns(store, TEAM)
        await fold_anew(store)
        await _work(store)
        derived = await folded_columns(store, TEAM)
        assert all(derived[table] for table in FOLDED if table not in {"attribute_definitions", "contact_lists"})
        assert {table for table in FOLDED if filled[table] != derived[table]} <= _left_to_the_worker(revision)
        async with store.transaction() as tx:
            await rederive_all(tx, await team_caller(tx, TEAM))
        await _work(store)
        assert await folded_columns(store, TEAM) == derived
        assert await _shown(store, tmp_path) == _recorded(revision)


def _left_to_the_worker(revision: str) -> set[str]:
    """Tables of which not all was folded by the revisions that a database came through."""
    return {"contacts", "contact_attributes", "contact_texts"} if revision < "0005" else set()


@pytest.mark.parametrize("revision", FROZEN)
def test_each_member_that_is_compared_is_in_some_record(revision: str) -> None:
    for path, records in _recorded(revision).items():
        for member in records[0]:
            assert any(record[member] not in ([], [[]]) for record in records), (path, member)


def test_the_dumps_are_small() -> None:
    assert sum(file.stat().st_size for file in HERE.iterdir() if file.is_file()) < 300_000


async def _schema(store: Store) -> Any:
    async with store.pool.acquire() as connection:
        return await schema_of(connection)


async def _shown(store: Store, data_dir: Path) -> Any:
    async with store.transaction() as tx:
        user = await tx.fetch_value(
            "select m.user_id from members m where m.team_id = $1 and m.role = 'admin' order by 1 limit 1", TEAM
        )
        key = await issue_key(tx, team_id=TEAM, user_id=user, scope="read")
    async with serving(build_app(Settings(data_dir=data_dir, rate_limit=None), store)) as address:
        return await read_all(address, key)


async def _work(store: Store) -> None:
    """Until nothing is left to derive anew, without the rest of what a worker does."""
    while await left_of(store):
        await perform(store, rederive, ScheduledAction(REDERIVING, TEAM, TEAM))


def _recorded(revision: str) -> Any:
    return msgspec.json.decode(gzip.decompress((HERE / f"{revision}.json.gz").read_bytes()))
