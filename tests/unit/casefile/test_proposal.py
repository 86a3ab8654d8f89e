"""A mapping proposed: what is clear is right, what is not stays open, and nobody's data are told."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from edits import TOKEN as EXTRA_TOKEN
from edits import extra
from exports import path_of, sound, table_text, write_export
from formats import typed, write_xlsx
from renaming import rename
from typer.testing import CliRunner

from hamm_eval.casefile import check_export, read_case_file
from hamm_eval.casefile.mapping import SourceMapping, load_mapping
from hamm_eval.casefile.names import folded, tidy
from hamm_eval.casefile.proposal import Proposal, propose_mapping
from hamm_eval.casefile.proposal.write import mapping_text, summary
from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import TABLES
from hamm_eval.cli import app
from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.synthetic.export import write_city

RUNNER = CliRunner()


def loaded(proposal: Proposal, path: Path) -> SourceMapping:
    path.write_text(mapping_text(proposal, "en"), encoding="utf-8")
    return load_mapping(path)


def told(proposal: Proposal) -> str:
    """All that a proposal says, in both languages."""
    parts = [mapping_text(proposal, language) for language in ("de", "en")]
    parts += ["\n".join(summary(proposal, language)) for language in ("de", "en")]
    return "\n".join([*parts, repr(proposal)])


def test_a_city_with_built_in_names_needs_no_mapping(tiny_city, tmp_path):
    proposal = propose_mapping(tiny_city)
    assert len(proposal.tables) == 17
    assert proposal.open_questions == 0
    assert loaded(proposal, tmp_path / "m.yaml") == SourceMapping()
    assert all(line.startswith("#") for line in mapping_text(proposal).splitlines())


@pytest.mark.parametrize(
    ("style", "seed"),  # seed 0 writes the month first, 5 the day
    [("capitals", 0), ("camel", 5), ("without_umlauts", 0), ("prefixed", 5), ("english", 0)],
)
def test_a_city_under_other_names_is_read_as_the_same_city(tiny_city, tmp_path, style, seed):
    rename(tiny_city, tmp_path / "export", seed, headers=style, words=False)
    proposal = propose_mapping(tmp_path / "export")
    assert proposal.open_questions == 0
    read = read_case_file(tmp_path / "export", mapping=loaded(proposal, tmp_path / "m.yaml"))
    original = read_case_file(tiny_city)
    assert read.records.keys() == original.records.keys()
    for name, records in original.records.items():
        assert read.records[name].equals(records.select(read.records[name].columns)), name


# Of what renaming leaves recognisable a share must be found; nothing at all may be found wrongly.
RECALL = {"capitals": 1.0, "mixed": 0.85, "dotted": 0.9, "slip": 0.85, "others": 0.8, "numbered": 0.15}


@pytest.mark.parametrize(
    "seeds", [pytest.param((10, 13), id="some"), pytest.param((11, 12), id="more", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("style", RECALL)
def test_no_guess_is_wrong_and_most_of_what_can_be_known_is_found(tiny_city, tmp_path, style, seeds):
    right = known = 0
    wrong: list[tuple[int, str, str, str]] = []
    for seed in seeds:
        folder = tmp_path / str(seed)
        renamed = rename(tiny_city, folder, seed, headers=style, files="numbered" if seed == 13 else "others")
        proposal = propose_mapping(folder)
        known += len(renamed.headers)
        for one in proposal.tables:
            name = one.table.name
            assert renamed.files[name] == one.sheet.name
            for column, index in one.columns.found.items():
                header = one.sheet.names[index]
                if tidy(renamed.headers[name, column]) == header:
                    right += 1
                else:
                    wrong.append((seed, name, column, header))
            for column, words in one.words.items():
                truth = {folded(w): ours for w, ours in renamed.words[name, column].items()}
                assert {w: truth.get(folded(w)) for w in words.meant} == words.meant
        loaded_or_refused(proposal, tmp_path / "m.yaml")
    assert not wrong
    assert right >= RECALL[style] * known


def loaded_or_refused(proposal: Proposal, path: Path) -> None:
    """A proposal loads, except where a file is undecided: then the file is named with its line."""
    undecided = [name for name, tables in proposal.open_files.items() if tables]
    if not undecided:
        loaded(proposal, path)
        return
    with pytest.raises(ParamsError, match="not decided") as raised:
        loaded(proposal, path)
    assert len(raised.value.problems) == len(undecided)


def test_words_are_mapped_where_known_and_asked_for_where_not(tmp_path):
    export = sound()
    for i, row in enumerate(export["persons"]):
        row["sex"] = "Frau" if i % 2 else "m"
        row["household_head"] = "J" if row["household_head"] == "ja" else "N"
    export["persons"] = [
        row | {"person_id": f"{row['person_id']}{i}", "german_on_arrival": "B2" if i else "Muttersprache"}
        for row in export["persons"]
        for i in range(6)
    ]
    write_export(tmp_path / "export", export)
    proposal = propose_mapping(tmp_path / "export")
    text = mapping_text(proposal, "en")
    persons = loaded(proposal, tmp_path / "m.yaml").tables["persons"]
    assert persons.values["sex"] == {"Frau": "female", "m": "male"}
    assert persons.values["household_head"] == {"J": True, "N": False}
    assert 'DECIDE: "Muttersprache": which of none, A1, A2, B1, B2, C1, C2?' in text
    refused = check_export(tmp_path / "export", mapping=tmp_path / "m.yaml").findings
    assert ("category_unknown", "Deutsch bei Ankunft") in {(f.rule, f.column) for f in refused}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["03/04/2015", "13/04/2015"], "dd/mm/yyyy"),
        (["03/04/2015", "03/14/2015"], "mm/dd/yyyy"),
        (["03/04/2015", "05/06/2015"], None),
        (["13/04/2015", "03/14/2015"], None),
    ],
)
def test_the_order_of_slashed_dates_is_proved_or_asked_for(tmp_path, days, expected):
    head = "Haushalts-Nr;Haushaltstyp;Erfasst am\n"
    rows = "".join(f"H{i};alleinstehend;{days[i % 2]}\n" for i in range(20))
    (tmp_path / "haushalte.csv").write_text(head + rows)
    proposal = propose_mapping(tmp_path)
    text = mapping_text(proposal, "en")
    assert loaded(proposal, tmp_path / "m.yaml").date_format == expected
    assert ("DECIDE: date_format" in text) == (expected is None)


@pytest.mark.parametrize(("costs", "asked"), [(["1.234", "2.500"], True), (["1.234", "2.500,00"], False)])
def test_the_decimal_sign_is_asked_for_only_where_the_numbers_do_not_tell(tmp_path, costs, asked):
    export = sound()
    export["measures"] = [
        export["measures"][0] | {"measure_id": f"course_{i}", "cost_per_participant": cost}
        for i, cost in enumerate(costs)
    ]
    write_export(tmp_path / "export", export)
    assert ("DECIDE: decimal" in mapping_text(propose_mapping(tmp_path / "export"), "en")) == asked


TOKEN = "Qzxvname"


def test_nothing_of_names_remarks_and_rare_words_is_told(tiny_city, tmp_path):
    """Names in columns of their own, in category columns, in yes/no columns, as words that repeat."""
    folder = tmp_path / "export"
    folder.mkdir()
    for path in tiny_city.glob("*.csv"):
        with path.open(encoding="cp1252", newline="") as file:
            head, *rows = list(csv.reader(file, delimiter=";"))
        person = head.index("Personen-Nr") if "Personen-Nr" in head else 0
        for name in ("Nachname", "Bemerkung", "Zusatz", "Kategorie"):
            head.append(name)
        ids: dict[str, str] = {}
        for i, row in enumerate(rows):
            own = ids.setdefault(row[person], f"{TOKEN}{len(ids)}")
            # Zusatz: a name in every row of its person; Kategorie: one of a few workers.
            row += [own, f"{TOKEN} und mehr, {i}", own, f"{TOKEN}worker{i % 5}"]
        for column, word in enumerate(head):
            if word in ("Geschlecht", "Träger", "Aufenthaltsstatus", "Bereich", "Bestanden"):
                rows[0][column] = f"{TOKEN}rare"
                rows[1][column] = f"{TOKEN}, Anna"
        with (folder / path.name).open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *rows])
    proposal = propose_mapping(folder)
    assert len(proposal.tables) == 17
    text = told(proposal)
    assert TOKEN not in text
    assert "Anna" not in text
    assert "do not deliver" in text
    assert "Nachname" in text


def test_a_word_of_few_persons_is_no_category_however_often_it_stands_there(tmp_path):
    export = sound()
    needs = [
        {
            "need_id": f"B{i:05}",
            "person_id": "000117" if i < 30 else f"000{i}",
            "domain": f"{TOKEN}" if i < 30 else "sprachlich",
            "priority": "1",
            "identified_on": "01.03.2016",
            "recorded_on": "02.03.2016",
        }
        for i in range(90)
    ]
    write_export(tmp_path / "export", export | {"needs": needs})
    proposal = propose_mapping(tmp_path / "export")
    (found,) = [one for one in proposal.tables if one.table.name == "needs"]
    assert found.words["domain"].unsaid == 1
    assert TOKEN not in told(proposal)


def test_words_of_a_column_of_which_none_is_known_are_not_told_but_codes(tmp_path):
    """Workers' names in the place of providers repeat as categories do."""
    names = [f"{TOKEN} {name}" for name in ("A", "B", "C")] + ["07"]
    cases = [
        sound()["cases"][0] | {"case_id": f"F-{i:05}", "person_id": f"P{i:05}", "provider": names[i % 4]}
        for i in range(80)
    ]
    write_export(tmp_path / "export", sound() | {"cases": cases})
    proposal = propose_mapping(tmp_path / "export")
    assert TOKEN not in told(proposal)
    (found,) = [one for one in proposal.tables if one.table.name == "cases"]
    assert (found.words["provider"].open, found.words["provider"].unsaid) == (("07",), 3)
    assert "--private-findings" in mapping_text(proposal)


