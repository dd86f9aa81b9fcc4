"""The routes of Outreach's API."""

import re
from typing import Any

from msgspec import Struct

from touchbook.dialects.kit.tokens import LARGEST_TOKEN_BODY
from touchbook.dialects.outreach import (
    accounts,
    actions,
    calls,
    opportunities,
    prospects,
    sequence_states,
    sequence_steps,
    sequences,
    tasks,
    templates,
    tokens,
)
from touchbook.dialects.outreach.auth import credential
from touchbook.dialects.outreach.errors import refuse_token, render_error
from touchbook.dialects.outreach.jsonapi.describing import (
    action_query,
    list_query,
    many_of,
    one_of,
    sent_document,
    show_query,
)
from touchbook.dialects.outreach.jsonapi.reading import Handler, listing, showing
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import BASE, Resource
from touchbook.dialects.outreach.jsonapi.writing import JSON_API
from touchbook.dialects.outreach.wire import Failure, TokenAnswer, TokenFailure, TokenRequest
from touchbook.http.bodies import FORM
from touchbook.http.limiting import epoch_headers
from touchbook.http.route import ALL_THAT_MATCH, Dialect, Route

ABOUT = (
    "Tasks, prospects, accounts, opportunities, sequences and templates, as JSON:API; access tokens for clients "
    "of Outreach's API. Errors of the token call follow OAuth."
)
AUTHENTICATION = "Send an access token, or a Touchbook key, as bearer token."
_EXAMPLE = {
    "grant_type": "refresh_token",
    "client_id": "01a201ab-9c08-72a6-acea-ad4a6ef82ba5",
    "client_secret": "SECRET",
    "refresh_token": "tbr_7_SECRET",
}


def _reads(resource: Resource[Any]) -> tuple[Route, Route]:
    return (
        Route(
            method="GET",
            path=f"{BASE}{resource.path}",
            handler=listing(resource),
            summary=f"List {_plural(resource)}",
            query=list_query(resource),
            answer=many_of(resource),
            errors=(400,),
        ),
        Route(
            method="GET",
            path=f"{BASE}{resource.path}/{{id}}",
            handler=showing(resource),
            summary=f"Get {_singular(resource)}",
            query=show_query(resource),
            answer=one_of(resource),
            errors=(400, 404),
            path_type=int,
        ),
    )


def _writes(
    resource: Resource[Any],
    body: type[Struct],
    related: tuple[str, ...],
    *verbs: Handler,
    deletes_many: int | None = None,
) -> tuple[Route, ...]:
    """`verbs` are functions that create, update and delete."""
    create, update, delete = verbs
    sent = sent_document(resource, body, related)
    return (
        _create(resource, sent, create),
        _update(resource, sent, update),
        _delete(resource, delete, deletes_many),
    )


def _create(resource: Resource[Any], sent: type[Struct], handler: Handler) -> Route:
    return Route(
        method="POST",
        path=f"{BASE}{resource.path}",
        handler=handler,
        summary=f"Create {_singular(resource)}",
        scope="write",
        query=show_query(resource),
        body=sent,
        answer=one_of(resource),
        status=201,
        errors=(409, 422),
    )


def _update(resource: Resource[Any], sent: type[Struct], handler: Handler) -> Route:
    return Route(
        method="PATCH",
        path=f"{BASE}{resource.path}/{{id}}",
        handler=handler,
        summary=f"Update {_singular(resource)}",
        scope="write",
        query=show_query(resource),
        body=sent,
        answer=one_of(resource),
        errors=(404, 409, 422),
        path_type=int,
    )


def _delete(resource: Resource[Any], handler: Handler, many: int | None = None) -> Route:
    return Route(
        method="DELETE",
        path=f"{BASE}{resource.path}/{{id}}",
        handler=handler,
        summary=f"Delete {_singular(resource)}",
        scope="write",
        status=204,
        errors=(400, 404, 409),
        path_type=int,
        many=many,
    )


def _action(
    kind: str, name: str, handler: Handler, summary: str, parameters: type[Struct] = actions.NoParameters
) -> Route:
    resource = RESOURCES[kind]
    return Route(
        method="POST",
        path=f"{BASE}{resource.path}/{{id}}/actions/{name}",
        handler=handler,
        summary=summary,
        scope="write",
        query=action_query(resource, parameters),
        answer=one_of(resource),
        errors=(400, 404, 409, 422),
        path_type=int,
    )


