from touchbook.core.caller import Caller
from touchbook.core.deals.participants import matched_of_role
from touchbook.core.recordset import records, recordset
from touchbook.core.refolding import SLICE, last_of
from touchbook.core.transaction import Transaction

_TYPES = {"id": "bigint", "email": "text", "phone_number": "text"}


async def rederive_roles(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Derive the keys by which roles belong to contacts, beyond the id `after`, and return the last id."""
    rows = await tx.fetch(
        f"""select r.id, r.email, r.phone_number from deal_roles r
        where r.team_id = $1 and r.id > $2 order by r.id limit {SLICE} for no key update""",
        caller.team_id,
        after,
    )
    matched = [
        {"id": row["id"], **{name: matched_of_role(name, row[name], caller) for name in ("email", "phone_number")}}
        for row in rows
    ]
    await tx.execute(
        f"""update deal_roles x set matched_email = r.email, matched_phone_number = r.phone_number
        from {recordset("$2", _TYPES)} where x.team_id = $1 and x.id = r.id
        and (x.matched_email, x.matched_phone_number) is distinct from (r.email, r.phone_number)""",
        caller.team_id,
        records(_TYPES, matched),
    )
    return last_of(rows)
