"""Reads a furnished team through each dialect, those members of each record that are compared.

They are those that no version of a dialect may show otherwise: no links, counts or times of access.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
from msgspec import Struct


class Read(Struct, frozen=True):
    """`records` leads from the body of the answer to its list, `members` from a record to what is compared."""

    dialect: str
    path: str
    records: str
    members: Sequence[str]


READS = (
    Read(
        "ysuite",
        "/v1/tasks?pageSize=100",
        "data.data",
        ("activity_id", "title", "description", "status", "priority", "start_datetime", "assigned_user_id",
         "cstid", "deal_id", "tags"),
    ),
    Read(
        "close",
        "/api/v1/task/?_limit=100&_type=all",
        "data",
        ("id", "text", "date", "is_complete", "assigned_to", "contact_id", "lead_id"),
    ),
    Read(
        "close",
        "/api/v1/lead/?_limit=100",
        "data",
        ("id", "name", "contacts.id", "contacts.name", "contacts.emails.email"),
    ),
    Read(
        "close",
        "/api/v1/opportunity/?_limit=100",
        "data",
        ("id", "lead_id", "contact_id", "user_id", "note", "value", "status_type", "date_won"),
    ),
    Read(
        "rechat",
        "/crm/tasks/search?limit=100&associations[]=crm_task.assignees&associations[]=crm_task.associations",
        "data",
        ("id", "title", "description", "due_date", "status", "task_type", "assignees.id", "contacts", "deals",
         "listings"),
    ),
    Read("rechat", "/contacts?limit=100", "data", ("id", "display_name", "email", "phone_number", "tags")),
    Read("rechat", "/contacts/tags", "data", ("text", "touch_freq")),
    Read(
        "outreach",
        "/api/v2/tasks?page[size]=100",
        "data",
        ("id", "attributes.note", "attributes.dueAt", "attributes.state", "relationships.owner.data.id",
         "relationships.prospect.data.id"),
    ),
    Read(
        "outreach",
        "/api/v2/prospects?page[size]=100",
        "data",
        ("id", "attributes.firstName", "attributes.lastName", "attributes.emails", "attributes.tags",
         "relationships.account.data.id"),
    ),
    Read("outreach", "/api/v2/sequences", "data", ("id", "attributes.name", "attributes.tags")),
)  # fmt: skip


def headers_of(dialect: str, key: str) -> Mapping[str, str]:
    if dialect == "ysuite":
        number, secret = key.removeprefix("tb_").split("_", 1)
        return {"x-ysuite-access-key": f"tb_{number}", "x-ysuite-secret-key": secret}
    if dialect == "close":
        return {"authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}
    kind = "application/vnd.api+json" if dialect == "outreach" else "application/json"
    return {"authorization": f"Bearer {key}", "content-type": kind}


async def read_all(url: str, key: str) -> dict[str, list[dict[str, Any]]]:
    """Return what is compared, by the address that it was read at; records in the order of their members."""
    found = {}
    async with httpx.AsyncClient(base_url=url, verify=False) as client:
        for read in READS:
            answer = await client.get(read.path, headers=headers_of(read.dialect, key))
            assert answer.status_code == 200, (read.path, answer.text)
            [records] = _follow(answer.json(), read.records)
            shown = [{member: list(_follow(each, member)) for member in read.members} for each in records]
            found[read.path] = sorted(shown, key=repr)
    return found


def _follow(value: Any, path: str) -> Iterator[Any]:
    """Yield what the path leads to, from each record of a list on the way."""
    name, _, rest = path.partition(".")
    for each in value if isinstance(value, list) else [value]:
        found = None if each is None else each.get(name)
        if found is not None:
            yield from _follow(found, rest) if rest else [found]
