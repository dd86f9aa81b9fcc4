"""The revision that keeps totals, on a database that has tasks and contacts already."""

from tests.store.test_columns_beside_the_task import ACCOUNT
from tests.store.test_deal_rules import TEAM, USER
from tests.store.test_folded_names import CONTACT, MEMBER, TASK
from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import migrate


async def test_what_was_there_is_counted_and_what_is_deleted_is_not(embedded: Embedded) -> None:
    url = embedded.create_database("totals")
    await migrate(url, "0008")
    connection = await connect(read_address(url))
    try:
        user = await connection.fetchval(USER)
        teams = [await connection.fetchval(TEAM) for _ in range(3)]
        for number, team in enumerate(teams):
            await connection.execute(MEMBER, team, user)
            account = await connection.fetchval(ACCOUNT, team, "acme")
            for _ in range(number * 2):
                await connection.fetchval(TASK, team, user)
                await connection.fetchval(CONTACT, team, account, user, [])
        for table in ("tasks", "contacts"):
            await connection.execute(
                f"update {table} set deleted_at = now() where id = (select min(id) from {table})"
            )
        await migrate(url)
        rows = await connection.fetch("select team_id, noun, total from totals order by team_id, noun")
        assert [tuple(row) for row in rows] == [
            (team, noun, total)
            for team, total in zip(teams[1:], (1, 4), strict=True)
            for noun in ("contact", "task")
        ]
        assert await connection.fetchval("select count(*) from total_changes") == 0
    finally:
        await connection.close()
