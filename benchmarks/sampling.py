"""What is asked of the servers, the same of both."""

import json
from collections.abc import Callable

from msgspec import Struct

from benchmarks.data import Filled

SAMPLES = 40


class Sample(Struct, frozen=True):
    method: str
    target: str
    body: str = ""

    def bytes(self, key: str) -> bytes:
        number, secret = key.removeprefix("tb_").split("_", 1)
        lines = [
            f"{self.method} /v1{self.target} HTTP/1.1",
            "host: localhost",
            f"x-ysuite-access-key: tb_{number}",
            f"x-ysuite-secret-key: {secret}",
            "accept: application/json",
            *(["content-type: application/json", f"content-length: {len(self.body)}"] if self.body else []),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode("ascii")


def _list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/tasks?assigned_user_id={filled.user(number)}&pageSize=50")


def _list_open(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/tasks?assigned_user_id={filled.user(number)}&status=0&pageSize=50")


def _get(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/tasks/{filled.task(number)}")


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
    return Sample("POST", "/tasks", json.dumps(body))


READS: dict[str, Callable[[Filled, int], Sample]] = {"list-50": _list, "list-50 open": _list_open, "get": _get}
WRITES: dict[str, Callable[[Filled, int], Sample]] = {"create": _create}
KINDS = READS | WRITES


def samples_of(filled: Filled, kind: str) -> list[Sample]:
    """Spread over the team's people, tasks and contacts."""
    return [KINDS[kind](filled, number * 7919) for number in range(SAMPLES)]
