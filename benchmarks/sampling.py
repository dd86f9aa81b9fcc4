"""What is asked of the servers, the same of both."""

import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from benchmarks.data import Filled
from touchbook.dialects.close.ids import task_id, user_id

SAMPLES = 40


class Sample(Struct, frozen=True):
    method: str
    target: str
    body: str = ""

    @property
    def surface(self) -> Literal["ysuite", "close"]:
        return "ysuite" if self.target.startswith("/v1/") else "close"

    def bytes(self, key: str) -> bytes:
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            "host: localhost",
            *(_two_keys(key) if self.surface == "ysuite" else _basic(key)),
            "accept: application/json",
            *(["content-type: application/json", f"content-length: {len(self.body)}"] if self.body else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode("ascii")


def _two_keys(key: str) -> list[str]:
    number, secret = key.removeprefix("tb_").split("_", 1)
    return [f"x-ysuite-access-key: tb_{number}", f"x-ysuite-secret-key: {secret}"]


def _basic(key: str) -> list[str]:
    return [f"authorization: Basic {b64encode(f'{key}:'.encode()).decode()}"]


def _list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/tasks?assigned_user_id={filled.user(number)}&pageSize=50")


def _list_open(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/tasks?assigned_user_id={filled.user(number)}&status=0&pageSize=50")


def _get(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/tasks/{filled.task(number)}")


def _create(filled: Filled, number: int) -> Sample:
    body = {
        "title": f"Call number {number}",
        "start_datetime": f"2026-07-{1 + number % 28:02}T10:30:00",
        "end_datetime": f"2026-07-{1 + number % 28:02}T11:00:00",
        "cstid": filled.contact(number),
        "assigned_user_id": filled.user(number),
        "description": "Asked about the kitchen, the schools nearby and a visit on Saturday.",
        "priority": number % 5,
    }
    return Sample("POST", "/v1/tasks", json.dumps(body))


def _inbox(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/api/v1/task/?view=inbox&assigned_to={user_id(filled.busy)}")


def _archive(filled: Filled, number: int) -> Sample:
    return Sample("GET", "/api/v1/task/?view=archive")


def _archive_deep(filled: Filled, number: int) -> Sample:
    """Five hundredths of the team's tasks are left out, but at least 500."""
    return Sample("GET", f"/api/v1/task/?view=archive&_skip={max(500, filled.size.tasks // 20)}")


def _bulk(filled: Filled, number: int) -> Sample:
    """To another day each time, so that every task changes."""
    ids = ",".join(task_id(uid) for uid in filled.many)
    day = date(2027, 1, 1) + timedelta(days=number % 5)
    return Sample("PUT", f"/api/v1/task/?id__in={ids}", json.dumps({"date": day.isoformat()}))


READS: dict[str, Callable[[Filled, int], Sample]] = {
    "list-50": _list,
    "list-50 open": _list_open,
    "get": _get,
    "close-inbox": _inbox,
    "close-archive": _archive,
    "close-archive deep": _archive_deep,
}
WRITES: dict[str, Callable[[Filled, int], Sample]] = {"create": _create, "close-bulk": _bulk}
KINDS = READS | WRITES

# Writes to the same tasks would only wait for each other.
ALONE = ("close-bulk",)


def chosen_kinds(beginnings: Sequence[str]) -> list[str]:
    """All, or those whose name begins with one of these."""
    return [kind for kind in KINDS if not beginnings or kind.startswith(tuple(beginnings))]


def samples_of(filled: Filled, kind: str) -> list[Sample]:
    """Spread over the team's people, tasks and contacts."""
    return [KINDS[kind](filled, number * 7919) for number in range(SAMPLES)]
