"""Objects that carry data never show it: a repr reaches tracebacks, logs and notebooks."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import inspect
import pkgutil

import numpy as np
import polars as pl
import pytest
from exports import path_of, sound, table_text, write_export

import hamm_eval.casefile
from hamm_eval.casefile import check_export
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.conversion.offenders import Cells
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector, Quarantined
from hamm_eval.casefile.mapping import SourceMapping
from hamm_eval.casefile.peek import Sheet
from hamm_eval.casefile.plan import plan_tables
from hamm_eval.casefile.proposal.profile import Profile
from hamm_eval.casefile.proposal.words import Words
from hamm_eval.casefile.pseudonyms.key import Key
from hamm_eval.casefile.readers.csv_header import CsvHeader
from hamm_eval.casefile.readers.encoding import Decoded
from hamm_eval.casefile.readers.header import Header
from hamm_eval.casefile.readers.rows import Rows
from hamm_eval.casefile.readers.text_table import TextTable

TOKEN = "Zx9Token"
# Made of declarations, of a mapping or of counts: no cell of an export gets there.
DECLARATIONS = {
    "Column",
    "Table",
    "Bound",
    "AgeLimit",
    "ColumnPlan",
    "TablePlan",
    "Rule",
    "Kind",
    "Counts",
    "RowFates",
    "Wanted",
    "Stored",
    "Offer",
    "SourceRecord",
    "SheetScan",
    "Change",
    "CaseFileDiff",
    # Names of files and headers that are sure to be ones, positions, counts, and what was decided.
    "Columns",
    "DateForms",
    "Decision",
    "Files",
    "Names",
    "Proposal",
    "Pseudonymised",
    "TableDone",
    "TableProposal",
}


def carriers() -> dict[str, object]:
    """One object of each class that holds data, a token in each of its texts."""
    raw = f"{TOKEN};{TOKEN}\n".encode()
    text = pl.Series("status", [TOKEN])
    frame = pl.DataFrame({"status": text, "__line": [2]})
    collector = Collector(keep_values=True)
    notes = collector.in_file("status.csv", "residence_status")
    notes.add("date_not_readable", column="Status", lines=[2], values=[TOKEN], format_de="", format_en="")
    made = [
        Decoded(raw, "utf-8"),
        header := Header((TOKEN, TOKEN), 1, False, (TOKEN, TOKEN)),
        CsvHeader(header, 3, ";"),
        Rows(raw, 0, np.array([2]), False),
        TextTable(frame, {"status": "Status"}, "CSV", "0" * 64),
        Cells(text, pl.Series([2]), "Status", notes),
        typed := TypedTable(plan_tables(SourceMapping())[0], frame, {"status": "Status"}, "status.csv", 1, 0),
        Readable({"residence_status": typed}, dt.date(2017, 6, 30), collector),
        collector,
        notes,
        collector.findings[0],
        Quarantined("duplicate_row", "status.csv", ("Status",), ((TOKEN,),)),
        Sheet("status", "status.csv", (TOKEN,), frame, False),
        Profile(TOKEN, TOKEN, 0, 1, 1, 0.0, 0.0, 0.0, 0.0, {TOKEN: 1}, text),
        Words({TOKEN: "recognised"}, frozenset([TOKEN]), (TOKEN,), 0, True),
        Key(TOKEN.encode()),
    ]
    return {type(item).__name__: item for item in made}


@pytest.mark.parametrize("name", sorted(carriers()))
def test_a_repr_holds_no_value(name):
    assert TOKEN not in repr(carriers()[name])


def test_a_repr_of_what_intake_returns_holds_no_value(tmp_path):
    rows = sound()
    rows["measures"][0]["measure_id"] = TOKEN
    for row in rows["participations"]:
        row["measure_id"] = TOKEN
    checked = check_export(write_export(tmp_path / "export", rows))
    assert checked.case_file is not None
    assert (checked.case_file.records["measures"]["measure_id"] == TOKEN).all()
    assert TOKEN not in repr(checked) + repr(checked.case_file)


def test_every_class_of_the_room_is_looked_at():
    found = set()
    for module in pkgutil.walk_packages(hamm_eval.casefile.__path__, "hamm_eval.casefile."):
        classes = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        found |= {
            name
            for name, item in classes
            if dataclasses.is_dataclass(item) and item.__module__.startswith("hamm_eval.casefile.")
        }
    assert found == set(carriers()) | DECLARATIONS | {"CaseFile", "CheckedExport"}


def test_a_header_that_is_data_stays_out_of_a_repr(tmp_path):
    """A file without header: its first row is taken for one."""
    folder = write_export(tmp_path / "export")
    rows = sound()["goals"]
    path_of(folder, "goals").write_text(f"{TOKEN};x\n{table_text('goals', rows).splitlines()[1]}\n")
    assert TOKEN not in repr(check_export(folder))
