"""Writing a dirty city: in place, with its list, by the command too; and the page that shows the score."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from dirty_cities import clean_city
from typer.testing import CliRunner

from hamm_eval.casefile import check_export
from hamm_eval.casefile.rules import BY_ID
from hamm_eval.cli import app
from hamm_eval.errors import UsageError
from hamm_eval.synthetic.dirty import score as scoring
from hamm_eval.synthetic.dirty import store
from hamm_eval.synthetic.dirty.catalogue import BY_NAME
from hamm_eval.synthetic.dirty.page import page_tables
from hamm_eval.synthetic.dirty.plan import ROWS
from hamm_eval.synthetic.dirty.planting import plant_defects
from hamm_eval.synthetic.dirty.store import DEFECTS, read_defects, refuse_dirty, write_dirty

RUNNER = CliRunner()
PAGE = Path(__file__).parents[3] / "docs" / "dirty-exports.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A freshly written city."""
    city = tmp_path / "city"
    city.mkdir()
    for name, content in clean_city().items():
        (city / name).write_bytes(content)
    (city / "truth.json").write_text("{}", encoding="utf-8")
    return city


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("seed", range(4))
def test_the_folder_holds_what_was_planted_and_nothing_else(folder: Path, seed: int) -> None:
    assert write_dirty(folder, seed=seed) == folder
    files, listed = plant_defects(clean_city(), seed=seed)
    written = content(folder)
    assert written.pop("truth.json") == b"{}"
    assert written.pop(DEFECTS)
    assert written == files
    assert read_defects(folder) == listed


def test_the_list_is_one_object_a_defect_without_any_cell(folder: Path) -> None:
    write_dirty(folder, seed=1)
    stored = json.loads((folder / DEFECTS).read_text(encoding="utf-8"))
    assert set(stored) == {"seed", "files", "defects"}
    keys = {"id", "kind", "file", "line", "column", "rule", "detectable", "expected", "partners"}
    ids = {row.split(b";")[0].decode() for row in clean_city()["personen.csv"].split(b"\r\n")[1:-1]}
    for one in stored["defects"]:
        assert set(one) == keys
        assert one["kind"] in BY_NAME
        assert one["rule"] is None or one["rule"] in BY_ID
        assert not ids & set(map(str, one.values()))


def test_a_failure_leaves_the_clean_city(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(folder)

    def fail(listed: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(store, "to_json", fail)
    with pytest.raises(OSError, match="disk full"):
        write_dirty(folder, seed=1)
    assert content(folder) == before


def test_a_dirty_city_is_not_made_dirty_again(folder: Path) -> None:
    write_dirty(folder, seed=1, plan=ROWS)
    before = content(folder)
    with pytest.raises(UsageError, match="dirty city already"):
        write_dirty(folder, seed=2)
    with pytest.raises(UsageError, match="another folder"):
        refuse_dirty(folder)
    assert content(folder) == before


def test_a_folder_that_is_no_city_is_refused(folder: Path) -> None:
    (folder / "ziele.csv").unlink()
    with pytest.raises(UsageError, match=r"lacks ziele\.csv"):
        write_dirty(folder, seed=1)
    assert not (folder / DEFECTS).exists()


def test_the_command_writes_a_dirty_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hamm_eval.synthetic.export.write_truth", lambda *args, **kwargs: None)
    folder = tmp_path / "city"
    arguments = ["synth", str(folder), "--seed", "1", "--persons", "60"]
    written = RUNNER.invoke(app, [*arguments, "--dirty"])
    assert written.exit_code == 0, written.output
    assert len(read_defects(folder).defects) > 150
    assert RUNNER.invoke(app, ["check", str(folder)]).exit_code == 3
    again = RUNNER.invoke(app, [*arguments, "--force"])
    assert again.exit_code == 2
    assert "dirty city already" in again.stderr


def test_without_dirty_the_city_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hamm_eval.synthetic.export.write_truth", lambda *args, **kwargs: None)
    folder = tmp_path / "city"
    assert RUNNER.invoke(app, ["synth", str(folder), "--seed", "1", "--persons", "60"]).exit_code == 0
    assert not (folder / DEFECTS).exists()
    assert check_export(folder).findings == ()


def test_the_score_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_dirty(folder, seed=1)
    assert scoring.main([str(folder)]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"\| found under their rule \| \d+ \| 100\.0 % \|", printed)
    assert (
        "| `category_typo` | a mistyped word | 29 | `category_unknown` | yes | refused | 3 | 3 | 0 | 0 |"
        in printed
    )
    assert scoring.main([]) == 2
    assert scoring.main([str(folder / "nowhere")]) == 3


def test_the_page_shows_the_generated_tables() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = page.split("<!-- score: begin -->\n")[1].split("<!-- score: end -->")[0]
    assert shown.strip() == page_tables()


def test_the_page_shows_every_kind() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in BY_NAME if f"| `{name}` |" not in page] == []
