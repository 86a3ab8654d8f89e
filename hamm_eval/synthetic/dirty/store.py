"""``defects.json``, and a clean folder made dirty."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import InputError, UsageError
from hamm_eval.synthetic.dirty.defect import Defect, DefectList, DirtyFile, Expected
from hamm_eval.synthetic.dirty.plan import DefectPlan
from hamm_eval.synthetic.dirty.planting import plant_defects

DEFECTS = "defects.json"


def write_dirty(folder: Path | str, *, seed: int, plan: DefectPlan | None = None) -> Path:
    """Make a freshly written synthetic city dirty, in place.

    Everything is written aside first and then exchanged file by file, ``defects.json`` before all others: a
    folder that is dirty in part never passes for a clean one. ``truth.json`` stays as it is.

    Parameters
    ----------
    folder : path
        As `export.write_city` leaves it.
    seed : int
        The same city, seed and plan give the same bytes.
    plan : DefectPlan, optional
        What to plant; all kinds without it.

    Returns
    -------
    pathlib.Path
        The folder, which now holds ``defects.json`` too.

    Raises
    ------
    UsageError
        The folder lacks a table, or is dirty already.
    """
    target = Path(folder)
    refuse_dirty(target)
    files = _clean_files(target)
    dirty, defects = plant_defects(files, seed=seed, plan=plan)
    staging = Path(tempfile.mkdtemp(prefix=".dirty-", dir=target))
    try:
        (staging / DEFECTS).write_text(to_json(defects), encoding="utf-8")
        for name, content in dirty.items():
            (staging / name).write_bytes(content)
        for name in (DEFECTS, *dirty):  # the list first: from then on nobody takes the folder for clean
            (staging / name).replace(target / name)
        for name in files.keys() - dirty.keys():
            (target / name).unlink()
    finally:
        shutil.rmtree(staging)
    return target


def refuse_dirty(folder: Path | str) -> None:
    """Refuse a folder that holds a dirty city: files that only it has would stay behind.

    Raises
    ------
    UsageError
        It holds ``defects.json``.
    """
    if (Path(folder) / DEFECTS).exists():
        raise UsageError(
            "This folder holds a dirty city already.",
            where=str(folder),
            todo="Name another folder, or remove this one.",
        )


def _clean_files(folder: Path) -> dict[str, bytes]:
    """Every table's file by name."""
    names = [f"{table.german}.csv" for table in TABLES]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise UsageError(
            f"The folder lacks {', '.join(missing)}.",
            where=str(folder),
            todo="Name the folder of a freshly written synthetic city.",
        )
    return {name: (folder / name).read_bytes() for name in names}


def to_json(defects: DefectList) -> str:
    """``defects.json``: the seed, the files, and one object a defect."""
    stored = {
        "seed": defects.seed,
        "files": [asdict(file) for file in defects.files],
        "defects": [asdict(defect) for defect in defects.defects],
    }
    return json.dumps(stored, indent=1, ensure_ascii=False) + "\n"


def read_defects(folder: Path | str) -> DefectList:
    """The defects of a dirty city.

    Raises
    ------
    InputError
        The folder holds no readable ``defects.json``.
    """
    path = Path(folder) / DEFECTS
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return DefectList(
            stored["seed"],
            tuple(DirtyFile(**file) for file in stored["files"]),
            tuple(_defect(one) for one in stored["defects"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            "There is no list of defects that could be read.",
            where=str(path),
            todo="Write a dirty city with: hamm-eval synth DIR --seed 1 --dirty",
        ) from None


def _defect(stored: dict[str, object]) -> Defect:
    """One defect read back."""
    partners = stored["partners"]
    if not isinstance(partners, list):
        raise TypeError("partners")
    return Defect(
        **{**stored, "expected": Expected(stored["expected"]), "partners": tuple(partners)}  # type: ignore[arg-type]
    )
