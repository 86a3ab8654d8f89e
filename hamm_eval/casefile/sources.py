"""Which file of a folder holds which table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.names import folded, nearest
from hamm_eval.casefile.plan import TablePlan
from hamm_eval.errors import UsageError

_EXPORTS = {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".ods", ".parquet"}


def find_sources(folder: Path, plans: Iterable[TablePlan], collector: Collector) -> dict[str, Path]:
    """The file of each table by our table names; notes what is missing, double or superfluous.

    Raises
    ------
    UsageError
        There is no such folder.
    """
    if not folder.is_dir():
        raise UsageError("There is no such folder.", where=str(folder), todo="Name the folder of the export.")
    exports = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in _EXPORTS)
    by_stem: dict[str, list[Path]] = {}
    for path in exports:
        if path.suffix.lower() == ".csv":
            by_stem.setdefault(folded(path.stem), []).append(path)
    found: dict[str, Path] = {}
    used: set[Path] = set()
    missing: list[TablePlan] = []
    for plan in plans:
        candidates = [path for name in plan.files for path in by_stem.get(folded(name), [])]
        used.update(candidates)
        if len(candidates) > 1:
            names = ", ".join(path.name for path in candidates)
            collector.add("file_ambiguous", file=candidates[0].name, table=plan.table.name, files=names)
        elif candidates:
            found[plan.table.name] = candidates[0]
        else:
            missing.append(plan)
    left = [path for path in exports if path not in used]
    for plan in missing:
        expected = f"{plan.files[0]}.csv"
        other = next((path for path in left if folded(path.stem) in map(folded, plan.files)), None)
        if other is not None:
            left.remove(other)
            collector.add("file_format", file=other.name, table=plan.table.name, expected=expected)
        elif plan.required:
            near = nearest(plan.files[0], [path.stem for path in left])
            collector.add(
                "file_missing",
                file=expected,
                table=plan.table.name,
                expected=expected,
                hint_de=f" Ist „{near}“ gemeint?" if near else "",
                hint_en=f" Is “{near}” meant?" if near else "",
            )
        else:
            collector.add("table_absent", file=expected, table=plan.table.name)
    for path in left:
        near = nearest(path.stem, [plan.files[0] for plan in missing])
        collector.add(
            "file_unknown",
            file=path.name,
            hint_de=f" Ist „{near}.csv“ gemeint?" if near else "",
            hint_en=f" Is “{near}.csv” meant?" if near else "",
        )
    return found
