from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.matching import matched_value
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.role import Role
from touchbook.core.errors import NotFound
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Transaction


async def add_participant(
    tx: Transaction,
    caller: Caller,
    deal: Deal,
    *,
    role: str,
    first_name: str | None = None,
    last_name: str | None = None,
    email: str | None = None,
    phone_number: str | None = None,
) -> Role:
    """Give someone a role in the deal.

    A role belongs to contacts by e-mail address or phone number (RC-174). NotFound for a deleted deal.
    """
    row = await tx.fetch_row(
        """insert into deal_roles (team_id, uid, deal_id, role, first_name, last_name, email, phone_number,
            matched_email, matched_phone_number, created_by, created_at, updated_at)
        select d.team_id, $2, d.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12
        from deals d where d.team_id = $1 and d.id = $3 and d.deleted_at is null for key share
        returning id, uid, deal_id, role, first_name, last_name, email, phone_number""",
        caller.team_id,
        new_uid(),
        deal.id,
        role,
        first_name,
        last_name,
        email,
        phone_number,
        matched_of_role("email", email, caller),
        matched_of_role("phone_number", phone_number, caller),
        caller.user_id,
        tx.tick(),
    )
    if row is None:
        raise NotFound("deal", deal.uid)
    await record_event(tx, caller, "deal.role_added", deal.id, role=role)
    return Role(**row)


def matched_of_role(kind: str, text: str | None, caller: Caller) -> str | None:
    definition = GLOBAL.named(kind)
    assert definition is not None
    return matched_value(definition, Value(text=text), caller.region)
