"""Nothing lost: every row ends as used, quarantined, refused, not yet known or excluded, and is counted."""

from __future__ import annotations

import datetime as dt
import stat
from dataclasses import replace

import pytest
from edits import TOKEN, added, cell, content
from exports import path_of, sound, write_export

from hamm_eval.casefile import check_export, intake
from hamm_eval.casefile.fates import RowFates
from hamm_eval.errors import HammEvalError


def fate(checked, table: str) -> RowFates:
    (found,) = [one for one in checked.fates if one.table == table]
    return found


def test_every_row_has_a_fate(tmp_path):
    rows = sound()
    rows["cases"].append(dict(rows["cases"][0]))
    folder = write_export(tmp_path / "export", rows)
    path = path_of(folder, "cases")
    path.write_bytes(path.read_bytes() + b"Summe;;;;;;;;\r\n;;;;;;;;\r\n")
    checked = check_export(folder, as_of=dt.date(2016, 3, 2))
    cases = fate(checked, "cases")
    assert cases == RowFates(
        "cases", "faelle.csv", read=6, used=2, quarantined=1, refused=0, not_yet_known=1, excluded=2
    )
    assert checked.case_file is not None
    frame = checked.case_file.reconciliation.set_index("table")
    assert frame.loc["cases", "used"] + frame.loc["cases", "superseded"] == cases.used


def test_rows_of_a_refused_export_have_one_too(tmp_path):
    folder = write_export(tmp_path / "export")
    cell("persons", 1, "sex", "x")(folder)
    checked = check_export(folder)
    assert not checked.usable
    persons = fate(checked, "persons")
    assert (persons.read, persons.used, persons.refused) == (5, 4, 1)
    assert fate(checked, "cases").used == 3


def test_a_row_that_gets_lost_is_an_internal_error(tmp_path, monkeypatch):
    folder = write_export(tmp_path / "export")
    check_keys = intake.check_keys

    def lose(typed, notes):
        kept, count = check_keys(typed, notes)
        return replace(kept, frame=kept.frame.head(-1)), count

    monkeypatch.setattr(intake, "check_keys", lose)
    with pytest.raises(HammEvalError, match="internal error") as raised:
        check_export(folder)
    assert raised.value.exit_code == 1


def test_what_is_quarantined_goes_to_a_private_file(tmp_path):
    folder = write_export(tmp_path / "export")
    added("cases", {})(folder)
    content("cases", lambda data: data.replace(b"SB-07", f"={TOKEN}".encode()))(folder)
    private = tmp_path / "befunde.csv"
    checked = check_export(folder, private_findings=private)
    written = tmp_path / "befunde-quarantined-faelle.csv"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    head, row = written.read_text("utf-8-sig").splitlines()
    assert head.startswith("rule;line;Fall-Nr;Personen-Nr;Sozialbetreuer;Träger;")
    assert row == (
        f"duplicate_row;5;F-00001;000117;'={TOKEN};Caritasverband;Bockum-Hövel;01.02.2016;;;01.03.2016"
    )
    assert TOKEN not in repr(checked)
    assert not list(tmp_path.glob("*quarantined-p*"))


def test_without_a_private_file_nothing_is_kept(tmp_path):
    folder = write_export(tmp_path / "export")
    added("cases", {})(folder)
    assert fate(check_export(folder), "cases").quarantined == 1
    assert [path.name for path in tmp_path.iterdir()] == ["export"]
