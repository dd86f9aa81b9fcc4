"""Accounts are searched by their own fields and by those of their contacts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import ACCOUNT_COLUMNS, account_from, visible_accounts
from touchbook.core.caller import Caller
from touchbook.core.contacts.matching import matched_email, matched_text
from touchbook.core.contacts.seeing import add_visible_contacts
from touchbook.core.folding import fold
from touchbook.core.numbers import e164, number_forms
from touchbook.core.query.searching import add_part, word_forms
from touchbook.core.query.where import Where, escape_like
from touchbook.core.transaction import Reader

_FEWEST_LAST = 4
Field = Literal["text", "name", "status", "email", "phone_number"]


class Term(Struct, frozen=True):
    """One condition.

    `text` matches the account's name or the search text of one of its contacts; `name` matches part of the
    account's name. `email` and `phone_number` match a contact's address (without an @: a part of it) and number,
    in any notation. Only contacts that the caller sees count (RC-179).
    """

    field: Field
    value: str


async def list_accounts(
    reader: Reader, caller: Caller, terms: Sequence[Term] = (), *, offset: int, limit: int
) -> list[Account]:
    """Return the accounts that match all terms, newest first."""
    where = add_terms(visible_accounts(caller), caller, terms)
    fetch = reader.fetch_afresh if terms else reader.fetch
    rows = await fetch(
        f"""select {ACCOUNT_COLUMNS} from accounts a where {where.sql}
        order by a.created_at desc, a.id desc limit {int(limit)} offset {int(offset)}""",
        *where.args,
    )
    return [account_from(row) for row in rows]


def add_terms(where: Where, caller: Caller, terms: Iterable[Term]) -> Where:
    """Add terms on accounts `a`, all of which must match. Terms on the same field share one subquery."""
    values: dict[Field, list[str]] = defaultdict(list)
    for term in dict.fromkeys(terms):
        values[term.field].append(term.value)
    for field, asked in values.items():
        _CONDITIONS[field](where, caller, asked)
    return where


def _add_text(where: Where, caller: Caller, values: Sequence[str]) -> None:
    named = [add_part(where.branch(), value, "b.name_folded").sql for value in values]
    _add_hits(
        where,
        ("accounts b where b.team_id = $1 and b.deleted_at is null", "b.id", named),
        (
            f"""contact_texts x join contacts c on c.team_id = x.team_id and c.id = x.contact_id
            where x.team_id = $1 and {add_visible_contacts(where.branch(), caller).sql}""",
            "c.account_id",
            [_said(where.branch(), fold(value), caller.region) for value in values],
        ),
    )


def _said(where: Where, folded: str, region: str) -> str:
    forms = [form for form in word_forms(folded, region) if form]
    return where.add_any(where.branch().add("x.folded like {}", _part(form)) for form in forms).sql


def _add_names(where: Where, _caller: Caller, values: Sequence[str]) -> None:
    for value in values:
        add_part(where, value, "a.name_folded")


def _add_statuses(where: Where, _caller: Caller, values: Sequence[str]) -> None:
    for value in values:
        where.add("a.status = {}", value)


def _add_emails(where: Where, caller: Caller, values: Sequence[str]) -> None:
    addresses = map(matched_email, values)
    matches = [
        f"t.matched = {where.value(address)}"
        if "@" in address.strip("@")
        else f"t.matched like {where.value(_part(address))}"
        for address in addresses
    ]
    _add_reached(where, caller, "email", matches)


def _add_phone_numbers(where: Where, caller: Caller, values: Sequence[str]) -> None:
    """The number that is dialled so, or those that end in what is written."""
    numbers = [_number(where.branch(), value, caller.region) for value in values]
    _add_reached(where, caller, "phone_number", numbers)


def _number(where: Where, value: str, region: str) -> str:
    whole = where.branch().add("t.matched = {}", e164(value, region) or matched_text(value))
    ends = [
        where.branch().add(_ENDS, f"%{digits}", f"%{digits}%")
        for digits in number_forms(value, region)
        if len(digits) >= _FEWEST_LAST
    ]
    return where.add_any([whole, *ends]).sql


# The index of the texts finds the contacts, whose texts have the digits of their numbers.
_ENDS = """(t.matched like {} and t.contact_id in (select x.contact_id from contact_texts x
    where x.team_id = $1 and x.folded like {}))"""


def _add_reached(where: Where, caller: Caller, kind: str, matches: Sequence[str]) -> None:
    attributes = f"""contact_attributes t join contacts c on c.team_id = t.team_id and c.id = t.contact_id
        where t.team_id = $1 and t.type = '{kind}' and t.deleted_at is null
            and {add_visible_contacts(where.branch(), caller).sql}"""
    _add_hits(where, (attributes, "c.account_id", matches))


def _add_hits(where: Where, *places: tuple[str, str, Sequence[str]]) -> None:
    """Require that each condition matches in at least one place.

    A place is a source to search, the column with the account's id, and the conditions there, in the same order
    for all places. Each place is searched once, by an index where there is one. A subselect per condition would
    search and plan each place as often; an OR over places would read every account.
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
