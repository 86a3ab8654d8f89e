"""The CaseFile: two clocks, reconciliation, storage, what it keeps to itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import stat
import subprocess
import sys

import pandas as pd
import pytest
from exports import SOUND, path_of, sound, write_export

from hamm_eval.casefile import CaseFile, check_export, read_case_file
from hamm_eval.casefile.rules.rule import Severity
from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import InputError, UsageError

LATER, EARLIER = dt.date(2016, 7, 15), dt.date(2016, 7, 14)


@pytest.fixture
def folder(tmp_path):
    return write_export(tmp_path / "export")


@pytest.fixture
def case_file(folder) -> CaseFile:
    return read_case_file(folder)


def test_the_latest_recording_is_the_data_cut_unless_told(folder, case_file):
    assert case_file.data_cut == dt.date(2016, 12, 10)
    assert read_case_file(folder, as_of=EARLIER).data_cut == EARLIER


def test_a_correction_holds_from_the_day_it_was_recorded(case_file):
    def ended(at: dt.date) -> object:
        rows = case_file.as_of(at).tables["participations"].set_index("participation_id")
        return rows.loc["T-00001", "ended_on"]

    assert pd.isna(ended(EARLIER))
    assert ended(LATER) == pd.Timestamp(2016, 6, 30)
    assert len(case_file.tables["participations"]) == 3


@pytest.mark.parametrize("at", [EARLIER, LATER, dt.date(2016, 12, 10), dt.date(2030, 1, 1)])
def test_every_row_is_accounted_for(folder, at):
    frame = read_case_file(folder, as_of=at).reconciliation
    parts = frame[["used", "quarantined", "not_yet_known", "superseded", "excluded"]].sum(axis=1)
    assert (frame["read"] == parts).all()
    written = {name: len(rows) for name, rows in SOUND.items()}
    assert frame.set_index("table")["read"].to_dict() == written


@pytest.mark.parametrize("at", [EARLIER, LATER])
def test_as_of_equals_reading_at_that_cut(folder, case_file, at):
    read, went_back = read_case_file(folder, as_of=at), case_file.as_of(at)
    pd.testing.assert_frame_equal(read.reconciliation, went_back.reconciliation)
    for table in TABLES:
        pd.testing.assert_frame_equal(read.tables[table.name], went_back.tables[table.name])
    assert read.digest == went_back.digest


@pytest.mark.parametrize("at", [EARLIER, LATER])
def test_rows_set_aside_are_the_same_whether_read_at_a_cut_or_taken_back_to_it(tmp_path, at):
    export = sound()
    export["participations"] += [dict(export["participations"][-1]), dict(export["participations"][0])]
    folder = write_export(tmp_path / "export", export)
    read, whole = read_case_file(folder, as_of=at), read_case_file(folder)
    pd.testing.assert_frame_equal(read.reconciliation, whole.as_of(at).reconciliation)
    assert read.reconciliation.set_index("table").loc["participations", "quarantined"] == 2


@pytest.mark.parametrize("at", [EARLIER, LATER])
def test_a_contradiction_refuses_though_it_was_recorded_after_the_cut(tmp_path, at):
    """Which of two contents holds nobody can tell later either: the source is wrong, whatever is asked."""
    export = sound()
    export["participations"].append(export["participations"][-1] | {"ending": "abgebrochen"})
    checked = check_export(write_export(tmp_path / "export", export), as_of=at)
    assert not checked.usable
    assert {f.rule for f in checked.findings if f.severity is Severity.REFUSE} == {"key_contradiction"}


def test_a_correction_on_the_day_of_the_cut_is_known_and_one_of_the_next_day_is_not(tmp_path):
    export = sound()
    case = export["cases"][0]
    export["cases"] += [case | {"provider": "AWO", "recorded_on": f"{day}.04.2016"} for day in (1, 2)]
    export["cases"][-1]["provider"] = "DRK"
    case_file = read_case_file(write_export(tmp_path / "export", export))

    def provider(*at: int) -> str:
        cases = case_file.as_of(dt.date(*at)).tables["cases"].set_index("case_id")
        return cases.loc["F-00001", "provider"]

    assert [provider(2016, 3, 31), provider(2016, 4, 1), provider(2016, 4, 2)] == ["caritas", "awo", "drk"]


def test_a_record_not_yet_known_is_in_no_table_and_among_no_identifiers(case_file):
    at = case_file.as_of(dt.date(2016, 12, 9))
    assert at.tables["language_tests"].empty
    assert "P-00001" in case_file.identifiers()
    assert "P-00001" not in at.identifiers()
    row = at.reconciliation.set_index("table").loc["language_tests"]
    assert (row["used"], row["not_yet_known"], row["persons"]) == (0, 1, 0)


def test_going_back_twice_is_going_back_once(case_file):
    twice, once = case_file.as_of(LATER).as_of(EARLIER), case_file.as_of(EARLIER)
    pd.testing.assert_frame_equal(twice.reconciliation, once.reconciliation)
    for table in TABLES:
        pd.testing.assert_frame_equal(twice.tables[table.name], once.tables[table.name])


def test_superseded_versions_and_late_records_are_told_apart(case_file):
    earlier = case_file.as_of(EARLIER).reconciliation.set_index("table").loc["participations"]
    later = case_file.as_of(LATER).reconciliation.set_index("table").loc["participations"]
    assert (earlier["used"], earlier["not_yet_known"], earlier["superseded"]) == (3, 1, 0)
    assert (later["used"], later["not_yet_known"], later["superseded"]) == (3, 0, 1)


def test_persons_behind_a_table_are_distinct_and_found_by_reference(case_file):
    persons = case_file.reconciliation.set_index("table")["persons"]
    assert persons["residence_status"] == 1
    assert persons["participations"] == 3
    assert persons["goal_reviews"] == 1
    assert persons["households"] == 5
    assert pd.isna(persons["measures"])


def test_a_later_cut_is_refused(case_file):
    with pytest.raises(InputError, match="data cut"):
        case_file.as_of(dt.date(2017, 1, 1))


def test_a_stored_case_file_comes_back_the_same_and_private(case_file, tmp_path):
    case_file.as_of(LATER).save(tmp_path / "stored")
    back = CaseFile.load(tmp_path / "stored")
    expected = case_file.as_of(LATER)
    for table in TABLES:
        pd.testing.assert_frame_equal(back.tables[table.name], expected.tables[table.name])
    pd.testing.assert_frame_equal(back.reconciliation, expected.reconciliation)
    assert (back.data_cut, back.digest, back.findings) == (LATER, expected.digest, expected.findings)
    assert back.identifiers() == expected.identifiers()
    assert stat.S_IMODE((tmp_path / "stored").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "stored").iterdir()} == {0o600}


def test_half_a_stored_case_file_is_refused(case_file, tmp_path):
    case_file.save(tmp_path / "stored")
    (tmp_path / "stored" / "cases.parquet").unlink()
    with pytest.raises(InputError, match="no complete CaseFile"):
        CaseFile.load(tmp_path / "stored")
    (tmp_path / "stored" / "casefile.json").write_text("{")
    with pytest.raises(InputError, match="no complete CaseFile"):
        CaseFile.load(tmp_path / "stored")


def test_the_digest_follows_the_input_and_not_the_cut(folder, case_file):
    assert read_case_file(folder).digest == case_file.digest
    assert read_case_file(folder, as_of=EARLIER).digest == case_file.digest
    path = path_of(folder, "goals")
    path.write_bytes(path.read_bytes().replace(b"01.03.2018", b"02.03.2018"))
    assert read_case_file(folder).digest != case_file.digest


def test_identifiers_are_those_of_persons_not_of_measures(case_file):
    found = case_file.identifiers()
    assert {"000117", "H00001", "F-00001", "SB-07", "T-00001", "R-00001"} <= found
    assert "job_coaching" not in found


def test_it_is_frozen_and_its_repr_holds_counts_only(case_file):
    with pytest.raises(dataclasses.FrozenInstanceError):
        case_file.data_cut = EARLIER
    shown = repr(case_file) + repr(check_export.__doc__ and case_file.counts)
    assert "2016-12-10" in shown
    assert not [name for name in case_file.identifiers() if name in shown]


def test_private_findings_hold_values_and_nobody_else_reads_them(tmp_path):
    export = sound()
    export["persons"][2]["sex"] = "=HYPERLINK(secret)"
    private = tmp_path / "findings.csv"
    private.write_text("of somebody before")
    private.chmod(0o644)
    checked = check_export(write_export(tmp_path / "export", export), private_findings=private)
    text = private.read_text("utf-8-sig")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert "category_unknown;personen.csv;4;Geschlecht;'=HYPERLINK(secret)" in text
    assert "secret" not in "".join(f.text_de + f.text_en for f in checked.findings)


def test_findings_are_plain_and_survive_json(folder):
    for finding in check_export(folder).findings:
        assert type(finding).from_json(json.loads(json.dumps(finding.to_json()))) == finding


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        read_case_file(tmp_path / "nowhere")


def test_declarations_cost_no_science():
    code = (
        "import sys, hamm_eval.casefile, hamm_eval.casefile.tables;"
        "print([m for m in ('polars', 'pandas', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
