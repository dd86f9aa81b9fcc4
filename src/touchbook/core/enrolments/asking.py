"""Creates the task of a step, and for an e-mail step its draft."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import UNNAMED, Contact
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.records import insert
from touchbook.core.sequences.queries import StepTemplate, template_of_step
from touchbook.core.sequences.step import Step
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.teams.queries import known_members
from touchbook.core.templates.drafting import draft_letter
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.nouns import MAILINGS
from touchbook.core.templates.personalizing import find_variables
from touchbook.core.transaction import Transaction


class Asked(NamedTuple):
    """A contact that has reached a step."""

    state: SequenceState
    step: Step
    contact: Contact


async def ask_for_step(
    tx: Transaction, caller: Caller, state: SequenceState, step: Step, contact: Contact, *, at_once: bool = False
) -> None:
    await ask_for_steps(tx, caller, [Asked(state, step, contact)], at_once=at_once)


async def ask_for_steps(tx: Transaction, caller: Caller, all_: Sequence[Asked], *, at_once: bool = False) -> None:
    """The task is scheduled for the end of the step's delay, or open if there is none, or `at_once`.

    It is assigned to the owner of the state, to nobody if the owner has left.
    """
    said = {step_id: await template_of_step(tx, caller, step_id) for step_id in {each.step.id for each in all_}}
    owners = await known_members(tx, caller.team_id, {each.state.owner_id for each in all_})
    made = []
    for each in all_:
        state, step, _ = each
        asker = msgspec.structs.replace(caller, user_id=caller.user_id or state.owner_id, own_contacts_only=False)
        words = said[step.id]
        mailing = await _draft(tx, asker, each, words) if words and step.kind == "email" else None
        new = _new_task(tx, caller, each, state.owner_id in owners, at_once)
        task = await create_task(tx, asker, new)
        made.append(_Made(task.id, each, words, mailing.id if mailing else None))
    await _link(tx, caller, made)


class _Made(NamedTuple):
    task_id: int
    asked: Asked
    said: StepTemplate | None
    mailing_id: int | None


def _new_task(tx: Transaction, caller: Caller, asked: Asked, owned: bool, at_once: bool) -> NewTask:
    state, step, contact = asked
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


async def _draft(tx: Transaction, caller: Caller, asked: Asked, said: StepTemplate) -> Mailing:
    state, step, contact = asked
    # A draft whose template cannot be rendered is broken; the contact advances nevertheless.
    letter = draft_letter(said.template, await find_variables(tx, caller, contact, state.owner_id))
    return await insert(
        tx,
        caller,
        MAILINGS,
        contact_id=contact.id,
        sender_id=state.owner_id,
        subject=letter.subject,
        body=letter.body,
        state="broken" if letter.broken_reason else "draft",
        broken_reason=letter.broken_reason,
        state_changed_at=tx.now,
        sequence_id=state.sequence_id,
        sequence_state_id=state.id,
        sequence_step_id=step.id,
        template_id=said.template.id,
    )


async def _link(tx: Transaction, caller: Caller, made: Sequence[_Made]) -> None:
    await tx.execute(
        """update tasks t set sequence_id = m.sequence_id, sequence_state_id = m.state_id,
            sequence_step_id = m.step_id, sequence_template_id = m.link_id, template_id = m.template_id,
            mailing_id = m.mailing_id
        from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[]) as m (task_id, sequence_id, state_id, step_id, link_id, template_id, mailing_id)
        where t.team_id = $1 and t.id = m.task_id""",
        caller.team_id,
        [each.task_id for each in made],
        [each.asked.state.sequence_id for each in made],
        [each.asked.state.id for each in made],
        [each.asked.step.id for each in made],
        [each.said.sequence_template_id if each.said else None for each in made],
        [each.said.template.id if each.said else None for each in made],
        [each.mailing_id for each in made],
    )
