"""Detects the type of a file from its bytes.

The name only decides between kinds of text; a declared type is ignored.
"""

import codecs
import re

import filetype

from touchbook.core.files.file import ending_of

UNKNOWN = "application/octet-stream"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_HEAD = 8192
# The list of a zip's members stands at its end; a spreadsheet of a thousand sheets has one of 100 kB.
_TAIL = 256 * 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What never stands in a text (WHATWG, MIME Sniffing 3): control characters but tab, line feeds and escape.
_BINARY = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
_BINARY_CHARACTER = re.compile(f"[{re.escape(_BINARY.decode())}]")
# Formats that may be readable as text throughout; a text that begins with BM is no bitmap.
_READABLE = frozenset({"application/pdf", "application/postscript", "application/rtf"})
_OFFICE = {
    b"xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_STREAMS = {
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "WordDocument": "application/msword",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_ENTRY = 128
_ENTRY_NAME = 64


class Sniffer:
    """Consumes bytes as they arrive, and keeps a head and a tail of them."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self._streams = {_stream_name(name): mime for name, mime in _STREAMS.items()}
        self._ole: str | None = None
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_text = True
        self._size = 0

    def take(self, chunk: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head += chunk[: _HEAD - len(self._head)]
        if self._head.startswith(_OLE):
            self._look_for_streams(chunk)
        if self._is_text:
            self._is_text = self._reads(chunk)
        kept = _TAIL if self._head.startswith(_ZIP) else _ENTRY
        self._tail = (self._tail + chunk)[-kept:]
        self._size += len(chunk)

    def mime(self, name: str) -> str:
        """Return the type of all bytes consumed."""
        text = self._is_text and (self._decoder is None or self._decodes(b"", final=True))
        known = self._by_signature()
        if known and (known in _READABLE or not text):
            return known
        if text:
            return "text/csv" if ending_of(name) == ".csv" else "text/plain"
        return UNKNOWN

    def _by_signature(self) -> str | None:
        if self._head.startswith(_OLE):
            return self._ole
        if self._head.startswith(_ZIP):
            for member, mime in _OFFICE.items():
                if _has_member(self._tail, member):
                    return mime
        found: str | None = filetype.guess_mime(self._head) if self._head else None
        return found

    def _look_for_streams(self, chunk: bytes) -> None:
        """Streams of a compound file are named in entries of 128 bytes, which may stand in any sector."""
        before = self._tail[-_ENTRY:]
        begin, window = self._size - len(before), before + chunk
        for name, mime in self._streams.items():
            at = window.find(name)
            while at >= 0 and self._ole is None:
                if (begin + at) % _ENTRY == 0:
                    self._ole = mime
                at = window.find(name, at + 1)

    def _reads(self, chunk: bytes) -> bool:
        """Return whether the chunk is text that continues what came before."""
        begun = self._tail + chunk
        if self._size < len(codecs.BOM_UTF16) and begun.startswith(_UTF16):
            self._decoder = codecs.getincrementaldecoder("utf-16")()
            return self._decodes(begun)
        if self._decoder is not None:
            return self._decodes(chunk)
        return len(chunk.translate(None, _BINARY)) == len(chunk)

    def _decodes(self, chunk: bytes, *, final: bool = False) -> bool:
        assert self._decoder is not None
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            return False
        return _BINARY_CHARACTER.search(text) is None


def _stream_name(name: str) -> bytes:
    """Return the start of a directory entry: UTF-16, padded to its field."""
    return name.encode("utf-16-le").ljust(_ENTRY_NAME, b"\0")


def _has_member(tail: bytes, member: bytes) -> bool:
    """Search the central directory of a zip file: signature, 42 bytes, the name."""
    at = tail.find(member)
    while at >= 0:
        if tail[at - 46 : at - 42] == b"PK\x01\x02" and int.from_bytes(tail[at - 18 : at - 16], "little") == len(
            member
        ):
            return True
        at = tail.find(member, at + 1)
    return False
