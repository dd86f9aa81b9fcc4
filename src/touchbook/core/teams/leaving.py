from touchbook.core.caller import Caller, Role
from touchbook.core.errors import Conflict
from touchbook.core.events import record_event
from touchbook.core.teams.granting import end_grants
from touchbook.core.teams.issuing import revoke_keys
from touchbook.core.transaction import Transaction


async def leave_team(tx: Transaction, caller: Caller, *, user_id: int) -> bool:
    """End a membership with its keys and every sign-in of the person; False if they had left already.

    Their records keep their name. In other teams they stay members, and sign in again. Conflict for the last
    admin.
    """
    await tx.execute("select from teams t where t.id = $1 for no key update", caller.team_id)
    role: Role | None = await tx.fetch_value(
        """update members m set left_at = $3
        where m.team_id = $1 and m.user_id = $2 and m.left_at is null returning m.role""",
        caller.team_id,
        user_id,
        tx.now,
    )
    if role is None:
        return False
    if role == "admin" and not await _has_admin(tx, caller):
        raise Conflict("The last admin cannot leave a team: make somebody else an admin first.")
    await record_event(tx, caller, "member.left", user_id, left_at=tx.now)
    await revoke_keys(tx, caller, user_id=user_id)
    await end_grants(tx, user_id=user_id)
    return True


async def _has_admin(tx: Transaction, caller: Caller) -> bool:
    """The team is locked, so that its last two admins cannot leave at once."""
    found: bool = await tx.fetch_value(
        """select exists (select 1 from members m join users u on u.id = m.user_id
        where m.team_id = $1 and m.role = 'admin' and m.left_at is null and u.deleted_at is null)""",
        caller.team_id,
    )
    return found
