"""Reads a file from multipart/form-data (RFC 7578) as it arrives: never whole in memory."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from msgspec import Struct
from python_multipart.exceptions import FormParserError, MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers
from starlette.types import Receive

from touchbook.core.errors import Invalid, Malformed
from touchbook.http.bodies import declared_size, media_type_of
from touchbook.http.errors import TooLarge, UnsupportedMedia

MULTIPART = "multipart/form-data"
FIELD = "file"
# For what comes beside the bytes of the file: headers, boundaries, other fields.
_ROOM = 64 * 1024


class FilePart(NamedTuple):
    """`chunks` end when the whole body was read and is valid; otherwise they raise Malformed, Invalid,
    TooLarge.
    """

    name: str
    chunks: AsyncIterator[bytes]


async def read_file_part(receive: Receive, headers: Headers, *, limit: int) -> FilePart:
    """Read up to the first byte of the file. Errors: UnsupportedMedia, Malformed, Invalid, TooLarge."""
    form = _Form(_boundary(headers))
    if declared_size(headers) > limit + _ROOM:
        raise TooLarge(limit)
    pieces = _pieces(receive, limit)
    async for piece in pieces:
        form.take(piece)
        if form.name is not None:
            return FilePart(form.name, _chunks(form, pieces, limit))
    form.check_end()
    raise Invalid({FIELD: ["A file is required."]})


async def _chunks(form: "_Form", pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        chunk = form.give()
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        if chunk:
            yield chunk
        piece = await anext(pieces, None)
        more = piece is not None
        form.take(piece or b"")
    form.check_end()


async def _pieces(receive: Receive, limit: int) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The body ended early.")
        size += len(message.get("body", b""))
        if size > limit + _ROOM:
            raise TooLarge(limit)
        more = message.get("more_body", False)
        yield message.get("body", b"")


class _Part(Struct):
    """The headers of one part, as they arrive."""

    field: bytes = b""
    value: bytes = b""
    disposition: bytes = b""
    is_file: bool = False


class _Form:
    """`name` is the file's, as soon as it is known. Parts without a file are skipped."""

    def __init__(self, boundary: bytes) -> None:
        self.name: str | None = None
        self._data: list[bytes] = []
        self._part = _Part()
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._read_header_field,
                    "on_header_value": self._read_header_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._read_data,
                    "on_end": self._end,
                },
            )
        except FormParserError as wrong:
            raise Malformed("The boundary is too long.") from wrong

    def take(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except MultipartParseError as wrong:
            raise Malformed(f"The body is not valid {MULTIPART}.") from wrong

    def give(self) -> bytes:
        """Return the bytes of the file that arrived since the last call."""
        data, self._data = self._data, []
        return b"".join(data)

    def check_end(self) -> None:
        if not self._ended:
            raise Malformed("The body ended early.")

    def _begin_part(self) -> None:
        self._part = _Part()

    def _read_header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.field += data[start:end]

    def _read_header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _end_header(self) -> None:
        if self._part.field.lower() == b"content-disposition":
            self._part.disposition = self._part.value
        self._part.field = self._part.value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._part.disposition)
        if b"filename" not in options:
            return
        if options.get(b"name") != FIELD.encode():
            raise Invalid({FIELD: [f"The file must be sent in the field {FIELD}."]})
        if self.name is not None:
            raise Invalid({FIELD: ["One file can be sent at a time."]})
        self._part.is_file = True
        self.name = _read_name(options[b"filename"])

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._part.is_file:
            self._data.append(data[start:end])

    def _end(self) -> None:
        self._ended = True


def _boundary(headers: Headers) -> bytes:
    if media_type_of(headers) != MULTIPART:
        raise UnsupportedMedia(f"The body must be {MULTIPART}.")
    boundary = parse_options_header(headers["content-type"])[1].get(b"boundary")
    if not boundary:
        raise Malformed(f"{MULTIPART} needs a boundary.")
    return boundary


def _read_name(sent: bytes) -> str:
    """Browsers send UTF-8; other bytes are read as Latin-1, in which old clients write names."""
    try:
        return sent.decode()
    except UnicodeDecodeError:
        return sent.decode("latin-1")
