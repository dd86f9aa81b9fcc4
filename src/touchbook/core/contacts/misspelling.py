"""A search that finds nothing is taken for its nearest words, with one edit each."""

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.filtering import ContactFilter, add_owner, texts_matching
from touchbook.core.query.searching import likely_words, misspelled_words, misspelling
from touchbook.core.query.where import Where
from touchbook.core.transaction import Reader

_LOOKED_AT = 500
_MOST_FOUND = 1000


async def allow_for_misspelling(reader: Reader, caller: Caller, filters: ContactFilter) -> ContactFilter:
    """Replace the search of the filter by the contacts it has found, or by `ids` if it finds nobody.

    A search that finds very many stays a search: its first page is found soon.
    """
    if not filters.search:
        return filters
    found = await _found(reader, caller, filters.search)
    if len(found) > _MOST_FOUND:
        return filters
    words = misspelled_words(filters.search)
    if found or not words:
        return msgspec.structs.replace(filters, search=None, found=found)
    return msgspec.structs.replace(filters, search=None, ids=await _nearest(reader, caller, words))


async def _found(reader: Reader, caller: Caller, search: str) -> list[int]:
    where = texts_matching(caller, search)
    rows = await reader.fetch_afresh(
        f"select x.contact_id from contact_texts x where {where.sql} limit {_MOST_FOUND + 1}", *where.args
    )
    return [row["contact_id"] for row in rows]


async def _nearest(reader: Reader, caller: Caller, words: list[str]) -> list[int]:
    where = add_owner(Where(caller.team_id, "x.team_id = $1"), caller)
    for likely in await _likely(reader, caller, words):
        where.add_any([where.branch().add("x.folded like {}", f"%{word}%") for word in likely])
    rows = await reader.fetch_afresh(
        f"""select x.contact_id, x.folded from contact_texts x where {where.sql}
        order by x.contact_id limit {_LOOKED_AT}""",
        *where.args,
    )
    edits = {row["contact_id"]: misspelling(words, row["folded"]) for row in rows}
    return sorted((each for each, edit in edits.items() if edit is not None), key=lambda each: edits[each] or 0)


async def _likely(reader: Reader, caller: Caller, words: list[str]) -> list[list[str]]:
    """For each of the words those of the team's that it may mean. With one edit, a word still begins or ends as it
    did, in less than half of its length.
    """
    where = Where(caller.team_id, "w.team_id = $1")
    where.add_any([_alike(where.branch(), word) for word in words])
    rows = await reader.fetch_afresh(f"select distinct w.word from contact_words w where {where.sql}", *where.args)
    known = [row["word"] for row in rows]
    return [likely_words(word, known) for word in words]


def _alike(where: Where, word: str) -> Where:
    half = (len(word) - 1) // 2
    where.add("char_length(w.word) between {} and {}", len(word) - 1, len(word) + 1)
    return where.add(
        "(w.word like {} or reverse(w.word) like {})", f"{word[:half]}%", f"{word[: -half - 1 : -1]}%"
    )
