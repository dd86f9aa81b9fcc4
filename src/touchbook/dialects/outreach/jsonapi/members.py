"""Attributes of a resource that Touchbook only keeps.

One table a resource says their names and types; what is taken, shown and filtered by follows from it.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.contacts.matching import matched_text
from touchbook.core.contacts.query_schema import by_attribute
from touchbook.core.foreign_members import ForeignMembers, foreign_column, members_of
from touchbook.core.query.schema import Column, Kind
from touchbook.dialects.outreach.times import NO_DATE, read_instant, show_instant
from touchbook.dialects.outreach.wire import SentTime

DIALECT = "outreach"
_LARGEST = 10**15
Attributes = TypeVar("Attributes", bound=Struct)


class Member(Struct, frozen=True, kw_only=True):
    """`type` is what JSON has for it, `kind` what it is filtered as; `many` is a list of texts.

    `form` is the text that it is shown by, for texts with more than one form (ValueError). `attribute`: the
    contact's attribute that it is, where that is one. A `sparse` one is shown only where it has a value.
    """

    type: Any
    kind: Kind = "text"
    many: bool = False
    form: Callable[[str], str] | None = None
    attribute: str | None = None
    sparse: bool = False


Members = Mapping[str, Member]


def text(longest: int = 255, **more: Any) -> Member:
    return Member(type=Annotated[str, Meta(max_length=longest)], **more)


def _day(sent: str) -> str:
    return read_instant(sent).date().isoformat()


def _instant(sent: str) -> str:
    return show_instant(read_instant(sent))


TEXT, LONG_TEXT, URL = text(), text(65_535), text(1000)
INTEGER = Member(type=Annotated[int, Meta(ge=-_LARGEST, le=_LARGEST)], kind="bigint")
NUMBER = Member(type=Annotated[float, Meta(ge=-_LARGEST, le=_LARGEST)], kind="numeric")
FLAG = Member(type=bool, kind="boolean")
DAY, INSTANT = Member(type=SentTime, form=_day), Member(type=SentTime, form=_instant)
TEXTS = Member(type=Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=100)], many=True)
CUSTOM: Members = {f"custom{number}": text(32_000, sparse=True) for number in range(1, 151)}


def showing_members(kind: type[Attributes], members: Members) -> type[Attributes]:
    """Return the Struct of the attributes that are shown, with these."""
    return _with_members(
        kind,
        {
            name: (member.type | None, None) if not member.sparse else (member.type | UnsetType | None, UNSET)
            for name, member in members.items()
        },
    )


def taking_members(kind: type[Attributes], members: Members) -> type[Attributes]:
    """Return the Struct of the attributes that are taken, with these."""
    return _with_members(kind, {name: (member.type | UnsetType | None, UNSET) for name, member in members.items()})


def _with_members(kind: type[Attributes], members: Mapping[str, tuple[Any, Any]]) -> type[Attributes]:
    """Name the fields as the wire does, and `_AccountWrite` with them AccountWrite."""
    fields = [
        (name, type_, msgspec.field(default=default, name=name)) for name, (type_, default) in members.items()
    ]
    made = msgspec.defstruct(kind.__name__.lstrip("_"), fields, bases=(kind,), frozen=True, kw_only=True)
    return cast("type[Attributes]", made)


def in_form(members: Members, sent: Mapping[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    """Return what is sent with each text in the form in which it is shown; `problems` gets those without one."""
    formed = dict(sent)
    for name in members.keys() & sent.keys():
        form = members[name].form
        if form is not None and isinstance(sent[name], str):
            try:
                formed[name] = form(sent[name])
            except (ValueError, OverflowError):
                problems[f"/data/attributes/{name}"] = NO_DATE
    return formed


def split_members(members: Members, attributes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes of these members, and the others."""
    kept = {name: value for name, value in attributes.items() if name in members}
    return kept, {name: value for name, value in attributes.items() if name not in members}


def beside(kept: Mapping[str, Any]) -> ForeignMembers:
    """Return the values as the core keeps them beside the record."""
    return {DIALECT: kept} if kept else {}


def kept_in(held: str | None) -> dict[str, Any]:
    """Return the values beside a record."""
    return members_of(held, DIALECT)


def filters_by(members: Members) -> dict[str, str]:
    """Return the names of the columns to filter by."""
    return {name: f"kept {name}" for name in members}


def columns_of(source: str, members: Members) -> dict[str, Column]:
    """Return the columns to filter by; `source` is the records' table with its alias in the schema."""
    return {f"kept {name}": _column(source, name, member) for name, member in members.items()}


def _column(source: str, name: str, member: Member) -> Column:
    if member.attribute is not None:
        return _attribute_column(member.attribute)
    column = foreign_column(source, DIALECT, name, member.kind, many=member.many)
    form = member.form
    return column if form is None else msgspec.structs.replace(column, fold=lambda sent: _sought(form, sent))


def _sought(form: Callable[[str], str], sent: str) -> str:
    """A text without such a form is the value of no record."""
    try:
        return form(sent)
    except (ValueError, OverflowError):
        return sent


def _attribute_column(attribute: str) -> Column:
    """Found as search takes it, as other attributes of a contact are."""
    return Column(
        any_of=by_attribute(attribute),
        missing=f"""not exists (select 1 from contact_attributes e
            where e.team_id = $1 and e.contact_id = c.id and e.type = '{attribute}'
            and not e.is_partner and e.deleted_at is null)""",
        fold=matched_text,
    )
