from pathlib import Path

from tests.cli.conftest import Script


def test_an_unknown_setting_is_an_error(tmp_path: Path) -> None:
    script = Script(tmp_path / "data", {"TOUCHBOOK_COLOUR": "red"})
    assert "TOUCHBOOK_COLOUR" in script.fail("doctor")
    assert "TOUCHBOOK_COLOUR" in script.fail("serve")
    assert not (tmp_path / "data").exists()


def test_an_unknown_setting_in_the_file_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "touchbook.toml"
    file.write_text('colour = "red"\n')
    assert "colour" in Script(tmp_path, {"TOUCHBOOK_CONFIG": str(file)}).fail("tasks")


def test_a_data_directory_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "file" in Script(tmp_path).fail("tasks", "--data-dir", str(tmp_path / "file" / "data"))


def test_the_version() -> None:
    assert Script(Path()).say("--version") == "touchbook 0.1.0"
