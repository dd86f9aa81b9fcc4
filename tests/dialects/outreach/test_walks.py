"""Any walk by cursor, forwards and back, while others write: what stood throughout comes in its place, once."""

import random
from typing import Any

import pytest

from tests.dialects.outreach.asking import content_of, created, ids, patched, sent
from tests.people import Person
from touchbook.store.postgres import Store

NAMES = ["Ann", "Bo", None, "Cy", "Ann"]
SORTS = [
    "id",
    "-id",
    "firstName",
    "-firstName",
    "lastName,-firstName",
    "-title,firstName",
    "firstName,-id",
    "title",
]


async def add(person: Person, dice: random.Random) -> int:
    first, last, title = (dice.choice(NAMES) for _ in range(3))
    body = sent("prospect", firstName=first, lastName=last, title=title, emails=["a@example.com"])
    made: int = (await created(person, "/prospects", body))["id"]
    return made


async def disturb(person: Person, dice: random.Random, moving: list[int]) -> None:
    """Comings, goings and moves of those that do not stand throughout."""
    for _ in range(dice.randrange(3)):
        act = dice.choice(("come", "go", "move"))
        if act == "come" or not moving:
            moving.append(await add(person, dice))
        elif act == "go":
            await person.outreach.delete(f"/prospects/{moving.pop(dice.randrange(len(moving)))}")
        else:
            names = {name: dice.choice(NAMES) for name in ("firstName", "lastName", "title")}
            chosen = dice.choice(moving)
            content_of(await patched(person, f"/prospects/{chosen}", sent("prospect", **names)))


@pytest.mark.parametrize("seed", range(12))
async def test_what_stands_throughout_is_met_once_in_its_place(
    store: Store, alice: Person, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "witness", None)
    dice = random.Random(seed)
    made = [await add(alice, dice) for _ in range(14)]
    moving = [each for each in made if dice.random() < 0.5]
    standing = set(made) - set(moving)
    query = {"sort": dice.choice(SORTS), "page[size]": str(dice.randint(1, 5))}
    if dice.random() < 0.3:
        query["filter[emails]"] = "a@example.com"
    order = [each for each in await ids(alice, "/prospects", sort=query["sort"]) if each in standing]
    content = content_of(await alice.outreach.get("/prospects", params=query))
    for step in ("next", "prev", "next"):
        met, content = await _walk(alice, content, step, dice, moving)
        assert [each for each in met if each in standing] == (order if step == "next" else order[::-1])


async def _walk(
    person: Person, content: Any, step: str, dice: random.Random, moving: list[int]
) -> tuple[list[int], Any]:
    """To the end that way, in the order in which they are met, those of the first page too."""
    met: list[int] = []
    while True:
        page = [each["id"] for each in content["data"]]
        met += page if step == "next" else page[::-1]
        if step not in content["links"]:
            return met, content
        await disturb(person, dice, moving)
        content = content_of(await person.outreach.get(content["links"][step]))
