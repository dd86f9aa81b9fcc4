from uuid import UUID

from touchbook.core.activities.activity import Activity
from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import visible_contacts
from touchbook.core.errors import NotFound
from touchbook.core.transaction import Reader

ACTIVITY_COLUMNS = ", ".join(f"a.{name}" for name in Activity.__struct_fields__)


async def find_activity(reader: Reader, caller: Caller, uid: UUID) -> Activity:
    where = visible_contacts(caller).add("a.uid = {}", uid)
    row = await reader.fetch_row(
        f"""select {ACTIVITY_COLUMNS} from activities a
        join contacts c on c.team_id = a.team_id and c.id = a.contact_id
        where a.team_id = $1 and a.deleted_at is null and {where.sql}""",
        *where.args,
    )
    if row is None:
        raise NotFound("activity", uid)
    return Activity(*row)


async def list_activities(
    reader: Reader, caller: Caller, *, contact_id: int, offset: int, limit: int
) -> list[Activity]:
    """Return the activities of one contact, the latest first."""
    rows = await reader.fetch(
        f"""select {ACTIVITY_COLUMNS} from activities a
        where a.team_id = $1 and a.contact_id = $2 and a.deleted_at is null
        order by a.at desc, a.id desc limit {int(limit)} offset {int(offset)}""",
        caller.team_id,
        contact_id,
    )
    return [Activity(*row) for row in rows]
