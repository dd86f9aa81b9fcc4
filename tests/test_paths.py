"""Where everything answers: each dialect keeps the paths of the service it speaks like."""

import httpx
import pytest

from touchbook.app import DIALECTS

PLACES = {
    "close": ("/api/v1",),
    "outreach": ("/oauth", "/api/v2"),
    "rechat": ("/contacts", "/crm", "/listings", "/oauth2"),
    "touchbook": ("/touchbook/v1",),
    "ysuite": ("/v1",),
}
UNKNOWN = {"close": 404, "outreach": 404, "rechat": 404, "touchbook": 404, "ysuite": 400}


def test_dialects_stand_at_their_places() -> None:
    assert {dialect.name: tuple(dialect.roots) for dialect in DIALECTS} == PLACES


def test_every_path_is_below_a_place_and_no_place_is_shared() -> None:
    for dialect in DIALECTS:
        for route in dialect.routes:
            path = dialect.prefix + route.path
            assert any(path == root or path.startswith(root + "/") for root in dialect.roots), path
    places = [place for roots in PLACES.values() for place in roots]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/docs", 200),
        *((f"/docs/{name}", 200) for name in PLACES),
        *((f"/docs/{name}/openapi.json", 200) for name in PLACES),
        *((f"{root}/no/such/thing", UNKNOWN[name]) for name, roots in PLACES.items() for root in roots),
        ("/oauth2x/token", 404),
        ("/", 307),
        ("/nowhere", 404),
        ("/v2/tasks", 404),
        ("/v1x/tasks", 404),
        ("/api/v3/tasks", 404),
    ],
)
async def test_paths(server: str, path: str, status: int) -> None:
    async with httpx.AsyncClient(base_url=server, verify=False) as client:
        assert (await client.get(path)).status_code == status
