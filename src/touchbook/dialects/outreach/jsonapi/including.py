"""Loads the resources that a request includes: one query per path step and type, however long the list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from touchbook.core.query.pages import find_rows
from touchbook.core.transaction import Reader
from touchbook.dialects.outreach.jsonapi.query import Tree
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Linked, Ref, Resource
from touchbook.http.call import Call

Records = Mapping[Ref, Any]


class _Branch(NamedTuple):
    resource: Resource[Any]
    records: Sequence[Any]
    tree: Tree


async def find_included(call: Call[Reader], resource: Resource[Any], rows: Records, tree: Tree) -> dict[Ref, Any]:
    """Return each once, without the rows themselves; missing records are left out."""
    known = dict(rows)
    level = [_Branch(resource, list(rows.values()), tree)]
    while level:
        await _load(call, {ref for branch in level for refs, _ in _steps(branch) for ref in refs}, known)
        level = [deeper for branch in level for deeper in _deeper(branch, known)]
    return {ref: record for ref, record in known.items() if ref not in rows}


def _steps(branch: _Branch) -> list[tuple[list[Ref], Tree]]:
    steps = []
    for name, tree in branch.tree.items():
        relationship = branch.resource.relationships.get(name)
        if relationship is not None and not isinstance(relationship, Linked):
            steps.append(([ref for record in branch.records for ref in relationship.refs(record)], tree))
    return steps


async def _load(call: Call[Reader], refs: set[Ref], known: dict[Ref, Any]) -> None:
    wanted: dict[str, list[int]] = defaultdict(list)
    for ref in sorted(refs - known.keys()):
        wanted[ref.kind].append(ref.id)
    for kind, ids in wanted.items():
        found = await find_rows(call.tx, call.caller, RESOURCES[kind].schema, ids)
        known |= {Ref(kind, each): found[each] for each in ids if each in found}


def _deeper(branch: _Branch, known: Records) -> list[_Branch]:
    found = []
    for refs, tree in _steps(branch):
        kinds = {ref.kind for ref in refs} if tree else set()
        for kind in sorted(kinds):
            records = [known[ref] for ref in dict.fromkeys(refs) if ref.kind == kind and ref in known]
            found.append(_Branch(RESOURCES[kind], records, tree))
    return found
