"""Attribute definitions: list, define, delete."""

import re
from itertools import chain, count

from touchbook.core.contacts.defining import define_attribute, remove_definition
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.differing import said
from touchbook.core.errors import Invalid
from touchbook.core.folding import same
from touchbook.core.teams.queries import user_uids
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.contacts.bodies import DefinitionBody
from touchbook.dialects.rechat.contacts.expanding import definitions_by_name
from touchbook.dialects.rechat.contacts.render import definition_item
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    return render.listed(list((await definitions_by_name(call)).values()), omitted=parse.omitted(call))


async def create(call: Call[Transaction]) -> Answer:
    sent = said(parse.body(DefinitionBody, call))
    sent["name"] = sent.get("name") or await _name_for(call, sent.get("label") or "")
    sent["label"] = sent.get("label") or sent["name"]
    sent["section"] = sent.get("section") or ""
    sent["labels"] = sent["labels"] or []
    definition = await define_attribute(call.tx, call.caller, **sent)
    uids = await user_uids(call.tx, call.caller, [definition.created_by or 0])
    return render.one(definition_item(definition, render.brand_of(call.caller), uids))


async def _name_for(call: Call[Transaction], label: str) -> str:
    """Return a name that the team does not have: `favorite_drink`, `favorite_drink_2`."""
    if not label:
        raise Invalid({"name": ["name is required, or a label that it can be made of."]})
    name = re.sub(r"\W+", "_", label.casefold()).strip("_") or "attribute"
    taken = {same(each.name) for each in await known_definitions(call.tx, call.caller)}
    return next(each for each in chain([name], map(f"{name}_{{}}".format, count(2))) if same(each) not in taken)


async def delete(call: Call[Transaction]) -> Answer:
    await remove_definition(call.tx, call.caller, uid=parse.uid("id", call.path["id"]))
    return render.NO_CONTENT
