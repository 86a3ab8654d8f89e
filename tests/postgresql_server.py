"""A PostgreSQL server of the tests' own: a temporary cluster that listens on a Unix socket only."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

VARIABLE = "HAMM_EVAL_TEST_DATABASE"
USER = "evaluation"
NOT_INSTALLED = "PostgreSQL's server is not installed (Debian package postgresql)"
_numbers = itertools.count(1)


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, which Debian keeps off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return debian[-1].parent if debian else None


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """Start a server; gives its address, without a database, and removes everything afterwards."""
    # A Unix socket's path has at most 107 bytes: not below pytest's long folders.
    home = Path(tempfile.mkdtemp(prefix="he-pg-"))
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
        as_user = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    data = home / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(bin_folder / program), *arguments]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    try:
        run(
            "initdb",
            "-D",
            str(data),
            "-U",
            USER,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "trust",
            "--no-sync",
        )
        options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-l", str(home / "log"), "-w", "-o", options, "start")
        try:
            yield f"postgresql://{USER}@/postgres?host={home}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The address of a running server."""
    found = programs()
    if found is None:
        pytest.skip(NOT_INSTALLED)
    with server(found) as address:
        yield address


@pytest.fixture
def schema(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[object, str]]:
    """A connection that writes, and the name of a new schema; the reader's variable is set."""
    import psycopg

    name = f"export_{next(_numbers)}"
    monkeypatch.setenv(VARIABLE, database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield connection, name
        connection.execute(f"DROP SCHEMA {name} CASCADE")
