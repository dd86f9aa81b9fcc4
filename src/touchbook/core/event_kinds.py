"""Every kind of event with its members.

`docs/events.md` is generated from this registry. A kind is a noun and a verb in the past: `created`, `updated`,
`deleted`, or one of the product's own verbs. A member holds the new value of a changed field; a reference holds
the uid of a record.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Noun = Literal[
    "account",
    "activity",
    "attribute_definition",
    "client",
    "contact",
    "deal",
    "disposition",
    "file",
    "job",
    "key",
    "list",
    "listing",
    "mailing",
    "member",
    "notification",
    "persona",
    "purpose",
    "sequence",
    "sequence_state",
    "sequence_step",
    "sequence_template",
    "stage",
    "tag",
    "task",
    "team",
    "template",
    "user",
]


class Reference(Struct, frozen=True):
    """A member that refers to a record, or (`many`) to several. Verbs pass ids, events store uids."""

    noun: Noun
    many: bool = False


# What a member holds: a reference, or in words what JSON has for it.
Member = Reference | str

TEXT, NUMBER, FLAG, INSTANT, DAY, SECONDS = "text", "number", "true or false", "instant", "day", "seconds"
USER, USERS = Reference("user"), Reference("user", many=True)
CONTACT, CONTACTS = Reference("contact"), Reference("contact", many=True)
# By dialect, then by name; null is what went.
_FOREIGN: Mapping[str, Member] = {"foreign_members": "members that one API knows alone"}
ACCOUNT, DEAL = Reference("account"), Reference("deal")


class EventKind(Struct, frozen=True):
    """`members` lists all that an event of the kind can contain; an event contains those that changed."""

    noun: Noun
    verb: str
    says: str
    members: Mapping[str, Member]

    @property
    def name(self) -> str:
        return f"{self.noun}.{self.verb}"


_DUE: Mapping[str, Member] = {"due_at": INSTANT, "due_on": DAY, "due_offset": SECONDS}
_SAID: Mapping[str, Member] = {
    "title": TEXT,
    "description": TEXT,
    "priority": NUMBER,
    "kind": TEXT,
    "metadata": "JSON text",
    "end_at": INSTANT,
    "autoskip_at": INSTANT,
    "deal_rule": TEXT,
    "tags": Reference("tag", many=True),
}
_ENDED: Mapping[str, Member] = {"status": TEXT, "completed_at": INSTANT, "completed_by": USER}
_RECORDS: Mapping[str, Member] = {
    "contacts": CONTACTS,
    "deals": Reference("deal", many=True),
    "listings": Reference("listing", many=True),
    "accounts": Reference("account", many=True),
    "account": ACCOUNT,
}
_OF_ACCOUNT: Mapping[str, Member] = {
    "name": TEXT,
    "status": TEXT,
    "owner": USER,
    "description": TEXT,
    "url": TEXT,
    "addresses": "list",
    **_FOREIGN,
}
_OPT_OUTS: Mapping[str, Member] = {"opted_out": FLAG, "email_opt_status": TEXT, "call_opt_status": TEXT}
_SEQUENCE, _STEP_REFERENCE, _TEMPLATE = Reference("sequence"), Reference("sequence_step"), Reference("template")
_STEP: Mapping[str, Member] = {
    "kind": TEXT,
    "delay": SECONDS,
    "note": TEXT,
    "priority": NUMBER,
    "autoskip_after": SECONDS,
    "enabled": FLAG,
    "position": NUMBER,
}
_MAILING_STATE: Mapping[str, Member] = {
    "state": TEXT,
    "broken_reason": TEXT,
    "scheduled_at": INSTANT,
    "state_changed_at": INSTANT,
}
_STATE: Mapping[str, Member] = {
    "state": TEXT,
    "finish_reason": TEXT,
    "step": _STEP_REFERENCE,
    "state_changed_at": INSTANT,
}


def _kinds(noun: Noun, **verbs: tuple[str, Mapping[str, Member]]) -> list[EventKind]:
    return [EventKind(noun, verb, says, members) for verb, (says, members) in verbs.items()]


KINDS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in [
        *_kinds(
            "team",
            created=("A team was set up.", {"name": TEXT, "zone": TEXT, "region": TEXT}),
            updated=(
                "A team's settings changed.",
                {
                    "zone": TEXT,
                    "region": TEXT,
                    "contacts_visible": TEXT,
                    "touch_tasks": FLAG,
                    "touch_spread_days": NUMBER,
                },
            ),
        ),
        *_kinds(
            "member",
            joined=("A person joined the team.", {"user": USER, "role": TEXT}),
            left=("A member left the team.", {"left_at": INSTANT}),
        ),
        *_kinds(
            "user",
            password_changed=("A person's password was set, and their sign-ins by password were revoked.", {}),
        ),
        *_kinds(
            "key",
            created=(
                "An API key was created.",
                {"name": TEXT, "scope": TEXT, "dialects": "list of text", "user": USER},
            ),
            revoked=("An API key was revoked.", {"user": USER}),
        ),
        *_kinds(
            "client",
            created=("A client for sign-ins was registered.", {"name": TEXT}),
            deleted=("A client and its tokens were removed.", {"name": TEXT}),
        ),
        *_kinds(
            "tag",
            created=("A tag was added to the collection.", {"text": TEXT, "touch_freq": NUMBER}),
            updated=("The text or the touch frequency of a tag changed.", {"text": TEXT, "touch_freq": NUMBER}),
            merged=("A tag was merged into another.", {"into": Reference("tag"), "text": TEXT}),
            deleted=("A tag was deleted from the collection, contacts and tasks.", {"text": TEXT}),
        ),
        *_kinds(
            "listing",
            created=("A listing was imported.", {"title": TEXT}),
            updated=("A listing was imported again and differs.", {"title": TEXT}),
        ),
        *_kinds(
            "file",
            created=("A file was stored.", {"name": TEXT, "size": NUMBER, "media_type": TEXT}),
            deleted=("A file was deleted.", {}),
        ),
        *_kinds(
            "account",
            created=("An account was created.", {"kind": TEXT, **_OF_ACCOUNT}),
            updated=("An account changed.", _OF_ACCOUNT),
            closed=(
                "A personal account was closed, since its contact left it.",
                {"into": ACCOUNT},
            ),
            deleted=("An account was deleted with its contacts, deals and tasks.", {}),
        ),
        *_kinds(
            "attribute_definition",
            created=(
                "An attribute definition of the team was created.",
                {"name": TEXT, "data_type": TEXT, "label": TEXT},
            ),
            deleted=("An attribute definition of the team was deleted.", {"name": TEXT}),
        ),
        *_kinds(
            "contact",
            created=(
                "A contact was added.",
                {
                    "display_name": TEXT,
                    "owner": USER,
                    "account": ACCOUNT,
                    "stage": Reference("stage"),
                    "persona": Reference("persona"),
                    "emails": "list of text",
                    "phone_numbers": "list of text",
                    "tags": "list of text",
                    **_OPT_OUTS,
                    **_FOREIGN,
                    "activity": FLAG,
                },
            ),
            updated=(
                "Attributes or members of a contact changed.",
                {
                    "attributes": "added, changed and removed attributes",
                    "owner": USER,
                    "stage": Reference("stage"),
                    "persona": Reference("persona"),
                    "touch_freq": NUMBER,
                    **_FOREIGN,
                },
            ),
            opt_outs_changed=(
                "A contact opted out of everything, e-mails or calls, or in again.",
                _OPT_OUTS,
            ),
            moved=("A contact moved to another account.", {"account": ACCOUNT, "left": ACCOUNT}),
            deleted=("A contact was deleted.", {}),
        ),
        *_kinds(
            "deal",
            created=(
                "A deal was created.",
                {"title": TEXT, "status": TEXT, "account": ACCOUNT, "contact": CONTACT, "owner": USER, **_FOREIGN},
            ),
            updated=(
                "A deal changed.",
                {
                    "title": TEXT,
                    "status": TEXT,
                    "amount": NUMBER,
                    "currency": TEXT,
                    "value_period": TEXT,
                    "confidence": NUMBER,
                    "closes_on": DAY,
                    "contact": CONTACT,
                    "owner": USER,
                    "account": ACCOUNT,
                    **_FOREIGN,
                },
            ),
            role_added=("A participant was added to a deal.", {"role": TEXT}),
            deleted=("A deal was deleted.", {}),
        ),
        *_kinds(
            "task",
            created=(
                "A task was created.",
                {
                    **_SAID,
                    **_DUE,
                    **_RECORDS,
                    "origin": TEXT,
                    "status": TEXT,
                    "scheduled_at": INSTANT,
                    "assignees": USERS,
                    "reminders": "list",
                    **_FOREIGN,
                },
            ),
            updated=(
                "Title, description or other members of a task changed.",
                {**_SAID, **_FOREIGN, "account": ACCOUNT},
            ),
            scheduled=("The opening time of a task changed.", {"scheduled_at": INSTANT, "status": TEXT}),
            rescheduled=("The due time of a task changed.", _DUE),
            snoozed=("A task was snoozed.", _DUE),
            reassigned=("The assignees of a task changed.", {"assignees": USERS}),
            associated=("Associations of a task were added or changed.", _RECORDS),
            dissociated=("Associations of a task were removed.", _RECORDS),
            reminders_changed=("The reminders of a task changed.", {"reminders": "list"}),
            file_attached=("A file was attached to a task.", {"file": Reference("file"), "name": TEXT}),
            file_detached=("A file was detached from a task.", {"file": Reference("file"), "name": TEXT}),
            reminded=("A reminder of a task came due.", {"reminder": "uid", "at": INSTANT}),
            meeting_logged=(
                "The outcome or the purpose of a meeting was recorded.",
                {**_SAID, "disposition": Reference("disposition"), "purpose": Reference("purpose")},
            ),
            opened=("A task was opened.", {"status": TEXT}),
            started=("A task was started.", {"status": TEXT}),
            completed=("A task was completed.", _ENDED),
            cancelled=("A task was cancelled.", _ENDED),
            no_show=("A task ended as a no-show.", _ENDED),
            skipped=("A task was skipped.", _ENDED),
            reopened=("A task that had ended was reopened.", {**_ENDED, "autoskip_at": INSTANT}),
            deleted=("A task was deleted.", {}),
        ),
        *_kinds(
            "activity",
            created=("An activity with a contact was recorded.", {"kind": TEXT, "contact": CONTACT, **_FOREIGN}),
            deleted=("A recorded activity was deleted.", {"kind": TEXT, "contact": CONTACT}),
        ),
        *_kinds(
            "list",
            created=("A list was created.", {"name": TEXT, "rule": "rule"}),
            updated=("A list's name or rule changed.", {"name": TEXT, "rule": "rule"}),
            contacts_added=("Contacts were added to a list.", {"contacts": CONTACTS}),
            contacts_removed=("Contacts were removed from a list.", {"contacts": CONTACTS}),
            deleted=("A list was deleted; its contacts stay.", {}),
        ),
        *_kinds("job", created=("A job was requested.", {"kind": TEXT})),
        *_kinds("notification", read=("A person read a notification.", {"read_at": INSTANT})),
        *_kinds(
            "template",
            created=("A template was created.", {"name": TEXT, "subject": TEXT, "body": TEXT, "owner": USER}),
            updated=("A template changed.", {"name": TEXT, "subject": TEXT, "body": TEXT, "owner": USER}),
            deleted=("A template was deleted.", {}),
        ),
        *_kinds(
            "sequence",
            created=(
                "A sequence was created.",
                {"name": TEXT, "description": TEXT, "enabled": FLAG, "owner": USER, "tags": "list of text"},
            ),
            updated=(
                "A sequence changed.",
                {"name": TEXT, "description": TEXT, "enabled": FLAG, "owner": USER, "tags": "list of text"},
            ),
            deleted=("A sequence was deleted.", {}),
        ),
        *_kinds(
            "sequence_step",
            created=("A step was added to a sequence.", {"sequence": _SEQUENCE, **_STEP}),
            updated=("A step of a sequence changed.", _STEP),
            deleted=("A step of a sequence was deleted.", {}),
        ),
        *_kinds(
            "sequence_template",
            created=(
                "A template was attached to a step.",
                {"step": _STEP_REFERENCE, "template": _TEMPLATE, "enabled": FLAG},
            ),
            updated=("A template of a step was enabled or disabled.", {"enabled": FLAG}),
            deleted=("A template was detached from a step.", {}),
        ),
        *_kinds(
            "sequence_state",
            created=(
                "A contact was enrolled in a sequence.",
                {"sequence": _SEQUENCE, "step": _STEP_REFERENCE, "contact": CONTACT, "owner": USER},
            ),
            advanced=("A contact advanced to the next step.", {"step": _STEP_REFERENCE}),
            reverted=("A contact reverted to an earlier step.", _STATE),
            paused=("A contact was paused in its sequence.", _STATE),
            resumed=("A contact resumed its sequence.", _STATE),
            finished=("A contact finished its sequence, or left it.", _STATE),
            deleted=("An enrolment was deleted.", {}),
        ),
        *_kinds(
            "mailing",
            created=(
                "An e-mail was drafted.",
                {
                    "contact": CONTACT,
                    "sender": USER,
                    "subject": TEXT,
                    "body": TEXT,
                    "sequence": _SEQUENCE,
                    "sequence_state": Reference("sequence_state"),
                    "sequence_step": _STEP_REFERENCE,
                    "template": _TEMPLATE,
                    **_MAILING_STATE,
                },
            ),
            updated=("What an e-mail says changed.", {"subject": TEXT, "body": TEXT, **_MAILING_STATE}),
            mended=("An e-mail that could not be rendered can be.", _MAILING_STATE),
            scheduled=("An e-mail is to be sent.", _MAILING_STATE),
            withdrawn=("An e-mail that was to be sent is a draft again.", _MAILING_STATE),
            deleted=("An e-mail was deleted.", {}),
        ),
    ]
}
