"""A server that speaks S3, with one bucket and one key for it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

PROGRAM = Path(sys.executable).with_name("nanio")
SECRET = "of-no-worth-to-anybody"


class BucketServer(Struct, frozen=True):
    """It keeps objects as files below `directory`. `files_url` is as the setting has it."""

    endpoint: str
    directory: Path
    bucket: str = "touchbook"
    prefix: str = "brokerage/files"

    @property
    def files_url(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}?endpoint={self.endpoint}&region=eu-central-1"

    def sizes(self) -> dict[str, int]:
        """Of what is below the prefix, by its place there."""
        root = self.directory / self.bucket / self.prefix
        return {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}

    def unfinished(self) -> int:
        """Uploads in parts that were neither completed nor aborted, below whatever prefix."""
        return len(list((self.directory / ".nanio" / "multipart").iterdir()))


@contextmanager
def serving_bucket(directory: Path) -> Iterator[BucketServer]:
    """The environment has credentials for it meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    serving = BucketServer(f"http://127.0.0.1:{port}", directory)
    (directory / serving.bucket).mkdir(parents=True)
    keys = {"NANIO_ACCESS_KEY": "kim", "NANIO_SECRET_KEY": SECRET}
    process = subprocess.Popen(
        [
            str(PROGRAM),
            *("serve", "--data-dir", str(directory), "--host", "127.0.0.1", "--port", port),
            *("--region", "eu-central-1", "--log-level", "error", "--no-access-log"),
        ],
        env=os.environ | keys,
        stderr=subprocess.DEVNULL,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "kim")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        try:
            _wait_for(serving.endpoint)
            yield serving
        finally:
            process.terminate()
            process.wait()


def _wait_for(url: str) -> None:
    """Until it answers anything at all."""
    until = time.monotonic() + 20
    while True:
        try:
            httpx.get(url)
            return
        except httpx.ConnectError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
