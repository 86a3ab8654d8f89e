"""From the clean files of a city to dirty ones, and the list of what is wrong with them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hamm_eval.synthetic.dirty.city import City, Mark
from hamm_eval.synthetic.dirty.defect import Defect, DefectList, DirtyFile, Family
from hamm_eval.synthetic.dirty.kind import DefectKind
from hamm_eval.synthetic.dirty.plan import DefectPlan
from hamm_eval.synthetic.dirty.sheet import Line


def plant_defects(
    files: Mapping[str, bytes], *, seed: int, plan: DefectPlan | None = None
) -> tuple[dict[str, bytes], DefectList]:
    r"""Plant defects into the files of a clean synthetic city.

    Parameters
    ----------
    files : mapping of str to bytes
        Every table's CSV file by its name, in the city's own dialect: Windows-1252, semicolons, German
        headers.
    seed : int
        The same files, seed and plan give the same bytes.
    plan : DefectPlan, optional

    Returns
    -------
    files : dict of str to bytes
        The dirty files by name; some tables may be gone, doubled or renamed.
    defects : DefectList
        A kind for which the city has no room is left out, as in a city of few persons.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from hamm_eval.synthetic.export import write_city
    >>> with TemporaryDirectory() as folder:
    ...     city = write_city(folder, seed=1, persons=30, truth=False)
    ...     clean = {path.name: path.read_bytes() for path in Path(city).glob("*.csv")}
    >>> dirty, listed = plant_defects(clean, seed=1, plan=DefectPlan(only=("sep_line",)))
    >>> (one,) = listed.defects
    >>> dirty[one.file] == b"sep=;\r\n" + clean[one.file]
    True
    """
    plan = plan or DefectPlan()
    city = City.read(files)
    marks = [(kind, mark) for kind in _ordered(plan, seed) for mark in _plant(kind, plan, city, seed)]
    dirty: dict[str, bytes] = {}
    numbers: dict[Line, int] = {}
    written = []
    for sheet in city.sheets.values():
        rendered, lines = sheet.render()
        dirty |= rendered
        numbers |= lines
        rows = sum(bool(line.cells) for line in sheet.lines)
        written += [DirtyFile(name, rows, lines[sheet.header] + 1, sheet.readable) for name in rendered]
    defects = [_defect(kind, mark, numbers) for kind, mark in marks]
    defects.sort(key=lambda d: (d.file, d.line or 0, d.column or "", d.kind))
    named = (replace(defect, id=f"D{i:04d}") for i, defect in enumerate(defects, start=1))
    return dirty, DefectList(seed, tuple(sorted(written, key=lambda f: f.name)), tuple(named))


def _ordered(plan: DefectPlan, seed: int) -> list[DefectKind]:
    """The kinds as they take their turn; the seed says with which defect of files the turn begins.

    There are more such defects than files: five seeds in a row plant them all.
    """
    of_files = [kind for kind in plan.kinds if kind.family is Family.FILES]
    others = [kind for kind in plan.kinds if kind.family is not Family.FILES]
    first = seed % 5 * len(of_files) // 5
    return [*of_files[first:], *of_files[:first], *others]


def _plant(kind: DefectKind, plan: DefectPlan, city: City, seed: int) -> list[Mark]:
    """One kind as often as planned and as there is room; each kind has its own stream."""
    rng = np.random.default_rng([seed, zlib.crc32(kind.name.encode())])
    marks = []
    for _ in range(plan.number(kind)):
        mark = kind.plant(city, rng)
        if mark is None:
            break
        marks.append(mark)
    return marks


def _defect(kind: DefectKind, mark: Mark, numbers: Mapping[Line, int]) -> Defect:
    """A mark with its physical lines; the id follows when all are sorted."""
    line = None if mark.line is None else numbers[mark.line]
    return Defect(
        id="",
        kind=kind.name,
        file=mark.name or mark.sheet.name,
        line=line,
        column=mark.column,
        rule=kind.rule,
        detectable=kind.detectable,
        expected=kind.expected,
        partners=tuple(sorted(number for row in mark.partners if (number := numbers[row]) != line)),
    )
