"""Where no data is, no command but those that begin something makes any."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.cli.commands import run_command
from tests.cli.conftest import PATIENCE, Script
from touchbook.cli.commands import Named, commands
from touchbook.store.embedded import Embedded

MAKING = ("serve", "restore", "migrate", "demo")
ARGUMENTS = {
    "backup": ["b.dump"],
    "import-listings": ["listings.json"],
    "team add": ["Sales"],
    "team set": ["Sales", "--contacts", "team"],
    "user add": ["--team", "Sales", "--email", "a@b.example"],
    "user set-password": ["--team", "Sales", "--email", "a@b.example"],
    "user leave": ["--team", "Sales", "--email", "a@b.example"],
    "key create": ["--team", "Sales", "--user", "a@b.example", "--scope", "read"],
    "key revoke": ["1"],
    "client add": ["phone"],
    "client remove": ["one"],
}


def names_of(group: typer.core.TyperGroup, before: str = "") -> Iterator[str]:
    for name, named in group.commands.items():
        command = named.load() if isinstance(named, Named) else named
        if isinstance(command, typer.core.TyperGroup):
            yield from names_of(command, f"{name} ")
        else:
            yield before + name


COMMANDS = list(names_of(typer.main.get_command(commands)))  # type: ignore[arg-type]


def run_bare(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As a unit of systemd does: from elsewhere, and with hardly an environment."""
    environment = {"STATE_DIRECTORY": str(directory / "data")}
    return run_command(words, environment, typed="a long password\n", place=directory, patience=PATIENCE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_data_directory(command: str) -> None:
    shown = CliRunner().invoke(commands, [*command.split(), "--help"], env={"COLUMNS": "200"})
    assert "--data-dir" in shown.output


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - set(MAKING)))
def test_a_command_makes_no_data_directory(command: str, tmp_path: Path) -> None:
    (tmp_path / "listings.json").write_text("[]")
    done = run_bare(tmp_path, *command.split(), *ARGUMENTS.get(command, []))
    assert done.returncode == 1, done
    said = done.stdout if command == "doctor" else done.stderr
    assert f"There is no database in {tmp_path}/data" in said
    assert "--data-dir" in said
    assert [path.name for path in tmp_path.iterdir()] == ["listings.json"]


def test_a_database_in_the_working_directory_is_no_reason_for_a_new_one(tmp_path: Path) -> None:
    """It was the data directory of earlier versions."""
    (tmp_path / "data/postgres/data").mkdir(parents=True)
    (tmp_path / "data/postgres/data/PG_VERSION").write_text("18\n")
    environment = {"STATE_DIRECTORY": str(tmp_path / "state")}
    for words in (["serve", "--port", "0"], ["tasks"]):
        done = run_command(words, environment, place=tmp_path, patience=PATIENCE)
        assert done.returncode == 1
        assert (
            f"There is a database in {tmp_path}/data, but the data directory is {tmp_path}/state." in done.stderr
        )
    assert not (tmp_path / "state").exists()


def test_nor_a_database_in_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert "There is no database" in run_bare(tmp_path, "backup", "b.dump").stderr
    assert list(tmp_path.rglob("*")) == [tmp_path / "data"]


@pytest.mark.parametrize("words", [("team", "add", "Sales"), ("tasks",), ("key", "list"), ("jobs",)])
def test_an_empty_database_elsewhere_is_left_empty(
    words: tuple[str, ...], touchbook: Script, embedded: Embedded
) -> None:
    name = f"left_{words[0]}"
    script = touchbook.with_database(embedded.create_database(name))
    assert "touchbook migrate" in script.fail(*words)
    assert (
        embedded._cluster.sql("select count(*) from pg_tables where schemaname = 'public'", database=name) == "0"
    )


def test_a_backup_of_an_empty_database_is_none(touchbook: Script, embedded: Embedded, tmp_path: Path) -> None:
    empty = touchbook.with_database(embedded.create_database("nothing_there"))
    assert "empty" in empty.fail("backup", str(tmp_path / "b.dump"))
    assert list(tmp_path.iterdir()) == []


def test_cron_makes_a_backup_where_it_is_told(touchbook: Script, data_dir: Path, tmp_path: Path) -> None:
    done = run_bare(tmp_path, "backup", "b.dump", "--data-dir", str(data_dir))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.dump").read_bytes().startswith(b"PGDMP")
