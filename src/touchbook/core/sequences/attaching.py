"""Templates are attached to the steps of sequences."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.errors import UnknownRecord
from touchbook.core.records import amend, by_id, insert, lock, remove
from touchbook.core.sequences.nouns import SEQUENCE_TEMPLATES, STEPS
from touchbook.core.sequences.sequence_template import SequenceTemplate
from touchbook.core.templates.nouns import TEMPLATES
from touchbook.core.transaction import Event, Transaction


async def attach_template(
    tx: Transaction, caller: Caller, *, step_id: int, template_id: int, enabled: bool = True
) -> SequenceTemplate:
    """Errors: UnknownRecord for a missing step or template."""
    for noun, record_id in ((TEMPLATES, template_id), (STEPS, step_id)):
        # The deletion of a template or step detaches afterwards; it must not miss the link that is written here.
        held = await tx.fetch_value(
            f"""select x.id from {noun.table} x
            where x.team_id = $1 and x.id = $2 and x.deleted_at is null for share""",
            caller.team_id,
            record_id,
        )
        if held is None:
            raise UnknownRecord(noun.name.replace("_", " "), record_id)
    link = await insert(tx, caller, SEQUENCE_TEMPLATES, step_id=step_id, template_id=template_id, enabled=enabled)
    return (await by_id(tx, caller, SEQUENCE_TEMPLATES, [link.id]))[link.id]


async def switch_sequence_template(
    tx: Transaction, caller: Caller, *, sequence_template_id: int, enabled: bool
) -> SequenceTemplate | None:
    link = await lock(tx, caller, SEQUENCE_TEMPLATES, sequence_template_id)
    return await amend(tx, caller, SEQUENCE_TEMPLATES, link, "updated", {"enabled": enabled})


async def detach_template(tx: Transaction, caller: Caller, *, sequence_template_id: int) -> None:
    await lock(tx, caller, SEQUENCE_TEMPLATES, sequence_template_id)
    await remove(tx, caller, SEQUENCE_TEMPLATES, [sequence_template_id])


async def detach_deleted_templates(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Detach deleted templates from all steps."""
    rows = await tx.fetch(
        """select l.id from sequence_templates l
        where l.team_id = $1 and l.template_id = any($2::bigint[]) and l.deleted_at is null""",
        caller.team_id,
        [event.subject_id for event in events],
    )
    await remove(tx, caller, SEQUENCE_TEMPLATES, [row["id"] for row in rows])
