"""The routes of Touchbook's own API."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from touchbook.dialects.touchbook import activities, examples, lists, notifications, team
from touchbook.dialects.touchbook.auth import credential
from touchbook.dialects.touchbook.auth import team as team_named
from touchbook.dialects.touchbook.errors import render_error
from touchbook.dialects.touchbook.wire import (
    ActivityBody,
    ActivityItem,
    Added,
    ChosenBody,
    ContactItem,
    EntryItem,
    Failure,
    ListBody,
    Listed,
    ListItem,
    Made,
    Marked,
    NewListBody,
    NotificationItem,
    NotificationsPage,
    Page,
    ReadBody,
    TeamBody,
    TeamItem,
    Unread,
)
from touchbook.http.call import Answer, Call
from touchbook.http.limiting import epoch_headers
from touchbook.http.route import ALL_THAT_MATCH, LONG_REQUEST, Dialect, Method, Route

ABOUT = (
    "Features that only Touchbook has: lists of contacts, activities with them, a contact's timeline, "
    "notifications, the team's settings. Ids are uuids, instants ISO 8601 in UTC with six digits of a second. A "
    "list is {data, has_more}, an error {error: {code, message, fields}}; unknown members and "
    "parameters are refused."
)
AUTHENTICATION = (
    "Send a Touchbook key, or an access token, as bearer token. X-Touchbook-Team names the team by its uid; "
    "without it a token is for the team that its user joined first. A key is valid only for its own team."
)
_TEAM_HEADER = {"X-Touchbook-Team": {"description": "The uid of the team", "type": "string", "format": "uuid"}}
Handler = Callable[[Call[Any]], Awaitable[Answer]]


def _route(method: Method, path: str, handler: Handler, summary: str, **more: Any) -> Route:
    """A path with an id adds 404, a list its page parameters, a POST its Idempotency-Key."""
    errors = {
        400,
        *([404] if "{" in path else ()),
        *((409, 422) if method == "POST" else ()),
        *more.pop("errors", ()),
    }
    more.setdefault("scope", "read" if method == "GET" else "write")
    return Route(
        method=method,
        path=path,
        handler=handler,
        strict=True,
        summary=summary,
        path_type=UUID,
        headers=_TEAM_HEADER,
        errors=sorted(errors),
        **more,
    )


ROUTES = (
    _route("GET", "/lists", lists.list_, "List lists, by name", query=Page, answer=Listed[ListItem]),
    _route(
        "POST",
        "/lists",
        lists.create,
        "Create a list",
        body=NewListBody,
        many=LONG_REQUEST,
        answer=ListItem,
        status=201,
        example_request=examples.NEW_LIST,
        example_answer=examples.LIST,
    ),
    _route("GET", "/lists/{id}", lists.get, "Get a list", answer=ListItem, example_answer=examples.LIST),
    _route(
        "PATCH",
        "/lists/{id}",
        lists.update,
        "Rename a list, or change its rule",
        body=ListBody,
        answer=ListItem,
        errors=(409,),
    ),
    _route(
        "DELETE",
        "/lists/{id}",
        lists.delete,
        "Delete a list; its contacts stay",
        many=ALL_THAT_MATCH,
        status=204,
    ),
    _route(
        "GET",
        "/lists/{id}/contacts",
        lists.list_members,
        "List the contacts on a list, by name",
        query=Page,
        answer=Listed[ContactItem],
        example_answer={"data": [examples.CONTACT], "has_more": False},
    ),
    _route(
        "POST",
        "/lists/{id}/contacts",
        lists.add_members,
        "Add contacts to a list",
        body=ChosenBody,
        many=LONG_REQUEST,
        answer=Added,
    ),
    _route(
        "DELETE",
        "/lists/{id}/contacts",
        lists.remove_members,
        "Remove contacts from a list",
        body=ChosenBody,
        many=LONG_REQUEST,
        status=204,
    ),
    _route(
        "POST",
        "/activities",
        activities.record,
        "Record activities with contacts",
        body=ActivityBody,
        many=LONG_REQUEST,
        answer=Made[ActivityItem],
        status=201,
        example_request=examples.NEW_ACTIVITY,
        example_answer={"data": [examples.ACTIVITY]},
    ),
    _route(
        "GET",
        "/activities/{id}",
        activities.get,
        "Get an activity",
        answer=ActivityItem,
        example_answer=examples.ACTIVITY,
    ),
    _route("DELETE", "/activities/{id}", activities.delete, "Delete an activity", status=204),
    _route(
        "GET",
        "/contacts/{id}/activities",
        activities.list_of_contact,
        "List the activities with a contact, the latest first",
        query=Page,
        answer=Listed[ActivityItem],
    ),
    _route(
        "GET",
        "/contacts/{id}/timeline",
        activities.timeline,
        "List the timeline of a contact, the latest first: activities, its events and those of its tasks",
        query=Page,
        answer=Listed[EntryItem],
        example_answer={"data": [examples.ENTRY], "has_more": True},
    ),
    _route(
        "GET",
        "/notifications",
        notifications.list_,
        "List your notifications, the newest first",
        query=NotificationsPage,
        answer=Listed[NotificationItem],
        example_answer={"data": [examples.NOTIFICATION], "has_more": False},
    ),
    _route(
        "GET",
        "/notifications/count",
        notifications.count,
        "Count your unread notifications",
        answer=Unread,
        example_answer={"unread": 3},
    ),
    _route(
        "POST",
        "/notifications/read",
        notifications.read,
        "Mark notifications, or all of them, as read",
        body=ReadBody,
        many=ALL_THAT_MATCH,
        answer=Marked,
        example_request={"notifications": [examples.NOTIFICATION["id"]]},
        example_answer={"read": 1},
    ),
    _route("GET", "/team", team.get, "Get the team", answer=TeamItem, example_answer=examples.TEAM),
    _route(
        "PATCH",
        "/team",
        team.update,
        "Update the settings of the team",
        scope="admin",
        body=TeamBody,
        answer=TeamItem,
        example_request={"touch_tasks": True, "touch_spread_days": 30},
        example_answer=examples.TEAM,
    ),
)

OPERATIONS = {
    "POST /lists/{id}/contacts": "addContactsToList",
    "DELETE /lists/{id}/contacts": "removeContactsFromList",
    "POST /activities": "createActivities",
    "GET /contacts/{id}/timeline": "getContactTimeline",
    "GET /notifications/count": "countNotifications",
    "POST /notifications/read": "markNotificationsRead",
    "GET /team": "getTeam",
    "PATCH /team": "updateTeam",
}

TOUCHBOOK = Dialect(
    name="touchbook",
    title="Touchbook",
    prefix="/touchbook/v1",
    routes=ROUTES,
    failure=Failure,
    about=ABOUT,
    authentication=AUTHENTICATION,
    credential=credential,
    team_of=team_named,
    operations=OPERATIONS,
    render_error=render_error,
    limit_headers=epoch_headers,
    security={"bearer": {"type": "http", "scheme": "bearer"}},
)
