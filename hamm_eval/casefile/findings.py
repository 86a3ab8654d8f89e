"""Findings: what the checks found, for people, without a data value.

Values, where somebody needs them to mend the export, go to a private file only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from hamm_eval.casefile.rules import BY_ID, Severity
from hamm_eval.errors import Problem

LINES_SHOWN = 5  # in a message
LINES_KEPT = 1000  # for whoever mends the export
Language = Literal["de", "en"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule broken at one place of an export, once or many times.

    Parameters
    ----------
    rule : str
        Id of the rule, as in `rules.RULES`.
    severity : Severity
    file, table : str
        Name of the file, and our name of the table.
    column : str
        Header as the file writes it, or its position where that text might be data.
    line : int or None
        First physical line, counted from 1 with the header.
    lines : tuple of int
        The first lines, a thousand at most.
    count : int
        How many rows.
    text_de, text_en : str
        What is wrong and what to do.
    """

    rule: str
    severity: Severity
    file: str
    table: str
    column: str
    line: int | None
    lines: tuple[int, ...]
    count: int
    text_de: str
    text_en: str

    @property
    def where(self) -> str:
        """File, line and column in one string."""
        place = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{place}: {self.column}" if self.column else place

    def text(self, language: Language) -> str:
        """What is wrong and what to do."""
        return self.text_de if language == "de" else self.text_en

    def listed(self, language: Language) -> str:
        """How many rows, and the first of their lines; empty where `where` says it all."""
        if self.count < 2 or len(self.lines) < 2:
            return ""
        shown = self.lines[:LINES_SHOWN]
        listed = ", ".join(map(str, shown)) + (" …" if self.count > len(shown) else "")
        return f"({self.count} {'Zeilen' if language == 'de' else 'rows'}: {listed})"

    def problem(self, language: Language = "en") -> Problem:
        """The finding as one of the problems of an error."""
        parts = (self.text(language), self.listed(language), f"[{self.rule}]")
        return Problem(" ".join(filter(None, parts)), self.where)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for storing."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Finding:
        """What `to_json` gave, read back."""
        return cls(
            **{**stored, "severity": Severity(stored["severity"]), "lines": tuple(stored["lines"])},
        )


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Rows of one file that a rule set aside, under the headers of the file: for the private file alone."""

    rule: str
    file: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)


@dataclass(slots=True)
class Collector:
    """Gathers findings while an export is read; `evidence` holds values only where they are wanted.

    `quarantined` neither; `refused_lines` are, by file and column, all lines that a refusal names.
    """

    keep_values: bool = False
    findings: list[Finding] = field(default_factory=list)
    evidence: list[tuple[str, str, int | None, str, str]] = field(default_factory=list, repr=False)
    refused_lines: dict[tuple[str, str], set[int]] = field(default_factory=dict, repr=False)
    quarantined: list[Quarantined] = field(default_factory=list, repr=False)

    def add(
        self,
        rule: str,
        *,
        file: str = "",
        table: str = "",
        column: str = "",
        lines: Sequence[int] = (),
        count: int | None = None,
        values: Iterable[str | None] | None = None,
        **details: object,
    ) -> None:
        """Add one finding; `details` fill the rule's text and must never hold a data value."""
        law = BY_ID[rule]
        number = len(lines) if count is None else count
        kept = tuple(int(line) for line in lines[:LINES_KEPT])
        if law.severity is Severity.REFUSE:
            self.refused_lines.setdefault((file, column), set()).update(lines)
        self.findings.append(
            Finding(
                rule=rule,
                severity=law.severity,
                file=file,
                table=table,
                column=column,
                line=kept[0] if kept else None,
                lines=kept,
                count=number,
                text_de=law.de.format(count=number, **details),
                text_en=law.en.format(count=number, **details),
            )
        )
        if self.keep_values and values is not None:
            self.evidence += [
                (rule, file, int(line), column, value or "")
                for line, value in zip(lines, values, strict=True)
            ]

    def lines_refused(self, file: str) -> set[int]:
        """All lines of a file that a refusal names."""
        return set().union(*(lines for (name, _), lines in self.refused_lines.items() if name == file))

    @property
    def refused(self) -> bool:
        """Whether anything found so far refuses the export."""
        return any(finding.severity is Severity.REFUSE for finding in self.findings)

    def in_file(self, file: str, table: str) -> FileCollector:
        """The same collector, bound to one file."""
        return FileCollector(self, file, table)


@dataclass(slots=True)
class FileCollector:
    """A collector bound to one file and table."""

    collector: Collector
    file: str
    table: str
    refused: bool = False

    def add(self, rule: str, **what: Any) -> None:
        """Add one finding about this file; see `Collector.add`."""
        self.refused = self.refused or BY_ID[rule].severity is Severity.REFUSE
        self.collector.add(rule, file=self.file, table=self.table, **what)
