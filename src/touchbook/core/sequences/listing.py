"""Lists of sequences and what belongs to them, by id: a page begins after an id or at an offset."""

from collections.abc import Collection
from typing import Any

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.sequences.mailing import Mailing, MailingState
from touchbook.core.sequences.nouns import (
    MAILINGS,
    SEQUENCE_TEMPLATES,
    SEQUENCES,
    STATES,
    STEPS,
    TEMPLATES,
    Noun,
    Record,
)
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.state import SequenceState, StateName
from touchbook.core.sequences.step import Step, StepKind
from touchbook.core.sequences.template import SequenceTemplate, Template
from touchbook.core.transaction import Reader
from touchbook.core.where import Where

Ids = Collection[int] | None


class SequenceFilter(Struct, frozen=True, kw_only=True):
    """Every condition that is set must hold, here and below; `tags`: it has one of them."""

    ids: Ids = None
    owners: Ids = None
    enabled: bool | None = None
    names: Collection[str] | None = None
    tags: Collection[str] | None = None


class StepFilter(Struct, frozen=True, kw_only=True):
    ids: Ids = None
    sequences: Ids = None
    kinds: Collection[StepKind] | None = None


class TemplateFilter(Struct, frozen=True, kw_only=True):
    ids: Ids = None
    owners: Ids = None
    names: Collection[str] | None = None


class SequenceTemplateFilter(Struct, frozen=True, kw_only=True):
    ids: Ids = None
    sequences: Ids = None
    steps: Ids = None
    templates: Ids = None
    enabled: bool | None = None


class StateFilter(Struct, frozen=True, kw_only=True):
    ids: Ids = None
    sequences: Ids = None
    contacts: Ids = None
    steps: Ids = None
    owners: Ids = None
    states: Collection[StateName] | None = None


class MailingFilter(Struct, frozen=True, kw_only=True):
    ids: Ids = None
    contacts: Ids = None
    sequences: Ids = None
    sequence_states: Ids = None
    sequence_steps: Ids = None
    templates: Ids = None
    tasks: Ids = None
    states: Collection[MailingState] | None = None


Filter = SequenceFilter | StepFilter | TemplateFilter | SequenceTemplateFilter | StateFilter | MailingFilter

_TERMS = {
    "ids": "x.id = any({}::bigint[])",
    "owners": "x.owner_id = any({}::bigint[])",
    "sequences": "x.sequence_id = any({}::bigint[])",
    "contacts": "x.contact_id = any({}::bigint[])",
    "steps": "x.step_id = any({}::bigint[])",
    "templates": "x.template_id = any({}::bigint[])",
    "sequence_states": "x.sequence_state_id = any({}::bigint[])",
    "sequence_steps": "x.sequence_step_id = any({}::bigint[])",
    "tasks": "x.id in (select t.mailing_id from tasks t where t.team_id = $1 and t.id = any({}::bigint[]))",
    "enabled": "x.enabled = {}",
    "names": "x.name = any({}::text[])",
    "kinds": "x.kind = any({}::text[])",
    "states": "x.state = any({}::text[])",
    "tags": "x.tags && {}::text[]",
}
_OF_LINKS = {
    "sequences": """x.step_id in (select p.id from sequence_steps p
        where p.team_id = $1 and p.sequence_id = any({}::bigint[]))"""
}


class Page(Struct, frozen=True, kw_only=True):
    """`after`: what follows this id in the direction of the list."""

    after: int | None = None
    offset: int = 0
    limit: int
    descending: bool = False


async def list_sequences(reader: Reader, caller: Caller, filters: SequenceFilter, page: Page) -> list[Sequence]:
    return await _list(reader, caller, SEQUENCES, filters, page)


async def list_steps(reader: Reader, caller: Caller, filters: StepFilter, page: Page) -> list[Step]:
    return await _list(reader, caller, STEPS, filters, page)


async def list_templates(reader: Reader, caller: Caller, filters: TemplateFilter, page: Page) -> list[Template]:
    return await _list(reader, caller, TEMPLATES, filters, page)


async def list_sequence_templates(
    reader: Reader, caller: Caller, filters: SequenceTemplateFilter, page: Page
) -> list[SequenceTemplate]:
    return await _list(reader, caller, SEQUENCE_TEMPLATES, filters, page)


async def list_states(reader: Reader, caller: Caller, filters: StateFilter, page: Page) -> list[SequenceState]:
    return await _list(reader, caller, STATES, filters, page)


async def list_mailings(reader: Reader, caller: Caller, filters: MailingFilter, page: Page) -> list[Mailing]:
    return await _list(reader, caller, MAILINGS, filters, page)


async def count_records(reader: Reader, caller: Caller, filters: Filter, *, at_most: int) -> int:
    """How many of the noun of `filters` match, counted no further than `at_most`."""
    noun = _NOUNS[type(filters)]
    where = _matching(caller, noun, filters)
    count: int = await reader.fetch_value(
        f"""select count(*) from (select 1 from {noun.table} x where {where.sql}
            limit {int(at_most)}) m""",
        *where.args,
    )
    return count


async def _list(reader: Reader, caller: Caller, noun: Noun[Record], filters: Filter, page: Page) -> list[Record]:
    where = _matching(caller, noun, filters)
    if page.after is not None:
        where.add("x.id < {}" if page.descending else "x.id > {}", page.after)
    rows = await reader.fetch(
        f"""select {noun.columns} from {noun.table} x where {where.sql}
        order by x.id {"desc" if page.descending else "asc"} limit {int(page.limit)} offset {int(page.offset)}""",
        *where.args,
    )
    return list(map(noun.read, rows))


def _matching(caller: Caller, noun: Noun[Any], filters: Filter) -> Where:
    where = noun.standing(caller)
    terms = {**_TERMS, **(_OF_LINKS if noun is SEQUENCE_TEMPLATES else {})}
    for name in filters.__struct_fields__:
        value = getattr(filters, name)
        if value is not None:
            where.add(terms[name], value if isinstance(value, bool) else list(value))
    return where


_NOUNS: dict[type[Filter], Noun[Any]] = {
    SequenceFilter: SEQUENCES,
    StepFilter: STEPS,
    TemplateFilter: TEMPLATES,
    SequenceTemplateFilter: SEQUENCE_TEMPLATES,
    StateFilter: STATES,
    MailingFilter: MAILINGS,
}
