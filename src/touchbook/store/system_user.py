"""The user that PostgreSQL runs as, and running a program as that user."""

import os
import pwd
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchbook.store.errors import StoreError

PLAIN_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


@dataclass(frozen=True)
class SystemUser:
    """Without numbers it is the present user."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """Pass on none of root's supplementary groups."""
        return None if self.uid is None else []

    def __str__(self) -> str:
        return _name_of(os.geteuid() if self.uid is None else self.uid)

    def own(self, path: Path) -> None:
        if self.uid is not None:
            os.chown(path, self.uid, -1 if self.gid is None else self.gid, follow_symlinks=False)

    def write(self, path: Path, text: str) -> None:
        """Write the whole file or nothing, readable for this user only."""
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        self.own(part)
        part.replace(path)

    def reaches(self, directory: Path) -> bool:
        """Ask the system by trying, since mode bits do not tell everything."""
        try:
            run(["/bin/sh", "-c", 'cd "$0"', directory], system_user=self)
        except StoreError:
            return False
        return True


def choose_system_user(*homes: Path) -> SystemUser:
    """Return the present user, or, as root, whom PostgreSQL refuses, the owner of the first of `homes` that is not
    root's, or a system user.
    """
    if os.geteuid() != 0:
        return SystemUser()
    for home in homes:
        if home.exists() and (status := home.stat()).st_uid != 0:
            return SystemUser(status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(user.pw_uid, user.pw_gid)
    raise StoreError(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody. "
        "Start Touchbook as another user, or set TOUCHBOOK_DATABASE_URL."
    )


def run(
    command: Sequence[str | Path],
    *,
    system_user: SystemUser | None = None,
    environment: Mapping[str, str] = PLAIN_ENVIRONMENT,
    text: str | None = None,
) -> str:
    """Return the output; StoreError with the error output when it fails. `text` is its standard input."""
    system_user = system_user or SystemUser()
    program = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            input=text or "",
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=environment,
            user=system_user.uid,
            group=system_user.gid,
            extra_groups=system_user.groups,
        )
    except OSError as error:
        raise StoreError(f"{command[0]} cannot be run by {system_user}: {error.strerror}.") from error
    if done.returncode:
        raise StoreError(f"{program}: {done.stderr.strip() or f'ended with code {done.returncode}'}")
    return done.stdout


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
