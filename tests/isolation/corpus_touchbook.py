"""What our own dialect makes the product send."""

from typing import Any

from tests.factories import contact_of, notification_of
from tests.people import Person
from touchbook.store.postgres import Store


async def speak_touchbook(store: Store, alice: Person) -> None:
    contact = str((await contact_of(store, alice, tags=["Hot"])).uid)
    await _keep_lists(alice, contact)
    [activity] = (await _say(alice, "POST", "/activities", {"contacts": [contact], "kind": "call"}))["data"]
    await _say(alice, "GET", f"/activities/{activity['id']}")
    for place in ("activities", "timeline"):
        await _say(alice, "GET", f"/contacts/{contact}/{place}")
    await _say(alice, "DELETE", f"/activities/{activity['id']}")
    told = str((await notification_of(store, alice)).uid)
    await _say(alice, "GET", "/notifications")
    await _say(alice, "GET", "/notifications?unread=true")
    await _say(alice, "GET", "/notifications/count")
    for sent in ({"notifications": [told]}, {"all": True}):
        await notification_of(store, alice)
        await _say(alice, "POST", "/notifications/read", sent)
    for on in (True, False):
        await _say(alice, "PATCH", "/team", {"touch_tasks": on, "touch_spread_days": 7})


async def _keep_lists(alice: Person, contact: str) -> None:
    chosen = {"contacts": [contact]}
    tagged = {"attributes": [{"attribute": "tag", "values": ["Hot"]}], "owners": [str(alice.caller.user_uid)]}
    friends = await _say(alice, "POST", "/lists", {"name": "Friends", **chosen})
    hot = await _say(alice, "POST", "/lists", {"name": "Hot", "rule": {**tagged, "search": "sarah"}})
    await _say(alice, "GET", "/lists")
    for kept in (friends, hot):
        await _say(alice, "GET", f"/lists/{kept['id']}/contacts")
        await _say(alice, "PATCH", f"/lists/{kept['id']}", {"name": f"{kept['name']} and more"})
    for method in ("POST", "DELETE"):
        await _say(alice, method, f"/lists/{friends['id']}/contacts", chosen)
    await _say(alice, "DELETE", f"/lists/{friends['id']}")


async def _say(alice: Person, method: str, path: str, sent: Any = None) -> Any:
    answer = await alice.touchbook.request(method, path, json=sent)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None
