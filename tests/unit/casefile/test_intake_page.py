"""docs/intake.md: what the page shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hamm_eval.casefile.diff import Reason
from hamm_eval.cli import app
from hamm_eval.synthetic.export import write_city

PAGE = Path(__file__).parents[3] / "docs" / "intake.md"
BLOCK = re.compile(r"<!-- (\w+)(?:: (\S+))? -->\n```\w+\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^    hamm-eval (.*)$", re.MULTILINE)


@pytest.fixture
def project(tmp_path, monkeypatch) -> dict[str, str]:
    """The page's files in a folder, and its other blocks by name."""
    place = tmp_path / "project"
    (place / "fachverfahren").mkdir(parents=True)
    monkeypatch.chdir(place)
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    for what, path, text in blocks:
        if what == "file":
            Path(path).write_text(text, encoding="utf-8")
    return {what: text for what, _, text in blocks if what != "file"}


def test_the_commands_of_the_page_do_what_it_says(project):
    propose, check, pseudonymise, check_again = COMMAND.findall(PAGE.read_text(encoding="utf-8"))

    assert CliRunner().invoke(app, propose.split()).exit_code == 0
    assert Path("zuordnung.yaml").read_text(encoding="utf-8") == project["proposed"]

    Path("zuordnung.yaml").write_text(project["decided"], encoding="utf-8")
    refused = CliRunner().invoke(app, check.split())
    assert refused.exit_code == 3
    refusals = refused.stdout.partition("Ablehnungen (")[2].partition("Hinweise (")[0]
    rules = set(re.findall(r" \[(\w+)\] ", refusals))
    assert rules == {"column_identifying", "column_free_text"}

    done = CliRunner().invoke(app, pseudonymise.split())
    assert done.exit_code == 0, done.output
    used = CliRunner().invoke(app, check_again.split())
    assert used.exit_code == 0, used.output
    written = b"".join(path.read_bytes() for path in Path("geliefert").iterdir()).decode()
    for value in ("Muster", "Beispiel", "montags", "4711", "SB7", "17/03/1985"):
        assert value not in written + done.output
    assert "01/03/1985" in written


def test_the_comparison_of_two_exports_counts_by_the_reasons_of_the_page(project):
    write_city(Path("exporte/2017-Q3"), seed=5, persons=60, truth=False)
    Path("exporte/2017-Q2").mkdir()
    for file in Path("exporte/2017-Q3").glob("*.csv"):
        header, *rows = file.read_bytes().decode("cp1252").splitlines()
        # The day of recording is the last column of every table: what the earlier export could know.
        known = [row for row in rows if row.split(";")[-1].split(".")[::-1] <= ["2017", "06", "30"]]
        (Path("exporte/2017-Q2") / file.name).write_bytes("\r\n".join([header, *known, ""]).encode("cp1252"))
    *before, last = project["diff"].strip().splitlines()
    told: dict[str, object] = {}
    exec("\n".join(before), told)
    counted = eval(last, told).groupby("reason")["records"].sum()

    reasons = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8").partition("| Grund |")[2], re.M)
    assert set(reasons[: len(Reason)]) == set(Reason)
    assert counted["new"] > counted["late"] > 0
    assert counted["corrected"] > 0
    assert counted[["rewritten", "vanished", "appeared"]].sum() == 0
