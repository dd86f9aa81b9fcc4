"""Reads JSON:API documents that create or update a resource: envelope, attributes, relationships."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from touchbook.core.differing import said
from touchbook.core.errors import Conflict, Forbidden, Malformed
from touchbook.core.query.pages import find_rows
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.media_types import check_sent
from touchbook.dialects.outreach.jsonapi.members import in_form
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Linked, Many, Ref, Resource
from touchbook.dialects.outreach.times import show_instant
from touchbook.http.bodies import decode_object
from touchbook.http.call import Call
from touchbook.http.fields import REQUIRED, Wrong, bare_sentence, read_fields

_ID = re.compile(r"\d{1,18}", re.ASCII)
Attributes = TypeVar("Attributes", bound=Struct)
Related = Mapping[str, Ref | None]


class Sent(Struct, Generic[Attributes], frozen=True):
    """`related` maps the sent relationships to their targets."""

    attributes: Attributes
    related: Related


async def read_sent(
    call: Call[Transaction],
    resource: Resource[Any],
    attributes: type[Attributes],
    relationships: Sequence[str],
    *,
    identifier: int | None = None,
    shown: Any = None,
    taken: Container[str] = (),
) -> Sent[Attributes]:
    """`identifier` and its record, `shown`, belong to the updated resource; what is sent as shown is not looked
    up, nor what the verb takes itself (`taken`), whose UnknownRecord then says that it is missing.

    Read-only members are ignored (A-34). Errors: UnsupportedMedia, Malformed (also for an update without the id),
    Conflict for another type or id, Forbidden for an id chosen by the client, Refused for wrong members and for
    missing records.
    """
    check_sent(call.headers)
    data = _object(decode_object(call.body), "data")
    _check_identity(data, resource, identifier)
    problems: dict[str, str] = {}
    members = in_form(resource.kept, _object(data, "attributes", {}), problems)
    sent = _read_attributes(attributes, members, problems)
    linked = _object(data, "relationships", {})
    related = _read_related(resource, relationships, linked, problems)
    _refuse_unkept(resource.unkept & linked.keys(), linked, problems)
    if not problems:
        differing = related if shown is None else differing_relations(related, resource, shown)
        unsure = {name: related[name] for name in differing if name not in taken}
        await _check_there(call, unsure, problems)
    if problems or sent is None:
        raise Refused(problems)
    return Sent(sent, related)


def _object(of: Mapping[str, Any], name: str, default: Any = None) -> dict[str, Any]:
    found = of.get(name, default)
    if not isinstance(found, dict):
        raise Malformed(f"{name} must be an object.")
    return found


def _check_identity(data: Mapping[str, Any], resource: Resource[Any], identifier: int | None) -> None:
    if data.get("type") != resource.kind:
        raise Conflict(f"The type must be {resource.kind}.")
    sent = data.get("id")
    if identifier is None:
        if sent is not None:
            raise Forbidden("The id cannot be chosen by the client.")
        return
    if sent is None:
        raise Malformed("data must have the id of the resource.")
    if isinstance(sent, bool) or str(sent) != str(identifier):
        raise Conflict("The id does not match the path.")


def _read_attributes(
    kind: type[Attributes], members: Mapping[str, Any], problems: dict[str, str]
) -> Attributes | None:
    try:
        return read_fields(kind, members)
    except Wrong as wrong:
        for name, problem in wrong.problems.items():
            problems[f"/data/attributes/{name}"] = sentence(problem)
        return None


def sentence(problem: str) -> str:
    return "This is required." if problem == REQUIRED else bare_sentence(problem)


def _read_related(
    resource: Resource[Any], names: Sequence[str], members: Mapping[str, Any], problems: dict[str, str]
) -> Related:
    found: dict[str, Ref | None] = {}
    for name in names:
        relationship = resource.relationships[name]
        if name not in members or isinstance(relationship, Linked):
            continue
        try:
            data = _linkage_data(members[name], many=isinstance(relationship, Many))
            found[name] = None if data is None else _read_ref(data, relationship.types)
        except ValueError as wrong:
            problems[f"/data/relationships/{name}"] = str(wrong)
    return found


def _refuse_unkept(names: Iterable[str], members: Mapping[str, Any], problems: dict[str, str]) -> None:
    """One that leads nowhere asks for nothing."""
    for name in names:
        if isinstance(members[name], dict) and members[name].get("data"):
            problems[f"/data/relationships/{name}"] = "This relationship is not supported here."


def _linkage_data(sent: Any, *, many: bool) -> Any:
    """Return the linkage of a to-many relationship; only one can be stored, more are refused."""
    if not isinstance(sent, dict) or "data" not in sent:
        raise ValueError("A relationship must have data.")
    data = sent["data"]
    if not many:
        return data
    if not isinstance(data, list) or len(data) > 1 or None in data:
        raise ValueError("Its data must be a list of at most one resource.")
    return data[0] if data else None


def _read_ref(data: Any, types: Sequence[str]) -> Ref:
    if not isinstance(data, dict) or data.get("type") not in types:
        raise ValueError(f"The type of its data must be {' or '.join(types)}.")
    identifier = data.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, (int, str)):
        raise ValueError("Its data must have an id.")
    if not _ID.fullmatch(str(identifier)):
        raise ValueError(_missing(data["type"], identifier))
    return Ref(data["type"], int(identifier))


def _missing(kind: str, identifier: object) -> str:
    return f"Could not find '{kind}' with ID '{identifier}'."


async def _check_there(call: Call[Transaction], related: Related, problems: dict[str, str]) -> None:
    for name, ref in related.items():
        if ref is None:
            continue
        resource = RESOURCES[ref.kind]
        found = await find_rows(call.tx, call.caller, resource.schema, [ref.id])
        if ref.id not in found or not resource.choosable(found[ref.id]):
            problems[f"/data/relationships/{name}"] = _missing(ref.kind, ref.id)


def differing_attributes(sent: Attributes, shown: Struct) -> dict[str, Any]:
    """Return the attributes that differ from the shown ones (rule 5)."""
    now = asdict(shown)
    return {name: value for name, value in said(sent).items() if _as_shown(value) != now[name]}


def _as_shown(value: Any) -> Any:
    return show_instant(value) if isinstance(value, datetime) else value


def differing_relations(sent: Related, resource: Resource[Any], record: Any) -> dict[str, int | None]:
    """Return the target ids of relationships that differ from the shown ones."""
    return {
        name: None if ref is None else ref.id
        for name, ref in sent.items()
        if next(iter(_refs(resource, name, record)), None) != ref
    }


def _refs(resource: Resource[Any], name: str, record: Any) -> Sequence[Ref]:
    relationship = resource.relationships[name]
    return () if isinstance(relationship, Linked) else relationship.refs(record)


def required(problems: Mapping[str, Any]) -> None:
    """Refused for the pointers without a value."""
    missing = {pointer: sentence(REQUIRED) for pointer, value in problems.items() if value in (UNSET, None, "")}
    if missing:
        raise Refused(missing)
