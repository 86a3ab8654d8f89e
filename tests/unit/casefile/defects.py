"""One defect and more for every rule, each with the place that its finding must name."""

from __future__ import annotations

from defect import Defect
from defects_of_records import RECORD_DEFECTS
from edits import (
    TOKEN,
    added,
    both,
    cell,
    column_of,
    content,
    extra,
    in_line,
    mojibake,
    replaced,
    utf8_cell,
)
from exports import path_of

NBSP, BOM, HUGE = b"\xc2\xa0", b"\xef\xbb\xbf", TOKEN.encode() * 40_000


PERSONS, CASES, MEASURES = "personen.csv", "faelle.csv", "massnahmen.csv"
DEFECTS = (
    # files
    Defect("file_missing", lambda folder: path_of(folder, "persons").unlink(), PERSONS),
    Defect(
        "file_ambiguous",
        lambda folder: (folder / "persons.csv").write_bytes(path_of(folder, "persons").read_bytes()),
        PERSONS,
    ),
    Defect("file_unknown", lambda folder: (folder / "zielle.csv").write_text("x"), "zielle.csv"),
    Defect(
        "file_format",
        lambda folder: path_of(folder, "goals").rename(folder / "ziele.xls") and None,
        "ziele.xls",
    ),
    Defect("table_absent", lambda folder: None, "abgaenge.csv"),
    Defect("file_type", content("goals", lambda data: b"PK\x03\x04" + data), "ziele.csv", name="XLSX"),
    Defect("file_type", content("goals", lambda data: b"<html>" + data), "ziele.csv", name="HTML"),
    Defect("file_empty", content("goals", lambda data: b""), "ziele.csv"),
    Defect("file_empty", content("goals", lambda data: b"\xef\xbb\xbf\r\n"), "ziele.csv", name="BOM only"),
    Defect("file_empty", content("goals", lambda data: b"\xa0\r\n\xa0 "), "ziele.csv", name="NBSP only"),
    Defect("file_empty", content("goals", lambda data: b"\n" + NBSP), "ziele.csv", name="NBSP in UTF-8"),
    Defect(
        "file_empty", content("goals", lambda data: b" \n" * 25 + NBSP), "ziele.csv", name="25 blank lines"
    ),
    Defect("file_type", content("goals", lambda d: b'[{"Ziel": "Qzxv"}]'), "ziele.csv", name="JSON"),
    Defect("file_type", content("goals", lambda d: BOM + b'{\n "Ziel": 1}'), "ziele.csv", name="JSON, BOM"),
    Defect("file_type", content("goals", lambda d: b'["' + HUGE + b'"]'), "ziele.csv", name="JSON, one line"),
    Defect("file_type", content("goals", lambda d: BOM + b"<table>"), "ziele.csv", name="HTML, BOM"),
    Defect("line_too_long", content("goals", lambda d: HUGE + b"\r\n"), "ziele.csv", 1, name="one field"),
    Defect(
        "line_too_long",
        content("goals", lambda d: d.replace(b"\r\n", b";") * 900),
        "ziele.csv",
        1,
        name="no line ends",
    ),
    Defect("header_only", content("goals", lambda data: data.split(b"\r\n")[0] + b"\r\n"), "ziele.csv", 1),
    Defect("header_only", content("goals", lambda data: data.split(b"\r\n")[0]), "ziele.csv", 1, name="bare"),
    Defect("control_character", in_line("persons", 4, lambda line: line + b"\x00"), PERSONS, 4),
    Defect("encoding_unknown", in_line("persons", 3, lambda line: b"\x81" + line), PERSONS, 3),
    Defect(
        "encoding_mixed",
        in_line("cases", 3, lambda line: line.decode("cp1252").encode()),
        CASES,
        3,
        name="UTF-8 in Windows-1252",
    ),
    Defect(
        "encoding_mixed",
        content(
            "cases", lambda data: data.replace(b"\xf6", "ö".encode(), 1).replace(b"\xe4", "ä".encode(), 1)
        ),
        CASES,
        2,
        name="Windows-1252 in UTF-8",
    ),
    Defect("mojibake", content("cases", mojibake), CASES, 2, "Sozialraum"),
    Defect("delimiter_ambiguous", content("goals", lambda d: d.replace(b";", b",", 2)), "ziele.csv", 1),
    Defect("quote_unbalanced", replaced("persons", "000317", '"000317'), PERSONS, 4, name="never closed"),
    Defect("quote_unbalanced", replaced("persons", "000317", '0003"17'), PERSONS, 4, name="within a field"),
    Defect(
        "quote_unbalanced",
        content("persons", lambda d: d.replace(b"000317", b'"000317').replace(b"000517", b'"000517"')),
        PERSONS,
        4,
        name="closed by a later field",
    ),
    Defect("row_short", in_line("persons", 3, lambda line: line.replace(b";", b"", 1)), PERSONS, 3),
    Defect("row_long", in_line("persons", 3, lambda line: line.replace(b";", b";x;", 1)), PERSONS, 3),
    Defect("row_truncated", content("persons", lambda data: data[:-35]), PERSONS, 6),
    Defect("title_rows", content("goals", lambda data: b"Stand 30.06.2017\r\n" + data), "ziele.csv"),
    # headers
    Defect("header_missing", content("goals", lambda d: d.split(b"\r\n", 1)[1]), "ziele.csv", 1),
    Defect("header_runs_on", content("persons", lambda d: d.replace(b"\r\n", b"", 1)), PERSONS, 1, "#11"),
    Defect(
        "header_runs_on",
        content("persons", lambda d: d.replace(b"\r\n", b";", 1)),
        PERSONS,
        1,
        "#12",
        "a delimiter in place of the line end",
    ),
    Defect(
        "header_runs_on",
        content("goals", lambda d: d.replace(b"\r\n", b"", 1)),
        "ziele.csv",
        1,
        "#6",
        "one row",
    ),
    Defect("header_normalised", replaced("goals", "Ziel-Nr", "Ziel-Nr\u00a0"), "ziele.csv", 1),
    Defect("column_duplicate", extra("goals", "Bereich"), "ziele.csv", 1, "Bereich"),
    Defect(
        "column_unnamed",
        content("goals", lambda d: b";" + d.replace(b"\nZ-", b"\n;Z-")),
        "ziele.csv",
        1,
        "#1",
    ),
    Defect("column_missing", replaced("goals", "Zieldatum", "Zieldaten"), "ziele.csv", 1, "Zieldatum"),
    Defect("column_extra", extra("goals", "Etage"), "ziele.csv", None, "Etage"),
    Defect("column_identifying", extra("goals", "Nachname"), "ziele.csv", 1, "Nachname"),
    Defect("column_free_text", extra("goals", "Bemerkungen"), "ziele.csv", 1, "Bemerkungen"),
    Defect("rows_total", content("households", lambda d: d + b"Summe;3;\r\n"), "haushalte.csv", 5),
    Defect("rows_blank", content("households", lambda d: d + b";;\r\n"), "haushalte.csv", 5),
    # values
    Defect("required", cell("persons", 1, "sex", ""), PERSONS, 3, "Geschlecht"),
    Defect("required", cell("persons", 1, "arrived_on", "01.01.1900"), PERSONS, 3, "Ankunft in Hamm", "1900"),
    Defect(
        "id_damaged", cell("language_tests", 0, "test_id", "1,2E+05"), "sprachtests.csv", 2, "Prüfungs-Nr"
    ),
    Defect("id_like_name", cell("cases", 2, "social_worker", f"{TOKEN}, A."), CASES, 4, "Sozialbetreuer"),
    Defect("date_no_such_day", cell("cases", 2, "opened_on", "31.02.2016"), CASES, 4, "Eröffnet am"),
    Defect("date_two_digit_year", cell("cases", 2, "opened_on", "03.02.16"), CASES, 4, "Eröffnet am"),
    Defect("date_other_format", cell("cases", 2, "opened_on", "2016-02-03"), CASES, 4, "Eröffnet am", "ISO"),
    Defect("date_other_format", cell("cases", 2, "opened_on", "02/13/2016"), CASES, 4, "Eröffnet am", "US"),
    Defect("date_excel_serial", cell("cases", 2, "opened_on", "42403"), CASES, 4, "Eröffnet am"),
    Defect("date_with_time", cell("cases", 2, "opened_on", "03.02.2016 14:05"), CASES, 4, "Eröffnet am"),
    Defect("date_not_readable", cell("cases", 2, "opened_on", TOKEN), CASES, 4, "Eröffnet am"),
    Defect("date_out_of_range", cell("cases", 2, "opened_on", "03.02.1816"), CASES, 4, "Eröffnet am"),
    Defect("date_open_end_misplaced", cell("cases", 2, "opened_on", "31.12.9999"), CASES, 4, "Eröffnet am"),
    Defect("date_open_end", cell("cases", 2, "closed_on", "31.12.9999"), CASES, None, "Geschlossen am"),
    Defect("date_missing_1900", cell("goals", 0, "target_on", "01.01.1900"), "ziele.csv", None, "Zieldatum"),
    Defect("birth_date_full", cell("persons", 1, "birth_month", "17.02.1992"), PERSONS, 3, "Geburtsmonat"),
    Defect(
        "number_not_readable",
        cell("measures", 0, "cost_per_participant", TOKEN),
        MEASURES,
        2,
        "Kosten je Teilnahme",
    ),
    Defect(
        "number_ambiguous",
        cell("measures", 0, "cost_per_participant", "1.234"),
        MEASURES,
        2,
        "Kosten je Teilnahme",
    ),
    Defect(
        "integer_not_readable",
        cell("goal_reviews", 0, "attainment_score", "1,5"),
        "zielueberpruefungen.csv",
        2,
        "Zielerreichungswert",
    ),
    Defect(
        "integer_not_readable",
        utf8_cell("goal_reviews", 0, "attainment_score", "\N{ARABIC-INDIC DIGIT ONE}"),
        "zielueberpruefungen.csv",
        2,
        "Zielerreichungswert",
        "Arabic digit",
    ),
    Defect(
        "number_not_readable",
        utf8_cell("measures", 0, "cost_per_participant", "\N{DEVANAGARI DIGIT TWO}00,50"),
        MEASURES,
        2,
        "Kosten je Teilnahme",
        "Devanagari digit",
    ),
    Defect(
        "number_not_readable",
        cell("measures", 0, "cost_per_participant", "9" * 400 + ",5"),
        MEASURES,
        2,
        "Kosten je Teilnahme",
        "beyond every float",
    ),
    Defect(
        "date_not_readable",
        utf8_cell("cases", 2, "opened_on", "\N{ARABIC-INDIC DIGIT THREE}.02.2016"),
        CASES,
        4,
        "Eröffnet am",
        "Arabic digit",
    ),
    Defect(
        "out_of_range",
        cell("goal_reviews", 0, "attainment_score", "3"),
        "zielueberpruefungen.csv",
        2,
        "Zielerreichungswert",
    ),
    Defect("category_unknown", cell("persons", 4, "sex", "weibl"), PERSONS, 6, "Geschlecht"),
    Defect(
        "category_unknown",
        cell("persons", 4, "household_head", "x"),
        PERSONS,
        6,
        "Haushaltsvorstand",
        "yes/no",
    ),
    # records
    Defect("duplicate_row", added("cases", {}), CASES, 5, "Fall-Nr"),
    Defect("key_contradiction", added("cases", {"provider": "AWO"}), CASES, 5, "Fall-Nr"),
    Defect("reference_unknown", cell("cases", 1, "person_id", "999999"), CASES, 3, "Personen-Nr"),
    Defect("end_before_begin", cell("cases", 1, "closed_on", "01.02.2016"), CASES, 3, "Geschlossen am"),
    Defect(
        "end_without_begin",
        both(column_of("participations", "started_on", ["", "", "", ""])),
        "teilnahmen.csv",
        5,
        "Ende",
    ),
    Defect("dates_out_of_order", cell("goals", 0, "target_on", "29.02.2016"), "ziele.csv", 2, "Zieldatum"),
    Defect(
        "recorded_before_it_happened", cell("cases", 0, "opened_on", "02.03.2016"), CASES, 2, "Eröffnet am"
    ),
    Defect(
        "spells_overlap",
        cell("residence_status", 1, "valid_from", "29.09.2016"),
        "aufenthaltsstatus.csv",
        3,
        "Gültig ab",
    ),
    *RECORD_DEFECTS,
)
