import re
from pathlib import Path

import msgspec
import pytest

from tests.conformance.decoder_words import decoder_words
from touchbook.config import Bucket, Settings, SettingsError, load_settings

NOWHERE = Path("no-such-file.toml")


def test_nothing_set() -> None:
    assert load_settings({}, NOWHERE) == Settings()


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"STATE_DIRECTORY": "/var/lib/touchbook"}, "/var/lib/touchbook"),
        ({"STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "XDG_DATA_HOME": "/x"}, "/var/lib/a"),
        ({"XDG_DATA_HOME": "/home/kim/data"}, "/home/kim/data/touchbook"),
        ({"XDG_DATA_HOME": "relative"}, "/home/kim/.local/share/touchbook"),
        ({}, "/home/kim/.local/share/touchbook"),
        ({"STATE_DIRECTORY": "/var/lib/touchbook", "TOUCHBOOK_DATA_DIR": "~/told"}, "/home/kim/told"),
    ],
)
def test_the_data_directory_of_an_install(
    environment: dict[str, str], found: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", "/home/kim")
    monkeypatch.setattr("touchbook.config._ROOT", tmp_path)
    assert str(load_settings(environment, NOWHERE).data_dir) == found


@pytest.mark.parametrize("place", ["/", "/tmp"])
def test_a_clone_has_its_own_from_everywhere(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    assert load_settings({"XDG_DATA_HOME": "/x"}, NOWHERE).data_dir == Path(__file__).parents[1] / "data"


def test_later_wins(tmp_path: Path) -> None:
    file = tmp_path / "touchbook.toml"
    file.write_text('port = 1\nhost = "file"\nlog_level = "debug"\n')
    environment = {"TOUCHBOOK_PORT": "2", "TOUCHBOOK_HOST": "environment", "HOME": "/"}
    settings = load_settings(environment, file, port=3, host=None)
    assert (settings.port, settings.host, settings.log_level) == (3, "environment", "debug")


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("port = 81\n")
    assert load_settings({"TOUCHBOOK_CONFIG": str(file)}).port == 81


@pytest.mark.parametrize(("value", "limit"), [("off", None), ("0", None), ("5", 5)])
def test_rate_limit(value: str, limit: int | None) -> None:
    assert load_settings({"TOUCHBOOK_RATE_LIMIT": value}, NOWHERE).rate_limit == limit


@pytest.mark.parametrize(("value", "on"), [("on", True), ("off", False), ("true", True), ("false", False)])
def test_password_grant(value: str, on: bool) -> None:
    assert load_settings({"TOUCHBOOK_PASSWORD_GRANT": value}, NOWHERE).password_grant is on


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TOUCHBOOK_PROT": "1"}, "TOUCHBOOK_PROT"),
        ({"TOUCHBOOK_PORT": "eighty"}, "port"),
        ({"TOUCHBOOK_RATE_LIMIT": "sometimes"}, "rate_limit"),
        ({"TOUCHBOOK_RATE_LIMIT": "-1"}, "rate_limit"),
        ({"TOUCHBOOK_PASSWORD_GRANT": "sometimes"}, "password_grant"),
        ({"TOUCHBOOK_FILE_LIMIT": "0"}, "file_limit"),
        ({"TOUCHBOOK_PROCESSES": "0"}, "processes"),
        ({"TOUCHBOOK_COMMAND_TIMEOUT": "0"}, "command_timeout"),
        ({"TOUCHBOOK_DATABASE_POOLER": "session"}, "database_pooler"),
        ({"TOUCHBOOK_DATABASE_POOLER": "transaction"}, "worker_database_url"),
        ({"TOUCHBOOK_WORKER_DATABASE_URL": "postgresql://h/db"}, "database_url"),
        ({"TOUCHBOOK_SECRET_KEY": ","}, "secret_key"),
        ({"TOUCHBOOK_SECRET_KEY": f"{'a' * 32},short"}, "secret_key"),
        ({"TOUCHBOOK_METRICS_TOKEN": "short"}, "metrics_token"),
        ({"TOUCHBOOK_PUBLIC_URL": "touchbook.example.com"}, "public_url"),
        ({"TOUCHBOOK_PUBLIC_URL": "https://kim:secret@example.com"}, "public_url"),
    ],
)
def test_wrong_settings_are_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load_settings(environment, NOWHERE)


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("s3://files", Bucket("files", "", {})),
        ("s3://files/", Bucket("files", "", {})),
        ("s3://files/a/b/?region=eu-central-1", Bucket("files", "a/b", {"region": "eu-central-1"})),
        ("s3://files?endpoint=http://127.0.0.1:9000", Bucket("files", "", {"endpoint": "http://127.0.0.1:9000"})),
    ],
)
def test_a_bucket(url: str, bucket: Bucket) -> None:
    read = load_settings({"TOUCHBOOK_FILES_URL": url}, NOWHERE).bucket
    assert read == bucket
    assert read.is_plain == ("http://" in url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "files",
        "/srv/files",
        "https://files.example.com/",
        "s3://",
        "s3://x",
        "s3:///files",
        "s3://kim:secret@files",
        "s3://files:9000",
        "s3://files#secret",
        "s3://files?secret",
        "s3://files?secret_access_key=secret",
        "s3://files?endpoint=",
        "s3://files?endpoint=secret",
        "s3://files?endpoint=ftp://secret",
        "s3://files?endpoint=https://kim:secret@host",
        "s3://[secret",
    ],
)
def test_a_wrong_bucket_is_named_and_never_shown(url: str) -> None:
    with pytest.raises(SettingsError, match="files_url") as wrong:
        load_settings({"TOUCHBOOK_FILES_URL": url}, NOWHERE)
    assert "kim" not in str(wrong.value)
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize("text", ["porto = 1", "port = ", "\xff"])
def test_wrong_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "touchbook.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError):
        load_settings({}, file)


@pytest.mark.parametrize("text", ["porto = 1", "port = 'eighty'", "data_dir = 1", "viewer_zone = 'moon'"])
def test_a_wrong_setting_is_named_in_plain_words(text: str, tmp_path: Path) -> None:
    file = tmp_path / "touchbook.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=text.split()[0]) as wrong:
        load_settings({}, file)
    assert decoder_words(str(wrong.value), "") == []


def test_every_setting_stands_in_the_documents() -> None:
    table = (Path(__file__).parents[1] / "docs" / "operate" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (?:`([^`]+)`)? *\|", table, re.MULTILINE)
    told = {name: (variable, default or None) for name, variable, default in rows}
    defaults = msgspec.structs.asdict(Settings()) | {"data_dir": None}
    assert told == {name: (f"TOUCHBOOK_{name.upper()}", _as_told(default)) for name, default in defaults.items()}
    sources = (Path(__file__).parents[1] / "src").rglob("*.py")
    named = {name for path in sources for name in re.findall(r"TOUCHBOOK_[A-Z_]+[A-Z]", path.read_text())}
    assert named <= {*re.findall(r"TOUCHBOOK_[A-Z_]+", table)}


def _as_told(default: object) -> str | None:
    if isinstance(default, bool):
        return "on" if default else "off"
    return None if default is None else str(default)
