from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.enrolments.asking import ask_for_step
from touchbook.core.enrolments.locking import lock_position
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.permitting import forbidden_kinds
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict, UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.sequences.nouns import SEQUENCES
from touchbook.core.sequences.queries import next_step
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.step import Step
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.references import take_references
from touchbook.core.transaction import Transaction


async def enroll_contact(
    tx: Transaction, caller: Caller, *, sequence_id: int, contact_id: int, owner_id: int | None = None
) -> SequenceState:
    """Assign the first step to the owner, by default the caller.

    Errors: UnknownRecord for a missing sequence, contact or owner; Conflict for a sequence that is disabled or has
    no step, and for a contact that is in it already or has opted out of all its steps.
    """
    owner_id = owner_id or caller.user_id
    assert owner_id is not None
    sequence = await _lock_sequence(tx, caller, sequence_id)
    await _lock_contact(tx, caller, contact_id)
    await take_references(tx, caller, records=[NewAssociation("contact", contact_id)], assignees=[owner_id])
    contact = (await contacts_by_id(tx, caller, [contact_id]))[contact_id]
    if not sequence.enabled:
        raise Conflict(f'The sequence "{sequence.name}" is disabled.')
    step = await _first_step(tx, caller, sequence, contact)
    await lock_position(tx, caller, sequence_id=sequence_id, contact_id=contact_id)
    state = await _insert_state(tx, caller, step, contact_id, owner_id)
    if state is None:
        raise Conflict(f'The contact is in the sequence "{sequence.name}" already.')
    told = {"sequence": sequence_id, "contact": contact_id, "step": step.id, "owner": owner_id}
    await record_event(tx, caller, f"{STATES.name}.created", state.id, **told)
    await ask_for_step(tx, caller, state, step, contact)
    return state


async def _first_step(tx: Transaction, caller: Caller, sequence: Sequence, contact: Contact) -> Step:
    """Return the first step that the contact has not opted out of."""
    if contact.opted_out:
        raise Conflict("The contact has opted out.")
    forbidden = forbidden_kinds(contact)
    step = await next_step(tx, caller, sequence.id, forbidden=forbidden)
    if step is None and forbidden and await next_step(tx, caller, sequence.id):
        raise Conflict(f'The contact has opted out of every step of the sequence "{sequence.name}".')
    if step is None:
        raise Conflict(f'The sequence "{sequence.name}" has no step.')
    return step


async def _lock_sequence(tx: Transaction, caller: Caller, sequence_id: int) -> Sequence:
    """Lock the sequence and its steps until the contact is enrolled."""
    row = await tx.fetch_row(
        f"""select {SEQUENCES.columns} from sequences x
        where x.team_id = $1 and x.id = $2 and x.deleted_at is null for share""",
        caller.team_id,
        sequence_id,
    )
    if row is None:
        raise UnknownRecord("sequence", sequence_id)
    return SEQUENCES.read(row)


async def _lock_contact(tx: Transaction, caller: Caller, contact_id: int) -> None:
    """Lock the contact: a deletion or an opt-out waits, and then finds it in the sequence."""
    await tx.execute(
        "select from contacts c where c.team_id = $1 and c.id = $2 for share", caller.team_id, contact_id
    )


async def _insert_state(
    tx: Transaction, caller: Caller, step: Step, contact_id: int, owner_id: int
) -> SequenceState | None:
    """Return None if the contact is in the sequence already."""
    row = await tx.fetch_row(
        f"""insert into sequence_states as x (team_id, uid, sequence_id, contact_id, step_id, owner_id, state,
            state_changed_at, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $7, $7)
        on conflict do nothing returning {STATES.columns}""",
        caller.team_id,
        new_uid(),
        step.sequence_id,
        contact_id,
        step.id,
        owner_id,
        tx.tick(),
        caller.user_id,
    )
    return STATES.read(row) if row else None
