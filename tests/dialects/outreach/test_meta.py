"""What a resource has in its meta, and only when it is asked for."""

import pytest

from tests.dialects.outreach.asking import listed, shown
from tests.factories import contact_of
from tests.people import Person, new_key, outreach_client
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store


async def call(tx: Transaction, person: Person, kind: str, record: int, **names: str) -> None:
    for dialect, name in names.items():
        await tx.execute(
            "insert into aliases (team_id, dialect, kind, external_id, record_id) values ($1, $2, $3, $4, $5)",
            person.team.id,
            dialect,
            kind,
            name,
            record,
        )


@pytest.mark.parametrize("path", ["/prospects", "/prospects/{id}"])
async def test_who_may_write_is_told(store: Store, alice: Person, path: str) -> None:
    contact = await contact_of(store, alice)
    path = path.format(id=contact.id)
    reader = outreach_client(alice.url, await new_key(store, alice, "read"))
    for client, may in ((alice.outreach, True), (reader, False)):
        data = (await client.get(path, params={"provideAuthorizationMeta": "true"})).json()["data"]
        assert (data[0] if isinstance(data, list) else data)["meta"] == {"canWrite": may, "canDelete": may}
    for query in ({}, {"provideAuthorizationMeta": "false"}):
        data = (await alice.outreach.get(path, params=query)).json()["data"]
        assert "meta" not in (data[0] if isinstance(data, list) else data)


async def test_what_nobody_writes_here_is_told(alice: Person) -> None:
    content = await listed(alice, "/users", include="", provideAuthorizationMeta="true")
    assert content["data"][0]["meta"] == {"canWrite": False, "canDelete": False}


async def test_what_it_is_called_elsewhere(store: Store, alice: Person, charlie: Person) -> None:
    first, second = await contact_of(store, alice), await contact_of(store, alice)
    async with store.transaction() as tx:
        await call(tx, alice, "contact", first.id, hubspot="h-1", csv="row 5", touchbook="ours")
        await call(tx, alice, "account", first.id, hubspot="another kind")
        await call(tx, charlie, "contact", first.id, hubspot="another team")
    connections = {"provideDataConnections": "true"}
    data = (await listed(alice, "/prospects", **connections))["data"]
    known = [{"source": "csv", "externalId": "row 5"}, {"source": "hubspot", "externalId": "h-1"}]
    assert [each["meta"]["dataConnections"] for each in data] == [known, []]
    assert (await shown(alice, f"/prospects/{first.id}", **connections))["meta"] == {"dataConnections": known}
    assert "meta" not in await shown(alice, f"/prospects/{second.id}")


async def test_what_is_included_has_its_meta_too(store: Store, alice: Person) -> None:
    await contact_of(store, alice)
    asked = {"provideDataConnections": "true", "provideAuthorizationMeta": "true"}
    content = await listed(alice, "/prospects", include="owner", **asked)
    assert content["included"][0]["meta"] == {"canWrite": False, "canDelete": False, "dataConnections": []}
