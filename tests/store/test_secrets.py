import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from touchbook.config import Settings
from touchbook.store.errors import StoreError
from touchbook.store.secrets import FILE, secret_keys


def test_a_key_is_made_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    [key] = secret_keys(settings)
    assert len(key) >= 64
    assert secret_keys(settings) == [key]
    assert stat.S_IMODE((tmp_path / "data" / FILE).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == [FILE]
    assert secret_keys(Settings(data_dir=tmp_path / "other")) != [key]


def test_who_come_at_once_get_the_same(tmp_path: Path) -> None:
    for attempt in range(20):
        settings, start = Settings(data_dir=tmp_path / str(attempt)), Barrier(8)

        def make(settings: Settings = settings, start: Barrier = start) -> str:
            start.wait()
            return secret_keys(settings)[0]

        with ThreadPoolExecutor(8) as threads:
            keys = {made.result() for made in [threads.submit(make) for _ in range(8)]}
        assert len(keys) == 1
        assert [path.name for path in settings.data_dir.iterdir()] == [FILE]


def test_those_that_are_set_stand_in_its_place(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=f"{'a' * 32}, {'b' * 32}")
    assert secret_keys(settings) == ["a" * 32, "b" * 32]
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("\n")
    with pytest.raises(StoreError, match="empty"):
        secret_keys(Settings(data_dir=tmp_path))
