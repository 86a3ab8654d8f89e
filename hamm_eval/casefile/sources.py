"""Which file, sheet or database table holds which of our tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hamm_eval.casefile.findings import Collector, FileCollector
from hamm_eval.casefile.names import folded, nearest
from hamm_eval.casefile.plan import TablePlan
from hamm_eval.casefile.readers.text_table import TextTable, Wanted
from hamm_eval.errors import UsageError
from hamm_eval.source import Postgresql

READ = (".csv", ".xlsx", ".parquet")
_EXPORTS = {*READ, ".tsv", ".txt", ".xls", ".xlsm", ".ods"}
_YAML = (".yaml", ".yml")
_SYNTHETIC = ("truth.json", "defects.json")
"""What `hamm-eval synth` lays beside the tables."""
_OF_PROGRAMS = (".", "~$")
"""How names begin that programs leave for themselves: hidden files, locks of open workbooks."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may hold a table: the name it is known by, what messages call it, how it is read."""

    name: str
    label: str
    read: Callable[[Wanted, FileCollector], TextTable | None]


@contextmanager
def find_tables(
    place: Path | Postgresql, plans: Sequence[TablePlan], collector: Collector
) -> Iterator[dict[str, Offer]]:
    """What holds each table, by our table names; notes what is missing, double or superfluous.

    Raises
    ------
    UsageError
        There is no such folder or workbook; the database cannot be read.
    """
    if isinstance(place, Postgresql):
        from hamm_eval.casefile.readers.postgresql import open_schema

        with open_schema(place) as schema:
            offers = [Offer(name, schema.label(name), _reader(schema.read, name)) for name in schema.tables()]
            found, _, missing = _assign(plans, offers, collector)
            for plan in missing:
                _note_missing(plan, schema.label(plan.files[0]), offers, collector)
            yield found
    elif place.is_file() and place.suffix.lower() == ".xlsx":
        yield _in_workbook(place, plans, collector)
    else:
        yield _in_folder(place, plans, collector)


def _reader(
    read: Callable[[str, Wanted, FileCollector], TextTable | None], name: str
) -> Callable[[Wanted, FileCollector], TextTable | None]:
    """How one table of many is read."""
    return lambda wanted, notes: read(name, wanted, notes)


def _in_workbook(path: Path, plans: Sequence[TablePlan], collector: Collector) -> dict[str, Offer]:
    """The sheets of one workbook."""
    from hamm_eval.casefile.readers.xlsx import open_workbook

    book = open_workbook(path, collector.in_file(path.name, ""))
    if book is None:
        return {}
    offers = [
        Offer(name, f"{path.name}[{book.shown(name)}]", _reader(book.read, name)) for name in book.sheets
    ]
    found, left, missing = _assign(plans, offers, collector)
    for plan in missing:
        _note_missing(plan, f"{path.name}[{plan.files[0]}]", left, collector)
    for offer in left:
        collector.add("file_unknown", file=offer.label, hint_de="", hint_en="")
    return found


def _in_folder(folder: Path, plans: Sequence[TablePlan], collector: Collector) -> dict[str, Offer]:
    """The files of a folder, each with one table."""
    require_folder(folder)
    delivered = sorted(path for path in folder.iterdir() if not path.name.startswith(_OF_PROGRAMS))
    exports = [path for path in delivered if path.suffix.lower() in _EXPORTS and path.is_file()]
    offers = [
        Offer(path.stem, path.name, file_reader(path)) for path in exports if path.suffix.lower() in READ
    ]
    found, left, missing = _assign(plans, offers, collector)
    others = [path for path in exports if path.suffix.lower() not in READ]
    lacking = []
    for plan in missing:
        expected = f"{plan.files[0]}.csv"
        other = next((path for path in others if folded(path.stem) in map(folded, plan.files)), None)
        if other is not None:
            others.remove(other)
            collector.add("file_format", file=other.name, table=plan.table.name, expected=expected)
        else:
            _note_missing(plan, expected, left, collector)
            lacking.append(plan)
    unknown = {offer.label: offer.name for offer in left} | {path.name: path.stem for path in others}
    for name, stem in sorted(unknown.items()):
        near = nearest(stem, [plan.files[0] for plan in lacking])
        collector.add(
            "file_unknown",
            file=name,
            hint_de=f" Ist „{near}“ gemeint?" if near else "",
            hint_en=f" Is “{near}” meant?" if near else "",
        )
    for path in delivered:
        if path not in exports and path.name not in _SYNTHETIC:
            collector.add("not_a_table", file=f"{path.name}/" if path.is_dir() else path.name)
    return found


def require_folder(folder: Path) -> None:
    """Refuse what is no folder; who names a params file is told which command takes one.

    Raises
    ------
    UsageError
    """
    if folder.is_dir():
        return
    if folder.suffix.lower() in _YAML:
        raise UsageError(
            "This names a YAML file, not the folder of an export.",
            where=str(folder),
            todo=f"Params are checked by `hamm-eval params {folder}`; a mapping is given beside the folder, "
            f"with `--mapping {folder}`.",
        )
    raise UsageError("There is no such folder.", where=str(folder), todo="Name the folder of the export.")


def file_reader(path: Path) -> Callable[[Wanted, FileCollector], TextTable | None]:
    """How a file is read: by its ending; each reader refuses what is of another type."""

    def read(wanted: Wanted, notes: FileCollector) -> TextTable | None:
        match path.suffix.lower():
            case ".xlsx":
                from hamm_eval.casefile.readers.xlsx import read_xlsx

                return read_xlsx(path, wanted, notes)
            case ".parquet":
                from hamm_eval.casefile.readers.parquet import read_parquet

                return read_parquet(path, wanted, notes)
            case _:
                from hamm_eval.casefile.readers.csv import read_csv_file

                return read_csv_file(path, wanted, notes)

    return read


def _assign(
    plans: Iterable[TablePlan], offers: Sequence[Offer], collector: Collector
) -> tuple[dict[str, Offer], list[Offer], list[TablePlan]]:
    """The one offer of each table, those that are left, and the tables without one; notes several."""
    by_name: dict[str, list[Offer]] = {}
    for offer in offers:
        by_name.setdefault(folded(offer.name), []).append(offer)
    found: dict[str, Offer] = {}
    used: set[str] = set()
    missing = []
    for plan in plans:
        candidates = [offer for name in plan.files for offer in by_name.get(folded(name), [])]
        used.update(offer.label for offer in candidates)
        if len(candidates) > 1:
            labels = ", ".join(offer.label for offer in candidates)
            collector.add("file_ambiguous", file=candidates[0].label, table=plan.table.name, files=labels)
        elif candidates:
            found[plan.table.name] = candidates[0]
        else:
            missing.append(plan)
    return found, [offer for offer in offers if offer.label not in used], missing


def _note_missing(plan: TablePlan, expected: str, left: Sequence[Offer], collector: Collector) -> None:
    """A table that is not there: refused where it is required, with the nearest name that is."""
    if not plan.required:
        collector.add("table_absent", file=expected, table=plan.table.name)
        return
    by_name = {offer.name: offer.label for offer in left}
    near = nearest(plan.files[0], by_name)
    collector.add(
        "file_missing",
        file=expected,
        table=plan.table.name,
        expected=expected,
        hint_de=f" Ist „{by_name[near]}“ gemeint?" if near else "",
        hint_en=f" Is “{by_name[near]}” meant?" if near else "",
    )
