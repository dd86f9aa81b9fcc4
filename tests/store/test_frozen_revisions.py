"""A revision that has landed is never edited: databases have run it, and others that run it now would differ."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from touchbook.store import revisions

LANDED = Path(__file__).parent / "frozen" / "revisions.sha256"
_EDITED = (
    """has landed and is not what landed: undo the edit (`git checkout main -- FILE`) and write a new revision."""
)
_MISSING = """has landed and is gone: databases at an older revision need it. Bring it back."""
_NEW = f"""is new. When it is as it should land, in its folder: `sha256sum FILE >> .../{LANDED.name}`."""


def landed() -> dict[str, str]:
    lines = LANDED.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def faults(files: Mapping[str, bytes], known: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(files.keys() | known.keys()):
        if name not in files:
            yield f"{name} {_MISSING}"
        elif name not in known:
            yield f"{name} {_NEW}"
        elif sha256(files[name]).hexdigest() != known[name]:
            yield f"{name} {_EDITED}"


def files() -> dict[str, bytes]:
    # A checkout may end its lines otherwise; PostgreSQL reads both alike.
    return {file.name: file.read_bytes().replace(b"\r\n", b"\n") for file in revisions.VERSIONS.glob("[0-9]*_*.*")}


def test_no_landed_revision_changes() -> None:
    assert "\n".join(faults(files(), landed())) == ""


def test_each_change_is_told_with_what_to_do_instead() -> None:
    known = {"0001_a.sql": sha256(b"a").hexdigest(), "0002_b.py": sha256(b"b").hexdigest()}
    assert list(faults({"0001_a.sql": b"a", "0002_b.py": b"b"}, known)) == []
    told = list(faults({"0001_a.sql": b"other", "0003_c.sql": b"c"}, known))
    assert [line.partition(" ")[0] for line in told] == ["0001_a.sql", "0002_b.py", "0003_c.sql"]
    assert all(
        words in line for words, line in zip(("a new revision", "Bring it back", "sha256sum"), told, strict=True)
    )
