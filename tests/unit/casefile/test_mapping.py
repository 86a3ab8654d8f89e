"""A source's own names: read through a mapping, and every mistake in a mapping named at once."""

from __future__ import annotations

import pytest

from hamm_eval.casefile import read_case_file
from hamm_eval.casefile.mapping import load_mapping
from hamm_eval.errors import IntakeRefused, ParamsError

INMATES = """id,sex_code,born,prior,race_code,aid,notes
1,m,05/01/1953,3,b,1,whatever
2,f,05/01/1949,0,w,0,whatever
"""
MAPPING = """
date_format: mm/dd/yyyy
decimal: "."
lacks: [cases]
tables:
  persons:
    file: inmates
    columns: {person_id: id, sex: sex_code, birth_month: born}
    values: {sex: {m: male, f: female}}
    absent: [household_id, origin, schooling, german_on_arrival]
    constants: {population: refugee, household_head: true, arrived_on: 1971-10-01, recorded_on: 1971-10-01}
    free_text: [notes]
further:
  - name: prior_arrests
    source: prior
    kind: integer
    label: {de: "Frühere Festnahmen", en: "prior arrests"}
  - name: race
    source: race_code
    kind: category
    values: {b: black, w: other}
    label: {de: "Gruppe", en: "race"}
  - name: financial_aid
    source: aid
    kind: yes_no
    values: {1: true, 0: false}
    label: {de: "Hilfe", en: "aid"}
    sensitive: false
"""


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "inmates.csv").write_text(INMATES)
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return folder, tmp_path / "mapping.yaml"


def test_a_source_with_other_names_is_read(source):
    folder, mapping = source
    case_file = read_case_file(folder, mapping=str(mapping))
    persons = case_file.tables["persons"]
    assert persons["person_id"].tolist() == ["1", "2"]
    assert persons["sex"].tolist() == ["male", "female"]
    assert persons["birth_month"].dt.month.tolist() == [5, 5]
    assert persons["household_id"].isna().all()
    assert persons["population"].tolist() == ["refugee", "refugee"]
    assert persons["household_head"].all()
    assert persons["prior_arrests"].tolist() == [3, 0]
    assert persons["race"].tolist() == ["black", "other"]
    assert persons["financial_aid"].tolist() == [True, False]
    assert [(f.name, f.label.en, f.sensitive) for f in case_file.further] == [
        ("prior_arrests", "prior arrests", True),
        ("race", "race", True),
        ("financial_aid", "aid", False),
    ]
    assert not case_file.has("cases")


def test_further_columns_survive_storage(source, tmp_path):
    folder, mapping = source
    case_file = read_case_file(folder, mapping=mapping)
    case_file.save(tmp_path / "stored")
    back = type(case_file).load(tmp_path / "stored")
    assert back.further == case_file.further
    assert back.tables["persons"].equals(case_file.tables["persons"])


def test_another_mapping_is_another_digest(source):
    folder, mapping = source
    before = read_case_file(folder, mapping=mapping).digest
    mapping.write_text(MAPPING.replace("f: female", "f: diverse"))
    assert read_case_file(folder, mapping=mapping).digest != before


def test_the_mapped_words_are_the_only_ones(source):
    folder, mapping = source
    (folder / "inmates.csv").write_text(INMATES.replace("1,m,", "1,weiblich,"))
    with pytest.raises(IntakeRefused, match="category_unknown") as raised:
        read_case_file(folder, mapping=mapping)
    assert "inmates.csv:2: sex_code" in str(raised.value)


def test_the_declared_decimal_sign_settles_what_is_ambiguous(tmp_path):
    folder, mapping = tmp_path / "source", tmp_path / "mapping.yaml"
    folder.mkdir()
    (folder / "inmates.csv").write_text(INMATES)
    measures = (
        "measure_id;domain;provider;available_from;available_until;cost_per_participant;recorded_on\n"
        "coaching;work;;2015-01-01;;1.234;2015-01-01\n"
    )
    (folder / "measures.csv").write_text(measures)
    dates = "\n  measures: {date_format: yyyy-mm-dd%s}\nfurther:"
    for declared, cost in ((', decimal: ","', 1234.0), ("", 1.234)):
        mapping.write_text(MAPPING.replace("\nfurther:", dates % declared))
        table = read_case_file(folder, mapping=mapping).tables["measures"]
        assert table["cost_per_participant"].tolist() == [cost]


@pytest.mark.parametrize(
    ("broken", "place", "advice"),
    [
        ("tables: {person: {}}", "tables.person", "Did you mean persons?"),
        ("lacks: [case]", "lacks[0]", "Did you mean cases?"),
        ("lacks: [persons]", "lacks[0]", "Remove"),
        ("tables: {persons: {columns: {sexx: s}}}", "tables.persons.columns.sexx", "Did you mean sex?"),
        ("tables: {persons: {colums: {sex: s}}}", "tables.persons.colums", "Did you mean columns?"),
        (
            "tables: {persons: {values: {sex: {m: mael}}}}",
            "tables.persons.values.sex.m",
            "Did you mean male?",
        ),
        ("tables: {persons: {values: {arrived_on: {m: x}}}}", "tables.persons.values.arrived_on", "Remove"),
        ("tables: {persons: {values: {household_head: {j: x}}}}", "household_head.j", "true or false"),
        ("tables: {persons: {values: {sex: {M: male, m: male}}}}", "values.sex", "Keep one"),
        ("tables: {persons: {absent: [person_id]}}", "tables.persons.absent[0]", "Map or set"),
        ("tables: {persons: {absent: [sex], columns: {sex: s}}}", "absent[0]", "Keep one"),
        ("tables: {persons: {constants: {person_id: x}}}", "constants.person_id", "Map it"),
        ("date_format: dd-mm", "date_format", "Allowed"),
        (
            "further: [{name: sex, source: s, kind: integer, label: {de: a, en: b}}]",
            "further[0].name",
            "Choose another",
        ),
    ],
)
def test_a_mistake_in_a_mapping_has_its_path_line_and_advice(tmp_path, broken, place, advice):
    path = tmp_path / "mapping.yaml"
    path.write_text("# a mapping\n" + broken)
    with pytest.raises(ParamsError) as raised:
        load_mapping(path)
    assert f"mapping.yaml:2: {place}" in str(raised.value) or place in str(raised.value)
    assert ":2:" in str(raised.value)
    assert advice in str(raised.value)


def test_all_mistakes_in_a_mapping_are_named_at_once(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text("lacks: [case]\ntables:\n  person: {}\n  goals:\n    columns: {aim: x}\n")
    with pytest.raises(ParamsError) as raised:
        load_mapping(path)
    assert [problem.where.split(":")[-2] for problem in raised.value.problems] == ["1", "3", "5"]
