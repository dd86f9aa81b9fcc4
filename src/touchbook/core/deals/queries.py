from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec

from touchbook.core.accounts.queries import seen_account
from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import seen_contact
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.role import Role
from touchbook.core.errors import NotFound
from touchbook.core.transaction import Reader

Recency = Literal["created", "updated"]


def deal_columns(owner: str) -> str:
    """Account and contact are NULL if they are deleted or invisible to the caller; `owner` is the `$n` of
    `Caller.only_owner`.
    """
    seen = {
        "account_id": f"{seen_account('d.account_id', owner)} as account_id",
        "contact_id": f"{seen_contact('d.contact_id', owner)} as contact_id",
    }
    return ", ".join(seen.get(name, f"d.{name}") for name in Deal.__struct_fields__)


async def find_deal(reader: Reader, caller: Caller, deal_id: int) -> Deal:
    row = await reader.fetch_row(
        f"""select {deal_columns("$3")} from deals d
        where d.team_id = $1 and d.id = $2 and d.deleted_at is null""",
        caller.team_id,
        deal_id,
        caller.only_owner,
    )
    if row is None:
        raise NotFound("deal", deal_id)
    return Deal(**row)


async def find_deal_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Deal:
    row = await reader.fetch_row(
        f"""select {deal_columns("$3")} from deals d
        where d.team_id = $1 and d.uid = $2 and d.deleted_at is null""",
        caller.team_id,
        uid,
        caller.only_owner,
    )
    if row is None:
        raise NotFound("deal", uid)
    return Deal(**row)


class DealWithRoles(NamedTuple):
    """`roles` stand in the order in which they were given."""

    deal: Deal
    roles: Sequence[Role]


_ROLES = """(select json_agg(x order by x.id) from (
    select r.id, r.uid, r.deal_id, r.role, r.first_name, r.last_name, r.email, r.phone_number from deal_roles r
    where r.team_id = $1 and r.deal_id = d.id and r.deleted_at is null) x)"""
_roles = msgspec.json.Decoder(list[Role])


def _with_roles(values: Sequence[Any]) -> DealWithRoles:
    """The values have the order of the columns of a deal, then `_ROLES`."""
    *members, roles = values
    deal = Deal(**dict(zip(Deal.__struct_fields__, members, strict=True)))
    return DealWithRoles(deal, _roles.decode(roles) if roles else [])


async def deals_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, DealWithRoles]:
    rows = await reader.fetch(
        f"""select {deal_columns("$3")}, {_ROLES} from deals d
        where d.team_id = $1 and d.id = any($2::bigint[]) and d.deleted_at is null""",
        caller.team_id,
        list(ids),
        caller.only_owner,
    )
    return {row["id"]: _with_roles(row[:]) for row in rows}


async def recent_deals(
    reader: Reader, caller: Caller, *, contact_ids: Collection[int], by: Recency
) -> dict[int, int]:
    """Return by contact its active deal that was created or changed last (A-45)."""
    rows = await reader.fetch(
        f"""select distinct on (d.contact_id) d.contact_id, d.id from deals d
        where d.team_id = $1 and d.contact_id = any($2::bigint[]) and d.status = 'active' and d.deleted_at is null
        order by d.contact_id, d.{by}_at desc, d.id desc""",
        caller.team_id,
        list(contact_ids),
    )
    return {row["contact_id"]: row["id"] for row in rows}


async def deals_of_contacts(
    reader: Reader, caller: Caller, contact_ids: Collection[int]
) -> dict[int, list[DealWithRoles]]:
    """Return by contact the deals that it is linked to, and those with a role of its e-mail address or phone
    number.
    """
    rows = await reader.fetch(
        f"""with found as (
            select d.contact_id as contact, d.id as deal from deals d
            where d.team_id = $1 and d.contact_id = any($2::bigint[])
            union select a.contact_id, r.deal_id from contact_attributes a
            join deal_roles r on r.team_id = a.team_id and r.matched_email = a.matched and r.deleted_at is null
            where a.team_id = $1 and a.contact_id = any($2::bigint[]) and a.type = 'email'
                and not a.is_partner and a.deleted_at is null
            union select a.contact_id, r.deal_id from contact_attributes a
            join deal_roles r on r.team_id = a.team_id and r.matched_phone_number = a.matched
                and r.deleted_at is null
            where a.team_id = $1 and a.contact_id = any($2::bigint[]) and a.type = 'phone_number'
                and not a.is_partner and a.deleted_at is null
        )
        select found.contact, {deal_columns("$3")}, {_ROLES}
        from found join deals d on d.team_id = $1 and d.id = found.deal
        where d.deleted_at is null order by d.id""",
        caller.team_id,
        list(contact_ids),
        caller.only_owner,
    )
    deals: dict[int, list[DealWithRoles]] = defaultdict(list)
    for row in rows:
        deals[row[0]].append(_with_roles(row[1:]))
    return deals
