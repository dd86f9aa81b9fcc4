"""A user's own notifications, without those of deleted tasks."""

from touchbook.core.caller import Caller
from touchbook.core.notifications.notification import Notification
from touchbook.core.tasks.task import shown_title
from touchbook.core.transaction import Reader, Row


async def list_notifications(
    reader: Reader, caller: Caller, *, unread: bool = False, offset: int, limit: int
) -> list[Notification]:
    """Return the newest first; all of them, or those that are `unread`."""
    rows = await reader.fetch(
        f"""select n.id, n.uid, n.kind, n.at, n.created_at, n.read_at, r.uid as reminder_uid, t.uid as task_uid,
            t.title, t.description, t.kind as task_kind
        from notifications n
        join tasks t on t.team_id = n.team_id and t.id = n.task_id and t.deleted_at is null
        join reminders r on r.team_id = n.team_id and r.id = n.reminder_id
        where n.team_id = $1 and n.user_id = $2 {"and n.read_at is null" if unread else ""}
        order by n.created_at desc, n.id desc offset $3 limit $4""",
        caller.team_id,
        caller.user_id,
        offset,
        limit,
    )
    return list(map(_notification, rows))


async def count_unread(reader: Reader, caller: Caller) -> int:
    count: int = await reader.fetch_value(
        """select count(*) from notifications n
        join tasks t on t.team_id = n.team_id and t.id = n.task_id and t.deleted_at is null
        where n.team_id = $1 and n.user_id = $2 and n.read_at is null""",
        caller.team_id,
        caller.user_id,
    )
    return count


def _notification(row: Row) -> Notification:
    return Notification(
        id=row["id"],
        uid=row["uid"],
        kind=row["kind"],
        task_uid=row["task_uid"],
        title=shown_title(row["title"], row["description"], row["task_kind"]),
        reminder_uid=row["reminder_uid"],
        at=row["at"],
        created_at=row["created_at"],
        read_at=row["read_at"],
    )
