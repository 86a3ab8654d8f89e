"""The page for the data protection officer: how many figures, by rule and reason, and none of them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import report_samples as samples
from typer.testing import CliRunner

from hamm_eval.cli.application import app
from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.pipeline.published import published_quarters
from hamm_eval.release.files import scan_files
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import (
    Cell,
    Interval,
    Release,
    ReleasedQuantiles,
    ReleasedShare,
    ReleasedStates,
    ReleasedTable,
)
from hamm_eval.release.tally import RULES, Tally, tally
from hamm_eval.report.release_report import PublishedQuarter, page
from hamm_eval.report.release_report.page import style
from hamm_eval.report.wording import LANGUAGES, Wording

FIGURE = 7654321  # no number of figures is so large


def table(*cells: Cell, shares: str = "none", sensitive: bool = False) -> ReleasedTable:
    return ReleasedTable(
        id="cohort:all",
        definition_digest="0",
        policy="strict",
        rows=tuple(map(str, range(len(cells)))),
        columns=("persons",),
        row_dimension="household_type",
        column_dimension="",
        unit="persons",
        cells=tuple((cell,) for cell in cells),
        total=None,
        column_totals=(),
        sensitive=sensitive,
        shares=shares,
    )


HIDDEN = Cell(value=None)
LINKED = Cell(value=None, linked=True)


def test_hidden_cells_are_counted_by_what_hides_them() -> None:
    mixed = table(Cell(value=40), HIDDEN, HIDDEN, LINKED)
    assert tally(mixed) == Tally(1, {"small": 2, "linked": 1}, {})
    assert tally(table(HIDDEN, sensitive=True)).hidden == {"sensitive": 1}
    shares = table(
        Cell(value=40, share=0.8), Cell(value=10), Cell(value=50, share_bound="over_95"), shares="of_row"
    )
    assert tally(shares) == Tally(3, {"no_share": 1}, {})
    quantiles = ReleasedQuantiles(
        id="a:b", definition_digest="0", policy="strict", rows=("x", "y"), row_dimension="table",
        probability=0.5, unit="days", values=(5.0, None), beside=(None, 60.0),
    )  # fmt: skip
    assert tally(quantiles) == Tally(1, {"few_for_quantile": 1}, {})


def test_what_lies_over_the_ceiling_is_counted_by_rule_3() -> None:
    shares = tuple(
        ReleasedShare(value=value, bound=bound) for value, bound in ((0.5, ""), (None, "over_95"), (None, ""))
    )
    states = ReleasedStates(
        id="states:way", definition_digest="0", policy="strict", path="way", states=("a", "b", "c"),
        withheld="", persons=Cell(value=400), shares=(shares,),
    )  # fmt: skip
    assert tally(states) == Tally(2, {"nearly_all": 1, "not_read": 1}, {})
    nothing = Interval(value=None, lower=None, upper=None)
    passed = dataclasses.replace(
        samples.curve("all", 0.001, 400),
        at_horizon=(nothing,) * 3,
        median=dataclasses.replace(nothing, value=50.0),
        over_ceiling_from=(100.0, None),
    )
    curves = dataclasses.replace(samples.one_curve(), curves=(passed,))
    assert tally(curves).hidden["nearly_all"] == 3
    assert RULES["nearly_all"] == 3


def test_what_is_withheld_is_counted_by_reason() -> None:
    found = Tally.sum(map(tally, samples.every_release().values()))
    assert found.shown > 100
    assert found.hidden.keys() <= RULES.keys()
    assert {"group_too_small", "level_too_small"} & found.withheld.keys()


def publish(out: Path, quarter: str, *releases: Release, **policy: str) -> None:
    """A published quarter as far as the report reads it."""
    (out / quarter).mkdir(parents=True)
    entries = [
        {"notebook": f"0{i % 2 + 1}_who", "order": i, "id": one.id, "release": to_json(one)}
        for i, one in enumerate(releases)
    ]
    manifest = {
        "data_cut": "2017-06-30",
        "run_id": "0f1e2d3c4b5a6978",
        "policy": {"name": "strict", "digest": Policy.strict().digest, "file": ""} | policy,
    }
    (out / quarter / "results.json").write_text(json.dumps({"releases": entries}))
    (out / quarter / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedQuarter, ...]:
    out = tmp_path_factory.mktemp("reports")
    publish(out, "2017-Q2", *samples.every_release().values())
    publish(out, "2017-Q1", table(Cell(value=FIGURE), HIDDEN, LINKED), file="c" * 64)
    publish(out, "2016-Q4", table(HIDDEN), name="internal", digest="d" * 16)
    (out / "notes").mkdir()
    return published_quarters(out)


def test_every_quarter_is_told_in_order(quarters: tuple[PublishedQuarter, ...]) -> None:
    assert [str(one.quarter) for one in quarters] == ["2016-Q4", "2017-Q1", "2017-Q2"]
    assert quarters[1].tally == Tally(1, {"small": 1, "linked": 1}, {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_numbers_of_figures_and_no_figure(
    quarters: tuple[PublishedQuarter, ...], language: str
) -> None:
    wording = Wording(language)
    html = page(quarters, wording, "reports")
    assert html == page(quarters, wording, "reports")
    for one in quarters:
        assert wording.quarter(one.quarter) in html
        for released in one.releases:
            assert released.release.id in html
    assert wording.text("release_report.by_file", digest="c" * 64) in html
    assert wording.text("release_report.policy.internal") in html
    assert wording.text("release_report.rule.7") in html
    assert str(FIGURE) not in html.replace(".", "").replace(",", "")
    # What stands in tables does not change with the figures told.
    other = dataclasses.replace(
        quarters[1],
        releases=(
            dataclasses.replace(quarters[1].releases[0], release=table(Cell(value=10), HIDDEN, LINKED)),
        ),
    )
    assert page((quarters[0], other, quarters[2]), wording, "reports") == html
    assert scan_files({"page.html": html.encode()}, [], [], styles=[style()]) == ()


def test_a_folder_without_reports_or_with_others_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No quarter"):
        published_quarters(tmp_path / "nowhere")
    publish(tmp_path, "2017-Q2", table(HIDDEN))
    (tmp_path / "2017-Q2/manifest.json").write_text("{}")
    with pytest.raises(ReleaseRefused, match="manifest"):
        published_quarters(tmp_path)


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    publish(tmp_path, "2017-Q2", table(Cell(value=40), HIDDEN))
    run = CliRunner().invoke(app, ["release-report", "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    assert "2. Quartal 2017" in (tmp_path / "release-report.html").read_text(encoding="utf-8")
    english = tmp_path / "page.html"
    run = CliRunner().invoke(
        app, ["release-report", "--out", str(tmp_path), "--language", "en", "--html", str(english)]
    )
    assert run.exit_code == 0, run.output
    assert "What was published" in english.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["release-report"]).exit_code == 2
    nowhere = str(tmp_path / "no" / "page.html")
    assert (
        CliRunner().invoke(app, ["release-report", "--out", str(tmp_path), "--html", nowhere]).exit_code == 2
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_kind_of_result_has_a_name(language: str) -> None:
    wording = Wording(language)
    kinds = [kind.kind for kind in Release.__subclasses__() if kind.kind]
    assert len(kinds) > 25
    assert [kind for kind in kinds if not wording.has(f"release_report.kind.{kind}")] == []
