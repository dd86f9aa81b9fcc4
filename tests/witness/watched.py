"""The tables whose rows tell of themselves by events, and what of them need not be told, each with its reason."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from touchbook.core.event_kinds import Noun

Change = Literal["insert", "update", "delete"]


class Watched(Struct, frozen=True, kw_only=True):
    """A row of `table` is a record of `noun`, or a part of one: of the record that `record`, a column, leads to.

    `team` is the column that holds the team, None where a row belongs to none. `derived`: columns that follow from
    what is told elsewhere; `untold`: changes of whole rows that are no event of theirs; `counts`: a condition on
    `x`, the row, without which it is no record yet.
    """

    noun: Noun
    table: str
    record: str = "id"
    team: str | None = "team_id"
    derived: Mapping[str, str] = {}
    untold: Mapping[Change, str] = {}
    counts: str = "true"


_TOUCH = "what activities, own days and tags make of it"
_ATTRIBUTES = "what the contact's attributes make of it, which contact.updated tells"
_STEP = "where in a sequence a task stands, written as it is made"
_SORTED = "a sort key, which is the task's own"
_BESIDE = "what its links, tags and assignees make of it, which are told of"
_FOLDED = "what a text is compared as, which is folded anew when the fold changes"

WATCHED = [
    Watched(noun="team", table="teams", team="id", derived={"fold_version": _FOLDED}),
    Watched(noun="member", table="members", record="user_id"),
    Watched(
        noun="user",
        table="users",
        team=None,
        derived=dict.fromkeys(("email_key", "first_name_folded", "last_name_folded"), _FOLDED),
        untold={"insert": "a person comes to be by joining a team, which member.joined tells"},
    ),
    Watched(noun="key", table="keys", derived={"last_used_at": "a use changes nothing that a key may do"}),
    Watched(noun="client", table="clients", team=None),
    Watched(noun="tag", table="tags", derived={"text_key": _FOLDED}),
    Watched(noun="listing", table="listings"),
    Watched(
        noun="file",
        table="files",
        counts="x.stored_at is not null",
        untold={"delete": "the row of a deleted file goes when its bytes have gone"},
    ),
    Watched(noun="account", table="accounts", derived=dict.fromkeys(("name_key", "name_folded"), _FOLDED)),
    Watched(noun="attribute_definition", table="attribute_definitions", derived={"name_key": _FOLDED}),
    Watched(
        noun="contact",
        table="contacts",
        derived={
            **dict.fromkeys(("touch_every", "touch_since", "next_touch_at", "touch_asked_for"), _TOUCH),
            **dict.fromkeys(("last_touch_at", "last_touch_action"), _TOUCH),
            "tags": _ATTRIBUTES,
            "tags_as_added": _ATTRIBUTES,
            **dict.fromkeys(("tag_keys", "display_key", "sort_key"), _FOLDED),
            "updated_for": "why it was changed last",
        },
    ),
    Watched(noun="contact", table="contact_attributes", record="contact_id", derived={"matched": _FOLDED}),
    Watched(noun="deal", table="deals", derived={"title_folded": _FOLDED}),
    Watched(
        noun="deal",
        table="deal_roles",
        record="deal_id",
        derived=dict.fromkeys(("matched_email", "matched_phone_number"), _FOLDED),
    ),
    Watched(
        noun="task",
        table="tasks",
        derived={
            **dict.fromkeys(("sequence_id", "sequence_state_id", "sequence_step_id"), _STEP),
            **dict.fromkeys(("sequence_template_id", "template_id", "mailing_id"), _STEP),
            "sort_title": _SORTED,
            **dict.fromkeys(("assignees", "tags", "contacts", "deals", "listings", "accounts"), _BESIDE),
        },
    ),
    Watched(
        noun="task",
        table="task_assignees",
        record="task_id",
        derived=dict.fromkeys(("status", "due_at", "due_on", "due_offset", "deleted"), _SORTED),
    ),
    Watched(noun="task", table="task_associations", record="task_id"),
    Watched(noun="task", table="task_tags", record="task_id"),
    Watched(
        noun="task",
        table="task_files",
        record="task_id",
        untold={"delete": "of a file that goes with its task, or was swept; file_detached tells the others"},
    ),
    Watched(noun="task", table="reminders", record="task_id"),
    Watched(noun="activity", table="activities"),
    Watched(noun="list", table="contact_lists", derived={"name_key": _FOLDED}),
    Watched(noun="list", table="contact_list_members", record="list_id"),
    Watched(
        noun="job",
        table="jobs",
        derived=dict.fromkeys(("status", "payload", "total", "done", "failed"), "how far it has come"),
    ),
    Watched(
        noun="notification",
        table="notifications",
        untold={
            "insert": "task.reminded tells whom it reminds of what",
            "delete": "what has long been read is forgotten",
        },
    ),
    Watched(noun="sequence", table="sequences", derived=dict.fromkeys(("name_folded", "tag_keys"), _FOLDED)),
    Watched(noun="sequence_step", table="sequence_steps"),
    Watched(noun="template", table="templates", derived={"name_folded": _FOLDED}),
    Watched(noun="sequence_template", table="sequence_templates"),
    Watched(noun="sequence_state", table="sequence_states"),
    Watched(noun="mailing", table="mailings"),
]

# Tables whose rows are no records that anything is told of.
UNWATCHED: Mapping[str, str] = {
    "aliases": "what else an id is called",
    "contact_attribute_changes": "what an attribute was before, beside its event",
    "contact_texts": "what a contact is searched by",
    "contact_words": "what words are searched by",
    "derivations": "how far what is derived anew has come",
    "due": "what workers look for",
    "events": "the events themselves",
    "events_default": "a part of the events",
    "grants": "a sign-in, which ends with its key, its client or its person, and these tell it",
    "idempotency": "answers that are kept for a day",
    "personas": "what a team starts with",
    "sign_in_attempts": "counted for an hour",
    "stages": "what a team starts with",
    "task_dispositions": "what a team starts with",
    "task_purposes": "what a team starts with",
    "task_texts": "what a task is searched by",
    "tokens": "what a sign-in is shown by",
    "total_changes": "by how many what is created and deleted changes their number",
    "totals": "how many there are of what is created and deleted",
}
