"""Where everything answers: each dialect keeps the paths of the service it speaks like."""

import httpx
import pytest

from touchbook.app import DIALECTS

PREFIXES = {"close": "/api/v1", "ysuite": "/v1"}


def test_dialects_stand_at_their_prefixes() -> None:
    assert {dialect.name: dialect.prefix for dialect in DIALECTS} == PREFIXES


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/docs", 200),
        *((f"/docs/{name}", 200) for name in PREFIXES),
        *((f"/docs/{name}/openapi.json", 200) for name in PREFIXES),
        *((prefix + "/nothing", {"close": 404, "ysuite": 400}[name]) for name, prefix in PREFIXES.items()),
        ("/", 307),
        ("/nowhere", 404),
        ("/v2/tasks", 404),
        ("/v1x/tasks", 404),
        ("/api/v2/tasks", 404),
    ],
)
async def test_paths(server: str, path: str, status: int) -> None:
    async with httpx.AsyncClient(base_url=server, verify=False) as client:
        assert (await client.get(path)).status_code == status
