"""The routes of Close's API."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from touchbook.dialects.close import contacts, fields, leads, opportunities, people, statuses, tasks
from touchbook.dialects.close.auth import credential, method_of
from touchbook.dialects.close.errors import render_error
from touchbook.dialects.close.limits import limit_headers
from touchbook.dialects.close.wire.contacts import ContactBody, ContactItem
from touchbook.dialects.close.wire.custom_fields import CustomFieldItem
from touchbook.dialects.close.wire.leads import LeadBody, LeadItem, LeadQuery, NewLead
from touchbook.dialects.close.wire.opportunities import (
    NewOpportunity,
    OpportunityBody,
    OpportunityItem,
    OpportunityQuery,
)
from touchbook.dialects.close.wire.people import MeItem, OrganizationItem, UserItem
from touchbook.dialects.close.wire.shared import (
    BelongingQuery,
    Failure,
    FieldsQuery,
    Listed,
    Nothing,
    PageQuery,
    StatusItem,
)
from touchbook.dialects.close.wire.tasks import BulkAnswer, BulkQuery, TaskBody, TaskItem, TaskQuery
from touchbook.http.route import ALL_THAT_MATCH, NO_RULES, Dialect, Route


def _read(
    path: str, handler: Callable[..., Any], summary: str, answer: Any, query: type[Struct] = FieldsQuery
) -> Route:
    errors = (400, 404) if "{" in path else (400,)
    return Route(
        method="GET", path=path, handler=handler, summary=summary, query=query, answer=answer, errors=errors
    )


# A value of a custom field is a member by the field's id, or by its name.
WITH_FIELDS: dict[str, Any] = {"patternProperties": {r"^custom\..+": {}}}
WRITTEN_WITH_FIELDS = (LeadBody, NewLead, ContactBody, OpportunityBody, NewOpportunity)
# A change may meet another, or what stands against it: a task of a sequence that has gone on stays ended.
_CONFLICTS = {"POST": (409, 422), "PUT": (409,)}


def _write(
    method: Any,
    path: str,
    handler: Callable[..., Any],
    summary: str,
    answer: Any,
    body: type[Struct] | None = None,
) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        summary=summary,
        scope="write",
        query=None if answer is Nothing else FieldsQuery,
        body=body,
        body_rules=WITH_FIELDS if body in WRITTEN_WITH_FIELDS else NO_RULES,
        answer=answer,
        errors=(400, 404, *_CONFLICTS.get(method, ())),
    )


CUSTOMIZED = {"lead": "leads", "contact": "contacts", "opportunity": "opportunities"}
ZONE = {
    "X-TZ-Offset": {
        "description": "The offset of the viewer's zone in hours from UTC, fractions included.",
        "type": "number",
        "minimum": -14,
        "maximum": 14,
    }
}

ROUTES = (
    Route(
        method="GET",
        path="/task",
        handler=tasks.list_,
        summary="List or filter tasks",
        query=TaskQuery,
        headers=ZONE,
        answer=Listed[TaskItem],
        errors=(400,),
    ),
    _write("POST", "/task", tasks.create, "Create a task", TaskItem, TaskBody),
    Route(
        method="PUT",
        path="/task",
        handler=tasks.update_many,
        summary="Update all tasks that match; at least one filter is required",
        scope="write",
        query=BulkQuery,
        strict=True,
        many=ALL_THAT_MATCH,
        headers=ZONE,
        body=TaskBody,
        answer=BulkAnswer,
        errors=(400,),
    ),
    _read("/task/{id}", tasks.get, "Get a task", TaskItem),
    _write("PUT", "/task/{id}", tasks.update, "Update a task", TaskItem, TaskBody),
    _write("DELETE", "/task/{id}", tasks.delete, "Delete a task", Nothing),
    _read("/lead", leads.list_, "List leads", Listed[LeadItem], LeadQuery),
    _write("POST", "/lead", leads.create, "Create a lead, with contacts", LeadItem, NewLead),
    _read("/lead/{id}", leads.get, "Get a lead", LeadItem),
    _write("PUT", "/lead/{id}", leads.update, "Update a lead", LeadItem, LeadBody),
    _write(
        "DELETE", "/lead/{id}", leads.delete, "Delete a lead with its contacts, opportunities and tasks", Nothing
    ),
    _read("/contact", contacts.list_, "List contacts", Listed[ContactItem], BelongingQuery),
    _write("POST", "/contact", contacts.create, "Create a contact of a lead", ContactItem, ContactBody),
    _read("/contact/{id}", contacts.get, "Get a contact", ContactItem),
    _write("PUT", "/contact/{id}", contacts.update, "Update a contact", ContactItem, ContactBody),
    _write("DELETE", "/contact/{id}", contacts.delete, "Delete a contact", Nothing),
    _read("/opportunity", opportunities.list_, "List opportunities", Listed[OpportunityItem], OpportunityQuery),
    _write("POST", "/opportunity", opportunities.create, "Create an opportunity", OpportunityItem, NewOpportunity),
    _read("/opportunity/{id}", opportunities.get, "Get an opportunity", OpportunityItem),
    _write(
        "PUT", "/opportunity/{id}", opportunities.update, "Update an opportunity", OpportunityItem, OpportunityBody
    ),
    _write("DELETE", "/opportunity/{id}", opportunities.delete, "Delete an opportunity", Nothing),
    _read("/me", people.me, "Get the user the key belongs to", MeItem),
    _read("/user", people.list_, "List users", Listed[UserItem], PageQuery),
    _read("/user/{id}", people.get, "Get a user", UserItem),
    _read("/organization/{id}", people.organization, "Get the organization", OrganizationItem),
    _read("/status/lead", statuses.list_of_leads, "List the statuses of leads", Listed[StatusItem], PageQuery),
    _read(
        "/status/opportunity",
        statuses.list_of_opportunities,
        "List the statuses of opportunities",
        Listed[StatusItem],
        PageQuery,
    ),
    *(
        _read(
            f"/custom_field/{kind}",
            fields.list_,
            f"List the custom fields of {of}",
            Listed[CustomFieldItem],
            PageQuery,
        )
        for kind, of in CUSTOMIZED.items()
    ),
)

CLOSE = Dialect(
    name="close",
    title="Close",
    prefix="/api/v1",
    routes=ROUTES,
    failure=Failure,
    credential=credential,
    method_of=method_of,
    narrows=True,
    operations={
        "GET /me": "getMe",
        "GET /status/lead": "listLeadStatuses",
        "GET /status/opportunity": "listOpportunityStatuses",
        **{f"GET /custom_field/{kind}": f"list{kind.capitalize()}CustomFields" for kind in CUSTOMIZED},
    },
    answer_rules={LeadItem: WITH_FIELDS, ContactItem: WITH_FIELDS, OpportunityItem: WITH_FIELDS},
    render_error=render_error,
    limit_headers=limit_headers,
    security={"key": {"type": "http", "scheme": "basic"}},
    about="Tasks of leads, with leads, contacts and opportunities, as Close's API has them.",
    authentication="HTTP Basic: the key as user name, an empty password. A bearer token works too.",
)
