"""What is asked of the servers, the same of both."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Any

from benchmarks.basics import BASIC_CREATES, BASIC_READS, FIRST, LAST, name_to_find
from benchmarks.data import Filled
from benchmarks.sample import Sample
from benchmarks.updating import TURNS, UPDATES, update
from touchbook.dialects.close.ids import task_id, user_id

# Each is a hundred contacts.
_AT_MOST = {"rechat-create-100": 8}


def _list_open(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/v1/tasks?assigned_user_id={filled.user(number)}&status=0&pageSize=50")


def _inbox(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/api/v1/task/?view=inbox&assigned_to={user_id(filled.busy)}")


def _archive(filled: Filled, number: int) -> Sample:
    return Sample("GET", "/api/v1/task/?view=archive")


def _archive_deep(filled: Filled, number: int) -> Sample:
    """Five hundredths of the team's tasks are left out, but at least 500."""
    return Sample("GET", f"/api/v1/task/?view=archive&_skip={max(500, filled.size.tasks // 20)}")


def _bulk(filled: Filled, number: int) -> Sample:
    """To another day each time, so that every task changes."""
    ids = ",".join(task_id(uid) for uid in filled.many)
    day = date(2027, 1, 1) + timedelta(days=number % 5)
    return Sample("PUT", f"/api/v1/task/?id__in={ids}", json.dumps({"date": day.isoformat()}))


_WHOLE = "associations=contact.attributes,contact_attribute.attribute_def"


