import msgspec
from msgspec import Struct


class Duty(Struct, frozen=True):
    """What is to be done, and all that a job carries; whether it still is to be done stands in `due`."""

    kind: str
    team_id: int
    ref: int

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.team_id}:{self.ref}"

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def read_duty(payload: bytes | None) -> Duty:
    return msgspec.json.decode(payload or b"", type=Duty)
