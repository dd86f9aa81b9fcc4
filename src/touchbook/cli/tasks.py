from datetime import datetime
from typing import Annotated

import typer
from msgspec import Struct
from rich.markup import escape
from rich.table import Table

from touchbook.cli.choosing import choose_team, get_user
from touchbook.cli.printing import print_table
from touchbook.cli.running import DataDir, with_store
from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import name_contacts
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import count_tasks, list_tasks
from touchbook.core.tasks.task import OPEN, Task
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.queries import list_users
from touchbook.store.postgres import Store

PRIORITIES = ("none", "low", "medium", "high", "urgent")


class Inbox(Struct, frozen=True, kw_only=True):
    """`contacts` and `users` hold names by id."""

    title: str
    caller: Caller
    now: datetime
    tasks: list[Task]
    total: int
    contacts: dict[int, str]
    users: dict[int, str]


def tasks(
    user: Annotated[str | None, typer.Option(help="Only tasks of the member with this e-mail address.")] = None,
    team: Annotated[str | None, typer.Option(help="The team's name; needed if there are several.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="The most tasks to show.")] = 50,
    data_dir: DataDir = None,
) -> None:
    """Show the inbox: open tasks by due time."""

    async def work(store: Store) -> Inbox:
        return await _read_inbox(store, user, team, limit)

    inbox = with_store(data_dir, work)
    print_table(_table(inbox))
    if inbox.total > len(inbox.tasks):
        typer.echo(f"{inbox.total - len(inbox.tasks)} more; see --limit.")


async def _read_inbox(store: Store, email: str | None, team_name: str | None, limit: int) -> Inbox:
    async with store.reading() as reader:
        team = await choose_team(reader, team_name, email=email)
        viewer = await get_user(reader, team, email) if email else None
        caller = act_as(team, viewer, surface="cli")
        filters = TaskFilter(zone=caller.zone, statuses=OPEN, assignee=caller.user_id)
        page = await list_tasks(reader, caller, filters, offset=0, limit=limit)
        return Inbox(
            title=f"{viewer.display_name}, {team.name}" if viewer else team.name,
            caller=caller,
            now=reader.now,
            tasks=page,
            total=await count_tasks(reader, caller, filters),
            contacts=await name_contacts(reader, caller, {task.first("contact") or 0 for task in page}),
            users={user.id: user.display_name for user in await list_users(reader, team.id)},
        )


def _table(inbox: Inbox) -> Table:
    table = Table("id", "due", "title", "contact", "assignee", "status", "priority", title=escape(inbox.title))
    table.caption = f"times of {inbox.caller.zone.key}; ! is overdue"
    for task in inbox.tasks:
        late = is_overdue(task, inbox.now, inbox.caller)
        table.add_row(
            str(task.id),
            ("! " if late else "") + _due(task, inbox.caller),
            escape(task.shown_title),
            escape(inbox.contacts.get(task.first("contact") or 0, "")),
            escape(", ".join(inbox.users.get(user, "") for user in task.assignees)),
            task.status.replace("_", " "),
            PRIORITIES[task.priority],
            style="red" if late else None,
        )
    return table


def is_overdue(task: Task, now: datetime, viewer: Caller) -> bool:
    """A date-only task is overdue when its day has ended for the viewer."""
    if task.due_on is not None:
        return task.due_on < now.astimezone(viewer.zone).date()
    return task.due_at is not None and task.due_at < now


def _due(task: Task, viewer: Caller) -> str:
    if task.due_on is not None:
        return f"{task.due_on:%a} {task.due_on}"
    if task.due_at is None:
        return ""
    due = task.due_at.astimezone(viewer.zone)
    return f"{due:%a} {due.date()} {due:%H:%M}"
