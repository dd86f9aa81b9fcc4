"""Makes the product send what it can send: each verb, each list, each job, once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from tests.core.tasks.verbs import edit_task, reschedule_tasks, set_reminders
from tests.factories import NOON, contact_of, deal_of, tag_of, task_of
from tests.isolation.corpus_sequences import run_sequence
from tests.isolation.corpus_touchbook import speak_touchbook
from tests.jobs.working import ahead
from tests.people import Person, new_key
from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.contacts.account_search import Field, Term, list_accounts
from touchbook.core.contacts.changes import ContactChanges
from touchbook.core.contacts.defining import define_attribute, remove_definition
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.editing import change_contact
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import count_contacts, list_contacts
from touchbook.core.contacts.plain import PlainMembers, edit_contact
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.listing import count_deals, list_deals
from touchbook.core.errors import GrantRefused
from touchbook.core.files.listing import list_stored
from touchbook.core.files.storage import Storage
from touchbook.core.listings.keeping import keep_listing
from touchbook.core.notifications.notifying import remind_people
from touchbook.core.rederiving import PARTS, REDERIVING, parts_left, rederive, rederive_all
from touchbook.core.tasks.assigning import reassign_task
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.filtering import Bound, TaskFilter
from touchbook.core.tasks.handing_over import hand_over_tasks
from touchbook.core.tasks.listing import Order, count_tasks, list_tasks
from touchbook.core.tasks.opening import reopen_task, start_task
from touchbook.core.tasks.queries import find_task_by_uid
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.rescheduling import reschedule_task, snooze_task
from touchbook.core.tasks.scheduled_actions import OPENING, REMINDING
from touchbook.core.teams.issuing import revoke_key
from touchbook.core.teams.key import read_key_text
from touchbook.core.teams.leaving import leave_team
from touchbook.core.teams.password import hash_password
from touchbook.core.teams.queries import find_team, find_user, list_keys, list_teams, list_users, note_key_use
from touchbook.core.teams.registering import list_clients, register_client, remove_client
from touchbook.core.teams.securing import set_password
from touchbook.core.teams.settings import set_region, set_zone
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.signing_in import SignIn
from touchbook.http.idempotency import forget_answers
from touchbook.jobs.due import queue_due
from touchbook.jobs.failures import list_held
from touchbook.jobs.queue import perform, perform_many
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.search_indexes import merge_new_entries
from touchbook.jobs.sweeping_files import sweep_files
from touchbook.jobs.totals import correct_totals, fold_totals
from touchbook.jobs.upkeep import drop_events, keep_house, make_partition
from touchbook.jobs.waiting import count_waiting
from touchbook.jobs.work import ManyAtOnce
from touchbook.jobs.worker import KINDS
from touchbook.operation.backlog import read_backlog
from touchbook.store.archiving import export_snapshot
from touchbook.store.postgres import Store

_LONG_AGO = date(2020, 1, 1)


async def drive(store: Store, alice: Person, bob: Person, storage: Storage) -> None:
    await _keep_records(store, alice, bob)
    await _work_on_tasks(store, alice, bob)
    await _list_tasks(store, alice)
    await _speak_ysuite(store, alice)
    await _speak_close(alice, bob)
    await _speak_rechat(alice, bob)
    await _speak_outreach(alice)
    await _send_files(store, alice)
    await speak_touchbook(store, alice)
    await run_sequence(store, alice)
    await _do_jobs(store, alice, storage)
    await _run_teams(store, alice)
    await _sign_in(store, alice)
    await _leave(store, alice, bob)


async def _keep_records(store: Store, alice: Person, bob: Person) -> None:
    contact, deal = await contact_of(store, alice, emails=["sarah@example.com"]), await deal_of(store, alice)
    async with store.transaction() as tx:
        caller = alice.caller
        company = await open_account(tx, caller, kind="company", name="Cyberdyne")
        await change_account(tx, caller, company.id, AccountChanges(name="Cyberdyne Systems"))
        await keep_listing(tx, caller, {"price": 1})
        contact = await edit_contact(
            tx, caller, contact, PlainMembers(last_name="Connors", company="Skynet", tags=["Hot"])
        )
        contact = await edit_contact(tx, caller, contact, PlainMembers(company=None))
        contact = await change_contact(tx, caller, contact.id, ContactChanges(owner_id=bob.user_id))
        defined = await define_attribute(
            tx, caller, name="favorite_drink", data_type="text", label="Favorite drink", section="Details"
        )
        await remove_definition(tx, caller, uid=defined.uid)
        await change_deal(tx, caller, deal.id, DealChanges(title="14 Elm Street"))
        await list_contacts(tx, caller, ContactFilter(search="sarah"), order="sort_field", offset=0, limit=5)
        await count_contacts(tx, caller, ContactFilter(search="sarah"))
        await list_deals(tx, caller, search="elm", offset=0, limit=5)
        await count_deals(tx, caller)
        await list_accounts(tx, caller, offset=0, limit=5)
        for asked in (caller, msgspec.structs.replace(caller, own_contacts_only=True)):
            terms = [Term(field, "potential") for field in get_args(Field)]
            await list_accounts(tx, asked, [*terms, Term("email", "a@example.com")], offset=0, limit=5)
        await delete_deals(tx, caller, [deal.id])
        await delete_contacts(tx, caller, [contact.id])
        await delete_account(tx, caller, company)


async def _work_on_tasks(store: Store, alice: Person, bob: Person) -> None:
    contact, tag = await contact_of(store, alice), await tag_of(store, alice)
    task = await task_of(
        store,
        alice,
        contact_id=contact.id,
        assignees=[alice.user_id, bob.user_id],
        tags=[tag.id],
        autoskip_at=NOON + timedelta(days=1),
    )
    async with store.transaction() as tx:
        caller = alice.caller
        await start_task(tx, caller, task_id=task.id)
        await complete_task(tx, caller, task_id=task.id)
        await reopen_task(tx, caller, task_id=task.id)
        await snooze_task(tx, caller, task_id=task.id)
        await reschedule_task(tx, caller, task_id=task.id, due_on=NOON.date())
        await reassign_task(tx, caller, task_id=task.id, assignee=bob.user_id)
        await set_reminders(tx, caller, task_id=task.id, requested=[RequestedReminder(True, NOON)])
        await reschedule_task(tx, caller, task_id=task.id, due_at=NOON)
        await reschedule_tasks(tx, caller, task_ids=[task.id], due_on=NOON.date())
        await edit_task(tx, caller, task_id=task.id, title="Call back", priority=3)
        await find_task_by_uid(tx, caller, task.uid)
        await delete_task(tx, caller, task_id=task.id)


async def _list_tasks(store: Store, alice: Person) -> None:
    day = NOON.date()
    everything = TaskFilter(zone=alice.caller.zone)
    narrow = TaskFilter(
        zone=alice.caller.zone,
        statuses=["open"],
        priority=2,
        assignee=alice.user_id,
        due=[Bound("gte", day), Bound("lte", day)],
        title="call",
    )
    async with store.reading() as reader:
        for filters in (everything, narrow):
            for order in get_args(Order):
                await list_tasks(reader, alice.caller, filters, order=order, offset=0, limit=5)
            await count_tasks(reader, alice.caller, filters)


async def _speak_ysuite(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    body = {"title": "Call", "start_datetime": "2026-07-15T10:00:00", "cstid": contact.id}
    for _ in range(2):
        answer = await alice.ysuite.post("/tasks", json=body, headers={"idempotency-key": "corpus"})
        assert answer.status_code == 200, answer.text
    async with store.transaction() as tx:
        await forget_answers(tx, before=datetime(2020, 1, 1, tzinfo=UTC))


async def _speak_close(alice: Person, bob: Person) -> None:
    async def say(method: str, path: str, sent: Any = None, **given: Any) -> Any:
        answer = await alice.close.request(method, path, json=sent, params=given)
        assert answer.status_code == 200, answer.text
        return answer.json()

    me = await say("GET", "/me/")
    other = (await bob.close.get("/me/")).json()["id"]
    await say("GET", f"/user/{other}/")
    await say("GET", f"/organization/{me['organizations'][0]['id']}/")
    lead = await say("POST", "/lead/", {"name": "Cyberdyne", "contacts": [{"name": "Miles Dyson"}]})
    named = {"lead_id": lead["id"], "contact_id": lead["contacts"][0]["id"]}
    await say("POST", "/opportunity/", {**named, "user_id": other})
    tasks = [await say("POST", "/task/", {**named, "text": text, "date": "2026-07-15"}) for text in ("a", "b")]
    for place in ("lead", "contact", "opportunity", "user", "status/lead", "status/opportunity", "task"):
        await say("GET", f"/{place}/", **({"lead_id": lead["id"]} if place in ("contact", "opportunity") else {}))
    for given in _close_filters(me, lead, tasks):
        await say("GET", "/task/", **given)
        await say("GET", "/task/", **given, _order_by="-date", _skip=1)
        await say("PUT", "/task/", {"date": "2026-07-16T10:00:00Z"}, **given)
    for change in ({"is_complete": True}, {"is_complete": False}, {"assigned_to": other}, {"date": None}):
        await say("PUT", "/task/", change, lead_id=lead["id"])
        await say("PUT", f"/task/{tasks[0]['id']}/", {**tasks[0], **change})
    await say("DELETE", f"/task/{tasks[0]['id']}/")
    await say("DELETE", f"/lead/{lead['id']}/")


def _close_filters(me: Any, lead: Any, tasks: Sequence[Any]) -> list[dict[str, Any]]:
    """Each alone, and many at once."""
    day, instant = "2026-07-15", "2026-07-15T10:00:00Z"
    single: list[dict[str, Any]] = [
        {"view": "inbox"},
        {"view": "future"},
        {"view": "archive"},
        {"lead_id": lead["id"]},
        {"assigned_to": me["id"]},
        {"membership_id": me["memberships"][0]["id"]},
        {"_type": "all"},
        {"_type__in": "voicemail,lead"},
        {"id__in": ",".join(task["id"] for task in tasks)},
        {"is_complete": "false"},
        {"date__gte": day, "date__lt": instant},
        {"date_created__gte": day, "date_updated__lt": instant},
    ]
    return [*single, {name: value for given in single[3:] for name, value in given.items()}]


async def _speak_outreach(alice: Person) -> None:
    """The options of a team; its tasks and sequences are spoken of in corpus_sequences."""
    for path in ("/stages", "/personas", "/taskDispositions", "/taskPurposes"):
        answer = await alice.outreach.get(path)
        assert answer.status_code == 200, answer.text


async def _speak_rechat(alice: Person, bob: Person) -> None:
    async def say(method: str, path: str, sent: Any = None, **given: Any) -> Any:
        answer = await alice.rechat.request(method, path, json=sent, params=given)
        assert answer.status_code in (200, 204), answer.text
        return answer.json()["data"] if answer.content else None

    every = (
        "contact.attributes,contact_attribute.attribute_def,contact.brand,contact.users,contact.deals,contact.user"
    )
    owners = [str(person.caller.user_uid) for person in (alice, bob)]
    note, email = {"attribute_type": "note", "text": "x"}, {"attribute_type": "email", "text": "a@example.com"}
    sent = {"contacts": [{"user": owner, "attributes": [note, email]} for owner in owners]}
    first, second = await say("POST", "/contacts", sent, get="true", activity="true", associations=every)
    job = await say("POST", "/contacts/import.json", sent)
    await say("GET", f"/contacts/jobs/{job['job_id']}")
    path = f"/contacts/{first['id']}"
    await say(
        "GET", "/contacts", q="x", users=owners[0], ids=first["id"], excludes=second["id"], associations=every
    )
    filters = [{"attribute_type": kind, "value": "x", "invert": True} for kind in ("tag", "note")]
    await say("POST", "/contacts/filter", {"filter": filters})
    await say("POST", "/contacts/attributes", {"filters": filters, "attributes": [note]}, get="true")
    await say("PATCH", "/contacts", {"contacts": [{"id": first["id"], "user": owners[1], "attributes": [note]}]})
    await say("PATCH", path, {"attributes": [{"id": first["attributes"][0]["id"], "text": "y"}]})
    await say("PUT", f"{path}/owner", {"user": owners[0]})
    await say("DELETE", f"{path}/attributes/{first['attributes'][0]['id']}")
    await say("DELETE", "/contacts/attributes", {"ids": [second["attributes"][0]["id"]]})
    defined = await say("POST", "/contacts/attribute_defs", {"name": "size", "data_type": "number"})
    await say("GET", "/contacts/attribute_defs")
    await say("DELETE", f"/contacts/attribute_defs/{defined['id']}")
    await _speak_of_tasks(say, first["id"], second["id"], owners)
    await say("DELETE", "/contacts", {"ids": [first["id"], second["id"]]})


async def _speak_of_tasks(say: Any, first: str, second: str, users: list[str]) -> None:
    every = ",".join(
        [
            *(f"crm_task.{part}" for part in ("assignees", "associations", "reminders", "updated_by", "files")),
            *(f"crm_association.{kind}" for kind in ("contact", "deal", "listing")),
        ]
    )
    listing = await say("POST", "/listings", {"price": 2})
    await say("GET", f"/listings/{listing['id']}")
    link = {"association_type": "contact", "contact": first}
    reminder = {"is_relative": True, "timestamp": 2.5}
    sent = {"title": "Call", "due_date": 1.5, "task_type": "Call", "associations": [link], "assignees": users}
    task = await say("POST", "/crm/tasks", {**sent, "reminders": [reminder]}, associations=every)
    path = f"/crm/tasks/{task['id']}"
    more = [{"association_type": "contact", "contact": second}, {"id": task["associations"][0]["id"], "index": 2}]
    await say("PUT", path, {"due_date": 4.5, "all_day": True, "reminders": [], "associations": more})
    await say("POST", f"{path}/associations", {"association_type": "listing", "listing": listing["id"]})
    await say("GET", f"{path}/associations")
    for asked in ({"assignee": users[0]}, {"contact": first, "q": "call me"}, {"listing": listing["id"]}, {}):
        for order in ("-due_date", "updated_at"):
            query = {"due_gte": 1, "status": "PENDING", "task_type": "Call", "order": order, "associations": every}
            await say("GET", "/crm/tasks/search", **query, **asked)
    await say("PATCH", f"{path}/status", {"status": "DONE"})
    await say("DELETE", f"{path}/associations", ids=f"{first},{listing['id']}")
    await say("DELETE", path)


async def _send_files(store: Store, alice: Person) -> None:
    path = f"/crm/tasks/{(await task_of(store, alice)).uid}/files"
    sent = (await alice.rechat.post(path, files={"file": ("notes.txt", b"x")})).json()["data"]
    assert (await alice.rechat.get(sent["url"])).content == b"x"
    assert (await alice.rechat.get(path)).json()["info"]["total"] == 1
    assert (await alice.rechat.delete(f"{path}/{sent['id']}")).status_code == 204
    assert (await alice.rechat.post(path, files={"file": ("", b"x")})).status_code == 400
    assert (await alice.rechat.post("/crm/tasks/1/files", files={"file": ("a", b"x")})).status_code == 400


async def _do_jobs(store: Store, alice: Person, storage: Storage) -> None:
    task = await task_of(store, alice, scheduled_at=store.clock() + timedelta(days=1))
    later = Store(store.pool, clock=lambda: store.clock() + timedelta(days=2), witness=store.witness)
    await perform(later, KINDS[OPENING], ScheduledAction(OPENING, alice.team.id, task.id))
    await perform_many(later, ManyAtOnce(remind_people), alice.team.id, REMINDING, after=None)
    await _rederive(store, alice)
    await queue_due(store, {"no such kind": rederive, "nor this": ManyAtOnce(remind_people)})
    await count_waiting(store)
    await read_backlog(store)
    await fold_totals(store)
    await correct_totals(store)
    await merge_new_entries(store)
    await list_held(store)
    await keep_house(store, event_days=400)
    await sweep_files(store, storage)
    async with store.transaction() as tx:
        await export_snapshot(tx)
        await list_stored(tx)
    await make_partition(store, _LONG_AGO)
    await drop_events(store, before=datetime(2020, 3, 1, tzinfo=UTC))


async def _rederive(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        await set_region(tx, alice.caller, region="DE")
        await set_zone(tx, alice.caller, zone="Europe/Berlin")
        await rederive_all(tx, alice.caller)
    async with store.reading() as reader:
        assert (await parts_left(reader)).keys() == PARTS.keys()
    for _ in PARTS:
        await perform(store, rederive, ScheduledAction(REDERIVING, alice.team.id, alice.team.id))


async def _run_teams(store: Store, alice: Person) -> None:
    key = read_key_text(await new_key(store, alice, "read"))
    assert key is not None
    async with store.transaction() as tx:
        await note_key_use(tx, {key.id: tx.now})
        await revoke_key(tx, key_id=key.id)
        await list_keys(tx)
        await list_teams(tx)
        await find_team(tx, alice.team.name)
        await show_contacts(tx, alice.caller, to="team")
        assert await find_user(tx, alice.team.id, email="nobody@example.com") is None
        assert await list_users(tx, alice.team.id)


async def _leave(store: Store, alice: Person, bob: Person) -> None:
    for assignees in ([bob.user_id], [alice.user_id, bob.user_id]):
        await task_of(store, alice, assignees=assignees)
    async with store.transaction() as tx:
        await leave_team(tx, alice.caller, user_id=bob.user_id)
        await hand_over_tasks(tx, alice.caller, giver=bob.user_id, receiver=alice.user_id)


async def _sign_in(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        client = await register_client(tx, name="corpus")
        user = next(one for one in await list_users(tx, alice.team.id) if one.id == alice.user_id)
        await set_password(tx, user_id=user.id, password_hash=hash_password("corpus"))
        await list_clients(tx)
    sign_in = SignIn(store)
    given = await sign_in.by_password(
        client, username=user.email, password="corpus", address="192.0.2.1", surface="rechat"
    )
    for token in (given.refresh_token, alice.key):
        await sign_in.by_refresh_token(client, token=token, surface="rechat")
    with pytest.raises(GrantRefused):
        await SignIn(ahead(store, timedelta(hours=1))).by_refresh_token(
            client, token=given.refresh_token, surface="rechat"
        )
    async with store.transaction() as tx:
        await remove_client(tx, uid=client.uid)
