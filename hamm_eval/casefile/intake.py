"""The one door: from an export to a CaseFile, or to everything that stands in its way."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import polars as pl

from hamm_eval.casefile.case_file import CaseFile
from hamm_eval.casefile.checks.keys import check_keys
from hamm_eval.casefile.checks.logic import check_logic
from hamm_eval.casefile.checks.recording import latest_recording
from hamm_eval.casefile.conversion.table import TypedTable, convert_table
from hamm_eval.casefile.fates import RowFates, row_fates
from hamm_eval.casefile.findings import Collector, Finding, Language
from hamm_eval.casefile.mapping import SourceMapping, load_mapping
from hamm_eval.casefile.match import match_columns
from hamm_eval.casefile.plan import TablePlan, plan_tables
from hamm_eval.casefile.private_files import write_evidence, write_quarantined
from hamm_eval.casefile.readers.text_table import LINE, Wanted
from hamm_eval.casefile.reconciliation import Counts
from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.source_records import SourceRecord
from hamm_eval.casefile.sources import Offer, find_tables
from hamm_eval.errors import IntakeRefused
from hamm_eval.source import Postgresql, Source

_CANNOT_BE_USED = {"de": "Der Export ist nicht verwendbar", "en": "The export cannot be used"}


@dataclass(frozen=True, slots=True)
class CheckedExport:
    """An export checked: all findings, what was read and how, and the CaseFile where it can be used."""

    findings: tuple[Finding, ...]
    case_file: CaseFile | None = field(repr=False)
    sources: tuple[SourceRecord, ...] = ()
    fates: tuple[RowFates, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether nothing refuses the export; warnings and quarantined rows do not."""
        return self.case_file is not None


def read_case_file(
    source: Path | str | Postgresql,
    *,
    mapping: Path | str | SourceMapping | None = None,
    as_of: dt.date | None = None,
    free_text: tuple[str, ...] = (),
    private_findings: Path | None = None,
    language: Language = "en",
) -> CaseFile:
    """Read and check an export: one file, sheet or database table a table.

    Parameters
    ----------
    source : path or Postgresql
        A folder that holds ``<table>.csv``, ``.xlsx`` or ``.parquet``, named in German or English; a workbook
        (``.xlsx``) with one sheet a table; or a schema of a database.
    mapping : path or SourceMapping, optional
        How the source names things; the city's German names otherwise.
    as_of : datetime.date, optional
        The data cut; the latest day of recording otherwise.
    free_text : tuple of str
        Headers, alone or as ``table.header``, of columns that hold free text: they are never read.
    private_findings : path, optional
        Where values behind findings go (mode 0600). Messages never carry any.
    language : "de" or "en"
        Of what an error says.

    Returns
    -------
    CaseFile

    Raises
    ------
    IntakeRefused
        Everything that refuses the export, at once: file, line, column and rule.
    UsageError, ParamsError
        No such folder, workbook or database; the mapping is wrong.
    """
    checked = check_export(
        source, mapping=mapping, as_of=as_of, free_text=free_text, private_findings=private_findings
    )
    if checked.case_file is None:
        refusing = [finding for finding in checked.findings if finding.severity is Severity.REFUSE]
        raise IntakeRefused.of(
            [finding.problem(language) for finding in refusing],
            f"{_CANNOT_BE_USED[language]} ({len(refusing)}):",
        )
    return checked.case_file


def read_source(source: Source, root: Path, *, as_of: dt.date, language: Language = "en") -> CaseFile:
    """Read the export that params name, as `read_case_file` does.

    Parameters
    ----------
    source : Source
        The paragraph ``source`` of params.
    root : Path
        The project's folder, which its paths are relative to.
    as_of : datetime.date
    language : "de" or "en"
    """
    return read_case_file(
        source.place(root),
        mapping=root / source.mapping if source.mapping is not None else None,
        as_of=as_of,
        free_text=source.free_text,
        language=language,
    )


def check_export(
    source: Path | str | Postgresql,
    *,
    mapping: Path | str | SourceMapping | None = None,
    as_of: dt.date | None = None,
    free_text: tuple[str, ...] = (),
    private_findings: Path | None = None,
) -> CheckedExport:
    """Check an export as `read_case_file` does, but return what is found instead of raising it."""
    if mapping is None:
        names = SourceMapping()
    else:
        names = mapping if isinstance(mapping, SourceMapping) else load_mapping(Path(mapping))
    collector = Collector(keep_values=private_findings is not None)
    plans = plan_tables(names, free_text)
    place = source if isinstance(source, Postgresql) else Path(source)
    sources: list[SourceRecord] = []
    tables: dict[str, TypedTable] = {}
    quarantined: dict[str, int] = {}
    with find_tables(place, plans, collector) as found:
        for plan in plans:
            name = plan.table.name
            if name in found:
                typed = _read_table(plan, found[name], collector, sources)
                if typed is not None:
                    notes = collector.in_file(typed.file, name)
                    tables[name], quarantined[name] = check_keys(typed, notes)
    cut = as_of or latest_recording(tables)
    check_logic(tables, cut, collector)
    fates = tuple(
        row_fates(
            typed,
            quarantined=quarantined[name],
            refused_lines=collector.lines_refused(typed.file),
            cut=cut,
        )
        for name, typed in tables.items()
    )
    if private_findings is not None:
        write_evidence(private_findings, collector.evidence)
        write_quarantined(private_findings, collector.quarantined)
    order = {plan.table.name: i for i, plan in enumerate(plans)}
    findings = tuple(
        sorted(collector.findings, key=lambda f: (order.get(f.table, len(order)), f.file, f.line or 0))
    )
    if collector.refused:
        return CheckedExport(findings, None, tuple(sources), fates)
    records = {name: _known(typed.frame.drop(LINE), cut) for name, typed in tables.items()}
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
        names.further,
        _digest(names, sources),
        tuple(sources),
    )
    return CheckedExport(findings, case_file, tuple(sources), fates)


def _read_table(
    plan: TablePlan, offer: Offer, collector: Collector, sources: list[SourceRecord]
) -> TypedTable | None:
    """One table typed, and added to what was read; None where it cannot be read at all."""
    notes = collector.in_file(offer.label, plan.table.name)
    wanted = Wanted(
        plan.known_headers | plan.free_text,
        plan.known_words,
        lambda header, its_notes: match_columns(plan, header, its_notes),
        plan.encoding,
        plan.delimiter,
    )
    text = offer.read(wanted, notes)
    if text is None:
        return None
    typed = convert_table(plan, text, notes)
    sources.append(
        SourceRecord(
            plan.table.name,
            offer.label,
            text.format,
            text.encoding,
            text.delimiter,
            typed.read,
            text.digest,
            typed.notations,
        )
    )
    return typed


def _known(frame: pl.DataFrame, cut: dt.date) -> pl.DataFrame:
    """The rows recorded by the cut; mostly all of them, and then without a copy."""
    known = frame["recorded_on"] <= cut
    return frame if known.all() else frame.filter(known)


def _digest(names: SourceMapping, sources: Iterable[SourceRecord]) -> str:
    """SHA-256 of the mapping and of everything that was read."""
    digest = hashlib.sha256(names.model_dump_json().encode())
    for record in sources:
        digest.update(record.table.encode() + bytes.fromhex(record.digest))
    return digest.hexdigest()
