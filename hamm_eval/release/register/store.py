"""The register's file: SQLite, readable by its owner only, to which can only be added."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from hamm_eval.errors import HammEvalError, ReleaseRefused
from hamm_eval.release.facts import Count, Facts, Sum
from hamm_eval.release.figures import Figures
from hamm_eval.release.known_curves import KnownCurve
from hamm_eval.release.policy import Policy

FORMAT = 3
_OF_CURVES = ("curve", "curves_noted")
_TABLES = ("publication", "release", "cell", "sum", "outcome")
_SCHEMA = """
CREATE TABLE publication (
    id INTEGER PRIMARY KEY, quarter TEXT NOT NULL, run_id TEXT NOT NULL, policy TEXT NOT NULL,
    largest_hidden INTEGER NOT NULL, feasible INTEGER NOT NULL, manifest TEXT NOT NULL,
    intended_at TEXT NOT NULL
);
CREATE TABLE release (
    publication INTEGER NOT NULL REFERENCES publication, id TEXT NOT NULL,
    definition_digest TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (publication, id)
);
CREATE TABLE cell (
    publication INTEGER NOT NULL REFERENCES publication, release TEXT NOT NULL, key TEXT NOT NULL,
    low INTEGER NOT NULL, high INTEGER, value INTEGER, hidden INTEGER NOT NULL, told INTEGER NOT NULL,
    period TEXT NOT NULL, grows INTEGER NOT NULL, places TEXT NOT NULL,
    PRIMARY KEY (publication, release, key)
);
CREATE TABLE sum (
    publication INTEGER NOT NULL REFERENCES publication, release TEXT NOT NULL, whole TEXT NOT NULL,
    parts TEXT NOT NULL, rest INTEGER NOT NULL, slack INTEGER NOT NULL
);
CREATE TABLE outcome (
    publication INTEGER PRIMARY KEY REFERENCES publication, published INTEGER NOT NULL, noted_at TEXT NOT NULL
);
"""
_FIGURES = """
CREATE TABLE figures (
    publication INTEGER NOT NULL REFERENCES publication, release TEXT NOT NULL, digest TEXT NOT NULL,
    shown INTEGER NOT NULL, hidden INTEGER NOT NULL, withheld INTEGER NOT NULL,
    PRIMARY KEY (publication, release)
);
"""
"""What format 2 holds more. In publications entered before there is nothing of it."""
_CURVES = """
CREATE TABLE curve (
    publication INTEGER NOT NULL REFERENCES publication, release TEXT NOT NULL, name TEXT NOT NULL,
    told TEXT NOT NULL, PRIMARY KEY (publication, release, name)
);
CREATE TABLE curves_noted (publication INTEGER PRIMARY KEY REFERENCES publication);
"""
"""What format 3 holds more: what curves tell of counts by day, and of which publications that is noted."""


class Outcome(IntEnum):
    """What became of an intended publication.

    A quarter that may have reached its readers counts as published: forgetting it would let other numbers
    out for it, and would prove later quarters against less than readers have.
    """

    NOT_PUBLISHED = 0
    PUBLISHED = 1
    IN_DOUBT = 2


@dataclass(frozen=True, slots=True)
class Publication:
    """One publishing of a quarter, as intended; `outcome` None where its end is not noted.

    `policy` is the release policy's digest, `largest_hidden` and `feasible` the numbers of it that a proof
    needs; by `manifest`, the digest of the report's manifest, a report that was published is known.
    """

    number: int
    quarter: str
    run_id: str
    policy: str
    largest_hidden: int
    feasible: int
    manifest: str
    intended_at: str
    outcome: Outcome | None

    @property
    def published(self) -> bool:
        """Whether it reached its readers, or may have."""
        return self.outcome in (Outcome.PUBLISHED, Outcome.IN_DOUBT)

    @property
    def asked(self) -> Policy:
        """A policy of the numbers that its proof needs."""
        numbers = {"largest_hidden_count": self.largest_hidden, "feasible_values": self.feasible}
        return Policy.strict().model_copy(update=numbers)


class Register:
    """All that was published in one folder.

    Parameters
    ----------
    path : Path
        The file; made where there is none. Only one run at a time may use it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        new = not path.exists()
        if new:
            # The mode is set at creation: there is no moment at which others could read it.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._database = sqlite3.connect(path, isolation_level=None)
        with _readable(path):
            self._database.execute("PRAGMA foreign_keys = ON")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA page_size = 1024")  # of a new file: many tables of few rows
            found = int(self._database.execute("PRAGMA user_version").fetchone()[0])
            if not found:
                self._add(_SCHEMA + _FIGURES + _CURVES, (*_TABLES, "figures", *_OF_CURVES))
            elif found == 1:
                self._add(_FIGURES + _CURVES, ("figures", *_OF_CURVES))
            elif found == 2:
                self._add(_CURVES, _OF_CURVES)
            elif found != FORMAT:
                raise ReleaseRefused(
                    "The release register is of another version.",
                    where=str(path),
                    todo="Use the version of hamm_eval that wrote it, or a newer one.",
                )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def publications(self) -> tuple[Publication, ...]:
        """Everything that was ever intended, oldest first."""
        rows = self._database.execute(
            "SELECT publication.*, published FROM publication"
            " LEFT JOIN outcome ON publication = id ORDER BY id"
        )
        found = []
        for number, quarter, run_id, policy, largest, feasible, manifest, intended_at, published in rows:
            outcome = None if published is None else Outcome(published)
            found.append(
                Publication(
                    number, quarter, run_id, policy, largest, feasible, manifest, intended_at, outcome
                )
            )
        return tuple(found)

    def published(self) -> dict[str, Publication]:
        """The last publication of each quarter that reached its readers, or may have."""
        return {each.quarter: each for each in self.publications() if each.published}

    def facts(self, publication: Publication) -> tuple[Facts, ...]:
        """What a publication told of counts, release by release."""
        number = (publication.number,)
        counts: dict[str, list[Count]] = {}
        for release, *cell, places in self._database.execute(
            "SELECT release, key, low, high, value, hidden, told, period, grows, places"
            " FROM cell WHERE publication = ? ORDER BY rowid",
            number,
        ):
            key, low, high, value, hidden, told, period, grows = cell
            counts.setdefault(release, []).append(
                Count(
                    key=key, low=low, high=high, value=value, hidden=bool(hidden), told=bool(told),
                    window=period, grows=bool(grows), places=tuple(map(tuple, json.loads(places))),
                )
            )  # fmt: skip
        sums: dict[str, list[Sum]] = {}
        for release, whole, parts, rest, slack in self._database.execute(
            "SELECT release, whole, parts, rest, slack FROM sum WHERE publication = ? ORDER BY rowid", number
        ):
            total = Sum(whole=whole, parts=tuple(json.loads(parts)), rest=bool(rest), slack=slack)
            sums.setdefault(release, []).append(total)
        curves: dict[str, list[KnownCurve]] = {}
        for release, told in self._database.execute(
            "SELECT release, told FROM curve WHERE publication = ? ORDER BY rowid", number
        ):
            curves.setdefault(release, []).append(KnownCurve.from_json(json.loads(told)))
        return tuple(
            Facts(
                release=name,
                definition_digest=digest,
                version=version,
                counts=tuple(counts.get(name, ())),
                sums=tuple(sums.get(name, ())),
                curves=tuple(curves.get(name, ())),
            )
            for name, digest, version in self._database.execute(
                "SELECT id, definition_digest, version FROM release WHERE publication = ? ORDER BY rowid",
                number,
            )
        )

    def notes_curves(self, publication: Publication) -> bool:
        """Whether it is noted what a publication's curves told of counts by day; not before format 3."""
        found = self._database.execute(
            "SELECT 1 FROM curves_noted WHERE publication = ?", (publication.number,)
        )
        return found.fetchone() is not None

    def figures(self, publication: Publication) -> tuple[Figures, ...]:
        """What a publication told in figures, release by release; empty where format 1 entered it."""
        rows = self._database.execute(
            "SELECT release, digest, shown, hidden, withheld FROM figures"
            " WHERE publication = ? ORDER BY rowid",
            (publication.number,),
        )
        return tuple(
            Figures(release=release, digest=digest, shown=shown, hidden=hidden, withheld=withheld)
            for release, digest, shown, hidden, withheld in rows
        )

    def intend(
        self,
        facts: Iterable[Facts],
        figures: Iterable[Figures],
        *,
        quarter: str,
        run_id: str,
        policy: Policy,
        manifest: str,
    ) -> int:
        """Note what is about to be published; until it is settled nobody knows whether it was.

        Returns
        -------
        int
            Number for `settle`.
        """
        with self._transaction() as database:
            number = database.execute(
                "INSERT INTO publication (quarter, run_id, policy, largest_hidden, feasible, manifest,"
                " intended_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    quarter,
                    run_id,
                    policy.digest,
                    policy.largest_hidden_count,
                    policy.feasible_values,
                    manifest,
                    _now(),
                ),
            ).lastrowid
            assert number is not None
            for told in facts:
                database.execute(
                    "INSERT INTO release VALUES (?, ?, ?, ?)",
                    (number, told.release, told.definition_digest, told.version),
                )
                database.executemany(
                    "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (number, told.release, count.key, count.low, count.high, count.value, count.hidden,
                         count.told, count.window, count.grows, json.dumps(count.places))
                        for count in told.counts
                    ],
                )  # fmt: skip
                database.executemany(
                    "INSERT INTO sum VALUES (?, ?, ?, ?, ?, ?)",
                    [
                        (number, told.release, total.whole, json.dumps(total.parts), total.rest, total.slack)
                        for total in told.sums
                    ],
                )
                database.executemany(
                    "INSERT INTO curve VALUES (?, ?, ?, ?)",
                    [(number, told.release, each.name, json.dumps(each.to_json())) for each in told.curves],
                )
            database.execute("INSERT INTO curves_noted VALUES (?)", (number,))
            database.executemany(
                "INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (number, told.release, told.digest, told.shown, told.hidden, told.withheld)
                    for told in figures
                ],
            )
        return number

    def settle(self, number: int, outcome: Outcome) -> None:
        """Note what became of an intended publication."""
        with self._transaction() as database:
            database.execute("INSERT INTO outcome VALUES (?, ?, ?)", (number, int(outcome), _now()))

    def _add(self, schema: str, tables: Iterable[str]) -> None:
        """Tables, and triggers that refuse to change what they hold."""
        with self._transaction() as database:
            for statement in schema.split(";"):
                if statement.strip():
                    database.execute(statement)
            for table in tables:
                for verb in ("UPDATE", "DELETE"):
                    database.execute(
                        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}"
                        " BEGIN SELECT RAISE(ABORT, 'the release register can only be added to'); END"
                    )
            database.execute(f"PRAGMA user_version = {FORMAT}")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            yield self._database
            self._database.execute("COMMIT")
        except BaseException as error:
            if self._database.in_transaction:  # a full disk may have ended it already
                self._database.execute("ROLLBACK")
            if not isinstance(error, sqlite3.OperationalError):
                raise
            raise HammEvalError(
                "The release register cannot be written to.",
                where=str(self.path),
                todo="The former report is untouched. Make room on the disk, or see whose the file is.",
            ) from None


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in words that a file is no register."""
    try:
        yield
    except sqlite3.DatabaseError:
        raise ReleaseRefused(
            "The release register cannot be read.",
            where=str(path),
            todo="Put its last backup in its place: docs/release-register.md.",
        ) from None


def _now() -> str:
    """Time of an entry, in UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
