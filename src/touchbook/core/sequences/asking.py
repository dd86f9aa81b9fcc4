"""A step is asked for: its task, and for an e-mail the draft of it."""

from datetime import timedelta

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import UNNAMED, Contact
from touchbook.core.sequences.mailing import Mailing
from touchbook.core.sequences.nouns import MAILINGS
from touchbook.core.sequences.personalizing import find_variables
from touchbook.core.sequences.queries import Said, template_of_step
from touchbook.core.sequences.rendering import render_html, render_line
from touchbook.core.sequences.state import SequenceState
from touchbook.core.sequences.step import Step
from touchbook.core.sequences.writing import insert
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.creating import NewTask, create_task
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Transaction


async def ask_for_step(
    tx: Transaction, caller: Caller, state: SequenceState, step: Step, contact: Contact, *, at_once: bool = False
) -> None:
    """Scheduled for when the step's delay is over; open if it has none, or `at_once`.

    Whoever caused it, it is asked of the state's owner, of nobody if they have left.
    """
    asker = msgspec.structs.replace(caller, user_id=caller.user_id or state.owner_id, own_contacts_only=False)
    said = await template_of_step(tx, caller, step.id)
    mailing = await _draft(tx, asker, state, step, contact, said) if said and step.kind == "email" else None
    owned = state.owner_id in await known_members(tx, caller.team_id, [state.owner_id])
    task = await create_task(tx, asker, _new_task(tx, caller, state, step, contact, owned, at_once))
    await _link(tx, caller, task, state, step, said, mailing)


def _new_task(
    tx: Transaction,
    caller: Caller,
    state: SequenceState,
    step: Step,
    contact: Contact,
    owned: bool,
    at_once: bool,
) -> NewTask:
    opens_at = tx.now if at_once else step.opens_at(tx.now, caller.team_zone)
    skips_after = step.autoskip_after
    return NewTask(
        title=step.title(contact.display_name or UNNAMED),
        description=step.note,
        priority=step.priority,
        kind=step.task_kind,
        origin=step.origin,
        due_at=opens_at,
        scheduled_at=opens_at if opens_at > tx.now else None,
        autoskip_at=opens_at + timedelta(seconds=skips_after) if skips_after else None,
        assignees=[state.owner_id] if owned else [],
        associations=[NewAssociation("contact", contact.id)],
    )


async def _draft(
    tx: Transaction, caller: Caller, state: SequenceState, step: Step, contact: Contact, said: Said
) -> Mailing:
    variables = await find_variables(tx, caller, contact, state.owner_id)
    subject = said.template.subject
    return await insert(
        tx,
        caller,
        MAILINGS,
        contact_id=contact.id,
        sender_id=state.owner_id,
        subject=render_line(subject, variables) if subject is not None else None,
        body=render_html(said.template.body, variables),
        state="draft",
        state_changed_at=tx.now,
        sequence_id=state.sequence_id,
        sequence_state_id=state.id,
        sequence_step_id=step.id,
        template_id=said.template.id,
    )


async def _link(
    tx: Transaction,
    caller: Caller,
    task: Task,
    state: SequenceState,
    step: Step,
    said: Said | None,
    mailing: Mailing | None,
) -> None:
    await tx.execute(
        """update tasks t set sequence_id = $3, sequence_state_id = $4, sequence_step_id = $5,
            sequence_template_id = $6, template_id = $7, mailing_id = $8
        where t.team_id = $1 and t.id = $2""",
        caller.team_id,
        task.id,
        state.sequence_id,
        state.id,
        step.id,
        said.sequence_template_id if said else None,
        said.template.id if said else None,
        mailing.id if mailing else None,
    )
