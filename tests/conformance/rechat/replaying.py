"""Sends recorded steps and says of each where its answer differs."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import httpx
from msgspec import UNSET

from tests.conformance.rechat.binding import Bound, Unbound, bind, fill
from tests.conformance.rechat.matching import Difference, find_differences, find_disorder
from tests.conformance.rechat.steps import REPLAY, Step

Hook = Callable[[Mapping[str, Any]], Awaitable[None]]

_SHOWN = 8
_PAUSE = 0.1


class Outcome(NamedTuple):
    """No differences: the step went as recorded."""

    number: int
    step: Step
    differences: Sequence[Difference]

    def __str__(self) -> str:
        request = f"{self.step.method} {self.step.path}" if self.step.method else "hook"
        lines = [f"step {self.number}, {self.step.name} ({request})", *map(str, self.differences[:_SHOWN])]
        rest = len(self.differences) - _SHOWN
        return "\n    ".join([*lines, f"and {rest} more"] if rest > 0 else lines)


class Replay:
    """`bound`: what placeholders stand for, which grows from step to step."""

    def __init__(
        self, client: httpx.AsyncClient, bound: Mapping[str, Any], hooks: Mapping[str, Hook] | None = None
    ) -> None:
        self.bound: Bound = dict(bound)
        self._client = client
        self._hooks = hooks or {}

    async def run(self, steps: Sequence[Step], *, hasty: Collection[str] = ()) -> list[Outcome]:
        """All of them, whatever comes out.

        Those named `hasty` are not waited for; nor is any after an unexpected difference, on which it may rest.
        """
        outcomes: list[Outcome] = []
        patient = True
        for number, step in enumerate(steps):
            expected = step.name not in hasty
            differences = await self._take(step, step.wait if patient and expected else 0)
            patient = patient and not (differences and expected)
            outcomes.append(Outcome(number, step, differences))
        return outcomes

    async def _take(self, step: Step, wait: float) -> list[Difference]:
        """The last try is the one whose names stay bound."""
        end, before = time.monotonic() + wait, self.bound
        while True:
            self.bound = dict(before)
            differences = await self._try(step)
            if not differences or time.monotonic() >= end:
                return differences
            await asyncio.sleep(_PAUSE)

    async def _try(self, step: Step) -> list[Difference]:
        try:
            return await (self._ask(step) if step.method else self._set_off(step))
        except Unbound as name:
            return [Difference("request", f"a value for {name}", None)]

    async def _set_off(self, step: Step) -> list[Difference]:
        assert step.hook is not None
        kind = step.hook["record"]
        if kind not in self._hooks:
            return [Difference("hook", kind, None)]
        await self._hooks[kind](fill(step.hook, self.bound))
        return []

    async def _ask(self, step: Step) -> list[Difference]:
        response = await self._client.request(
            str(step.method),
            fill(step.path, self.bound),
            params=fill(step.params, self.bound),
            **self._content(step),
        )
        answer = _read(response)
        if response.status_code != step.status:
            return [Difference("status", step.status, (response.status_code, answer))]
        return [*bind(step.bind, answer, self.bound), *self._compare(step, answer)]

    def _compare(self, step: Step, answer: Any) -> list[Difference]:
        try:
            expected = fill(fill(step.expect, self.bound), self.bound)  # twice: whole objects hold placeholders
        except Unbound as name:
            return [Difference("expectation", f"a value for {name}", None)]
        found = find_differences(expected, answer, now=time.time())
        return found or find_disorder(step.sorted, answer)

    def _content(self, step: Step) -> dict[str, Any]:
        if step.upload:
            one = step.upload
            return {"files": {one.field: (one.name, (REPLAY / one.file).read_bytes(), one.mime)}}
        return {} if step.body is UNSET else {"json": fill(step.body, self.bound)}


def judge(outcomes: Sequence[Outcome], not_yet: Mapping[str, str]) -> list[str]:
    """What is wrong: a step that differs, or one that is said not to work yet (name -> why) and does."""
    names = {outcome.step.name for outcome in outcomes}
    return [
        *(str(one) for one in outcomes if one.differences and one.step.name not in not_yet),
        *(
            f"step {one.number}, {one.step.name}, goes as recorded: take it from the list of what waits for"
            f" {not_yet[one.step.name]}"
            for one in outcomes
            if not one.differences and one.step.name in not_yet
        ),
        *(f"{name} is no step" for name in not_yet if name not in names),
    ]


def _read(response: httpx.Response) -> Any:
    """None for an empty body, as steps have it."""
    if not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        return response.text
