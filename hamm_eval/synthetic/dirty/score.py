"""How much of what is wrong intake finds, and how much that is right it refuses.

`python -m hamm_eval.synthetic.dirty.score DIR` prints the score of a dirty city.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hamm_eval.casefile import CheckedExport, check_export
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.errors import HammEvalError, UsageError
from hamm_eval.synthetic.dirty.catalogue import KINDS
from hamm_eval.synthetic.dirty.defect import Defect, DefectList
from hamm_eval.synthetic.dirty.matching import Said, Verdict, Wrongly, all_said, judge, wrongly_said
from hamm_eval.synthetic.dirty.store import read_defects

COLUMNS = (
    "kind",
    "family",
    "rule",
    "detectable",
    "expected",
    "planted",
    "found",
    "other_rule",
    "missed",
    "wrongly_refused",
)

# Rows that hold no record: intake leaves them out and counts them.
NO_RECORDS = ("total_row", "total_in_words", "blank_record")


@dataclass(frozen=True, slots=True)
class IntakeScore:
    """Intake's score on a dirty city.

    Parameters
    ----------
    defects : tuple of Defect
    verdicts : tuple of Verdict
        One for each defect.
    wrongly_refused : tuple of bool
        For each defect: it is harmless, and a refusal or a quarantine names it or its file nevertheless.
    sound_rows : int
        Rows in which nothing was planted, of the files that intake can read.
    hidden_rows : int
        Rows of files that a planted defect keeps intake from reading.
    sound_rows_refused, sound_rows_warned : int
        Sound rows that a refusal or a quarantine, or that a warning, names.
    files_refused : tuple of str
        Files refused as a whole, or by their header, in which no planted defect explains it.
    usable : bool
        Whether intake reads the export.
    reconciled : bool or None
        Whether intake's counts of rows read, quarantined and excluded are those of the plan; None where it
        does not read the export.
    """

    defects: tuple[Defect, ...]
    verdicts: tuple[Verdict, ...]
    wrongly_refused: tuple[bool, ...]
    sound_rows: int
    hidden_rows: int
    sound_rows_refused: int
    sound_rows_warned: int
    files_refused: tuple[str, ...]
    usable: bool
    reconciled: bool | None

    def _share(self, verdicts: Sequence[Verdict]) -> float:
        """Share of the defects that ask for a word which have one of these verdicts; nan without any."""
        asked = [v for d, v in zip(self.defects, self.verdicts, strict=True) if d.counts]
        return sum(v in verdicts for v in asked) / len(asked) if asked else float("nan")

    @property
    def share_found(self) -> float:
        """Share of the detectable defects that intake names under their own rule."""
        return self._share([Verdict.FOUND])

    @property
    def share_other_rule(self) -> float:
        """Share of the detectable defects that intake names under another rule only."""
        return self._share([Verdict.OTHER_RULE])

    @property
    def share_sound_refused(self) -> float:
        """Share of the sound rows that intake refuses or quarantines; nan without any."""
        return self.sound_rows_refused / self.sound_rows if self.sound_rows else float("nan")

    @property
    def undetectable_named(self) -> int:
        """Defects that nobody can tell and that a finding names all the same: it guesses."""
        return sum(
            not d.detectable and v is not Verdict.MISSED
            for d, v in zip(self.defects, self.verdicts, strict=True)
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a kind that was planted.

        ``kind, family, rule, detectable, expected, planted, found, other_rule, missed, wrongly_refused``:
        counts of defects; `found` to `missed` are missing for kinds that ask for no word (harmless or
        undetectable ones).
        """
        rows = []
        for kind in KINDS:
            of = [i for i, defect in enumerate(self.defects) if defect.kind == kind.name]
            if not of:
                continue
            verdicts = [self.verdicts[i] for i in of]
            asked = self.defects[of[0]].counts
            counts = [verdicts.count(verdict) if asked else None for verdict in Verdict]
            wrongly = sum(self.wrongly_refused[i] for i in of)
            facts = (kind.name, kind.family.value, kind.rule, kind.detectable, kind.expected.value, len(of))
            rows.append((*facts, *counts, wrongly))
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        kinds = dict.fromkeys(("planted", "found", "other_rule", "missed", "wrongly_refused"), "Int64")
        return frame.astype(
            {**kinds, **dict.fromkeys(("kind", "family", "rule", "expected"), "string"), "detectable": "bool"}
        )


