"""Folders that are no export, and files that have no business in one."""

from __future__ import annotations

import pytest
from exports import write_export
from typer.testing import CliRunner

from hamm_eval.cli import app


def checked(*arguments: object):
    return CliRunner().invoke(app, ["check", *map(str, arguments), "--language", "en"])


def test_a_file_that_belongs_to_no_table_is_a_warning(tmp_path):
    folder = write_export(tmp_path / "export")
    (folder / "einkauf.csv").write_text("a;b\n1;2\n")
    result = checked(folder)
    assert result.exit_code == 0
    said = result.stdout[result.stdout.index("Warnings (1)") :].splitlines()
    assert "This belongs to no table and was not read. [file_unknown] (1 place)" in said
    assert "    einkauf.csv" in said


def test_what_else_lies_in_the_folder_is_named_once_as_not_read(tmp_path):
    folder = write_export(tmp_path / "export")
    for name in ("plan.pdf", "alt.zip", ".DS_Store", "~$ziele.xlsx", "truth.json", "defects.json"):
        (folder / name).write_bytes(b"Qzxv")
    (folder / "2016.csv").mkdir()
    (folder / "2016.csv" / "personen.csv").write_bytes(b"Qzxv")
    result = checked(folder)
    assert result.exit_code == 0
    said = result.stdout[result.stdout.index("Notices") :].splitlines()
    at = said.index("This was not read. [not_a_table] (3 places)")
    assert [line.strip() for line in said[at + 2 : at + 5]] == ["2016.csv/", "alt.zip", "plan.pdf"]
    assert "Qzxv" not in result.output
    for name in ("DS_Store", "~$ziele.xlsx", "truth.json", "defects.json", "personen.csv/"):
        assert name not in result.stdout


@pytest.mark.parametrize("name", ["absent", "a_file"])
def test_a_folder_that_is_none_is_an_error_of_usage(tmp_path, name):
    (tmp_path / "a_file").write_text("")
    result = checked(tmp_path / name)
    assert result.exit_code == 2
    assert f"{tmp_path / name}: There is no such folder. Name the folder of the export." in result.stderr


@pytest.mark.parametrize("command", ["check", "map"])
@pytest.mark.parametrize("name", ["2017-Q2.yaml", "absent.yml"])
def test_who_names_a_params_file_is_told_which_command_takes_it(tmp_path, command, name):
    (tmp_path / "2017-Q2.yaml").write_text("quarter: 2017-Q2\n")
    result = CliRunner().invoke(app, [command, str(tmp_path / name)])
    assert result.exit_code == 2
    assert f"Params are checked by `hamm-eval params {tmp_path / name}`" in result.stderr
    assert "no such folder" not in result.stderr


def test_a_place_where_private_findings_cannot_be_written_is_an_error_of_usage(tmp_path):
    folder = write_export(tmp_path / "export")
    for path in (tmp_path / "absent" / "private.csv", tmp_path):
        result = checked(folder, "--private-findings", path)
        assert result.exit_code == 2
        assert f"{path}: The private findings cannot be written to this file." in result.stderr
