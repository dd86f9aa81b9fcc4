"""Unpacks bodies that come with a Content-Encoding, piece by piece: what they unpack to is bounded as any body."""

import zlib
from collections import deque
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from touchbook.core.errors import Malformed
from touchbook.http.errors import UnsupportedMedia

# zlib's window sizes: a gzip wrapper, or zlib's own, which HTTP calls deflate (RFC 9110, 8.4.1).
_WINDOWS: Mapping[str, int] = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_LARGEST_PIECE = 64 * 1024


def unpack(receive: Receive, headers: Headers) -> Receive:
    """Return a `receive` whose messages hold the unpacked bytes.

    It raises UnsupportedMedia if the encoding is not known, Malformed if the bytes are not of that encoding.
    """
    encoding = ",".join(headers.getlist("content-encoding")).strip().lower()
    return receive if encoding in ("", "identity") else _Unpacking(receive, encoding).receive


class _Unpacking:
    def __init__(self, receive: Receive, encoding: str) -> None:
        self._receive = receive
        self._encoding = encoding
        self._packed: deque[bytes] = deque()
        self._more = True
        self._stream: zlib._Decompress | None = None

    async def receive(self) -> Message:
        """An empty body has no encoding."""
        if not self._packed:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._more = message.get("more_body", False)
            if message.get("body"):
                self._packed.append(message["body"])
        piece = self._unpack_piece()
        ends = not (self._packed or self._more)
        if ends and self._stream is not None and not self._stream.eof:
            raise Malformed(f"The body ends before its {self._encoding} encoding does.")
        return {"type": "http.request", "body": piece, "more_body": not ends}

    def _unpack_piece(self) -> bytes:
        if not self._packed:
            return b""
        if self._stream is None or self._stream.eof:
            self._stream = self._begin()
        try:
            piece = self._stream.decompress(self._packed.popleft(), _LARGEST_PIECE)
        except zlib.error as broken:
            raise Malformed(f"The body is not valid {self._encoding}.") from broken
        # What is left is packed more of the same, or begins another gzip member.
        if rest := self._stream.unconsumed_tail or self._stream.unused_data:
            self._packed.append(rest)
        return piece

    def _begin(self) -> "zlib._Decompress":
        if self._encoding not in _WINDOWS:
            raise UnsupportedMedia("The Content-Encoding of a body must be gzip or deflate.")
        return zlib.decompressobj(_WINDOWS[self._encoding])
