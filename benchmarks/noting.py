"""What Touchbook answers to the sample requests, and the statements that it sends. Nothing of it is kept."""

from collections.abc import Mapping, Sequence

import httpx
from msgspec import Struct

from benchmarks.data import Filled
from benchmarks.sample import Sample
from benchmarks.sampling import numbered_samples
from benchmarks.scripts import NotingStore, Script, noting_uids
from touchbook.app import build_app
from touchbook.config import Settings

# Method, target and body.
Asked = tuple[str, bytes, bytes]


class Noted(Struct, frozen=True):
    """`number` is the one that its sample was made with."""

    number: int
    sample: Sample
    script: Script
    answer: bytes


def asked_by(sample: Sample) -> Asked:
    return sample.method, sample.target.encode(), sample.body.encode()


class Notes:
    """Samples are noted when the first of their kind is."""

    def __init__(self, filled: Filled, store: NotingStore, kinds: Sequence[str]) -> None:
        self._filled = filled
        self._store = store
        app = build_app(Settings(rate_limit=None), store)
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost", verify=False
        )
        self.kind_of: Mapping[Asked, str] = {
            asked_by(sample): kind for kind in kinds for _, sample in numbered_samples(filled, kind)
        }
        self.of: dict[Asked, Noted] = {}

    async def note(self, kind: str) -> None:
        """Samples of a kind do what they do one after the other."""
        async with self._store.noting():
            for number, sample in numbered_samples(self._filled, kind):
                if asked_by(sample) not in self.of:
                    self.of[asked_by(sample)] = await self._note(number, sample)

    async def _note(self, number: int, sample: Sample) -> Noted:
        self._store.noted.clear()
        headers = sample.headers(self._filled.key)
        with noting_uids() as made:
            answer = await self._client.request(sample.method, sample.target, content=sample.body, headers=headers)
        answer.raise_for_status()
        statements = [statement for statement in self._store.noted if "from keys k" not in statement.sql]
        return Noted(number, sample, Script(statements, made), answer.content)
