"""Describes the demonstration for a script: its users, and one example of each kind in every form of its id."""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.identity import prefixed_id
from touchbook.core.tags.queries import list_tags
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.queries import list_users
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader
from touchbook.demonstration.credentials import ClientCredential, Credential, Kept

_PREFIXES = {"lead": "lead", "contact": "cont", "deal": "oppo", "task": "task"}
_EXAMPLES = {
    "lead": """select a.id, a.uid from accounts a
        where a.team_id = $1 and a.kind = 'company' and a.deleted_at is null""",
    "contact": "select c.id, c.uid from contacts c where c.team_id = $1 and c.deleted_at is null",
    "deal": "select d.id, d.uid from deals d where d.team_id = $1 and d.deleted_at is null",
    "listing": "select l.id, l.uid from listings l where l.team_id = $1 and l.deleted_at is null",
    "task": "select t.id, t.uid from tasks t where t.team_id = $1 and t.deleted_at is null",
}


class Named(Struct, frozen=True):
    name: str
    id: int


class Account(Struct, frozen=True):
    id: int
    uid: UUID
    email: str
    password: str
    key: str


class Example(Struct, frozen=True):
    id: int
    uid: UUID
    prefixed: str | UnsetType


class TagText(Struct, frozen=True):
    id: int
    text: str


class Demonstration(Struct, frozen=True, kw_only=True):
    """`brand` is the team's uid. An example is None when none is left."""

    team: Named
    brand: UUID
    client: ClientCredential | None
    users: list[Account]
    lead: Example | None
    contact: Example | None
    deal: Example | None
    listing: Example | None
    task: Example | None
    tags: list[TagText]


async def describe(reader: Reader, team: Team, credentials: Kept) -> Demonstration:
    users = await list_users(reader, team.id)
    tags = await list_tags(reader, act_as(team, None, surface="demo"))
    return Demonstration(
        team=Named(team.name, team.id),
        brand=team.uid,
        client=credentials.client,
        users=[_account(user, credentials.users[user.email]) for user in users],
        tags=[TagText(tag.id, tag.text) for tag in tags],
        **{noun: await _example(reader, team, noun) for noun in _EXAMPLES},
    )


def _account(user: User, credential: Credential) -> Account:
    return Account(user.id, user.uid, user.email, credential.password, credential.key)


async def _example(reader: Reader, team: Team, noun: str) -> Example | None:
    """Return the oldest record, so that it stays the same one."""
    row = await reader.fetch_row(f"{_EXAMPLES[noun]} order by 1 limit 1", team.id)
    if row is None:
        return None
    prefix = _PREFIXES.get(noun)
    return Example(row["id"], row["uid"], prefixed_id(prefix, row["uid"]) if prefix else UNSET)
