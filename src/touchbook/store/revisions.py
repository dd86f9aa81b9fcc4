"""Knows the newest revision without loading Alembic, so that commands without migration start faster."""

from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def newest_revision() -> str:
    return max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py"))