def test_of_a_file_without_header_nothing_is_told(tmp_path):
    folder = write_export(tmp_path / "export")
    lines = table_text("cases", sound()["cases"]).split("\r\n")[1:]
    path_of(folder, "cases").write_text("\r\n".join(lines))
    proposal = propose_mapping(folder)
    assert proposal.headerless == ("faelle.csv",)
    text = told(proposal)
    for value in ("F-00001", "000117", "SB-07", "01.02.2016", "01.03.2016"):
        assert value in lines[0]
        assert value not in text


def test_two_files_that_may_hold_one_table_are_undecided_and_stop_the_mapping(tmp_path):
    folder = write_export(tmp_path / "export")
    for i in (7, 8):
        path = path_of(folder, "participations")
        (folder / f"liste{i}.csv").write_bytes(path.read_bytes())
    path.unlink()
    proposal = propose_mapping(folder)
    assert {file: tables[0] for file, tables in proposal.open_files.items()} == {
        "liste7.csv": "participations",
        "liste8.csv": "participations",
    }
    with pytest.raises(ParamsError, match=r"m.yaml:\d+: undecided\[1\]: It is not decided"):
        loaded(proposal, tmp_path / "m.yaml")


def test_a_column_that_only_resembles_is_not_taken(tmp_path):
    export = sound()
    head = {"ended_on": "Ende geplant", "recorded_on": "Erfasst von", "referred_on": "Zugewiesen von"}
    folder = write_export(tmp_path / "export", export)
    path = path_of(folder, "participations")
    text = path.read_text("cp1252")
    for ours, theirs in head.items():
        german = {"ended_on": "Ende", "recorded_on": "Erfasst am", "referred_on": "Zugewiesen am"}[ours]
        text = text.replace(german, theirs, 1)
    path.write_text(text, "cp1252")
    (found,) = [one for one in propose_mapping(folder).tables if one.table.name == "participations"]
    assert found.columns.found.keys() == set(found.table.names) - set(head)
    assert set(found.columns.open) == set(head)


