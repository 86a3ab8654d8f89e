"""A PostgreSQL server for all tests of a file, and a schema of its own for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import postgresql_server
import pytest

VARIABLE = "HAMM_EVAL_TEST_DATABASE"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The address of a running server."""
    programs = postgresql_server.programs()
    if programs is None:
        pytest.skip(postgresql_server.NOT_INSTALLED)
    with postgresql_server.server(programs) as address:
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
