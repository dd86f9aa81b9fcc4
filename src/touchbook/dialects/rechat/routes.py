"""The routes of Rechat's API."""

from collections.abc import Callable
from typing import Any

from touchbook.dialects.kit.body import FORM
from touchbook.dialects.kit.multipart import MULTIPART
from touchbook.dialects.kit.route import Dialect, Route
from touchbook.dialects.kit.tokens import LARGEST_TOKEN_BODY
from touchbook.dialects.rechat import (
    bodies,
    contacts,
    definitions,
    details,
    files,
    imports,
    items,
    listings,
    tags,
    tokens,
)
from touchbook.dialects.rechat.asking import (
    AskedQuery,
    BulkQuery,
    CreateQuery,
    GetQuery,
    IdsQuery,
    LinkQuery,
    ListQuery,
    OmitQuery,
)
from touchbook.dialects.rechat.auth import brand, credential
from touchbook.dialects.rechat.errors import render_error
from touchbook.dialects.rechat.file_items import FileItem
from touchbook.dialects.rechat.routing import read, write
from touchbook.dialects.rechat.tasks.routes import TASKS
from touchbook.dialects.rechat.wire import Failure, Listed, One, TokenAnswer, TokenRequest

ABOUT = (
    "Contacts and their attributes, tasks and their associations. Times are seconds since 1970, with fractions. "
    "A success is {code: OK, data}, with info.count and info.total for a page of a list; "
    "an error is {http, code, message}, with attributes for the problems of each field."
)
AUTHENTICATION = (
    "Send an access token, or a Touchbook key, as bearer token. X-RECHAT-BRAND names the brand (the team) by its "
    "uid; without it a token is for the brand that its user joined first. A key is valid only for its own brand."
)
_MANY = 16 * 1024 * 1024


def _upload(path: str, handler: Callable[..., Any], summary: str) -> Route:
    return write(
        "POST",
        path,
        handler,
        summary,
        One[FileItem],
        query=OmitQuery,
        body=bodies.FileBody,
        reads=(MULTIPART,),
        receives_file=True,
    )


_Contact = One[items.ContactItem]
_Contacts = Listed[items.ContactItem]

_CONTACTS = (
    read("/contacts", contacts.list_, "List contacts", _Contacts, ListQuery),
    write(
        "POST",
        "/contacts",
        contacts.create,
        "Create contacts; the answer has their ids, or with get the contacts",
        Listed[items.ContactItem | str],
        query=CreateQuery,
        body=bodies.NewContactsBody,
        strict=True,
        body_limit=_MANY,
    ),
    write(
        "PATCH",
        "/contacts",
        contacts.update_many,
        "Change contacts",
        query=GetQuery,
        body=bodies.PatchManyBody,
        strict=True,
        body_limit=_MANY,
    ),
    write(
        "DELETE",
        "/contacts",
        contacts.delete_many,
        "Delete contacts",
        query=IdsQuery,
        body=bodies.IdsBody,
        bodiless=True,
        strict=True,
    ),
    Route(
        method="POST",
        path="/contacts/filter",
        handler=contacts.filter_,
        summary="Filter contacts",
        query=ListQuery,
        body=bodies.FiltersBody,
        bodiless=True,
        answer=_Contacts,
        errors=(400,),
    ),
    write(
        "POST",
        "/contacts/import.json",
        imports.import_json,
        "Import contacts by a job",
        One[items.JobStarted],
        body=bodies.ImportBody,
        strict=True,
        body_limit=_MANY,
    ),
    read("/contacts/jobs/{id}", imports.get_job, "Get the progress of a job", One[items.JobItem], None),
    write(
        "POST",
        "/contacts/attributes",
        details.add_to_many,
        "Add attributes to all contacts that match; the answer has no content, or with get the contacts",
        _Contacts,
        query=BulkQuery,
        body=bodies.BulkAttributesBody,
        strict=True,
        or_nothing=True,
    ),
    write(
        "DELETE",
        "/contacts/attributes",
        details.delete_many,
        "Delete attributes",
        query=IdsQuery,
        body=bodies.IdsBody,
        bodiless=True,
        strict=True,
    ),
    read("/contacts/tags", tags.list_, "List tags", Listed[items.TagItem], OmitQuery),
    write("POST", "/contacts/tags", tags.add, "Add a tag", body=bodies.NewTagBody),
    write(
        "PATCH",
        "/contacts/tags/{tag}/touch",
        tags.set_frequency,
        "Set the touch frequency of a tag",
        body=bodies.TouchBody,
        named=str,
        strict=True,
    ),
    write(
        "PATCH",
        "/contacts/tags/{tag}",
        tags.rename,
        "Rename a tag",
        body=bodies.TagBody,
        named=str,
        strict=True,
    ),
    write(
        "DELETE",
        "/contacts/tags/{tag}",
        tags.delete,
        "Delete a tag",
        named=str,
        strict=True,
    ),
    read(
        "/contacts/attribute_defs",
        definitions.list_,
        "List attribute definitions",
        Listed[items.DefinitionItem],
        OmitQuery,
    ),
    write(
        "POST",
        "/contacts/attribute_defs",
        definitions.create,
        "Define an attribute",
        One[items.DefinitionItem],
        body=bodies.DefinitionBody,
    ),
    write(
        "DELETE",
        "/contacts/attribute_defs/{id}",
        definitions.delete,
        "Delete a definition of the team, with all its values",
        strict=True,
    ),
    read("/contacts/{id}", contacts.get, "Get a contact", _Contact, AskedQuery),
    write(
        "PATCH",
        "/contacts/{id}",
        contacts.update,
        "Update a contact: attributes with an id are changed, others are added",
        _Contact,
        query=AskedQuery,
        body=bodies.PatchBody,
    ),
    write("DELETE", "/contacts/{id}", contacts.delete, "Delete a contact"),
    write(
        "PATCH",
        "/contacts/{id}/touch",
        tags.set_contact_frequency,
        "Set the touch frequency of a contact",
        _Contact,
        query=AskedQuery,
        body=bodies.TouchBody,
    ),
    write(
        "PUT",
        "/contacts/{id}/owner",
        contacts.give,
        "Change the owner of a contact",
        _Contact,
        query=AskedQuery,
        body=bodies.OwnerBody,
    ),
    write(
        "POST",
        "/contacts/{id}/attributes",
        details.add,
        "Add attributes to a contact",
        Listed[items.AttributeItem],
        query=AskedQuery,
        body=bodies.AttributesBody,
    ),
    write(
        "PUT",
        "/contacts/{id}/attributes/{attribute}",
        details.update,
        "Change an attribute",
        One[items.AttributeItem],
        query=AskedQuery,
        body=bodies.AttributeBody,
    ),
    write(
        "DELETE",
        "/contacts/{id}/attributes/{attribute}",
        details.delete,
        "Delete an attribute; the answer has the contact",
        _Contact,
        query=AskedQuery,
    ),
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
    *_CONTACTS,
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
