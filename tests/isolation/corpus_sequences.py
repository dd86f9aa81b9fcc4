"""A sequence from its making to its end, each verb and each list once."""

from typing import Any

from tests.core.tasks.verbs import reopen_tasks
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.editing import change_contact
from touchbook.core.due import set_due
from touchbook.core.enrolments.compiling import compile_templates
from touchbook.core.enrolments.completing import advance_task
from touchbook.core.enrolments.delivering import deliver_task, edit_mailing
from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.enrolments.finishing import delete_state, finish_state
from touchbook.core.enrolments.pausing import pause_state, resume_state
from touchbook.core.enrolments.queries import open_task_of, states_of_contacts
from touchbook.core.enrolments.query_schemas import MAILING_SCHEMA, STATE_SCHEMA
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.query.conditions import Condition
from touchbook.core.query.pages import count_rows, fetch_page
from touchbook.core.query.schema import QuerySchema
from touchbook.core.query.windows import Order, Window
from touchbook.core.sequences.attaching import attach_template, detach_template, switch_sequence_template
from touchbook.core.sequences.building import SequenceChanges, change_sequence, create_sequence, delete_sequence
from touchbook.core.sequences.queries import find_step, steps_of_sequences
from touchbook.core.sequences.query_schemas import SEQUENCE_SCHEMA, SEQUENCE_TEMPLATE_SCHEMA, STEP_SCHEMA
from touchbook.core.sequences.stepping import StepChanges, add_step, change_step, delete_step
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.templates.query_schema import TEMPLATE_SCHEMA
from touchbook.core.templates.repairing import REPAIRING, repair_mailings
from touchbook.core.templates.templating import TemplateChanges, change_template, create_template, delete_template
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.call_records import CALLS
from touchbook.store.postgres import Store


async def run_sequence(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    async with store.transaction() as tx:
        sequence_id = await _build(tx, alice)
        state = await enroll_contact(tx, alice.caller, sequence_id=sequence_id, contact_id=contact.id)
        await _list(tx, alice, contact.id)
        await _go_through(tx, alice, state)
        await delete_state(tx, alice.caller, state_id=state.id)
        again = await enroll_contact(tx, alice.caller, sequence_id=sequence_id, contact_id=contact.id)
        await _opt_out(tx, alice, contact.id)
        await finish_state(tx, alice.caller, state_id=again.id)
        await delete_sequence(tx, alice.caller, sequence_id=sequence_id)


async def _build(tx: Transaction, alice: Person) -> int:
    caller = alice.caller
    sequence = await create_sequence(tx, caller, name="Corpus", tags=["new"])
    await change_sequence(tx, caller, sequence.id, SequenceChanges(description="All of it"))
    steps = [await add_step(tx, caller, sequence_id=sequence.id, kind=kind) for kind in ("email", "sms", "call")]
    await change_step(tx, caller, steps[2].id, StepChanges(position=1))
    await change_step(tx, caller, steps[2].id, StepChanges(position=9))
    await delete_step(tx, caller, step_id=steps[2].id)
    await find_step(tx, caller, steps[0].id)
    await steps_of_sequences(tx, caller, [sequence.id])
    template = await create_template(tx, caller, name="Hello", subject="Hi", body="Hi {{ first_name }}")
    await change_template(tx, caller, template.id, TemplateChanges(name="Hello there"))
    links = [await attach_template(tx, caller, step_id=step.id, template_id=template.id) for step in steps[:2]]
    await switch_sequence_template(tx, caller, sequence_template_id=links[0].id, enabled=False)
    await switch_sequence_template(tx, caller, sequence_template_id=links[0].id, enabled=True)
    spare = await create_template(tx, caller, name="Spare", body="Ho")
    for _ in range(2):
        link = await attach_template(tx, caller, step_id=steps[0].id, template_id=spare.id)
    await detach_template(tx, caller, sequence_template_id=link.id)
    await delete_template(tx, caller, template_id=spare.id)
    return sequence.id


async def _list(tx: Transaction, alice: Person, contact_id: int) -> None:
    lists: list[tuple[QuerySchema[Any], list[str]]] = [
        (SEQUENCE_SCHEMA, ["owner.id", "owner.email"]),
        (STEP_SCHEMA, ["sequence.id", "sequence.name"]),
        (TEMPLATE_SCHEMA, ["name", "owner.email"]),
        (SEQUENCE_TEMPLATE_SCHEMA, ["step.id", "template.name"]),
        (STATE_SCHEMA, ["state", "contact.id", "sequence.name"]),
        (MAILING_SCHEMA, ["task.id", "sequence.name", "sender.email"]),
        (CALLS, ["task.id", "sequence.name", "user.email"]),
    ]
    for schema, names in lists:
        conditions = [Condition(column=name, missing="." not in name, present=True) for name in names]
        await fetch_page(tx, alice.caller, schema, conditions, [Order("updated_at", True)], Window(limit=5))
        await count_rows(tx, alice.caller, schema, conditions, most=10)
    await states_of_contacts(tx, alice.caller, [contact_id])


async def _go_through(tx: Transaction, alice: Person, state: SequenceState) -> None:
    caller = alice.caller
    first = await _at_hand(tx, alice, state)
    mailing_id = (await find_task(tx, caller, first)).mailing_id
    assert mailing_id is not None
    await edit_mailing(tx, caller, mailing_id=mailing_id, subject="Hi", body="Hello")
    await _mend(tx, alice, first)
    await deliver_task(tx, caller, task_id=first)
    await pause_state(tx, caller, state_id=state.id)
    await resume_state(tx, caller, state_id=state.id)
    await advance_task(tx, caller, task_id=first)
    await reopen_task(tx, caller, task_id=first)
    await advance_task(tx, caller, task_id=first)
    await reopen_tasks(tx, caller, task_ids=[first])
    await delete_task(tx, caller, task_id=first)
    second = await _at_hand(tx, alice, state)
    assert await compile_templates(tx, caller, [await find_task(tx, caller, second)])
    await advance_task(tx, caller, task_id=second)


async def _mend(tx: Transaction, alice: Person, task_id: int) -> None:
    """The task's template is edited while nothing is broken, and while something would be."""
    template_id = (await find_task(tx, alice.caller, task_id)).template_id
    assert template_id is not None
    await change_template(tx, alice.caller, template_id, TemplateChanges(body="Ho {{ first_name }}"))
    await set_due(tx, alice.caller, REPAIRING, ref=template_id, at=tx.now)
    await repair_mailings(tx, alice.caller, template_id)


async def _opt_out(tx: Transaction, alice: Person, contact_id: int) -> None:
    for requested in (OptOuts(email_opt_status="opted_out"), OptOuts(opted_out=True)):
        await change_contact(tx, alice.caller, contact_id, ContactChanges(opt_outs=requested))


async def _at_hand(tx: Transaction, alice: Person, state: SequenceState) -> int:
    task_id = await open_task_of(tx, alice.caller, state.id)
    assert task_id is not None
    return task_id
