"""The score of today's intake, measured; and that the score itself would fall if intake grew worse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from dirty_cities import clean_city, planted_alone, write

from hamm_eval.casefile import check_export
from hamm_eval.casefile.intake import CheckedExport
from hamm_eval.casefile.rules import BY_ID, Severity
from hamm_eval.errors import InputError
from hamm_eval.synthetic.dirty import score as scoring
from hamm_eval.synthetic.dirty.catalogue import KINDS
from hamm_eval.synthetic.dirty.defect import DefectList, DirtyFile, Expected, Family
from hamm_eval.synthetic.dirty.matching import Said, Verdict, judge, wrongly_said
from hamm_eval.synthetic.dirty.plan import NOT_REFUSED, DefectPlan
from hamm_eval.synthetic.dirty.planting import plant_defects
from hamm_eval.synthetic.dirty.score import IntakeScore, score_intake
from hamm_eval.synthetic.export import HAMM_SEED

COMMITTED = Path(__file__).parents[3] / "synthetic_data" / "hamm"
# What is said as well, of the same row: a moved date may be out of order with another one besides.
FOLLOWS = {
    "after_recording": {"dates_out_of_order"},
    "id_spreadsheet": {"reference_unknown"},
    "before_arrival": {"age_at_event"},
    "month_lost": {"review_overdue"},
}


def test_the_default_dirty_city(tmp_path: Path) -> None:
    """Everything that can be told is found, under its own rule; nothing sound is refused."""
    clean = {path.name: path.read_bytes() for path in COMMITTED.glob("*.csv")}
    score = score_intake(write(tmp_path, *plant_defects(clean, seed=HAMM_SEED)))
    frame = score.to_frame().set_index("kind")
    asked = frame[frame["found"].notna()]
    assert asked["planted"].sum() > 150
    assert asked["missed"].sum() == asked["other_rule"].sum() == 0
    assert score.share_found == 1
    assert score.sound_rows > 60_000
    assert score.share_sound_refused == 0
    assert score.files_refused == ()
    assert score.undetectable_named == 0
    assert frame["wrongly_refused"].sum() == 0
    assert not score.usable
    assert score.reconciled is None


@pytest.mark.parametrize("persons", [30, 150])
@pytest.mark.parametrize("seed", range(8))
def test_every_other_seed_scores_alike(tmp_path: Path, seed: int, persons: int) -> None:
    score = score_intake(write(tmp_path, *plant_defects(clean_city(persons=persons), seed=seed)))
    for defect, verdict in zip(score.defects, score.verdicts, strict=True):
        # Of nine social workers, six of them damaged, nobody can say how the others are written.
        if defect.counts and (persons > 30 or defect.rule != "id_other_form"):
            assert verdict is Verdict.FOUND, defect
    assert score.share_sound_refused == 0
    assert score.undetectable_named == 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_one_kind_alone_brings_its_findings_and_no_others(tmp_path: Path, kind) -> None:
    """What refuses, quarantines or warns is of this rule and at these lines; silence where it should be."""
    files, listed = planted_alone(kind.name)
    checked = check_export(write(tmp_path, files, listed))
    loud = [f for f in checked.findings if f.severity is not Severity.NOTICE]
    if kind.expected is Expected.ACCEPTED:
        assert checked.findings == ()
        assert checked.usable
    else:
        assert kind.rule in {f.rule for f in checked.findings}
        assert {f.rule for f in loud} <= {kind.rule} | FOLLOWS.get(kind.name, set())
        lines = {line for d in listed.defects for line in (d.line, *d.partners) if line is not None}
        assert all(set(f.lines) <= lines for f in loud if f.rule == kind.rule or kind.name != "month_lost")
        refused = BY_ID[kind.rule].severity is Severity.REFUSE
        assert checked.usable is not refused


def test_a_clean_city_has_nothing_to_find(tmp_path: Path) -> None:
    files = [DirtyFile(name, content.count(b"\r\n") - 1, 2, True) for name, content in clean_city().items()]
    score = score_intake(write(tmp_path, clean_city(), DefectList(0, tuple(files), ())))
    assert (score.sound_rows_refused, score.sound_rows_warned, score.files_refused) == (0, 0, ())
    assert score.sound_rows == sum(file.rows for file in files) > 1_000
    assert score.usable
    assert score.reconciled
    assert score.to_frame().empty
    assert score.share_found != score.share_found  # nan: nothing was asked


@pytest.mark.parametrize("seed", range(4))
def test_other_dialects_are_read_as_the_clean_city(tmp_path: Path, seed: int) -> None:
    """Nothing is refused, and the records are the same."""
    only = tuple(k.name for k in KINDS if k.family is Family.DIALECTS)
    files, listed = plant_defects(clean_city(), seed=seed, plan=DefectPlan(only=only))
    dirty = check_export(write(tmp_path / "dirty", files, listed)).case_file
    clean = check_export(write(tmp_path / "clean", clean_city(), listed)).case_file
    assert dirty is not None
    assert clean is not None
    assert len(listed.defects) >= len(only) - 3  # some exclude each other in one file
    for name, records in clean.records.items():
        assert records.equals(dirty.records[name]), name
    score = score_intake(tmp_path / "dirty")
    assert not any(score.wrongly_refused)
    assert score.share_found == 1
    assert score.reconciled


def test_rows_are_reconciled_where_the_export_is_read(tmp_path: Path) -> None:
    """Set aside, left out and read: intake counts what was planted."""
    files, listed = plant_defects(clean_city(), seed=5, plan=NOT_REFUSED)
    assert {"duplicate_row", "total_row", "blank_record"} <= {defect.kind for defect in listed.defects}
    folder = write(tmp_path / "city", files, listed)
    assert score_intake(folder).reconciled is True
    fewer = replace(listed, files=tuple(replace(file, rows=file.rows - 1) for file in listed.files))
    assert score_intake(write(folder, files, fewer)).reconciled is False


def _scored_with(monkeypatch: pytest.MonkeyPatch, folder: Path, change) -> IntakeScore:
    """The score of an intake whose findings are changed."""

    def check(*args: object, **kwargs: object) -> CheckedExport:
        checked = check_export(*args, **kwargs)
        path = kwargs["private_findings"]
        findings, private = change(checked.findings, path.read_text(encoding="utf-8-sig"))
        path.write_text(private, encoding="utf-8-sig")
        return replace(checked, findings=tuple(findings))

    monkeypatch.setattr(scoring, "check_export", check)
    return score_intake(folder)


def test_a_worse_intake_scores_worse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, *plant_defects(clean_city(), seed=1))
    now = score_intake(folder)
    head = "rule;file;line;column;value\n"
    silent = _scored_with(monkeypatch, folder, lambda findings, private: ([], head))
    assert silent.share_found == silent.share_other_rule == 0
    assert set(silent.verdicts) == {Verdict.MISSED}

    shifted = _scored_with(
        monkeypatch,
        folder,
        lambda findings, private: (
            [
                replace(f, line=f.line and f.line + 1, lines=tuple(line + 1 for line in f.lines))
                for f in findings
            ],
            head,
        ),
    )
    assert shifted.share_found < 0.3 * now.share_found
    assert shifted.share_sound_refused > 0.01

    renamed = _scored_with(
        monkeypatch,
        folder,
        lambda findings, private: (
            [replace(f, rule="out_of_range") if f.rule == "category_unknown" else f for f in findings],
            private,
        ),
    )
    frame = renamed.to_frame().set_index("kind")
    assert frame.loc["category_typo", "found"] == 0
    assert frame.loc["category_typo", "other_rule"] == 3


def _said(rule: str, lines: set[int], *, file: str = "ziele.csv", column: str = "", unnamed: int = 0) -> Said:
    return Said(rule, BY_ID[rule].severity, file, column, frozenset(lines), unnamed)


def test_a_finding_counts_for_its_own_place_only() -> None:
    _, listed = planted_alone("target_before_agreement")
    defect = listed.defects[0]
    assert defect.line is not None
    own = _said("dates_out_of_order", {defect.line}, column="Zieldatum")
    assert judge([defect], [own]) == (Verdict.FOUND,)
    assert judge([defect], [replace(own, column="ZIELDATUM")]) == (Verdict.FOUND,)
    assert judge([defect], [replace(own, column="#5")]) == (Verdict.FOUND,)
    for other in (
        replace(own, lines=frozenset({defect.line + 1})),
        replace(own, file="faelle.csv"),
        replace(own, severity=Severity.NOTICE, rule="rows_blank"),
    ):
        assert judge([defect], [other]) == (Verdict.MISSED,)
    assert judge([defect], [replace(own, column="Vereinbart am")]) == (Verdict.OTHER_RULE,)
    assert judge([defect], [_said("row_short", {defect.line})]) == (Verdict.OTHER_RULE,)


def test_a_count_without_lines_covers_as_many_defects_as_it_counts() -> None:
    _, listed = planted_alone("date_9999")
    defects = [
        d for d in listed.defects if (d.file, d.column) == (listed.defects[0].file, listed.defects[0].column)
    ]
    three = [replace(defects[0], line=line) for line in (5, 6, 7)]
    counted = _said("date_open_end", set(), file=defects[0].file, column=defects[0].column or "", unnamed=2)
    assert judge(three, [counted]) == (Verdict.FOUND, Verdict.FOUND, Verdict.MISSED)


def test_what_no_defect_explains_is_held_against_intake() -> None:
    _, listed = planted_alone("target_before_agreement")
    files = [DirtyFile("ziele.csv", 50, 2, True)]
    defect = replace(listed.defects[0], line=10)
    refused = _said("category_unknown", {10, 11, 12}, unnamed=4)
    warned = _said("spells_overlap", {10, 20})
    header = _said("column_missing", {1})
    whole = _said("file_empty", set())
    wrongly = wrongly_said([defect], [refused, warned], files)
    assert wrongly.rows == {"ziele.csv": {11, 12}}
    assert wrongly.warned == {"ziele.csv": {20}}
    assert wrongly.unnamed == 4
    assert not wrongly.files
    assert wrongly_said([defect], [header], files).files == {"ziele.csv"}
    assert wrongly_said([defect], [whole], files).files == {"ziele.csv"}
    empty = replace(defect, line=None, rule="file_empty", expected=Expected.REFUSED)
    assert not wrongly_said([empty], [whole], files).files


def test_a_harmless_defect_that_is_refused_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if intake could read neither UTF-16 nor capitals."""
    files, listed = plant_defects(clean_city(), seed=1, plan=DefectPlan(only=("utf16", "word_case")))
    refusal = [
        (d.file, () if d.line is None else (d.line,), "" if d.line is None else d.column or "")
        for d in listed.defects
    ]
    folder = write(tmp_path, files, listed)

    def refuse(findings, private):
        example = replace(check_example, severity=Severity.REFUSE)
        return [
            replace(
                example,
                rule="category_unknown" if at else "encoding_unknown",
                file=file,
                column=column,
                line=at[0] if at else None,
                lines=at,
                count=len(at),
            )
            for file, at, column in refusal
        ], private

    (check_example, *_) = check_export(_with_one_notice(tmp_path / "notice")).findings
    score = _scored_with(monkeypatch, folder, refuse)
    assert all(score.wrongly_refused)
    assert score.sound_rows_refused == 0


def _with_one_notice(folder: Path) -> Path:
    """A city with a finding."""
    return write(folder, *planted_alone("extra_column"))


def test_a_folder_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"defects\.json"):
        score_intake(tmp_path)
    (tmp_path / "defects.json").write_text(
        '{"seed": 1, "files": [], "defects": [{"id": 1}]}', encoding="utf-8"
    )
    with pytest.raises(InputError, match="no list of defects"):
        score_intake(tmp_path)
