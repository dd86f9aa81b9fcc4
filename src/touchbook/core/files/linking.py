"""Links to files: who was given one opens it without more, for a quarter of an hour."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.files.file import File

LIFETIME = timedelta(minutes=15)


class Link(Struct, frozen=True):
    """The file, and whom it was given to; `expires` in seconds since 1970."""

    file: UUID
    team_id: int
    user_id: int
    expires: int


class Links:
    """`secret_keys`: the first signs, each is believed; asked for when the first link is."""

    def __init__(self, secret_keys: Callable[[], Sequence[str]]) -> None:
        self._secret_keys = secret_keys

    def sign(self, file: File, caller: Caller, now: datetime) -> str:
        """For the caller, as from `now`."""
        expires = int((now + LIFETIME).timestamp())
        signature = self._serializer.dumps([file.uid.hex, caller.team_id, caller.user_id, expires])
        return signature if isinstance(signature, str) else signature.decode()

    def read(self, signature: str, now: datetime) -> Link | None:
        """None for what we have not signed, and for what has expired."""
        try:
            file, team_id, user_id, expires = self._serializer.loads(signature)
        except BadData:
            return None
        link = Link(UUID(file), team_id, user_id, expires)
        return link if now.timestamp() < link.expires else None

    @cached_property
    def _serializer(self) -> URLSafeSerializer:
        """Which signs with the last of its keys."""
        return URLSafeSerializer(
            list(reversed(self._secret_keys())),
            salt="touchbook.files",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
