"""The one door: from a folder of exports to a CaseFile, or to everything that stands in its way."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import polars as pl

from hamm_eval.casefile.case_file import CaseFile
from hamm_eval.casefile.checks.dates import check_dates
from hamm_eval.casefile.checks.keys import check_keys
from hamm_eval.casefile.checks.references import check_references
from hamm_eval.casefile.checks.spells import check_overlaps
from hamm_eval.casefile.conversion.table import TypedTable, convert_table
from hamm_eval.casefile.findings import Collector, Finding
from hamm_eval.casefile.mapping import SourceMapping, load_mapping
from hamm_eval.casefile.match import match_columns
from hamm_eval.casefile.plan import TablePlan, plan_tables
from hamm_eval.casefile.private_files import write_evidence
from hamm_eval.casefile.readers.csv import LINE, read_csv
from hamm_eval.casefile.reconciliation import Counts
from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.sources import find_sources
from hamm_eval.errors import IntakeRefused


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """An export checked: all findings, and the CaseFile where it can be used."""

    findings: tuple[Finding, ...]
    case_file: CaseFile | None = field(repr=False)

    @property
    def usable(self) -> bool:
        """Whether nothing refuses the export; warnings and quarantined rows do not."""
        return self.case_file is not None


def read_case_file(
    folder: Path | str,
    *,
    mapping: Path | str | SourceMapping | None = None,
    as_of: dt.date | None = None,
    free_text: tuple[str, ...] = (),
    private_findings: Path | None = None,
) -> CaseFile:
    """Read and check an export: one CSV file a table.

    Parameters
    ----------
    folder : path
        Holds ``<table>.csv``, named in German or English.
    mapping : path or SourceMapping, optional
        How the source names things; the city's German names otherwise.
    as_of : datetime.date, optional
        The data cut; the latest day of recording otherwise.
    free_text : tuple of str
        Headers, alone or as ``table.header``, of columns that hold free text: they are never read.
    private_findings : path, optional
        Where values behind findings go (mode 0600). Messages never carry any.

    Returns
    -------
    CaseFile

    Raises
    ------
    IntakeRefused
        Everything that refuses the export, at once: file, line, column and rule.
    UsageError, ParamsError
        No such folder; the mapping is wrong.
    """
    checked = check_export(
        folder, mapping=mapping, as_of=as_of, free_text=free_text, private_findings=private_findings
    )
    if checked.case_file is None:
        refusing = [finding for finding in checked.findings if finding.severity is Severity.REFUSE]
        raise IntakeRefused.of(
            [finding.problem() for finding in refusing], f"The export cannot be used ({len(refusing)}):"
        )
    return checked.case_file


def check_export(
    folder: Path | str,
    *,
    mapping: Path | str | SourceMapping | None = None,
    as_of: dt.date | None = None,
    free_text: tuple[str, ...] = (),
    private_findings: Path | None = None,
) -> CheckedExport:
    """Check an export as `read_case_file` does, but return what is found instead of raising it."""
    if mapping is None:
        source = SourceMapping()
    else:
        source = mapping if isinstance(mapping, SourceMapping) else load_mapping(Path(mapping))
    collector = Collector(keep_values=private_findings is not None)
    plans = plan_tables(source, free_text)
    files = find_sources(Path(folder), plans, collector)
    digest = hashlib.sha256(source.model_dump_json().encode())
    tables: dict[str, TypedTable] = {}
    quarantined: dict[str, int] = {}
    for plan in plans:
        name = plan.table.name
        if name in files:
            typed = _read_table(plan, files[name], collector, digest)
            if typed is not None:
                notes = collector.in_file(typed.file, name)
                tables[name], quarantined[name] = check_keys(typed, notes)
    cut = as_of or _latest_recording(tables)
    _check_logic(tables, cut, collector)
    if private_findings is not None:
        write_evidence(private_findings, collector.evidence)
    order = {plan.table.name: i for i, plan in enumerate(plans)}
    findings = tuple(
        sorted(collector.findings, key=lambda f: (order.get(f.table, len(order)), f.file, f.line or 0))
    )
    if collector.refused:
        return CheckedExport(findings, None)
    records = {
        name: typed.frame.drop(LINE).filter(pl.col("recorded_on") <= cut) for name, typed in tables.items()
    }
    counts = {
        name: Counts(
            read=typed.read,
            quarantined=quarantined[name],
            excluded=typed.excluded,
            not_yet_known=typed.frame.height - records[name].height,
        )
        for name, typed in tables.items()
    }
    case_file = CaseFile(
        cut,
        MappingProxyType(records),
        MappingProxyType(counts),
        findings,
        source.further,
        digest.hexdigest(),
    )
    return CheckedExport(findings, case_file)


def _read_table(
    plan: TablePlan, path: Path, collector: Collector, digest: hashlib._Hash
) -> TypedTable | None:
    """One file as a typed table; None where it cannot be read at all."""
    notes = collector.in_file(path.name, plan.table.name)
    try:
        raw = path.read_bytes()
    except OSError:
        notes.add("file_unreadable")
        return None
    digest.update(plan.table.name.encode() + hashlib.sha256(raw).digest())
    text = read_csv(
        raw,
        known=plan.known_headers | plan.free_text,
        words=plan.known_words,
        match=lambda header, its_notes: match_columns(plan, header, its_notes),
        notes=notes,
    )
    return convert_table(plan, text, notes) if text is not None else None


def _latest_recording(tables: Mapping[str, TypedTable]) -> dt.date:
    """The latest day on which anything was recorded."""
    days = [typed.frame["recorded_on"].max() for typed in tables.values()]
    return max((day for day in days if isinstance(day, dt.date)), default=dt.date.min)


def _check_logic(tables: Mapping[str, TypedTable], cut: dt.date, collector: Collector) -> None:
    """Checks that need typed tables."""
    for name, typed in tables.items():
        notes = collector.in_file(typed.file, name)
        check_dates(typed, notes)
        check_overlaps(typed, cut, notes)
        if typed.plan.required and typed.frame.filter(pl.col("recorded_on") <= cut).is_empty():
            notes.add("nothing_known")
    check_references(tables, cut, collector)
