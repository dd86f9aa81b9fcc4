"""After a template is edited, a job renders its broken drafts again, in slices."""

from collections.abc import Mapping, Sequence

from touchbook.core.caller import Caller
from touchbook.core.due import claim_due, set_due
from touchbook.core.errors import NotFound
from touchbook.core.events import record_each
from touchbook.core.records import lock
from touchbook.core.templates.drafting import Letter, draft_letter
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.nouns import MAILINGS, TEMPLATES
from touchbook.core.templates.personalizing import find_all_variables
from touchbook.core.templates.template import Template
from touchbook.core.transaction import Transaction

REPAIRING = "template.mend"
_AT_ONCE = 100


async def schedule_repair(tx: Transaction, caller: Caller, template: Template) -> None:
    """Schedule the job if there is any broken draft."""
    broken = await tx.fetch_value(
        """select exists (select 1 from mailings m where m.team_id = $1 and m.template_id = $2
            and m.state = 'broken' and m.deleted_at is null)""",
        caller.team_id,
        template.id,
    )
    if broken:
        await set_due(tx, caller, REPAIRING, ref=template.id, at=tx.now)


async def repair_mailings(tx: Transaction, caller: Caller, ref: int) -> None:
    """Run the job: mailings that can be rendered now become drafts; the rest stays broken, each with its present
    reason.
    """
    try:
        template = await lock(tx, caller, TEMPLATES, ref)
    except NotFound:
        await set_due(tx, caller, REPAIRING, ref=ref, at=None)
        return
    if not await claim_due(tx, caller.team_id, REPAIRING, ref=ref):
        return
    broken = await _lock_broken(tx, caller, template)
    spoken = {mailing.id: (mailing.contact_id, mailing.sender_id) for mailing in broken}
    variables = await find_all_variables(tx, caller, spoken)
    letters = {key: draft_letter(template, said) for key, said in variables.items()}
    await _write(tx, caller, template, letters)
    await _tell(tx, caller, broken, letters)
    if len(broken) == _AT_ONCE:
        await set_due(tx, caller, REPAIRING, ref=ref, at=tx.now)


async def _lock_broken(tx: Transaction, caller: Caller, template: Template) -> Sequence[Mailing]:
    """Lock mailings that have not been tried since the template was edited."""
    rows = await tx.fetch(
        f"""select {MAILINGS.columns} from mailings x
        where x.team_id = $1 and x.template_id = $2 and x.state = 'broken' and x.deleted_at is null
        and x.updated_at < $3 order by x.id limit $4 for no key update of x""",
        caller.team_id,
        template.id,
        template.updated_at,
        _AT_ONCE,
    )
    return list(map(MAILINGS.read, rows))


async def _write(tx: Transaction, caller: Caller, template: Template, letters: Mapping[int, Letter]) -> None:
    await tx.execute(
        """update mailings m set subject = l.subject, body = l.body, broken_reason = l.broken_reason,
            state = case when l.broken_reason is null then 'draft' else 'broken' end,
            state_changed_at = case when l.broken_reason is null then $6 else m.state_changed_at end,
            updated_at = greatest($6, $7), updated_by = $8
        from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as l (id, subject, body, broken_reason)
        where m.team_id = $1 and m.id = l.id""",
        caller.team_id,
        list(letters),
        [letter.subject for letter in letters.values()],
        [letter.body for letter in letters.values()],
        [letter.broken_reason for letter in letters.values()],
        tx.tick(),
        template.updated_at,
        caller.user_id,
    )


async def _tell(tx: Transaction, caller: Caller, before: Sequence[Mailing], letters: Mapping[int, Letter]) -> None:
    mended = {key: {"state": "draft"} for key, letter in letters.items() if letter.broken_reason is None}
    others = [each for each in before if each.id in letters.keys() - mended.keys()]
    updated = {
        each.id: {"broken_reason": letters[each.id].broken_reason}
        for each in others
        if letters[each.id].broken_reason != each.broken_reason
    }
    await record_each(tx, caller, f"{MAILINGS.name}.mended", mended)
    await record_each(tx, caller, f"{MAILINGS.name}.updated", updated)
