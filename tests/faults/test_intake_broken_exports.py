"""Exports broken at random: an error that names its place, never a value, never another kind of error."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from broken import (
    BY_FILE,
    CATEGORY_WORDS,
    FEW,
    TOKEN,
    Export,
    assert_no_values,
    checked,
    rows_of,
    small_city,
    values_of,
)
from hypothesis import example, given
from hypothesis import strategies as st

from hamm_eval.casefile.rules import Severity
from hamm_eval.casefile.schema import Kind


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Export:
    return small_city(tmp_path_factory.mktemp("city"))


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("cp1252")


@FEW
@given(data=st.data())
def test_a_foreign_cell_is_named_with_file_line_and_column(city, data):
    file = data.draw(st.sampled_from(sorted(city)))
    table = BY_FILE[file]
    rows = rows_of(city[file])
    line = data.draw(st.integers(1, len(rows) - 1))
    kinds = [i for i, column in enumerate(table.columns) if column.kind not in (Kind.ID, Kind.TEXT)]
    index = data.draw(st.sampled_from(kinds))
    column = table.columns[index]
    junk = data.draw(
        st.sampled_from(
            ["42403", "31.02.2016", "3.4.17", "1e5", "NaN", "-", "nan", "2016/13/40", "99,9,9", "ja nein"]
        )
        | st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=12).map(
            lambda t: TOKEN + t
        )
    )
    rows[line][index] = junk
    result = checked(city | {file: written(rows)})
    places = {(f.file, f.line, f.column) for f in result.findings if f.severity is Severity.REFUSE}
    # Bytes that look like another encoding are refused before there are columns.
    assert {(file, line + 1, column.german), (file, line + 1, "")} & places
    assert_no_values(result.findings, values_of(city) | {junk} if len(junk) > 5 else values_of(city))


@FEW
@example(file="foerderklassen.csv", breaks=[(67, "delete", b"\r\n")])
@given(
    file=st.sampled_from(sorted(BY_FILE)),
    breaks=st.lists(
        st.tuples(
            st.integers(0, 300) | st.integers(0, 20_000),
            st.sampled_from(["delete", "insert", "replace", "cut"]),
            st.binary(min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_broken_bytes_are_a_finding_of_that_file_and_never_a_crash(city, file, breaks):
    content = bytearray(city[file])
    for position, how, new in breaks:
        position %= len(content) + 1
        if how == "delete":
            del content[position : position + len(new)]
        elif how == "insert":
            content[position:position] = new
        elif how == "replace":
            content[position : position + len(new)] = new
        else:
            del content[position + 1 :]
    result = checked(city | {file: bytes(content)})
    refusing = [f for f in result.findings if f.severity is Severity.REFUSE]
    assert result.usable is not bool(refusing)
    for finding in refusing:
        assert finding.file in city
        assert finding.line is not None or finding.rule in {"file_empty", "file_type", "nothing_known"}
    if result.case_file is not None:
        frame = result.case_file.reconciliation
        parts = ["used", "quarantined", "not_yet_known", "superseded", "excluded"]
        assert (frame["read"] == frame[parts].sum(axis=1)).all()
    assert_no_values(result.findings, values_of(city))


@pytest.mark.parametrize("file", sorted(BY_FILE))
@pytest.mark.parametrize("instead", [b"", b";", b" ", b'"', b"x"])
@pytest.mark.parametrize("rows", ["all", "one"])
def test_a_header_that_runs_into_the_first_record_is_one_finding_without_its_values(
    city, file, instead, rows
):
    header, first, rest = city[file].split(b"\r\n", 2)
    content = header + instead + first + b"\r\n" + (rest if rows == "all" else b"")
    findings = [f for f in checked(city | {file: content}).findings if f.file == file]
    width = len(BY_FILE[file].columns)
    place = f"#{width + (instead == b';')}"
    assert [(f.rule, f.line, f.column) for f in findings] == [("header_runs_on", 1, place)]
    assert_no_values(findings, values_of(city))
    said = " ".join(f.text_de + f.text_en for f in findings)
    assert not [word for word in CATEGORY_WORDS if len(word) > 4 and word in said]


@FEW
@given(data=st.data())
def test_rows_and_columns_moved_about_are_never_silently_shifted(city, data):
    """A field dropped, added, or two columns swapped without their header: refused, with its line."""
    file = data.draw(st.sampled_from(sorted(city)))
    rows = rows_of(city[file])
    line = data.draw(st.integers(1, len(rows) - 1))
    how = data.draw(st.sampled_from(["drop", "add", "header", "no header", "twice"]))
    if how == "drop":
        del rows[line][data.draw(st.integers(0, len(rows[line]) - 1))]
    elif how == "add":
        rows[line].insert(data.draw(st.integers(0, len(rows[line]) - 1)), TOKEN)
    elif how == "header":
        del rows[0][data.draw(st.integers(0, len(rows[0]) - 1))]
    elif how == "no header":
        del rows[0]
    else:
        rows[0].append(rows[0][0])
        for row in rows[1:]:
            row.append(TOKEN)
    if len(rows) < 2:
        return
    result = checked(city | {file: written(rows)})
    assert not result.usable
    places = {(f.file, f.line) for f in result.findings if f.severity is Severity.REFUSE}
    assert (file, line + 1 if how in ("drop", "add") else 1) in places or (
        how == "header" and (file, 2) in places
    )
    assert_no_values(result.findings, values_of(city))


@FEW
@given(data=st.data())
def test_nothing_is_lost_of_a_sound_export_in_any_order(city, data):
    file = data.draw(st.sampled_from(sorted(city)))
    rows = rows_of(city[file])
    order = data.draw(st.permutations(range(1, len(rows))))
    copies = data.draw(st.lists(st.sampled_from(order), max_size=5))
    result = checked(city | {file: written([rows[0], *(rows[i] for i in [*order, *copies])])})
    assert result.case_file is not None
    row = result.case_file.reconciliation.set_index("table").loc[BY_FILE[file].name]
    assert row["read"] == len(rows) - 1 + len(copies)
    assert row["quarantined"] == len(copies)


def _broken(rows: list[list[str]], table, data) -> str:
    """Break one row of a table in place; gives the header of the cell, or nothing where a row is meant."""
    line = data.draw(st.integers(1, len(rows) - 1))
    how = data.draw(st.sampled_from(["day", "id", "word", "number", "copy", "total", "empty", "gone"]))
    kinds = {"day": Kind.DATE, "id": Kind.ID, "word": Kind.CATEGORY, "number": Kind.INTEGER}
    if how == "copy":
        rows.insert(data.draw(st.integers(1, len(rows))), list(rows[line]))
    elif how == "total":
        rows.append(["Summe", *[""] * (len(rows[0]) - 1)])
    elif how == "gone" and len(rows) > 2:
        del rows[line]
    else:
        fits = [i for i, column in enumerate(table.columns) if column.kind is kinds.get(how, column.kind)]
        at = data.draw(st.sampled_from(fits or [0]))
        day = data.draw(st.dates(min_value=date(1900, 1, 2), max_value=date(2099, 12, 31)))
        new = {
            "day": f"{day.day:02d}.{day.month:02d}.{day.year}",
            "id": f"{TOKEN}-{data.draw(st.integers(0, 9999))}",
            "word": data.draw(st.sampled_from(sorted(CATEGORY_WORDS))),
            "number": str(data.draw(st.integers(-9, 9))),
        }.get(how, "")
        rows[line][at] = new
        return table.columns[at].german
    return ""


@FEW
@given(data=st.data())
def test_wherever_an_export_is_broken_every_row_has_a_fate_and_every_finding_a_place(city, data):
    """Values that are possible in themselves, in wrong places of several tables at once."""
    files = data.draw(st.lists(st.sampled_from(sorted(city)), min_size=1, max_size=4, unique=True))
    broken = dict(city)
    for file in files:
        rows = rows_of(city[file])
        for _ in range(data.draw(st.integers(1, 3))):
            _broken(rows, BY_FILE[file], data)
        broken[file] = written(rows)
    result = checked(broken)
    fates = {fate.file: fate for fate in result.fates}
    for file, content in broken.items():
        fate = fates[file]  # that the parts make up the whole, it sees to itself
        assert fate.read == len(rows_of(content)) - 1
    refused = [f for f in result.findings if f.severity is Severity.REFUSE]
    assert result.usable is not bool(refused)
    for finding in result.findings:
        assert finding.file in broken
        table = BY_FILE[finding.file]
        assert finding.column in {"", *(column.german for column in table.columns)}
        whole = finding.rule in ("month_empty", "month_multiple", "nothing_known")
        assert finding.line is not None or whole or finding.severity is Severity.NOTICE
        assert all(2 <= line <= len(rows_of(broken[finding.file])) for line in finding.lines)
    assert sum(fate.refused for fate in fates.values()) >= bool([f for f in refused if f.lines])
    assert_no_values(result.findings, values_of(city))
