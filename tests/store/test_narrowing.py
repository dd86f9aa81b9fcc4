"""A statement about one id is sent as one about a value, so that PostgreSQL keeps its plan."""

import pytest

from touchbook.store.narrowing import narrow
from touchbook.store.postgres import Store

ONE = "select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[])"


def test_an_array_of_one_becomes_a_value() -> None:
    assert narrow(ONE, (1, [7])) == (ONE.replace("any($2::bigint[])", "$2::bigint"), [1, 7])


@pytest.mark.parametrize(
    ("sql", "args"),
    [
        (ONE, (1, [7, 8])),
        (ONE, (1, [])),
        (f"{ONE} and t.id <> all($2::bigint[])", (1, [7])),
        ("insert into x select unnest($2::bigint[])", (1, [7])),
    ],
)
def test_others_are_sent_as_they_are(sql: str, args: tuple[object, ...]) -> None:
    sent, values = narrow(sql, args)
    assert (sent, list(values)) == (sql, list(args))


def test_each_array_is_taken_for_itself_wherever_it_is_mentioned() -> None:
    sql = "select $1 where a = any($2::bigint[]) or b = any($3::uuid[]) or c = any($2::bigint[])"
    assert narrow(sql, (1, [7], ["x", "y"])) == (
        "select $1 where a = $2::bigint or b = any($3::uuid[]) or c = $2::bigint",
        [1, 7, ["x", "y"]],
    )


async def test_the_plan_for_one_id_is_kept(store: Store) -> None:
    async with store.reading() as reader:
        for _ in range(8):
            await reader.fetch(ONE, 0, [7])
        [kept] = await reader.fetch(
            "select p.generic_plans from pg_prepared_statements p where p.statement = $1", narrow(ONE, (0, [7]))[0]
        )
    assert kept["generic_plans"] > 0
