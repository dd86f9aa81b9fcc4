"""One connection of a client, with the bounds that hold before anybody knows whose it is.

A request that has them behind it is bounded by its route (`http/bodies.py`) and its caller (`http/limiting.py`).
"""

from asyncio import Transport
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

# The request line and the headers together. An address of 64 kB is taken, for a note may be as long (OU-45).
LARGEST_HEAD = 128 * 1024
HEAD_SECONDS = 15.0
# Without a byte of a body, or without a byte of the answer taken.
SILENT_SECONDS = 30.0
# For the rest of a body that was answered before it had come whole.
REST_SECONDS = 10.0
# So long a refused client may go on sending: one whose bytes meet a closed socket never sees the answer.
_LINGER_SECONDS = 1.0
# Requests that were sent before the answer to the one ahead of them.
_MOST_PIPELINED = 16


class _Refused(Exception):
    """Ends the parsing of what was refused."""


class Connection(HttpToolsProtocol):
    """`most` connections are open at once in a process: for another one the longest idle one has to go.

    `sweep` has to be called each second.
    """

    def __init__(self, *, most: int, **rest: Any) -> None:
        super().__init__(**rest)
        self._most = most
        self._now = self.loop.time
        # The time of the last byte of a body; of a head, of its first; of the answer to a body that is still sent.
        self._since = self._now()
        # Bytes of a head, or of what follows a chunked body, that is not there as a whole yet.
        self._unread = 0
        self._in_body = False
        self._refused = False
        self._untaken, self._taken_at = 0, self._since

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._most:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self.cycle is not None and self._in_body != self.cycle.response_complete and not self._unread:
            self._since = self._now()
        self._unread += len(data)
        super().data_received(data)
        if self._unread > LARGEST_HEAD and not self._refused:
            self._refuse(431)

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > LARGEST_HEAD:
            self._refuse(431)
        if self.parser.get_http_version() == "1.1" and [name for name, _ in self.headers].count(b"host") != 1:
            self._refuse(400)
        if len(self.pipeline) >= _MOST_PIPELINED:
            self._end()
        if self._refused:
            raise _Refused
        self._unread, self._in_body, self._since = 0, True, self._now()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread, self._in_body = 0, False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._since = self._now()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        if not self._refused:
            super().send_400_response(msg)

    def sweep(self) -> None:
        """End what takes too long."""
        now = self._now()
        untaken = self.transport.get_write_buffer_size()
        if untaken < self._untaken or not untaken:
            self._taken_at = now
        self._untaken = untaken
        if now - self._taken_at > SILENT_SECONDS:
            self.transport.abort()
        elif not self._refused:
            self._sweep_reading(now)

    def _sweep_reading(self, now: float) -> None:
        if self.is_waiting:
            if now - self._since > HEAD_SECONDS:
                self._refuse(408)
        elif self._in_body:
            if self.cycle.response_complete:
                if now - self._since > REST_SECONDS:
                    self._end()
            elif self.flow.read_paused or self.cycle.waiting_for_100_continue:
                self._since = now
            elif now - self._since > SILENT_SECONDS:
                self._refuse(408)

    @property
    def is_waiting(self) -> bool:
        """Return whether it has no request in hand, and is to bring one."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and not (self._in_body or self._refused or self.transport.is_closing())

    def _make_room(self) -> None:
        others = cast("set[Connection]", self.connections - {self})
        idle = min((each for each in others if each.is_waiting), key=lambda each: each._since, default=None)
        if idle is None:
            self._refuse(503)
        else:
            idle._end()

    def _refuse(self, status: int) -> None:
        """Answer in plain text, unless bytes of another answer could come before or after."""
        in_hand = self.cycle is not None and not self.cycle.response_complete
        self._refused = True
        if self.pipeline or (in_hand and (self.cycle.response_started or not self._in_body)):
            self._end()
            return
        if in_hand:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._unset_keepalive_if_required()
        self.transport.write(_plain_answer(status))
        if status == 503:
            self.transport.close()
            return
        self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _end(self) -> None:
        self._refused = True
        self.transport.close()


def _plain_answer(status: int) -> bytes:
    said = HTTPStatus(status).phrase.encode()
    fields = [
        b"content-type: text/plain; charset=utf-8",
        b"x-content-type-options: nosniff",
        b"cache-control: no-store",
        b"content-length: %d" % len(said),
        b"connection: close",
        *([b"retry-after: 1"] if status == 503 else []),
    ]
    return STATUS_LINE[status] + b"\r\n".join([*fields, b"", said])
