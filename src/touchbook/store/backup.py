"""Backs up a whole database to a file and restores it, by pg_dump and pg_restore.

The programs get the password by their environment, never by their arguments, which any user of the machine can
read.
"""

import contextlib
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from touchbook.store.address import read_address
from touchbook.store.binaries import find_client
from touchbook.store.errors import StoreError
from touchbook.store.system_user import run

OBJECTS = """
    from pg_depend d
    join pg_namespace n on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
    cross join lateral pg_identify_object(d.classid, d.objid, 0) o
    where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and d.classid not in ('pg_extension'::regclass, 'pg_default_acl'::regclass)
      and not exists (
          select from pg_depend e where e.classid = d.classid and e.objid = d.objid and e.deptype = 'e')
"""
_EMPTY = f"""
do $$
declare object record;
begin
    for object in
        select case o.type when 'composite type' then 'type' when 'statistics object' then 'statistics'
               else o.type end as kind, o.identity
        {OBJECTS} order by o.type <> 'table'
    loop
        execute format('drop %s if exists %s cascade', object.kind, object.identity);
    end loop;
    for object in
        select nspname from pg_namespace n
        where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public')
          and not exists (select from pg_extension where extnamespace = n.oid)
          and not exists (
              select from pg_depend where classid = 'pg_namespace'::regclass and objid = n.oid and deptype = 'e')
    loop
        execute format('drop schema if exists %I cascade', object.nspname);
    end loop;
end $$;
"""


def backup(url: str, bin_dir: Path | None, file: Path) -> None:
    """Replace `file` only when the backup is complete, read back and on disk. Mode 0600."""
    with replacing(file) as part:
        dump(url, bin_dir, part)


def dump(url: str, bin_dir: Path | None, file: Path, *, snapshot: str | None = None) -> None:
    """Overwrite `file`, and read it back. `snapshot` is held by another transaction."""
    client = Client(url, bin_dir)
    seen = [f"--snapshot={snapshot}"] if snapshot else []
    client.run("pg_dump", "--format=custom", "--no-password", f"--file={file}", *seen, "-d", client.conninfo)
    client.verify(file)


def restore(url: str, bin_dir: Path | None, file: Path, *, replace: bool = False) -> None:
    """Restore all or nothing, into an empty database, or with `replace` in place of its contents.

    Owners and grants are those of the new database: the roles of the dump may not exist there.
    """
    file = file.absolute()
    check_restore(url, bin_dir, file, replace=replace).pour(file, replace=replace)


def check_restore(url: str, bin_dir: Path | None, file: Path, *, replace: bool) -> "Client":
    """Return the client that can restore this dump into the database, which must be empty unless `replace`."""
    client = Client(url, bin_dir)
    client.verify(file)
    if not replace and client.sql(f"select exists (select {OBJECTS})") == "t":
        raise StoreError("The database is not empty. To lose what it holds, say so (--replace).")
    return client


@contextlib.contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """Give a file beside it, mode 0600, which replaces it when the block succeeds and is deleted when it fails."""
    file = file.absolute()
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
        _sync(part)
        part.replace(file)
        _sync(file.parent)
    except OSError as error:
        raise StoreError(f"The backup cannot be written to {file}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


class Client:
    """The client programs for one database, of its server's version or newer."""

    def __init__(self, url: str, bin_dir: Path | None) -> None:
        address = read_address(url)
        self.conninfo = address.conninfo
        self._environment = os.environ | {"LC_ALL": "C", "PGCONNECT_TIMEOUT": "10"}
        if address.password is not None:
            self._environment["PGPASSWORD"] = address.password
        self._bin = find_client(bin_dir, 0, address.tls)
        self._bin = find_client(bin_dir, int(self.sql("show server_version_num")) // 10000, address.tls)

    def run(self, program: str, *arguments: str | Path) -> str:
        return run(self._command(program, *arguments), environment=self._environment)

    def sql(self, statement: str) -> str:
        return run(self._psql("-c", statement), environment=self._environment).strip()

    def verify(self, file: Path) -> None:
        """Read the whole dump, as a restore would."""
        if not file.is_file():
            raise StoreError(f"There is no file {file}.")
        try:
            self.run("pg_restore", "--list", file)
            self.run("pg_restore", "--file=/dev/null", file)
        except StoreError as failure:
            raise StoreError(f"{file} is no backup that can be read to its end. {failure}") from failure

    def pour(self, file: Path, *, replace: bool) -> None:
        """Restore in one transaction, which is committed only when pg_restore reports that it sent the
        whole dump.
        """
        first = _EMPTY if replace else ""
        dump = self._command("pg_restore", "--no-owner", "--no-privileges", "--no-comments", "--file=-", file)
        with tempfile.TemporaryFile() as complaints:
            psql = subprocess.Popen(
                self._psql("-f", "-"),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env=self._environment,
            )
            with psql, contextlib.suppress(BrokenPipeError), cast(IO[bytes], psql.stdin) as script:
                script.write(f"begin; set local lock_timeout = '10s';\n{first}\n".encode())
                script.flush()
                given = subprocess.run(dump, stdout=script, stderr=complaints, env=self._environment)
                if given.returncode == 0:
                    script.write(b"commit;\n")
            if psql.returncode or given.returncode:
                complaints.seek(0)
                words = complaints.read().decode(errors="replace").strip()
                raise StoreError(f"Nothing was restored. {words}")

    def _psql(self, *arguments: str | Path) -> list[str | Path]:
        return self._command("psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, *arguments)

    def _command(self, program: str, *arguments: str | Path) -> list[str | Path]:
        return [self._bin / program, *arguments]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