def _plural(resource: Resource[Any]) -> str:
    return _spaced(resource.path.removeprefix("/"))


def _singular(resource: Resource[Any]) -> str:
    """Return `an account`, `a sequence step`."""
    noun = _spaced(resource.kind)
    return f"an {noun}" if noun[0] in "aeiou" and noun != "user" else f"a {noun}"


def _spaced(name: str) -> str:
    return re.sub(r"(?=[A-Z])", " ", name).lower()


ROUTES = (
    Route(
        method="POST",
        path="/oauth/token",
        handler=tokens.issue,
        summary="Get an access token",
        public=True,
        shows_secret=True,
        reads=(FORM, "application/json"),
        body_limit=LARGEST_TOKEN_BODY,
        body=TokenRequest,
        answer=TokenAnswer,
        example_request=_EXAMPLE,
        example_answer={
            "access_token": "tba_7_SECRET",
            "token_type": "bearer",
            "expires_in": 7200,
            "refresh_token": "tbr_8_SECRET",
            "scope": "write",
            "created_at": 1793336000,
        },
        errors=(400, 401),
        failure=TokenFailure,
        media_type="application/json",
        render_error=refuse_token,
    ),
    *(route for resource in RESOURCES.values() for route in _reads(resource)),
    *_writes(
        RESOURCES["account"],
        accounts.AccountWrite,
        accounts.WRITABLE,
        accounts.create,
        accounts.update,
        accounts.delete,
    ),
    _create(RESOURCES["call"], sent_document(RESOURCES["call"], calls.CallWrite, calls.WRITABLE), calls.create),
    *_writes(
        RESOURCES["opportunity"],
        opportunities.OpportunityWrite,
        opportunities.WRITABLE,
        opportunities.create,
        opportunities.update,
        opportunities.delete,
    ),
    *_writes(
        RESOURCES["prospect"],
        prospects.ProspectWrite,
        prospects.WRITABLE,
        prospects.create,
        prospects.update,
        prospects.delete,
    ),
    *_writes(
        RESOURCES["sequence"],
        sequences.SequenceWrite,
        sequences.WRITABLE,
        sequences.create,
        sequences.update,
        sequences.delete,
        deletes_many=ALL_THAT_MATCH,
    ),
    *_writes(
        RESOURCES["sequenceStep"],
        sequence_steps.SequenceStepWrite,
        sequence_steps.WRITABLE,
        sequence_steps.create,
        sequence_steps.update,
        sequence_steps.delete,
    ),
    _create(
        RESOURCES["sequenceState"],
        sent_document(RESOURCES["sequenceState"], sequence_states.SequenceStateWrite, sequence_states.WRITABLE),
        sequence_states.create,
    ),
    _delete(RESOURCES["sequenceState"], sequence_states.delete),
    *(
        _action("sequenceState", name, act, f"{name.capitalize()} a sequence state")
        for name, act in sequence_states.ACTIONS.items()
    ),
    *_writes(
        RESOURCES["template"],
        templates.TemplateWrite,
        templates.WRITABLE,
        templates.create,
        templates.update,
        templates.delete,
    ),
    *_writes(
        RESOURCES["sequenceTemplate"],
        templates.SequenceTemplateWrite,
        templates.LINK_WRITABLE,
        templates.attach,
        templates.switch,
        templates.detach,
    ),
    *_writes(RESOURCES["task"], tasks.TaskWrite, tasks.WRITABLE, tasks.create, tasks.update, tasks.delete),
    *(_action("task", name, *each) for name, each in actions.ACTIONS.items()),
)

OUTREACH = Dialect(
    name="outreach",
    title="Outreach",
    prefix="",
    places=("/oauth", BASE),
    base=BASE,
    operations={"POST /oauth/token": "createToken"},
    routes=ROUTES,
    failure=Failure,
    about=ABOUT,
    authentication=AUTHENTICATION,
    credential=credential,
    render_error=render_error,
    limit_headers=epoch_headers,
    security={"bearer": {"type": "http", "scheme": "bearer"}},
    media_type=JSON_API,
    reads=(JSON_API,),
)
