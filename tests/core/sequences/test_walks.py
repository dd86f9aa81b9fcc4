"""Random series of verbs by two people keep the rules."""

from random import Random
from typing import Any

import pytest

from tests.core.sequences.records import (
    DAY,
    HOUR,
    Clock,
    check_rules,
    do,
    enroll,
    sequence_of,
    state_now,
    tasks_of,
    template_of,
)
from tests.core.tasks.verbs import complete_tasks, reopen_tasks
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.contact import OptStatus
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.editing import change_contact
from touchbook.core.enrolments.completing import advance_task
from touchbook.core.enrolments.delivering import deliver_task
from touchbook.core.enrolments.finishing import finish_state
from touchbook.core.enrolments.pausing import pause_state, resume_state
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.errors import Conflict, TouchbookError
from touchbook.core.sequences.building import delete_sequence
from touchbook.core.sequences.queries import steps_by_id
from touchbook.core.sequences.stepping import StepChanges, add_step, change_step, delete_step
from touchbook.core.tasks.completing import cancel_task, complete_task, miss_task, skip_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import open_task, reopen_task, start_task
from touchbook.core.tasks.rescheduling import snooze_task
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

TASK_VERBS = (advance_task, complete_task, cancel_task, miss_task, skip_task, delete_task, open_task, reopen_task,
              start_task, snooze_task, deliver_task)  # fmt: skip
STATE_VERBS = (pause_state, resume_state, resume_state, finish_state)
KINDS_OF_STEPS: tuple[Any, ...] = ("call", "email", "sms", "task", "linkedin_other")


