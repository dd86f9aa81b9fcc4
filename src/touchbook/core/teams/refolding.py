"""Folds the keys of members anew, and finds teams whose rows have an older fold."""

from touchbook.core.caller import Caller
from touchbook.core.folding import FOLD_VERSION, fold, same
from touchbook.core.recordset import records, recordset
from touchbook.core.refolding import SLICE, apart, last_of
from touchbook.core.transaction import Reader, Transaction

_KEY = {"key": "text"}


async def refold_users(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Members of old too. Of two who are told apart no longer, the one who has the address keeps it."""
    rows = await tx.fetch(
        f"""select u.id, u.email, u.first_name, u.last_name
        from users u join members m on m.team_id = $1 and m.user_id = u.id
        where u.id > $2 and u.deleted_at is null order by u.id limit {SLICE} for no key update of u""",
        caller.team_id,
        after,
    )
    keys = {row["id"]: same(row["email"]) for row in rows}
    held = await tx.fetch(
        f"""select u.id, u.email_key from {recordset("$1", _KEY)} join users u on u.email_key = r.key
        where u.deleted_at is null""",
        records(_KEY, [{"key": key} for key in keys.values()]),
    )
    holders = {row["email_key"]: row["id"] for row in held}
    written = {
        user: key if holders.setdefault(key, user) == user else apart(key, user) for user, key in keys.items()
    }
    await tx.execute(
        """update users u set email_key = r.key, first_name_folded = r.first, last_name_folded = r.last
        from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as r (id, key, first, last)
        where u.id = r.id
        and (u.email_key, u.first_name_folded, u.last_name_folded) is distinct from (r.key, r.first, r.last)
        and u.id in (select m.user_id from members m where m.team_id = $1)""",
        caller.team_id,
        list(written),
        list(written.values()),
        [fold(row["first_name"]) for row in rows],
        [fold(row["last_name"]) for row in rows],
    )
    return last_of(rows)


async def teams_folded_otherwise(reader: Reader) -> list[int]:
    rows = await reader.fetch("select t.id from teams t where t.fold_version <> $1 order by t.id", FOLD_VERSION)
    return [row["id"] for row in rows]


async def note_fold(tx: Transaction, caller: Caller) -> None:
    """All that the team still has to have folded anew stands in `derivations`."""
    await tx.execute("update teams t set fold_version = $2 where t.id = $1", caller.team_id, FOLD_VERSION)
