from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_project import FINISH, OPEN, ROOT, notebook, shows
from typer.testing import CliRunner

from hamm_eval.cli import app

RUNNER = CliRunner()
Project = Callable[..., Path]
HEAVY = ("numpy", "pandas", "polars", "scipy", "matplotlib", "nbformat", "papermill", "pydantic", "IPython")


def command(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "hamm_eval.cli", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_help_imports_no_science() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['hamm-eval', '--help']\n"
        "from hamm_eval.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in ("report", "check", "map", "pseudonymise", "synth", "params", "Exit codes"):
        assert name in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["report"],
        ["report", "no-such-file.yaml"],
        ["report", "params/2017-Q2.yaml", "--language", "fr"],
        ["check", "."],
        ["check", "no-such-folder"],
        ["check", ".", "--as-of", "30.06.2017"],
        ["map", "no-such-folder"],
        ["map", "."],
        ["pseudonymise", ".", "new"],
        ["pseudonymise", "no-such-folder", "new", "--key-file", "no-such-key"],
        ["synth", "somewhere"],
        ["synth", "somewhere", "--seed", "-1"],
        ["params"],
    ],
)
def test_wrong_usage_ends_with_2_or_3_and_one_message(arguments: list[str], tmp_path: Path) -> None:
    done = command(*arguments, folder=tmp_path)

    expected = 3 if arguments[:2] == ["check", "."] and len(arguments) == 2 else 2
    assert done.returncode == expected, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr or done.stdout
    assert not [*tmp_path.iterdir()]


def test_a_day_in_another_notation_is_told_how_to_write_it() -> None:
    done = RUNNER.invoke(app, ["check", ".", "--as-of", "30.06.2017"])

    assert done.exit_code == 2
    assert "Write the day as 2017-06-30." in done.stderr


def test_the_version_is_the_installed_one() -> None:
    done = RUNNER.invoke(app, ["--version"])

    assert done.exit_code == 0
    assert done.stdout == f"hamm_eval {version('hamm-eval')}\n"


def test_report_ends_with_where_to_open_it(project: Project) -> None:
    params = project({"01_who": shows("who", 120)})

    done = RUNNER.invoke(app, ["report", str(params)])

    assert done.exit_code == 0, done.output
    lines = done.stdout.strip().splitlines()
    assert "[1/1] 01_who" in lines[1]
    assert lines[-1] == str(params.parents[1] / "reports" / "2017-Q2" / "index.html")


@pytest.mark.parametrize(
    ("cell", "code", "told"),
    [
        ("print('Amira Haddad')", 4, "01_who, cell 3"),
        ("int('Amira Haddad')", 5, "ValueError"),
    ],
)
def test_a_run_that_fails_tells_notebook_and_cell(project: Project, cell: str, code: int, told: str) -> None:
    params = project({"01_who": notebook(OPEN, cell, FINISH)})

    done = RUNNER.invoke(app, ["report", str(params)])

    assert done.exit_code == code
    assert told in done.stderr
    assert "Haddad" not in done.output
    assert "Traceback" not in done.output


