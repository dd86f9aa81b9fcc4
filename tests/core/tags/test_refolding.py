"""Tags whose keys are folded anew: those that have become one are merged into the oldest, and no others."""

import pytest

from tests.core.contacts.rows import all_events
from tests.factories import contact_of, tag_of, task_of
from tests.people import Person
from touchbook.core import refolding
from touchbook.core.tags import refolding as tags
from touchbook.core.tags.queries import list_tags
from touchbook.core.tags.refolding import refold_tags
from touchbook.core.tags.tag import Tag
from touchbook.core.teams.authenticating import team_caller
from touchbook.store.postgres import Store


@pytest.fixture(params=[2, 1000], ids=["over slices", "in one slice"], autouse=True)
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "SLICE", request.param)
    monkeypatch.setattr(refolding.last_of, "__defaults__", (request.param,))


async def left_by_old_fold(store: Store, person: Person, *written: tuple[str, str]) -> list[Tag]:
    """Make tags of the texts and keys, from the oldest on, with others between them."""
    made = []
    for number, (text, key) in enumerate(written):
        tag = await tag_of(store, person, f"Tag {number}")
        for other in ("Other", "Another"):
            await tag_of(store, person, f"{other} {number}")
        async with store.transaction() as tx:
            await tx.execute(
                "update tags g set text = $3, text_key = $4 where g.team_id = $1 and g.id = $2",
                person.team.id,
                tag.id,
                text,
                key,
            )
        made.append(tag)
    return made


async def refolded(store: Store, person: Person) -> dict[int, tuple[str, str]]:
    """Return text and key of each tag by id, after all slices."""
    after: int | None = 0
    while after is not None:
        async with store.transaction() as tx:
            after = await refold_tags(tx, await team_caller(tx, person.team.id), after)
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select g.id, g.text, g.text_key from tags g where g.team_id = $1", person.team.id
        )
    return {row["id"]: (row["text"], row["text_key"]) for row in rows}


@pytest.mark.parametrize("holder", [None, 0, 1, 2])
async def test_the_oldest_of_three_stays(store: Store, alice: Person, holder: int | None) -> None:
    """Whichever of them has had the key already."""
    contact = await contact_of(store, alice, tags=["Café", "VIP"])
    async with store.transaction() as tx:
        await tx.execute("delete from tags g where g.team_id = $1 and g.text = 'Café'", alice.team.id)
    texts = ("CAFÉ", "Cafe\u0301", "Café")
    keys = [f"old {number}" if number != holder else "café" for number in range(3)]
    oldest, *younger = await left_by_old_fold(store, alice, *zip(texts, keys, strict=True))
    task = await task_of(store, alice, tags=[younger[1].id, younger[0].id])
    found = await refolded(store, alice)
    assert {each: words for each, words in found.items() if words[1] == "café"} == {oldest.id: ("CAFÉ", "café")}
    assert not found.keys() & {each.id for each in younger}
    shown = (await alice.rechat.get(f"/contacts/{contact.uid}")).json()["data"]
    assert sorted(shown["tags"]) == ["CAFÉ", "VIP"]
    async with store.reading() as reader:
        kept = await reader.fetch(
            "select l.tag_id from task_tags l where l.team_id = $1 and l.task_id = $2", alice.team.id, task.id
        )
    assert [row["tag_id"] for row in kept] == [oldest.id]
    assert (await all_events(store, alice)).count("tag.merged") == 2


async def test_a_key_of_the_old_fold_makes_no_twin(store: Store, alice: Person) -> None:
    """Café held, as the old fold had it, the key that is Cafe's by the new one."""
    plain, accented = await left_by_old_fold(store, alice, (" Cafe", " cafe"), ("Café", "cafe"))
    found = await refolded(store, alice)
    assert (found[plain.id], found[accented.id]) == ((" Cafe", "cafe"), ("Café", "café"))
    assert "tag.merged" not in await all_events(store, alice)
    async with store.reading() as reader:
        assert {" Cafe", "Café"} <= {tag.text for tag in await list_tags(reader, alice.caller)}


async def test_keys_that_go_round(store: Store, alice: Person) -> None:
    """Each held the key that is the next one's now."""
    texts, keys = ("A1", "B1", "C1"), ("c1", "a1", "b1")
    made = await left_by_old_fold(store, alice, *zip(texts, keys, strict=True))
    found = await refolded(store, alice)
    assert [found[tag.id] for tag in made] == [("A1", "a1"), ("B1", "b1"), ("C1", "c1")]
    assert "tag.merged" not in await all_events(store, alice)