DECOYS = (
    "Geändert am",
    "Termin",
    "Datum",
    "Letzter Kontakt",
    "Erstellt von",
    "Zeile",
    "Satznummer",
    "Version",
)


@pytest.mark.parametrize("seed", range(3))
def test_where_a_column_is_gone_none_takes_its_place(tiny_city, tmp_path, seed):
    """In every file one column is replaced by another of a name and a content of its own."""
    rng = random.Random(seed)
    folder = tmp_path / "export"
    folder.mkdir()
    gone = {}
    for table in TABLES:
        with path_of(tiny_city, table.name).open(encoding="cp1252", newline="") as file:
            head, *rows = list(csv.reader(file, delimiter=";"))
        index = rng.randrange(len(head))
        head[index] = rng.choice(DECOYS)
        is_date = table.columns[index].kind is Kind.DATE
        for i, row in enumerate(rows, start=1):
            row[index] = f"{1 + i % 28:02}.0{1 + i % 9}.2017" if is_date else str(i)
        gone[table.name] = table.columns[index].name
        with path_of(folder, table.name).open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *rows])
    for one in propose_mapping(folder).tables:
        assert gone[one.table.name] in one.columns.open, one.table.name
        assert len(one.columns.found) == len(one.table.columns) - 1


def test_full_dates_of_birth_are_pointed_out(tmp_path):
    export = sound()
    export["persons"][2]["birth_month"] = "17.03.1993"
    folder = write_export(tmp_path / "export", export)
    assert "hamm-eval pseudonymise" in mapping_text(propose_mapping(folder))