def test_an_unexpected_exception_keeps_its_text_to_itself(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = project({"01_who": shows("who", 120)})
    monkeypatch.chdir(params.parents[1])

    def fail(*args: object, **kwargs: object) -> None:
        raise KeyError("Amira Haddad")

    monkeypatch.setattr("hamm_eval.pipeline.run_report", fail)
    done = RUNNER.invoke(app, ["report", str(params)])

    assert done.exit_code == 1
    assert "Internal error (KeyError)" in done.stderr
    assert "The former report is untouched." in done.stderr
    assert "Haddad" not in done.output
    (log,) = (params.parents[1] / ".hamm_eval" / "logs").iterdir()
    assert "Haddad" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("failure", [KeyError, KeyboardInterrupt])
def test_a_command_that_publishes_nothing_speaks_of_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise failure

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hamm_eval.synthetic.export.write_city", fail)
    done = RUNNER.invoke(app, ["synth", "city", "--seed", "1"])

    assert done.exit_code in (1, 130)
    assert done.stderr
    assert "report is untouched" not in done.stderr


def test_ctrl_c_ends_with_130(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hamm_eval.pipeline.run_report", interrupt)
    assert RUNNER.invoke(app, ["report", "x.yaml"]).exit_code == 130


def test_synth_writes_a_city_that_check_accepts(tmp_path: Path) -> None:
    folder = tmp_path / "city"

    written = RUNNER.invoke(app, ["synth", str(folder), "--seed", "1", "--persons", "50", "--no-truth"])
    day = ["--as-of", "2017-06-30"]
    german = RUNNER.invoke(app, ["check", str(folder), *day])
    english = RUNNER.invoke(app, ["check", str(folder), *day, "--language", "en"])

    assert written.exit_code == german.exit_code == english.exit_code == 0, german.output
    rows = sum(len(file.read_bytes().splitlines()) - 1 for file in folder.glob("*.csv"))
    assert german.stdout.splitlines()[-2:] == [
        f"17 Tabellen, {rows // 1000}.{rows % 1000:03} Zeilen gelesen; Stichtag 30. Juni 2017.",
        "Keine Befunde. Der Export ist verwendbar.",
    ]
    assert english.stdout.splitlines()[-2:] == [
        f"17 tables, {rows:,} rows read; data cut 30 June 2017.",
        "No findings. The export can be used.",
    ]


def test_synth_overwrites_files_only_when_told_to(tmp_path: Path) -> None:
    real = tmp_path / "personen.csv"
    real.write_text("real\n", encoding="utf-8")
    arguments = ["synth", str(tmp_path), "--seed", "1", "--persons", "30", "--no-truth"]

    refused = RUNNER.invoke(app, arguments)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert [*tmp_path.iterdir()] == [real]
    assert real.read_text(encoding="utf-8") == "real\n"

    assert RUNNER.invoke(app, [*arguments, "--force"]).exit_code == 0
    assert real.read_text(encoding="cp1252") != "real\n"


def test_synth_tells_the_smallest_city(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["synth", str(tmp_path / "city"), "--seed", "1", "--persons", "1"])

    assert done.exit_code == 2
    assert "30 persons or more" in done.stderr
    assert not (tmp_path / "city").exists()


def test_synth_takes_a_scenario_by_name_and_without_traps(tmp_path: Path) -> None:
    plain, changed, file = (tmp_path / name for name in ("plain", "changed", "own.yaml"))
    arguments = ["--seed", "1", "--persons", "30", "--no-truth"]
    traps = ["--without-trap", "late_entry", "--without-trap", "recording_delay"]
    default = (ROOT / "hamm_eval/synthetic/scenario.yaml").read_text(encoding="utf-8")
    file.write_text(default.replace("name: hamm", "name: own"), encoding="utf-8")

    assert RUNNER.invoke(app, ["synth", str(plain), *arguments, "--scenario", str(file)]).exit_code == 0
    done = RUNNER.invoke(app, ["synth", str(changed), *arguments, *traps, "--format", "parquet"])
    assert done.exit_code == 0, done.output

    assert (plain / "personen.csv").exists()
    cases = pq.read_table(changed / "faelle.parquet")
    first = cases.group_by("Fall-Nr").aggregate([("Erfasst am", "min"), ("Eröffnet am", "min")])
    assert first["Erfasst am_min"].equals(first["Eröffnet am_min"])
    assert not (changed / "truth.json").exists()


def test_synth_tells_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    wrong = ["--scenario", "ham", "--without-trap", "confusion", "--format", "parquet", "--dirty"]
    done = RUNNER.invoke(app, ["synth", str(tmp_path / "city"), "--seed", "1", *wrong])

    assert done.exit_code == 2
    for part in ("hamm, national, null, strong, tiny", "immortal_time, confounding", "--format csv"):
        assert part in done.stderr
    assert "confusion" not in done.stderr
    assert not (tmp_path / "city").exists()


def test_synth_tells_each_block_of_a_large_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def three_blocks(folder: Path, *, progress: Callable[[int, int], None], **kwargs: object) -> Path:
        for done in (1, 2, 3):
            progress(done, 3)
        return folder

    monkeypatch.setattr("hamm_eval.synthetic.export.write_city", three_blocks)
    done = RUNNER.invoke(app, ["synth", str(tmp_path / "city"), "--seed", "1", "--scenario", "national"])

    assert done.stdout.splitlines()[:-1] == [f"[{i}/3] blocks written" for i in (1, 2, 3)]


def test_check_tells_the_severity_and_the_number_of_findings_in_its_language(
    tiny_city: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    shutil.copytree(tiny_city, folder)
    (folder / "einkauf.csv").write_text("a;b\n1;2\n", encoding="utf-8")

    german = RUNNER.invoke(app, ["check", str(folder)]).stdout.splitlines()
    english = RUNNER.invoke(app, ["check", str(folder), "--language", "en"]).stdout.splitlines()

    assert "Warnungen (1)" in german
    assert german[-1] == "1 Befund. Der Export ist verwendbar."
    assert "Warnings (1)" in english
    assert english[-1] == "1 finding. The export can be used."


def test_check_lists_findings_without_values_and_ends_with_3(tiny_city: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(tiny_city, folder)
    file = folder / "personen.csv"
    lines = file.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(lines[1].split(b";")[3], b"31.02.1984")
    file.write_bytes(b"\r\n".join(lines))

    german = RUNNER.invoke(app, ["check", str(folder)])
    private = tmp_path / "private.csv"
    english = RUNNER.invoke(
        app, ["check", str(folder), "--language", "en", "--private-findings", str(private)]
    )

    assert german.exit_code == english.exit_code == 3
    assert "    personen.csv:2: " in german.stdout
    assert german.stdout.endswith("Der Export ist nicht verwendbar.\n")
    assert english.stdout.endswith("The export cannot be used.\n")
    assert "1984" not in german.output + english.output
    assert "31.02.1984" in private.read_text(encoding="utf-8")
    assert private.stat().st_mode & 0o077 == 0


def test_params_checks_a_file_and_writes_the_schema(tmp_path: Path) -> None:
    schema = RUNNER.invoke(app, ["params", "--schema"])
    sound = RUNNER.invoke(app, ["params", str(ROOT / "params/2017-Q2.yaml")])
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("quartr: 2017-Q2\n", encoding="utf-8")
    refused = RUNNER.invoke(app, ["params", str(wrong)])

    assert "quarter" in json.loads(schema.stdout)["properties"]
    assert sound.exit_code == 0
    assert refused.exit_code == 2
    assert "Did you mean quarter?" in refused.stderr
    assert len(refused.stderr.splitlines()) > 5, "all problems at once"


def test_params_looks_for_the_notebooks_as_report_does(project: Project) -> None:
    wrong = project({"01_who": shows("who", 120)}, run=["01_who", "01_whom"])

    checked, refused = (RUNNER.invoke(app, [name, str(wrong)]) for name in ("params", "report"))

    assert checked.exit_code == refused.exit_code == 2
    assert "run[1]: There is no such notebook. Looked in notebooks/. Did you mean 01_who?" in checked.stderr
    assert refused.stderr == checked.stderr


def test_params_outside_of_a_project_are_checked_without_notebooks(project: Project, tmp_path: Path) -> None:
    inside = project({"01_who": shows("who", 120)})
    draft = inside.rename(tmp_path / "draft.yaml")
    inside.parent.rmdir()

    done = RUNNER.invoke(app, ["params", str(draft)])

    assert done.exit_code == 0
    assert "no problem found; notebooks were not looked for" in done.stdout


def test_register_lists_and_checks_what_was_published(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = project({"01_who": shows("who", 120)})
    monkeypatch.chdir(params.parents[1])
    empty = RUNNER.invoke(app, ["register", "list"])
    assert (empty.exit_code, "nothing has been published" in empty.stdout) == (0, True)
    nothing = RUNNER.invoke(app, ["register", "check"])
    assert (nothing.exit_code, "Nothing is published" in nothing.stderr) == (2, True)
    assert RUNNER.invoke(app, ["report", str(params)]).exit_code == 0
    listed = RUNNER.invoke(app, ["register", "list"])
    assert listed.exit_code == 0 and "2017-Q2" in listed.stdout
    assert "published: 1 results, 1 figures shown, 0 hidden, 0 parts withheld" in listed.stdout
    checked = RUNNER.invoke(app, ["register", "check"])
    assert (checked.exit_code, "2017-Q2: no hidden count" in checked.stdout) == (0, True)
    # A lost register is noticed.
    (register,) = (params.parents[1] / ".hamm_eval" / "registers").glob("*.sqlite")
    register.unlink()
    lost = RUNNER.invoke(app, ["register", "check"])
    assert (lost.exit_code, "does not know it" in lost.stderr) == (4, True)
