"""What a team holds before the first recorded step, put into a fresh one."""

import copy
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from tests.conformance.rechat.binding import Bound
from tests.conformance.rechat.matching import at
from tests.conformance.rechat.steps import REPLAY
from touchbook.core.caller import Caller
from touchbook.core.listings.keeping import keep_listing
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

FIXTURES: Mapping[str, Any] = json.loads((REPLAY / "fixtures.json").read_text(encoding="utf-8"))


class Ground(NamedTuple):
    """`caller` and `key` are those of user.me."""

    caller: Caller
    key: str
    bound: Bound
    users: Mapping[str, User]


async def lay_ground(store: Store) -> Ground:
    async with store.transaction() as tx:
        me, other = FIXTURES["users"]["me"]["document"], FIXTURES["users"]["other"]["document"]
        team = await found_team(tx, name=f"{FIXTURES['brand']['name']} {uuid4().hex[:8]}", zone=me["timezone"])
        users = {"me": await _join(tx, team, me), "other": await _join(tx, team, other)}
        key = await issue_key(tx, team_id=team.id, user_id=users["me"].id, scope="admin")
        caller = await authenticate_key(tx, key, surface="rechat")
        bound: Bound = {"brand": str(team.uid)}
        for name, user in users.items():
            bound |= {f"user.{name}": str(user.uid), f"user.{name}.document": masked(FIXTURES["users"][name])}
        for name, entry in FIXTURES["listings"].items():
            listing = await keep_listing(tx, caller, entry["document"])
            bound |= {f"listing.{name}": str(listing.uid), f"listing.{name}.document": masked(entry)}
    return Ground(caller, key, bound, users)


def masked(entry: Mapping[str, Any]) -> Any:
    """The document, with masks where an answer may show something else."""
    document = copy.deepcopy(entry["document"])
    for path, mask in entry["masks"].items():
        above, _, last = path.rpartition(".")
        place = at(document, above) if above else document
        place[int(last) if isinstance(place, list) else last] = mask
    return document


async def _join(tx: Transaction, team: Team, document: Mapping[str, Any]) -> User:
    """A new user of that address: whoever had it before, for an earlier test, is gone."""
    await tx.execute(
        "update users set deleted_at = $2 where lower(email) = lower($1) and deleted_at is null",
        document["email"],
        tx.now,
    )
    return await join_team(
        tx,
        team_id=team.id,
        email=document["email"],
        role="admin",
        first_name=document["first_name"],
        last_name=document["last_name"],
        phone_number=document["phone_number"],
        zone=document["timezone"],
        password_hash="of a password that nobody knows" if document["has_password"] else None,
        profile={**document, "brand": document["brand"] and str(team.uid)},
    )
