"""What intake said, held against what was planted: by file, line, column and rule."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hamm_eval.casefile.findings import Finding
from hamm_eval.casefile.names import folded
from hamm_eval.casefile.rules import Severity
from hamm_eval.synthetic.dirty.defect import Defect, DirtyFile

_HARD = (Severity.REFUSE, Severity.QUARANTINE)


class Verdict(StrEnum):
    """What became of a defect."""

    FOUND = "found"
    OTHER_RULE = "other rule"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Said:
    """One finding with every line that it means.

    A finding shows its first lines and counts the others; the private findings name those that have a value.
    What neither names is `unnamed`: so many rows more.
    """

    rule: str
    severity: Severity
    file: str
    column: str
    lines: frozenset[int]
    unnamed: int

    @property
    def hard(self) -> bool:
        """Whether it keeps a row or the export from being used."""
        return self.severity in _HARD


def all_said(findings: Iterable[Finding], private: Path) -> tuple[Said, ...]:
    """The findings with the lines that the private findings add."""
    further: dict[tuple[str, str, str], set[int]] = {}
    with private.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            place = (row["rule"], row["file"], row["column"])
            further.setdefault(place, set()).add(int(row["line"]))
    said = []
    for f in findings:
        lines = frozenset(f.lines) | further.get((f.rule, f.file, f.column), set())
        said.append(Said(f.rule, f.severity, f.file, f.column, lines, max(0, f.count - len(lines))))
    return tuple(said)


def judge(defects: Sequence[Defect], said: Sequence[Said]) -> tuple[Verdict, ...]:
    """Whether each defect was found: under its rule, under another, or not.

    Under its rule: a finding of this rule and file that names the line (and the column, where both name
    one), or that names no line and counts rows of this column, as often as it counts. Under another rule:
    a refusal, a quarantine or a warning that names the line, or that refuses the whole file.
    """
    left = {index: one.unnamed for index, one in enumerate(said)}
    verdicts = []
    for defect in defects:
        same_file = [(index, one) for index, one in enumerate(said) if one.file == defect.file]
        own = [(i, one) for i, one in same_file if one.rule == defect.rule and _column(defect, one)]
        if any(defect.line is None or defect.line in one.lines for _, one in own):
            verdicts.append(Verdict.FOUND)
        elif counting := [i for i, _ in own if left[i] > 0]:
            left[counting[0]] -= 1
            verdicts.append(Verdict.FOUND)
        elif any(_tells(defect, one) for _, one in same_file):
            verdicts.append(Verdict.OTHER_RULE)
        else:
            verdicts.append(Verdict.MISSED)
    return tuple(verdicts)


def _column(defect: Defect, one: Said) -> bool:
    """Whether a finding can be about the defect's column; ``#3`` stands for a column by its position."""
    return (
        not defect.column
        or not one.column
        or one.column[0] == "#"
        or folded(one.column) == folded(defect.column)
    )


def _tells(defect: Defect, one: Said) -> bool:
    """Whether a finding of another rule leads whoever mends the export to the defect."""
    if one.severity is Severity.NOTICE:
        return False
    if defect.line is None:
        return one.hard and not one.lines
    return defect.line in one.lines


@dataclass(frozen=True, slots=True)
class Wrongly:
    """What findings say against rows in which nothing was planted, and against files that are sound.

    Parameters
    ----------
    rows : dict of str to frozenset of int
        By file: sound lines that a refusal or a quarantine names.
    warned : dict of str to frozenset of int
        By file: sound lines that a warning names.
    files : frozenset of str
        Files refused as a whole, or by their header, without a defect that explains it.
    unnamed : int
        Rows that a refusal or a quarantine counts without naming them, beyond those with a defect.
    """

    rows: Mapping[str, frozenset[int]]
    warned: Mapping[str, frozenset[int]]
    files: frozenset[str]
    unnamed: int


def wrongly_said(defects: Sequence[Defect], said: Sequence[Said], files: Iterable[DirtyFile]) -> Wrongly:
    """Findings that no planted defect explains."""
    first = {file.name: file.first_line for file in files}
    explained: dict[str, set[int]] = {}
    whole = {(d.file, d.rule) for d in defects if d.line is None}
    for defect in defects:
        lines = {*defect.partners, *(() if defect.line is None else (defect.line,))}
        if defect.harmless:  # a header in another spelling explains no refusal of the header
            lines = {line for line in lines if line >= first.get(defect.file, 0)}
        explained.setdefault(defect.file, set()).update(lines)
    rows: dict[str, set[int]] = {}
    warned: dict[str, set[int]] = {}
    refused = set()
    unnamed = 0
    for one in said:
        if one.hard:
            planted = sum(
                (d.file, d.rule) == (one.file, one.rule) and d.line not in (None, *one.lines) for d in defects
            )
            unnamed += max(0, one.unnamed - planted)
        if one.severity is Severity.NOTICE:
            continue
        sound = {line for line in one.lines if line not in explained.get(one.file, ())}
        of_rows = {line for line in sound if line >= first.get(one.file, 0)}
        (rows if one.hard else warned).setdefault(one.file, set()).update(of_rows)
        of_file = not one.lines and (one.file, one.rule) not in whole
        if one.hard and (of_file or sound - of_rows):
            refused.add(one.file)
    return Wrongly(
        {name: frozenset(lines) for name, lines in rows.items() if lines},
        {name: frozenset(lines) for name, lines in warned.items() if lines},
        frozenset(refused),
        unnamed,
    )