class Walk:
    def __init__(self, store: Store, people: tuple[Person, Person], seed: int) -> None:
        self.clock, self.people, self.chance = Clock(store), people, Random(seed)
        self.states: list[SequenceState] = []

    async def begin(self) -> None:
        store, alice = self.clock.store, self.people[0]
        self.made = await sequence_of(
            store, alice, "call", ("email", HOUR), "sms", ("task", 2 * DAY), "email", autoskip_after=DAY
        )
        await template_of(store, alice, self.made.steps[1], "Hi {{ first_name }}", "Hello")
        self.contacts = [await contact_of(store, alice) for _ in range(3)]

    async def advance_states(self) -> None:
        person = self.chance.choice(self.people)
        before = [await self.place(state) for state in self.states]
        deeds = (
            self.enroll,
            self.end,
            self.end,
            self.end,
            self.end,
            self.steer,
            self.bulk,
            self.wait,
            self.rebuild,
            self.opt_out,
        )
        deed = self.chance.choice(deeds)
        came_back: bool | None = False
        try:
            came_back = await deed(person)
        except Conflict:
            assert [await self.place(state) for state in self.states[: len(before)]] == before
        await check_rules(self.clock.store, person, self.states)
        await self.check_opt_outs()
        if not came_back and deed != self.rebuild:
            after = [await self.place(state) for state in self.states]
            assert all(now >= then for then, now in zip(before, after, strict=False))

    async def place(self, state: SequenceState) -> int:
        """Where the contact is: only reopening leads back."""
        now = await state_now(self.clock.store, self.people[0], state)
        steps = await do(self.clock.store, self.people[0], steps_by_id, ids=[now.step_id])
        return int(steps[now.step_id].position)

    async def enroll(self, person: Person) -> None:
        contact = self.chance.choice(self.contacts)
        self.states.append(await enroll(self.clock.store, person, self.made, contact.id))

    async def end(self, person: Person) -> bool:
        tasks = await self.tasks(person)
        if not tasks:
            return False
        verb = self.chance.choice(TASK_VERBS)
        await do(self.clock.store, person, verb, task_id=self.chance.choice(tasks))
        return verb is reopen_task

    async def bulk(self, person: Person) -> bool:
        tasks = await self.tasks(person)
        verb = self.chance.choice((complete_tasks, reopen_tasks))
        chosen = self.chance.sample(tasks, min(4, len(tasks)))
        await do(self.clock.store, person, verb, task_ids=chosen)
        return verb is reopen_tasks

    async def steer(self, person: Person) -> None:
        if self.states:
            state = self.chance.choice(self.states)
            await do(self.clock.store, person, self.chance.choice(STATE_VERBS), state_id=state.id)

    async def opt_out(self, person: Person) -> None:
        """Out or in again, more often in than out, and seldom out of everything."""
        statuses: tuple[OptStatus | None, ...] = ("opted_out", "opted_in", None)
        requested = OptOuts(
            opted_out=self.chance.random() < 0.1,
            email_opt_status=self.chance.choice(statuses),
            call_opt_status=self.chance.choice(statuses),
        )
        contact = self.chance.choice(self.contacts)
        changes = ContactChanges(opt_outs=requested)
        await do(self.clock.store, person, change_contact, contact_id=contact.id, changes=changes)

    async def check_opt_outs(self) -> None:
        """No forbidden step is at hand, and no e-mail stands scheduled to who takes none."""
        async with self.clock.store.reading() as reader:
            rows = await reader.fetch(
                """select t.id from tasks t join sequence_states s on s.team_id = $1 and s.id = t.sequence_state_id
                join contacts c on c.team_id = $1 and c.id = s.contact_id
                where t.team_id = $1 and t.open and t.deleted_at is null and (c.opted_out_at is not null
                    or (t.origin = 'sequence_step_email' and c.email_opt_status = 'opted_out')
                    or (t.origin = 'sequence_step_call' and c.call_opt_status = 'opted_out'))
                union all select m.id from mailings m join contacts c on c.team_id = $1 and c.id = m.contact_id
                where m.team_id = $1 and m.state = 'scheduled' and m.deleted_at is null
                and (c.opted_out_at is not null or c.email_opt_status = 'opted_out')""",
                self.people[0].team.id,
            )
        assert rows == []

    async def rebuild(self, person: Person) -> None:
        """Steps come, move, are switched and go."""
        store, step = self.clock.store, self.chance.choice(self.made.steps)
        try:
            match self.chance.randrange(4):
                case 0:
                    kind = self.chance.choice(KINDS_OF_STEPS)
                    position = self.chance.choice([None, 1, 2, 3])
                    added = await do(
                        store, person, add_step, sequence_id=self.made.id, kind=kind, position=position
                    )
                    self.made.steps.append(added)
                case 1:
                    await do(
                        store,
                        person,
                        change_step,
                        step_id=step.id,
                        changes=StepChanges(enabled=self.chance.random() < 0.7),
                    )
                case 2:
                    await do(
                        store,
                        person,
                        change_step,
                        step_id=step.id,
                        changes=StepChanges(delay=self.chance.choice([0, HOUR])),
                    )
                case 3 if len(self.made.steps) > 3:
                    await do(store, person, delete_step, step_id=step.id)
        except Conflict:
            raise
        except TouchbookError:
            self.made.steps.remove(step)

    async def wait(self, person: Person) -> None:
        self.clock.pass_by(self.chance.choice([HOUR, DAY, 3 * DAY]))
        await work_off(self.clock, person)

    async def tasks(self, person: Person) -> list[int]:
        return [task.id for state in self.states for task in await tasks_of(self.clock.store, person, state)]


async def work_off(clock: Clock, person: Person) -> None:
    """What is due of the team by now, as a worker would."""
    while True:
        async with clock.store.reading() as reader:
            rows = await reader.fetch(
                "select d.kind, d.ref from due d where d.team_id = $1 and d.at <= $2 order by d.at",
                person.team.id,
                clock.now,
            )
        if not rows:
            return
        for row in rows:
            await perform(
                clock.store, KINDS[row["kind"]], ScheduledAction(row["kind"], person.team.id, row["ref"])
            )


@pytest.mark.parametrize("seed", range(6))
async def test_two_people_keep_the_rules(store: Store, alice: Person, bob: Person, seed: int) -> None:
    walk = Walk(store, (alice, bob), seed)
    await walk.begin()
    for _ in range(60):
        await walk.advance_states()
    assert len(walk.states) > 1
    await do(walk.clock.store, bob, delete_sequence, sequence_id=walk.made.id)
    await check_rules(store, alice, walk.states)
    assert {(await state_now(store, alice, state)).state for state in walk.states} == {"finished"}
    await do(walk.clock.store, bob, delete_contacts, contact_ids=[each.id for each in walk.contacts])