def score_intake(folder: Path | str) -> IntakeScore:
    """Check a dirty city as any export, and hold the findings against the planted defects.

    A defect is found where a finding of its rule names its file, line and column. A finding shows five lines
    and counts the others; those are taken from the private findings, which are written to a private
    temporary folder and removed.

    Parameters
    ----------
    folder : path
        Holds ``defects.json``.

    Returns
    -------
    IntakeScore

    Raises
    ------
    InputError
        There is no list of defects.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from hamm_eval.synthetic.dirty.plan import DefectPlan
    >>> from hamm_eval.synthetic.dirty.store import write_dirty
    >>> from hamm_eval.synthetic.export import write_city
    >>> with TemporaryDirectory() as folder:
    ...     city = write_city(folder, seed=1, persons=30, truth=False)
    ...     score = score_intake(write_dirty(city, seed=1, plan=DefectPlan(only=("duplicate_row",))))
    >>> score.share_found, score.share_sound_refused, score.usable, score.reconciled
    (1.0, 0.0, True, True)
    """
    listed = read_defects(folder)
    with tempfile.TemporaryDirectory() as private:
        path = Path(private) / "findings.csv"
        checked = check_export(folder, private_findings=path)
        said = all_said(checked.findings, path)
    verdicts = judge(listed.defects, said)
    wrongly = wrongly_said(listed.defects, said, listed.files)
    readable = {file.name: file for file in listed.files if file.readable}
    touched = {
        (defect.file, line)
        for defect in listed.defects
        for line in (defect.line, *defect.partners)
        if defect.file in readable and line is not None and line >= readable[defect.file].first_line
    }
    blank = sum(defect.kind == "blank_line" for defect in listed.defects)
    rows = sum(file.rows for file in readable.values())
    return IntakeScore(
        defects=listed.defects,
        verdicts=verdicts,
        wrongly_refused=tuple(_refused(defect, said, wrongly) for defect in listed.defects),
        sound_rows=rows - len(touched) + blank,
        hidden_rows=sum(file.rows for file in listed.files if not file.readable),
        sound_rows_refused=sum(map(len, wrongly.rows.values())) + wrongly.unnamed,
        sound_rows_warned=sum(map(len, wrongly.warned.values())),
        files_refused=tuple(sorted(wrongly.files)),
        usable=checked.usable,
        reconciled=_reconciled(listed, checked),
    )


def _refused(defect: Defect, said: Sequence[Said], wrongly: Wrongly) -> bool:
    """Whether a harmless defect is refused nevertheless."""
    if not defect.harmless:
        return False
    if defect.line is None:
        return defect.file in wrongly.files or defect.file in wrongly.rows
    named = any(one.hard and one.file == defect.file and defect.line in one.lines for one in said)
    return named or defect.file in wrongly.files


def _reconciled(listed: DefectList, checked: CheckedExport) -> bool | None:
    """Whether intake counts as many rows as were written, set aside and left out."""
    if checked.case_file is None:
        return None
    planted: dict[str, list[str]] = {}
    for defect in listed.defects:
        planted.setdefault(defect.file, []).append(defect.kind)
    read = {f"{BY_NAME[name].german}.csv": count for name, count in checked.case_file.counts.items()}
    for file in listed.files:
        kinds, count = planted.get(file.name, []), read.get(file.name)
        left_out, later = sum(map(kinds.count, NO_RECORDS)), kinds.count("recorded_in_future")
        expected = (file.rows, kinds.count("duplicate_row"), left_out, later)
        if count is None or expected != (count.read, count.quarantined, count.excluded, count.not_yet_known):
            return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Print the score of the dirty city in a folder; the exit code of an error."""
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    if len(arguments) != 1:
        console.print("usage: python -m hamm_eval.synthetic.dirty.score DIR", markup=False)
        return UsageError.exit_code
    try:
        score = score_intake(arguments[0])
    except HammEvalError as error:
        console.print(str(error), markup=False)
        return error.exit_code
    from hamm_eval.synthetic.dirty.page import summary_lines, table_lines

    for line in (*table_lines([score]), "", *summary_lines([score])):
        console.print(line, markup=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
