"""Builds JSON:API documents from records."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from touchbook.core.aliases import Alias, aliases_of
from touchbook.core.transaction import Reader
from touchbook.dialects.outreach.jsonapi.including import Records, find_included
from touchbook.dialects.outreach.jsonapi.query import Shape
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import BASE, Ref, Resource
from touchbook.http.call import Answer, Call

_encode = msgspec.json.Encoder().encode
Aliases = Mapping[Ref, list[Alias]]


async def document(
    call: Call[Reader],
    resource: Resource[Any],
    rows: Records,
    shape: Shape,
    *,
    one: bool = False,
    status: int = 200,
    **members: Any,
) -> Answer:
    """One row or a list; `members` stand beside `data`."""
    found = await find_included(call, resource, rows, shape.include)
    rows, included = await _furnish(call, rows, shape), await _furnish(call, found, shape)
    aliases = await _aliases(call, [*rows, *included]) if shape.connections else {}
    data = [_object(call, ref, record, shape, aliases) for ref, record in rows.items()]
    content: dict[str, Any] = {"data": data[0] if one else data}
    if shape.include:
        content["included"] = [_object(call, ref, record, shape, aliases) for ref, record in included.items()]
    return Answer(_encode(content | members), status)


async def _furnish(call: Call[Reader], rows: Records, shape: Shape) -> Records:
    """Load further attributes for all records of a type at once, where they are shown."""
    found = dict(rows)
    for kind in {ref.kind for ref in rows}:
        furnishes = RESOURCES[kind].furnishes
        if furnishes is not None and furnishes[0] in shape.fields.get(kind, furnishes):
            of_kind = {ref: record for ref, record in rows.items() if ref.kind == kind}
            records = await furnishes[1](call.tx, call.caller, list(of_kind.values()))
            found |= dict(zip(of_kind, records, strict=True))
    return found


class _Object(Struct):
    type: str
    id: int
    attributes: Any
    relationships: Mapping[str, Any] | UnsetType
    links: Mapping[str, str]
    meta: Mapping[str, Any] | UnsetType


def _object(call: Call[Reader], ref: Ref, record: Any, shape: Shape, aliases: Aliases) -> _Object:
    resource = RESOURCES[ref.kind]
    place = f"{call.origin}{BASE}"
    attributes: Any = resource.show(record)
    relationships = resource.relationships
    fields = shape.fields.get(ref.kind)
    if fields is not None:
        members = msgspec.to_builtins(attributes)
        attributes = {name: value for name, value in members.items() if name in fields}
        relationships = {name: value for name, value in relationships.items() if name in fields}
    has_meta = shape.authorization or shape.connections
    return _Object(
        type=ref.kind,
        id=ref.id,
        attributes=attributes,
        relationships={name: each.show(place, ref, record) for name, each in relationships.items()}
        if resource.relationships
        else UNSET,
        links={"self": f"{place}{resource.path}/{ref.id}"},
        meta=_meta(call, resource, ref, shape, aliases) if has_meta else UNSET,
    )


def _meta(call: Call[Reader], resource: Resource[Any], ref: Ref, shape: Shape, aliases: Aliases) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if shape.authorization:
        may_write = resource.writable and call.caller.scope != "read"
        meta |= {"canWrite": may_write, "canDelete": may_write}
    if shape.connections:
        known = aliases.get(ref, ())
        meta["dataConnections"] = [{"source": each.dialect, "externalId": each.external_id} for each in known]
    return meta


async def _aliases(call: Call[Reader], refs: list[Ref]) -> Aliases:
    ids: dict[str, list[int]] = defaultdict(list)
    for ref in refs:
        ids[ref.kind].append(ref.id)
    found: dict[Ref, list[Alias]] = {}
    for kind, some in ids.items():
        alias = RESOURCES[kind].alias
        if alias is not None:
            known = await aliases_of(call.tx, call.caller, alias, some)
            found |= {Ref(kind, each): aliases for each, aliases in known.items()}
    return found
