"""PostgreSQL: the tables of one schema, read as text within one read-only snapshot.

The server writes every value as text, so that no driver's conversion stands between; SQLAlchemy and
psycopg come with the extra ``postgres`` and are imported when a database is read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.readers.header import make_header
from hamm_eval.casefile.readers.text_table import LINE, Stored, TextTable, Wanted
from hamm_eval.casefile.readers.typed import check_texts
from hamm_eval.errors import UsageError
from hamm_eval.source import Postgresql

if TYPE_CHECKING:
    import sqlalchemy as sa

FORMAT = "PostgreSQL"
_ROWS_AT_ONCE = 50_000
_SECONDS_TO_CONNECT = 10
_OPEN_ENDED = "infinity"
# What the server says, in English, and what to do about it.
_REASONS = (
    ("password", "Check user and password in {variable}."),
    ("does not exist", "Check the names of user and database in {variable}."),
    ("host name", "Check the host in {variable}."),
    ("refused", "Check that the server runs, and host and port in {variable}."),
    ("timeout", "Check that the server can be reached from this machine."),
)


class Schema:
    """The tables of one schema within one transaction; made by `open_schema`."""

    def __init__(self, connection: sa.Connection, source: Postgresql) -> None:
        import sqlalchemy as sa

        self._connection = connection
        self._schema = source.schema_name
        self._inspector = sa.inspect(connection)

    def __repr__(self) -> str:
        return "Schema()"

    def tables(self) -> list[str]:
        """Names of its tables and views."""
        look = self._inspector
        names = [
            *look.get_table_names(self._schema),
            *look.get_view_names(self._schema),
            *look.get_materialized_view_names(self._schema),
        ]
        return sorted(names)

    def label(self, table: str) -> str:
        """How messages call a table."""
        return f"{self._schema}.{table}"

    def read(self, table: str, wanted: Wanted, notes: FileCollector) -> TextTable | None:
        """Read one table as text, or note everything that is wrong with it and return None."""
        import sqlalchemy as sa

        with _errors_for_people(self.label(table)):
            columns = self._inspector.get_columns(table, self._schema)
        names = [str(column["name"]) for column in columns]
        header = make_header(names, None, wanted.known, wanted.words, notes)
        positions = wanted.match(header, notes)
        if positions is None:
            return None
        stored: dict[str, Stored] = {}
        kinds = {ours: _plain(columns[index]["type"]) for ours, index in positions.items()}
        for ours, index in positions.items():
            held = _held(kinds[ours])
            if isinstance(held, Stored):
                stored[ours] = held
            elif held is not None:
                german, english = held
                notes.add("column_type", column=header.shown(index), type_de=german, type_en=english)
        if notes.refused:
            return None
        cells = [sa.cast(sa.column(names[index]), sa.Text) for index in positions.values()]
        query = (
            sa.select(*(cell.label(ours) for ours, cell in zip(positions, cells, strict=True)))
            .select_from(sa.table(table, schema=self._schema))
            .order_by(*(sa.collate(cell, "C") for cell in cells))
        )
        with _errors_for_people(self.label(table)):
            frame, digest = self._fetch(query, list(positions))
        if frame.is_empty():
            notes.add("header_only")
            return None
        endless = [ours for ours in stored if _is_date(kinds[ours])]
        frame = frame.with_columns(
            *(pl.col(ours).replace(_OPEN_ENDED, "9999-12-31") for ours in endless),
            pl.int_range(1, frame.height + 1, dtype=pl.Int64).alias(LINE),
        )
        headers = {ours: header.shown(index) for ours, index in positions.items()}
        check_texts(frame, {ours: shown for ours, shown in headers.items() if ours not in stored}, notes)
        if notes.refused:
            return None
        return TextTable(frame, headers, FORMAT, digest, stored=stored)

    def _fetch(self, query: Any, names: list[str]) -> tuple[pl.DataFrame, str]:
        """All rows, block by block, and the digest of their content."""
        digest = hashlib.sha256(repr(names).encode())
        blocks = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
        result = self._connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
        for rows in result.partitions():
            block = pl.DataFrame([tuple(row) for row in rows], schema=blocks[0].schema, orient="row")
            digest.update(block.write_csv(include_header=False, quote_style="non_numeric").encode())
            blocks.append(block)
        return pl.concat(blocks), digest.hexdigest()


@contextmanager
def open_schema(source: Postgresql) -> Iterator[Schema]:
    """Connect and open a read-only transaction in which all tables are of one moment.

    Raises
    ------
    UsageError
        No driver, no address, no connection, no such schema; the address is in no message.
    """
    engine = _engine(source.url_from)
    import sqlalchemy as sa

    try:
        try:
            connection = engine.connect()
        except sa.exc.DBAPIError as error:
            raise UsageError(
                "The database cannot be reached.",
                where=source.url_from,
                todo=_reason(str(error.orig), source.url_from),
            ) from None
        with connection:
            connection = connection.execution_options(postgresql_readonly=True)
            with _errors_for_people(source.schema_name):
                connection.execute(sa.text("SET LOCAL datestyle TO 'ISO, YMD'"))
                schemas = sa.inspect(connection).get_schema_names()
            if source.schema_name not in schemas:
                raise UsageError(
                    "The database has no such schema, or this user may not see it.",
                    where=f"{source.url_from}: {source.schema_name}",
                    todo=f"Name one of: {', '.join(sorted(schemas))}.",
                )
            yield Schema(connection, source)
    finally:
        engine.dispose()


def _engine(variable: str) -> sa.Engine:
    """What connects to the address that an environment variable holds."""
    try:
        import psycopg  # noqa: F401
        import sqlalchemy as sa
    except ImportError:
        raise UsageError(
            "What reads PostgreSQL is not installed.",
            where="postgresql",
            todo="Install it: pip install 'hamm-eval[postgres]'.",
        ) from None
    address = os.environ.get(variable, "")
    written = "postgresql://user:password@host/database"
    if not address:
        raise UsageError(
            "This environment variable is not set.",
            where=variable,
            todo=f"Set it to the address of the database: {written}.",
        )
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in ("postgresql", "postgres"):
        raise UsageError(
            "What this environment variable holds is not the address of a PostgreSQL database.",
            where=variable,
            todo=f"It is written as {written}.",
        )
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=sa.pool.NullPool,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
        connect_args={"connect_timeout": _SECONDS_TO_CONNECT},
    )


@contextmanager
def _errors_for_people(where: str) -> Iterator[None]:
    """What the server refuses, without its words: they may quote a value."""
    import sqlalchemy as sa

    try:
        yield
    except sa.exc.DBAPIError:
        raise UsageError(
            "The database refuses to read this.",
            where=where,
            todo="Let its owner grant the right to read (GRANT SELECT), or check the connection.",
        ) from None


def _reason(said: str, variable: str) -> str:
    """What to do about a connection that failed."""
    found = next((todo for word, todo in _REASONS if word in said), _REASONS[3][1])
    return found.format(variable=variable)


def _plain(kind: Any) -> Any:
    """The type that a domain restricts."""
    from sqlalchemy.dialects import postgresql

    return _plain(kind.data_type) if isinstance(kind, postgresql.DOMAIN) else kind


def _held(kind: Any) -> Stored | tuple[str, str] | None:
    """How the database holds a column: None as text; words where that has no known text."""
    import sqlalchemy as sa

    if isinstance(kind, (sa.String, sa.Uuid)):  # an enumeration is a String too
        return None
    if isinstance(kind, sa.Integer):
        return Stored(faithful=True)
    if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float):
        return Stored(faithful=kind.scale == 0)
    if _is_date(kind) or isinstance(kind, (sa.Boolean, sa.Float)):
        return Stored(faithful=False)
    if isinstance(kind, sa.DateTime):
        return "Zeitpunkte mit Zeitzone", "points of time with a time zone"
    return "Werte eines anderen Typs", "values of another type"


def _is_date(kind: Any) -> bool:
    """Whether a type holds days without a time zone."""
    import sqlalchemy as sa

    return isinstance(kind, sa.Date) or (isinstance(kind, sa.DateTime) and not kind.timezone)
