"""The routes of YSuite's API."""

from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import count_contacts, list_contacts
from touchbook.core.contacts.queries import find_contact
from touchbook.core.deals.listing import count_deals, list_deals
from touchbook.core.deals.queries import find_deal
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.listing import count_tasks, list_tasks_as
from touchbook.core.tasks.queries import find_task_as
from touchbook.core.tasks.reading import reading_of
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.ysuite import examples, parse, render
from touchbook.dialects.ysuite.auth import credential
from touchbook.dialects.ysuite.errors import render_error
from touchbook.dialects.ysuite.wire import (
    ContactItem,
    CreatedTask,
    DealItem,
    Failure,
    Id,
    Listed,
    Page,
    ShownTask,
    Success,
    TaskBody,
    TaskItem,
    TaskQuery,
)
from touchbook.http.call import Answer, Call
from touchbook.http.limiting import epoch_headers
from touchbook.http.route import Dialect, Route

_SHOWN = reading_of(ShownTask)


async def list_(call: Call[Reader]) -> Answer:
    query = parse.page(TaskQuery, call.query)
    filters = parse.task_filter(query, call.caller)
    order, descending = parse.task_order(query)
    tasks = await list_tasks_as(
        call.tx,
        call.caller,
        _SHOWN,
        filters,
        order=order,
        descending=descending,
        offset=query.offset,
        limit=query.limit,
    )
    total = await count_tasks(call.tx, call.caller, filters)
    return render.listed([render.task_item(task, call.caller.team_zone) for task in tasks], query, total)


async def get(call: Call[Reader]) -> Answer:
    task = await find_task_as(call.tx, call.caller, _SHOWN, parse.record_id(call.path["id"]))
    return render.one(render.task_item(task, call.caller.team_zone))


async def create(call: Call[Transaction]) -> Answer:
    new = parse.new_task(call.body, call.caller)
    return render.created_task(await create_task(call.tx, call.caller, new))


async def list_people(call: Call[Reader]) -> Answer:
    page = parse.page(Page, call.query)
    requested = ContactFilter(search=page.search)
    contacts = await list_contacts(call.tx, call.caller, requested, offset=page.offset, limit=page.limit)
    total = await count_contacts(call.tx, call.caller, requested)
    return render.listed(list(map(render.contact_item, contacts)), page, total)


async def get_person(call: Call[Reader]) -> Answer:
    contact = await find_contact(call.tx, call.caller, parse.record_id(call.path["id"]))
    return render.one(render.contact_item(contact))


async def list_sales(call: Call[Reader]) -> Answer:
    page = parse.page(Page, call.query)
    deals = await list_deals(call.tx, call.caller, search=page.search, offset=page.offset, limit=page.limit)
    total = await count_deals(call.tx, call.caller, search=page.search)
    return render.listed(list(map(render.deal_item, deals)), page, total)


async def get_sale(call: Call[Reader]) -> Answer:
    deal = await find_deal(call.tx, call.caller, parse.record_id(call.path["id"]))
    return render.one(render.deal_item(deal))


_GIVEN = {"type": "integer"}
DEAL_OR_CONTACT = {
    "anyOf": [
        {"required": ["deal_id"], "properties": {"deal_id": _GIVEN}},
        {"required": ["cstid"], "properties": {"cstid": _GIVEN}},
    ]
}
ABOUT = (
    "Tasks linked to contacts or deals. Times are local times of the team, without offset. "
    "A list counts its pages from 0 in pageIndex and from 1 in current_page. "
    "An unknown id is answered with 400, a wrong field with 422 and sentences for each field."
)
AUTHENTICATION = (
    "Send two headers with every call. For the Touchbook key tb_7_SECRET the access key is tb_7 "
    "and the secret key is SECRET. The whole key in both headers, or as a bearer token, works too."
)

ROUTES = (
    Route(
        method="GET",
        path="/tasks",
        handler=list_,
        summary="List tasks",
        query=TaskQuery,
        answer=Success[Listed[TaskItem]],
        example_answer=examples.TASKS,
        errors=(400, 422),
    ),
    Route(
        method="POST",
        path="/tasks",
        handler=create,
        summary="Create a task",
        scope="write",
        body=TaskBody,
        answer=Success[CreatedTask],
        body_rules=DEAL_OR_CONTACT,
        example_request=examples.NEW_TASK,
        example_answer=examples.CREATED_TASK,
        errors=(400, 409, 413, 422),
    ),
    Route(
        method="GET",
        path="/tasks/{id}",
        path_type=Id,
        handler=get,
        summary="Get a task",
        answer=Success[TaskItem],
        example_answer=examples.one(examples.TASK),
        errors=(400, 422),
    ),
    Route(
        method="GET",
        path="/contacts",
        handler=list_people,
        summary="List contacts",
        query=Page,
        answer=Success[Listed[ContactItem]],
        example_answer=examples.listed(examples.CONTACT),
        errors=(400, 422),
    ),
    Route(
        method="GET",
        path="/contacts/{id}",
        path_type=Id,
        handler=get_person,
        summary="Get a contact",
        answer=Success[ContactItem],
        example_answer=examples.one(examples.CONTACT),
        errors=(400, 422),
    ),
    Route(
        method="GET",
        path="/deals",
        handler=list_sales,
        summary="List deals",
        query=Page,
        answer=Success[Listed[DealItem]],
        example_answer=examples.listed(examples.DEAL),
        errors=(400, 422),
    ),
    Route(
        method="GET",
        path="/deals/{id}",
        path_type=Id,
        handler=get_sale,
        summary="Get a deal",
        answer=Success[DealItem],
        example_answer=examples.one(examples.DEAL),
        errors=(400, 422),
    ),
)

YSUITE = Dialect(
    name="ysuite",
    title="YSuite tasks",
    prefix="/v1",
    routes=ROUTES,
    failure=Failure,
    about=ABOUT,
    authentication=AUTHENTICATION,
    credential=credential,
    render_error=render_error,
    limit_headers=epoch_headers,
    security={
        "accessKey": {"type": "apiKey", "in": "header", "name": "x-ysuite-access-key"},
        "secretKey": {"type": "apiKey", "in": "header", "name": "x-ysuite-secret-key"},
    },
)
