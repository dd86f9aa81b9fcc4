"""Reads of single tasks. Lists are in listing.py."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from touchbook.core.accounts.queries import seen_account
from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.tasks.seeing import link_is_seen
from touchbook.core.tasks.task import Link, Task
from touchbook.core.transaction import Reader, Row

_links = msgspec.json.Decoder(list[Link])


def task_columns(owner: str) -> str:
    """Account and links leave out what is deleted or invisible to the caller; `owner` is the `$n` of
    `Caller.only_owner`.
    """
    return f"""t.id, t.uid, t.title, t.description, t.status, t.priority, t.kind, t.origin,
    t.due_at, t.due_on, t.due_offset, t.end_at, t.scheduled_at, t.autoskip_at, t.completed_at, t.completed_by,
    t.state_changed_at, t.metadata, t.deal_rule,
    {seen_account("t.account_id", owner)} as account_id,
    t.created_by, t.updated_by, t.created_at, t.updated_at,
    t.sequence_id, t.sequence_state_id, t.sequence_step_id, t.sequence_template_id, t.template_id, t.mailing_id,
    t.disposition_id, t.purpose_id,
    array(select a.user_id from task_assignees a
        where a.team_id = $1 and a.task_id = t.id order by a.position) as assignees,
    (select json_agg(json_build_array(s.id, s.uid, s.kind,
            coalesce(s.contact_id, s.deal_id, s.listing_id, s.account_id), s.index)
            order by s.index, s.created_at, s.id)
        from task_associations s
        where s.team_id = $1 and s.task_id = t.id and s.deleted_at is null
        and {link_is_seen(owner)}) as associations,
    array(select g.tag_id from task_tags g
        where g.team_id = $1 and g.task_id = t.id order by g.position) as tags"""


def task_from(row: Row) -> Task:
    return task_from_values(tuple(row))


def task_from_values(values: Sequence[Any]) -> Task:
    """The values have the order of `task_columns`."""
    *columns, links, tags = values
    members = [*columns, _links.decode(links) if links else [], tags]
    return Task(*members)


async def find_task(reader: Reader, caller: Caller, task_id: int) -> Task:
    row = await reader.fetch_row(
        f"""select {task_columns("$3")} from tasks t
        where t.team_id = $1 and t.id = $2 and t.deleted_at is null""",
        caller.team_id,
        task_id,
        caller.only_owner,
    )
    if row is None:
        raise NotFound("task", task_id)
    return task_from(row)


async def find_task_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Task:
    row = await reader.fetch_row(
        f"""select {task_columns("$3")} from tasks t
        where t.team_id = $1 and t.uid = $2 and t.deleted_at is null""",
        caller.team_id,
        uid,
        caller.only_owner,
    )
    if row is None:
        raise NotFound("task", uid)
    return task_from(row)


async def task_uids(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, UUID]:
    """Return the uids of those that are not deleted."""
    rows = await reader.fetch(
        """select t.id, t.uid from tasks t
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.deleted_at is null""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: row["uid"] for row in rows}
