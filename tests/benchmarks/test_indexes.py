"""Each index costs every write: it serves a question whose plan is kept, or the one named here."""

import re
from pathlib import Path

from benchmarks.comparing import ROOT

from touchbook.core.transaction import Reader
from touchbook.store.postgres import Store

# At a million tasks no plan is sure to use these: few rows have a value, or the question is that of one record.
SERVES = {
    "accounts_by_status": "Outreach's and Close's accounts of one status",
    "accounts_created": "lists of accounts in the order in which they came",
    "accounts_foreign": "accounts by a member that one API keeps beside them",
    "accounts_name": "the account of a company's name",
    "accounts_named": "accounts by a part of their name",
    "activities_contact": "the touches of a contact, latest first",
    "activities_foreign": "calls by a member that one API keeps beside them",
    "activities_task": "the call that completed a task",
    "contact_attribute_changes_attribute": "the changes of an attribute, when it is deleted",
    "contact_attribute_changes_contact": "the changes of a contact's attributes, latest first",
    "contact_list_members_contact": "the lists of a contact, also when it is deleted",
    "contact_lists_name": "a list by its name",
    "contact_words_ended": "words that differ from a searched one at their start",
    "contacts_called": "prospects by name",
    "contacts_foreign": "prospects by a member that one API keeps beside them",
    "contacts_staged": "the contacts of a stage, also when it is deleted",
    "contacts_touched": "prospects by their last touch",
    "contacts_updated": "contacts in the order in which they were changed",
    "deals_account": "the deals of a lead, also when it is deleted",
    "deals_created": "lists of deals in the order in which they came",
    "deals_foreign": "opportunities by a member that one API keeps beside them",
    "due_at": "what is due next, in all teams",
    "due_in_order": "what is due of one kind in a team, in its order",
    "events_in_order": "events in the order of their commits",
    "events_subject": "the history of a record",
    "task_associations_account": "the tasks of an account, also when it is deleted",
    "task_associations_listing": "the tasks of a listing, also when it is deleted",
    "task_files_file": "the tasks of a file, also when it is deleted",
    "tasks_account": "a lead's tasks, also when it is deleted",
    "tasks_sequence": "a sequence's tasks, also when it is deleted",
    "tasks_sequence_state": "an enrolment's tasks",
    "tasks_step_at_hand": "an enrolment has one task at hand",
}
LARGE = ("accounts", "activities", "contacts", "contact_%", "deals", "due", "events", "tasks", "task_%")


async def test_every_index_of_a_large_table_serves_a_question(store: Store) -> None:
    plans = "".join(file.read_text(encoding="utf-8") for file in Path(ROOT / "benchmarks/plans").glob("*.txt"))
    used = set(re.findall(r"(?:using|Scan on|Scan Backward using) (\w+)", plans))
    async with store.reading() as reader:
        indexes = await large_indexes(reader)
    assert len(indexes) > 40
    assert indexes - used <= SERVES.keys() <= indexes


async def large_indexes(reader: Reader) -> set[str]:
    """But for keys."""
    rows = await reader.fetch(
        """select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname like any($1::text[]) and not exists (
            select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))""",
        list(LARGE),
    )
    return {row["name"] for row in rows}
