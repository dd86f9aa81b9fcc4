"""Signed links to files: their holder opens the file without a key, for a quarter of an hour."""

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
    """The file, and the user who was given the link; `expires` in seconds since 1970."""

    file: UUID
    team_id: int
    user_id: int
    expires: int


class Links:
    """The first of `secret_keys` signs, and each of them is accepted; they are read at the first use."""

    def __init__(self, secret_keys: Callable[[], Sequence[str]]) -> None:
        self._secret_keys = secret_keys

    def sign(self, file: File, caller: Caller, now: datetime) -> str:
        """Sign for the caller, valid from `now`."""
        expires = int((now + LIFETIME).timestamp())
        signature = self._serializer.dumps([file.uid.hex, caller.team_id, caller.user_id, expires])
        return signature if isinstance(signature, str) else signature.decode()

    def read(self, signature: str, now: datetime) -> Link | None:
        """Return None for a signature that is not ours or has expired."""
        try:
            file, team_id, user_id, expires = self._serializer.loads(signature)
        except BadData:
            return None
        link = Link(UUID(file), team_id, user_id, expires)
        return link if now.timestamp() < link.expires else None

    @cached_property
    def _serializer(self) -> URLSafeSerializer:
        """The serializer signs with the last of its keys."""
        return URLSafeSerializer(
            # itsdangerous signs with the last key; our settings name the signing key first.
            list(reversed(self._secret_keys())),
            salt="touchbook.files",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