def test_a_required_table_that_no_file_holds_is_to_be_decided(tmp_path):
    folder = write_export(tmp_path / "export")
    path_of(folder, "cases").unlink()
    proposal = propose_mapping(folder)
    assert [table.name for table in proposal.missing] == ["cases"]
    assert "DECIDE: No file is certainly the table cases." in mapping_text(proposal, "en")


def test_what_cannot_be_read_is_told_without_a_value(tmp_path):
    folder = write_export(tmp_path / "export")
    path_of(folder, "goals").write_bytes(b"Ziel-Nr;Personen-Nr\nQzxv1;Qzxv2;Qzxv3;Qzxv4\n")
    text = told(propose_mapping(folder))
    assert "ziele.csv:2" in text
    assert "Qzxv" not in text


def test_the_first_row_of_a_headerless_file_names_no_column_in_what_is_wrong_with_it(tmp_path):
    rows = [f"{TOKEN};Anna;17".encode(), "Müller;Anna;18".encode().decode("cp1252").encode()]
    (tmp_path / "liste.csv").write_bytes(b"\n".join([rows[0]] * 5 + [rows[1]]))
    proposal = propose_mapping(tmp_path)
    assert [(f.rule, f.lines) for f in proposal.unread] == [("mojibake", (6,))]
    assert TOKEN not in told(proposal)


def test_parquet_is_understood_as_csv_is(tmp_path):
    write_city(tmp_path / "city", seed=3, persons=60, truth=False, format="parquet")
    proposal = propose_mapping(tmp_path / "city")
    assert len(proposal.tables) == 17
    assert loaded(proposal, tmp_path / "m.yaml") == SourceMapping()


def test_workbooks_are_understood_as_csv_is(tmp_path):
    proposal = propose_mapping(write_xlsx(tmp_path / "books", typed()))
    assert {one.table.name for one in proposal.tables} == set(sound())
    assert loaded(proposal, tmp_path / "m.yaml") == SourceMapping()


def test_free_text_declared_in_a_mapping_is_never_read_into_a_case_file(tmp_path):
    folder = write_export(tmp_path / "export")
    extra("goals", "Bemerkung")(folder)
    (tmp_path / "m.yaml").write_text("tables: {goals: {free_text: [Bemerkung]}}")
    case_file = read_case_file(folder, mapping=tmp_path / "m.yaml")
    case_file.save(tmp_path / "stored")
    assert "Bemerkung" not in case_file.records["goals"].columns
    assert not [p for p in (tmp_path / "stored").iterdir() if EXTRA_TOKEN.encode() in p.read_bytes()]
    assert EXTRA_TOKEN not in repr(case_file) + repr(case_file.findings)


def test_a_folder_without_an_export_is_an_error_of_usage(tmp_path):
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError):
            propose_mapping(folder)


def test_map_writes_a_mapping_that_check_takes_and_does_not_overwrite_it(tiny_city, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rename(tiny_city, tmp_path / "quelle", 2, headers="capitals", words=False)

    done = RUNNER.invoke(app, ["map", "quelle", "--language", "en"])
    path = tmp_path / "params" / "mapping" / "quelle.yaml"
    assert done.exit_code == 0, done.output
    assert "Nothing is to be decided by hand" in done.stdout
    assert f"--mapping {path.relative_to(tmp_path)}" in done.stdout
    checked = RUNNER.invoke(app, ["check", "quelle", "--mapping", str(path)])
    assert checked.exit_code == 0, checked.output

    path.write_text("# decided\n")
    again = RUNNER.invoke(app, ["map", "quelle"])
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert path.read_text() == "# decided\n"
    assert RUNNER.invoke(app, ["map", "quelle", "--force"]).exit_code == 0
    assert path.read_text() != "# decided\n"
    assert [p.name for p in path.parent.iterdir()] == ["quelle.yaml"]
