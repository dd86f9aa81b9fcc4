"""The routes of Rechat's API."""

from collections.abc import Callable
from typing import Any

from touchbook.dialects.kit.tokens import LARGEST_TOKEN_BODY
from touchbook.dialects.rechat import files, listings, tokens
from touchbook.dialects.rechat.auth import brand, credential
from touchbook.dialects.rechat.contacts.asking import LinkQuery, OmitQuery
from touchbook.dialects.rechat.contacts.routes import CONTACTS
from touchbook.dialects.rechat.errors import render_error
from touchbook.dialects.rechat.file_items import FileBody, FileItem
from touchbook.dialects.rechat.routing import read, write
from touchbook.dialects.rechat.tasks.routes import TASKS
from touchbook.dialects.rechat.wire import Failure, Listed, One, TokenAnswer, TokenRequest
from touchbook.http.bodies import FORM
from touchbook.http.multipart import MULTIPART
from touchbook.http.route import Dialect, Route

ABOUT = (
    "Contacts and their attributes, tasks and their associations. Times are seconds since 1970, with fractions. "
    "A success is {code: OK, data}, with info.count and info.total for a page of a list; "
    "an error is {http, code, message}, with attributes for the problems of each field."
)
AUTHENTICATION = (
    "Send an access token, or a Touchbook key, as bearer token. X-RECHAT-BRAND names the brand (the team) by its "
    "uid; without it a token is for the brand that its user joined first. A key is valid only for its own brand."
)


def _upload(path: str, handler: Callable[..., Any], summary: str) -> Route:
    return write(
        "POST",
        path,
        handler,
        summary,
        One[FileItem],
        query=OmitQuery,
        body=FileBody,
        reads=(MULTIPART,),
        receives_file=True,
    )


_Listing = One[dict[str, Any]]
_LISTINGS = (
    write(
        "POST",
        "/listings",
        listings.keep,
        "Store a listing; one with the same id is replaced",
        _Listing,
        body=listings.ListingBody,
    ),
    read("/listings/{id}", listings.get, "Get a listing", _Listing, None),
)

_FILES = (
    _upload("/contacts/upload", files.upload, "Upload a file for an import of contacts"),
    read("/crm/files/{file}", files.get, "Get a file, with a new link", One[FileItem], OmitQuery),
    write("DELETE", "/crm/files/{file}", files.delete, "Delete a file, also from its tasks"),
    read("/crm/tasks/{id}/files", files.list_of_task, "List the files of a task", Listed[FileItem], OmitQuery),
    _upload("/crm/tasks/{id}/files", files.upload_to_task, "Upload a file to a task"),
    write(
        "DELETE",
        "/crm/tasks/{id}/files/{file}",
        files.remove_from_task,
        "Remove a file from a task",
    ),
    Route(
        method="GET",
        path="/crm/files/{file}/{name}",
        handler=files.download,
        summary="Open a file by its link",
        query=LinkQuery,
        public=True,
        gives_file=True,
        errors=(400, 403, 404),
    ),
)

UNSERVED = (
    "/contacts/duplicates",
    "/contacts/{id}/duplicates",
    "/contacts/merge",
    "/contacts/{id}/merge",
    "/contacts/import.csv",
    "/contacts/import.xls",
    "/contacts/import.xlsx",
)

OPERATIONS = {
    "POST /oauth2/token": "createToken",
    "POST /contacts": "createContacts",
    "POST /contacts/filter": "filterContacts",
    "POST /contacts/import.json": "importContacts",
    "POST /contacts/attributes": "addAttributesToContacts",
    "DELETE /contacts/attributes": "deleteContactAttributes",
    "PATCH /contacts/tags/{tag}/touch": "updateTagTouchFrequency",
    "PATCH /contacts/{id}/touch": "updateContactTouchFrequency",
    "PUT /contacts/{id}/owner": "updateContactOwner",
    "POST /contacts/{id}/attributes": "createContactAttributes",
    "POST /contacts/upload": "uploadContactsFile",
    "POST /crm/tasks/{id}/files": "uploadTaskFile",
    "DELETE /crm/tasks/{id}/files/{file}": "removeTaskFile",
    "GET /crm/files/{file}/{name}": "downloadFile",
    "GET /crm/tasks/search": "searchTasks",
    "PATCH /crm/tasks/{id}/status": "updateTaskStatus",
    "POST /crm/tasks/{id}/associations/bulk": "createTaskAssociations",
}

ROUTES = (
    Route(
        method="POST",
        path="/oauth2/token",
        handler=tokens.issue,
        summary="Get an access token",
        public=True,
        shows_secret=True,
        reads=("application/json", FORM),
        body_limit=LARGEST_TOKEN_BODY,
        body=TokenRequest,
        answer=TokenAnswer,
        errors=(400, 401),
    ),
    *_FILES,
    *CONTACTS,
    *TASKS,
    *_LISTINGS,
)

RECHAT = Dialect(
    name="rechat",
    title="Rechat contacts and tasks",
    prefix="",
    places=("/contacts", "/crm", "/listings", "/oauth2"),
    routes=ROUTES,
    unserved=UNSERVED,
    base="/crm",
    operations=OPERATIONS,
    failure=Failure,
    about=ABOUT,
    authentication=AUTHENTICATION,
    credential=credential,
    team_of=brand,
    render_error=render_error,
    narrows=True,
    security={"bearer": {"type": "http", "scheme": "bearer"}},
)
