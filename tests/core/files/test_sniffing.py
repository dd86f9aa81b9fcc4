import io
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.rechat.steps import REPLAY
from touchbook.core.files.sniffing import Sniffer

FILES = REPLAY / "files"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLS = "application/vnd.ms-excel"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def mime(chunks: Iterable[bytes], name: str = "file") -> str:
    sniffer = Sniffer()
    for chunk in chunks:
        sniffer.take(chunk)
    return sniffer.mime(name)


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def compound(stream: str, at: int) -> bytes:
    """What begins as a compound file and has an entry of a stream at that place, as far as we look."""
    content = bytearray(OLE.ljust(at + 512, b"\0"))
    content[at : at + len(stream) * 2] = stream.encode("utf-16-le")
    return bytes(content)


@pytest.mark.parametrize("size", [1, 7, 100, 4096, 1 << 20])
@pytest.mark.parametrize(("file", "found"), [("csv", "text/csv"), ("xls", XLS), ("xlsx", XLSX)])
def test_real_spreadsheets(file: str, found: str, size: int) -> None:
    content = Path(FILES / f"contacts.{file}").read_bytes()
    assert mime(cut(content, size), f"contacts.{file}") == found


@pytest.mark.parametrize(("file", "found"), [("csv", "text/plain"), ("xls", XLS), ("xlsx", XLSX)])
def test_the_name_makes_no_spreadsheet(file: str, found: str) -> None:
    content = Path(FILES / f"contacts.{file}").read_bytes()
    assert mime([content], "contacts.png") == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
        (b"GIF89a\x01\0\x01\0", "image/gif"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"%PDF-1.4\nall of it text\n", "application/pdf"),
        (zipped(("notes.txt", b"x")), "application/zip"),
        (zipped(("docProps/thumbnail.jpeg", os.urandom(300_000)), ("xl/workbook.xml", b"<x/>")), XLSX),
        (zipped(("word/document.xml", b"<x/>"), ("a", b"xl/workbook.xml")), DOCX),
        (zipped(("evil/xl/workbook.xml", b"<x/>")), "application/zip"),
        (compound("Workbook", 512 * 700 + 128), XLS),
        (compound("Book", 1024), XLS),
        (compound("WordDocument", 1024), "application/msword"),
        (compound("Workbook", 1030), "application/octet-stream"),
        (compound("Workbooks", 1024), "application/octet-stream"),
        (bytes(range(256)), "application/octet-stream"),
        (b"MZ\x90\0\x03\0\0\0", "application/x-msdownload"),
    ],
)  # fmt: skip
def test_what_is_in_it(content: bytes, found: str) -> None:
    assert mime([content], "a.csv") == mime(cut(content, 61), "a.csv") == found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"First name,Phone\r\nJos\xe9,1\r\n",
        "\ufeffVorname;Größe\n".encode(),
        "Vorname;Größe 名\n".encode("utf-16"),
        b"BMW,Make\nX5,1\n",
        b"MZ,ID3\n1,2\n",
        b"PK\tID\n",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"x,\x1b[1m\n",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_texts(content: bytes, size: int) -> None:
    for name, found in (("a.csv", "text/csv"), ("A.CSV", "text/csv"), ("a.html", "text/plain")):
        assert mime(cut(content, size), name) == found


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n" * 5000 + b"\0",
        "a,b\n".encode("utf-16") + b"x",
        "a,\0b\n".encode("utf-16"),
        b"\xff\xfe\x00\xd8\x00\xd8",
    ],
)
def test_what_is_no_text_throughout(content: bytes) -> None:
    assert mime(cut(content, 1000), "a.csv") == "application/octet-stream"


@given(st.binary(max_size=400) | st.sampled_from([PNG, OLE]), st.lists(st.integers(1, 50), max_size=30))
def test_where_it_was_cut_does_not_matter(content: bytes, sizes: list[int]) -> None:
    chunks, rest = [], content
    for size in sizes:
        chunks.append(rest[:size])
        rest = rest[size:]
    assert mime([*chunks, rest], "a.csv") == mime([content], "a.csv")