def _contact_of_five(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/contacts/{filled.five[number % len(filled.five)]}?{_WHOLE}")


def _contact_of_two_hundred(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/contacts/{filled.two_hundred}?{_WHOLE}")


def _contacts(filled: Filled, number: int) -> Sample:
    return Sample("GET", "/contacts?limit=50&order=created_at")


def _filter(filled: Filled, number: int) -> Sample:
    """One person's contacts of one tag whose next touch has come."""
    query = f"users={filled.member(number)}&next_touch_lte=1760000000&limit=50"
    tag = {"attribute_type": "tag", "value": f"Tag {1 + number % 10}"}
    return Sample("POST", f"/contacts/filter?{query}", json.dumps({"filter": [tag]}))


def _search(words: str) -> Sample:
    return Sample("GET", f"/contacts?q={words}&limit=50")


def _search_name(filled: Filled, number: int) -> Sample:
    return _search(name_to_find(number))


def _search_email(filled: Filled, number: int) -> Sample:
    return _search(f"n{filled.contact(number)}%40ex")


def _search_digits(filled: Filled, number: int) -> Sample:
    return _search(f"{number % 10_000:04}")


def _search_typo(filled: Filled, number: int) -> Sample:
    """A letter less, more, other, or two changed over."""
    first, last = FIRST[number % 5], LAST[number % 7]
    at = 1 + number % (len(last) - 2)
    wrong = (
        last[:at] + last[at + 1 :],
        f"{last[:at]}z{last[at:]}",
        f"{last[:at]}z{last[at + 1 :]}",
        last[:at] + last[at + 1] + last[at] + last[at + 2 :],
    )[number % 4]
    return _search(wrong if number % 2 else f"{first}+{wrong}")


def _live_list(filled: Filled, number: int) -> Sample:
    return Sample("GET", f"/contacts?lists={filled.live}&limit=50")


def _crm_tasks(filled: Filled, number: int) -> Sample:
    """One person's tasks by due date, with what they are about whole."""
    return Sample("GET", f"/crm/tasks/search?assignee={filled.member(number)}&limit=50&{_ABOUT}")


def _search_crm_tasks(filled: Filled, number: int) -> Sample:
    """The team's tasks of two words, with what they are about whole."""
    return Sample("GET", f"/crm/tasks/search?q={FIRST[number % 5]}+{LAST[number % 7]}&limit=50&{_ABOUT}")


def _outreach_tasks(filled: Filled, number: int) -> Sample:
    """The team's first tasks, as a client asks that fetches all of them."""
    return Sample("GET", "/api/v2/tasks")


def _outreach_tasks_included(filled: Filled, number: int) -> Sample:
    return Sample("GET", "/api/v2/tasks?include=owner,prospect,account")


_ABOUT = "associations=crm_task.associations,crm_association.contact,crm_association.deal"


def _newcomers(count: int) -> Callable[[Filled, int], Sample]:
    """As many as `count`, with eight attributes each; `get` asks for them whole."""

    def sample(filled: Filled, number: int) -> Sample:
        new = [_newcomer(filled, number + each) for each in range(count)]
        return Sample("POST", "/contacts?get=true", json.dumps({"contacts": new}))

    return sample


def _newcomer(filled: Filled, number: int) -> dict[str, Any]:
    texts = {
        "first_name": FIRST[number % 5],
        "last_name": LAST[number % 7],
        "email": f"newcomer{number}@example.com",
        "phone_number": f"(312) 555-{number % 10_000:04}",
        "tag": f"Tag {1 + number % 50}",
        "source_type": "Open House",
        "job_title": "Carpenter",
    }
    attributes: list[dict[str, Any]] = [{"attribute_type": kind, "text": text} for kind, text in texts.items()]
    birthday = {"attribute_type": "birthday", "date": 86_400 * (number % 9000)}
    return {"user": str(filled.member(number)), "attributes": [*attributes, birthday]}


READS: dict[str, Callable[[Filled, int], Sample]] = {
    **BASIC_READS,
    "list-50 open": _list_open,
    "close-inbox": _inbox,
    "close-archive": _archive,
    "close-archive deep": _archive_deep,
    "rechat-get-5": _contact_of_five,
    "rechat-get-200": _contact_of_two_hundred,
    "rechat-list-50": _contacts,
    "rechat-filter": _filter,
    "rechat-q-name": _search_name,
    "rechat-q-email-part": _search_email,
    "rechat-q-four-digits": _search_digits,
    "rechat-q-typo": _search_typo,
    "rechat-live-list": _live_list,
    "rechat-tasks-50": _crm_tasks,
    "rechat-tasks-q": _search_crm_tasks,
    "outreach-50": _outreach_tasks,
    "outreach-50-included": _outreach_tasks_included,
}
CREATES: dict[str, Callable[[Filled, int], Sample]] = {
    **BASIC_CREATES,
    "close-bulk": _bulk,
    "rechat-create-1": _newcomers(1),
    "rechat-create-100": _newcomers(100),
}
KINDS = (*READS, *UPDATES, *CREATES)

# Writes to the same records would only wait for each other. Of searches it counts how long the one who asks waits.
ALONE = ("close-bulk", "search", "rechat-filter", "rechat-q-name", "rechat-q-email-part", "rechat-q-four-digits",
         "rechat-q-typo", "rechat-live-list", "rechat-tasks-q", *UPDATES)  # fmt: skip


def chosen_kinds(beginnings: Sequence[str], among: Collection[str] = KINDS) -> list[str]:
    """All, or those whose name begins with one of these."""
    return [kind for kind in KINDS if kind in among if not beginnings or kind.startswith(tuple(beginnings))]


def samples_of(filled: Filled, kind: str) -> list[Sample]:
    return [sample for _, sample in numbered_samples(filled, kind)]


def numbered_samples(filled: Filled, kind: str) -> list[tuple[int, Sample]]:
    """Spread over the team's people, tasks and contacts; of updates one record after the other, in both turns."""
    numbers = range(min(filled.samples, _AT_MOST.get(kind, filled.samples)))
    if kind in UPDATES:
        turns = [(number // TURNS * 7919, number % TURNS) for number in numbers]
        return [(number, update(filled, kind, number, turn)) for number, turn in turns]
    return [(number * 7919, (READS | CREATES)[kind](filled, number * 7919)) for number in numbers]
