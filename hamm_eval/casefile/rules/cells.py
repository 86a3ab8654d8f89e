"""Rules about values: dates, numbers, words, identifiers."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

VALUE_RULES = (
    Rule(
        "required",
        Severity.REFUSE,
        "Hier fehlt eine Angabe, die jede Zeile braucht. Ergänzen Sie sie.",
        "A value that every row needs is missing. Add it.",
    ),
    Rule(
        "value_lost",
        Severity.REFUSE,
        "Dieser Wert lässt sich nicht lesen. Berichtigen Sie ihn.",
        "This value cannot be read. Correct it.",
    ),
    Rule(
        "id_damaged",
        Severity.REFUSE,
        "Kennungen wurden von einer Tabellenkalkulation in Zahlen verwandelt. "
        "Exportieren Sie die Spalte als Text.",
        "Identifiers were turned into numbers by a spreadsheet. Export the column as text.",
        (27,),
    ),
    Rule(
        "id_like_name",
        Severity.REFUSE,
        "Kennungen mit Leerzeichen, Komma oder @ sehen nach Namen oder Adressen aus. "
        "Verwenden Sie Pseudonyme.",
        "Identifiers with a blank, a comma or @ look like names or addresses. Use pseudonyms.",
    ),
    Rule(
        "date_no_such_day",
        Severity.REFUSE,
        "Diesen Tag gibt es nicht. Berichtigen Sie das Datum.",
        "There is no such day. Correct the date.",
        (22,),
    ),
    Rule(
        "date_two_digit_year",
        Severity.REFUSE,
        "Die Jahreszahl hat nur zwei Stellen. Exportieren Sie Jahre vierstellig.",
        "The year has two digits only. Export years with four digits.",
        (23,),
    ),
    Rule(
        "date_other_format",
        Severity.REFUSE,
        "Das Datum steht nicht im Format dieser Spalte ({format_de}). Verwenden Sie in einer Spalte ein "
        "Format, oder nennen Sie es in der Zuordnung (date_format).",
        "The date is not in this column's format ({format_en}). Use one format in a column, "
        "or name it in the mapping (date_format).",
        (24,),
    ),
    Rule(
        "date_excel_serial",
        Severity.REFUSE,
        "Statt eines Datums steht hier eine fünfstellige Zahl, vermutlich Excels Tageszählung. "
        "Formatieren Sie die Spalte vor dem Export als Datum.",
        "A number of five digits stands where a date belongs, presumably Excel's count of days. "
        "Format the column as a date before exporting.",
        (26,),
    ),
    Rule(
        "date_with_time",
        Severity.REFUSE,
        "Das Datum trägt eine Uhrzeit. Exportieren Sie nur den Tag.",
        "The date carries a time of day. Export the day only.",
    ),
    Rule(
        "date_not_readable",
        Severity.REFUSE,
        "Das ist kein Datum. Erwartet: {format_de}.",
        "This is not a date. Expected: {format_en}.",
    ),
    Rule(
        "date_out_of_range",
        Severity.REFUSE,
        "Das Datum liegt vor 1900 oder nach 2100. Berichtigen Sie es.",
        "The date lies before 1900 or after 2100. Correct it.",
    ),
    Rule(
        "date_open_end_misplaced",
        Severity.REFUSE,
        "31.12.9999 steht in einer Spalte, die kein offenes Ende kennt. Berichtigen Sie das Datum.",
        "31.12.9999 stands in a column that knows no open end. Correct the date.",
        (25,),
    ),
    Rule(
        "date_open_end",
        Severity.NOTICE,
        "31.12.9999 wurde als offenes Ende gelesen: {count}-mal.",
        "31.12.9999 was read as an open end: {count} times.",
        (25,),
    ),
    Rule(
        "date_missing_1900",
        Severity.NOTICE,
        "01.01.1900 wurde als fehlend gelesen: {count}-mal.",
        "01.01.1900 was read as missing: {count} times.",
        (25,),
    ),
    Rule(
        "birth_date_full",
        Severity.REFUSE,
        "Die Spalte enthält volle Geburtsdaten. Setzen Sie den Tag auf den Ersten des Monats.",
        "The column holds full dates of birth. Set the day to the first of the month.",
    ),
    Rule(
        "number_not_readable",
        Severity.REFUSE,
        "Das ist keine Zahl in der Schreibweise dieser Spalte (Dezimalzeichen {decimal}).",
        "This is not a number as this column writes them (decimal sign {decimal}).",
        (21,),
    ),
    Rule(
        "number_ambiguous",
        Severity.REFUSE,
        "Ob Punkt oder Komma hier Tausender oder Dezimalen trennt, ist nicht zu erkennen. "
        "Nennen Sie das Dezimalzeichen in der Zuordnung (decimal).",
        "Whether point or comma parts thousands or decimals cannot be told. "
        "Name the decimal sign in the mapping (decimal).",
        (21,),
    ),
    Rule(
        "integer_not_readable",
        Severity.REFUSE,
        "Das ist keine ganze Zahl. Berichtigen Sie den Wert.",
        "This is not a whole number. Correct the value.",
    ),
    Rule(
        "out_of_range",
        Severity.REFUSE,
        "Der Wert liegt außerhalb des Erlaubten ({range_de}). Berichtigen Sie ihn.",
        "The value lies outside what is allowed ({range_en}). Correct it.",
    ),
    Rule(
        "category_other_language",
        Severity.WARN,
        "Hier steht ein Wort aus dem Datenwörterbuch, während die Spalte sonst die Wörter des Fachverfahrens "
        "verwendet; „None“ etwa schreiben Programme auch für „fehlt“. Verwenden Sie die Wörter der Spalte, "
        "oder leeren Sie die Zelle.",
        "A word of the data dictionary stands here, while the column otherwise uses the source's own; "
        "programs write “None” for “missing”, too. Use the words of the column, or leave the cell empty.",
        (28,),
    ),
    Rule(
        "category_unknown",
        Severity.REFUSE,
        "Dieses Wort ist nicht vorgesehen.{hint_de} Erlaubt: {allowed}.",
        "This word is not allowed.{hint_en} Allowed: {allowed}.",
        (28, 29),
    ),
)
