"""docs/intake.md: what the page shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hamm_eval.cli import app

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
