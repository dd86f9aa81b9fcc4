"""Accounts are searched by what is known of them and of their contacts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS, visible_accounts
from touchbook.core.caller import Caller
from touchbook.core.contacts.matching import e164, matched_text
from touchbook.core.contacts.seeing import add_visible_contacts
from touchbook.core.folding import fold
from touchbook.core.query.searching import word_forms
from touchbook.core.query.where import Where, escape_like
from touchbook.core.transaction import Reader

Field = Literal["text", "name", "status", "email", "phone_number"]


class Term(Struct, frozen=True):
    """One condition. `text` stands in the account's name, or in what search finds of one of its contacts; `name`
    is part of the account's name. A contact has that `email` address (without an @: that part of one), or that
    `phone_number`, in whatever notation. Only contacts that the caller sees count (RC-179).
    """

    field: Field
    value: str


async def list_accounts(
    reader: Reader, caller: Caller, terms: Sequence[Term] = (), *, offset: int, limit: int
) -> list[Account]:
    """The accounts of which all terms hold, newest first."""
    where = add_terms(visible_accounts(caller), caller, terms)
    fetch = reader.fetch_afresh if terms else reader.fetch
    rows = await fetch(
        f"""select {ACCOUNT_COLUMNS} from accounts a where {where.sql}
        order by a.created_at desc, a.id desc limit {int(limit)} offset {int(offset)}""",
        *where.args,
    )
    return [Account(**row) for row in rows]


def add_terms(where: Where, caller: Caller, terms: Iterable[Term]) -> Where:
    """All of them must hold, of accounts `a`. The terms of one field are asked together."""
    values: dict[Field, list[str]] = defaultdict(list)
    for term in dict.fromkeys(terms):
        values[term.field].append(term.value)
    for field, asked in values.items():
        _CONDITIONS[field](where, caller, asked)
    return where


def _add_text(where: Where, caller: Caller, values: Sequence[str]) -> None:
    named = [f"lower(b.name) like lower({where.value(_part(value))})" for value in values]
    _add_hits(
        where,
        ("accounts b where b.team_id = $1 and b.deleted_at is null", "b.id", named),
        (
            f"""contact_texts x join contacts c on c.team_id = $1 and c.id = x.contact_id
            where x.team_id = $1 and {add_visible_contacts(where.branch(), caller).sql}""",
            "c.account_id",
            [_said(where.branch(), fold(value)) for value in values],
        ),
    )


def _said(where: Where, folded: str) -> str:
    forms = [form for form in word_forms(folded) if form]
    return where.add_any(where.branch().add("x.folded like {}", _part(form)) for form in forms).sql


def _add_names(where: Where, _caller: Caller, values: Sequence[str]) -> None:
    for value in values:
        where.add("lower(a.name) like lower({})", _part(value))


def _add_statuses(where: Where, _caller: Caller, values: Sequence[str]) -> None:
    for value in values:
        where.add("a.status = {}", value)


def _add_emails(where: Where, caller: Caller, values: Sequence[str]) -> None:
    addresses = map(matched_text, values)
    matches = [
        f"t.matched = {where.value(address)}"
        if "@" in address.strip("@")
        else f"t.matched like {where.value(_part(address))}"
        for address in addresses
    ]
    _add_reached(where, caller, "email", matches)


def _add_phone_numbers(where: Where, caller: Caller, values: Sequence[str]) -> None:
    numbers = [e164(value, caller.region) or matched_text(value) for value in values]
    _add_reached(where, caller, "phone_number", [f"t.matched = {where.value(number)}" for number in numbers])


def _add_reached(where: Where, caller: Caller, kind: str, matches: Sequence[str]) -> None:
    attributes = f"""contact_attributes t join contacts c on c.team_id = $1 and c.id = t.contact_id
        where t.team_id = $1 and t.type = '{kind}' and t.deleted_at is null
            and {add_visible_contacts(where.branch(), caller).sql}"""
    _add_hits(where, (attributes, "c.account_id", matches))


def _add_hits(where: Where, *places: tuple[str, str, Sequence[str]]) -> None:
    """Accounts for which each condition holds somewhere. A place is where to look, the account's column, and there
    the conditions, in the same order for all.

    Each place is looked through once, by an index where one serves. A subselect for each condition would be looked
    through and planned as often; an OR of places would look at every account.
    """
    hits = " union all ".join(_hits(*place) for place in places)
    every = " and ".join(f"bool_or(h.is_{number})" for number in range(len(places[0][2])))
    where.add(f"a.id = any(array(select h.account from ({hits}) h group by h.account having {every}))")


def _hits(place: str, account: str, conditions: Sequence[str]) -> str:
    holds = ", ".join(f"{condition} as is_{number}" for number, condition in enumerate(conditions))
    return f"select {account} as account, {holds} from {place} and ({' or '.join(conditions)})"


def _part(text: str) -> str:
    return f"%{escape_like(text)}%"


_CONDITIONS: Mapping[Field, Callable[[Where, Caller, Sequence[str]], None]] = {
    "text": _add_text,
    "name": _add_names,
    "status": _add_statuses,
    "email": _add_emails,
    "phone_number": _add_phone_numbers,
}
