import msgspec
from msgspec import Struct


class ScheduledAction(Struct, frozen=True):
    """The payload of a job. The table `due` decides whether it still has to be done."""

    kind: str
    team_id: int
    ref: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.team_id}:{self.ref}"

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


class ScheduledActions(Struct, frozen=True):
    """The payload of a job that does all that is due of one kind in one team, in its order."""

    kind: str
    team_id: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.team_id}:"

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def read_action(payload: bytes | None) -> ScheduledAction:
    return msgspec.json.decode(payload or b"", type=ScheduledAction)


def read_actions(payload: bytes | None) -> ScheduledActions:
    return msgspec.json.decode(payload or b"", type=ScheduledActions)


def all_of(kind: str) -> str:
    """Return what the queue calls the jobs that do all that is due of a kind."""
    return f"{kind}:all"
