"""A CaseFile stored: one Parquet file a table and what is known about it as JSON, all private."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from hamm_eval.casefile.findings import Finding
from hamm_eval.casefile.mapping import FurtherColumn
from hamm_eval.casefile.private_files import private_folder, write_private
from hamm_eval.casefile.reconciliation import Counts
from hamm_eval.casefile.source_records import SourceRecord
from hamm_eval.errors import InputError

_FACTS = "casefile.json"
_FORMAT = 2


def save_parts(
    folder: Path,
    *,
    data_cut: dt.date,
    records: Mapping[str, pl.DataFrame],
    counts: Mapping[str, Counts],
    findings: Sequence[Finding],
    further: Sequence[FurtherColumn],
    digest: str,
    sources: Sequence[SourceRecord],
) -> None:
    """Store the parts of a CaseFile; the facts last, so that half a CaseFile is none."""
    private_folder(folder)
    for name, frame in records.items():
        content = io.BytesIO()
        frame.write_parquet(content)
        write_private(folder / f"{name}.parquet", content.getvalue())
    facts = {
        "format": _FORMAT,
        "data_cut": data_cut.isoformat(),
        "digest": digest,
        "counts": {name: asdict(rows) for name, rows in counts.items()},
        "findings": [finding.to_json() for finding in findings],
        "further": [column.model_dump(mode="json") for column in further],
        "sources": [asdict(record) for record in sources],
    }
    write_private(folder / _FACTS, json.dumps(facts, ensure_ascii=False, indent=1).encode())


def load_parts(folder: Path) -> dict[str, Any]:
    """The parts of a stored CaseFile by their names."""
    try:
        facts = json.loads((folder / _FACTS).read_bytes())
        if facts["format"] != _FORMAT:
            raise ValueError
        records = {name: pl.read_parquet(folder / f"{name}.parquet") for name in facts["counts"]}
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError):
        raise InputError(
            "This folder holds no complete CaseFile of this version.",
            where=folder.name,
            todo="Read the export again.",
        ) from None
    return {
        "data_cut": dt.date.fromisoformat(facts["data_cut"]),
        "records": MappingProxyType(records),
        "counts": MappingProxyType({name: Counts(**counts) for name, counts in facts["counts"].items()}),
        "findings": tuple(Finding.from_json(finding) for finding in facts["findings"]),
        "further": tuple(FurtherColumn.model_validate(further) for further in facts["further"]),
        "digest": facts["digest"],
        "sources": tuple(SourceRecord(**record) for record in facts["sources"]),
    }
