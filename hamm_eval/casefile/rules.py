"""The rules an export is checked by: id, severity, and what to do in German and English.

A text may name headers, words of the declarations, counts and lines; never a data value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means for the export."""

    REFUSE = "refuse"
    QUARANTINE = "quarantine"
    WARN = "warn"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id, what breaking it means, and the texts (German, English)."""

    id: str
    severity: Severity
    de: str
    en: str


R, Q, W, N = Severity.REFUSE, Severity.QUARANTINE, Severity.WARN, Severity.NOTICE

FILE_RULES = (
    Rule(
        "file_missing",
        R,
        "Diese Tabelle fehlt. Legen Sie sie als {expected} in den Ordner.{hint_de}",
        "This table is missing. Put it into the folder as {expected}.{hint_en}",
    ),
    Rule(
        "file_ambiguous",
        R,
        "Für diese Tabelle liegen mehrere Dateien vor ({files}). Lassen Sie eine im Ordner.",
        "Several files hold this table ({files}). Leave one of them in the folder.",
    ),
    Rule(
        "file_unknown",
        W,
        "Diese Datei gehört zu keiner Tabelle und wurde nicht gelesen.{hint_de}",
        "This file belongs to no table and was not read.{hint_en}",
    ),
    Rule(
        "table_absent",
        N,
        "Diese Tabelle liegt nicht vor; was auf ihr beruht, entfällt im Bericht.",
        "This table is not there; the report leaves out what rests on it.",
    ),
    Rule(
        "file_unreadable",
        R,
        "Die Datei lässt sich nicht öffnen. Prüfen Sie die Leserechte.",
        "The file cannot be opened. Check its permissions.",
    ),
    Rule(
        "file_type",
        R,
        "Das ist keine CSV-Datei, sondern {kind}. Exportieren Sie die Tabelle als CSV.",
        "This is not a CSV file but {kind}. Export the table as CSV.",
    ),
    Rule(
        "file_empty",
        R,
        "Die Datei ist leer. Exportieren Sie sie noch einmal.",
        "The file is empty. Export it again.",
    ),
    Rule(
        "header_only",
        R,
        "Die Datei hat eine Kopfzeile, aber keine Zeile darunter. Exportieren Sie sie noch einmal; "
        "gibt es keine Einträge, lassen Sie die Datei weg.",
        "The file has a header but no row below it. Export it again; if there are no records, "
        "leave the file out.",
    ),
    Rule(
        "control_character",
        R,
        "Die Zeile enthält ein Steuerzeichen (etwa ein NUL-Byte); die Datei ist beschädigt. "
        "Exportieren Sie sie noch einmal.",
        "The line holds a control character (such as a NUL byte); the file is damaged. Export it again.",
    ),
    Rule(
        "encoding_unknown",
        R,
        "Die Zeichenkodierung ist weder UTF-8 noch UTF-16 mit BOM noch Windows-1252. "
        "Speichern Sie die Datei als UTF-8.",
        "The encoding is neither UTF-8 nor UTF-16 with BOM nor Windows-1252. Save the file as UTF-8.",
    ),
    Rule(
        "encoding_mixed",
        R,
        "Ab dieser Zeile wechselt die Zeichenkodierung zwischen UTF-8 und Windows-1252. "
        "Exportieren Sie die Datei in einem Stück.",
        "From this line on the encoding changes between UTF-8 and Windows-1252. "
        "Export the file in one piece.",
    ),
    Rule(
        "mojibake",
        R,
        "Umlaute sind zerstört: Die Datei wurde einmal falsch dekodiert gespeichert. "
        "Exportieren Sie sie neu aus dem Fachverfahren.",
        "Umlauts are destroyed: the file was once saved after being decoded wrongly. "
        "Export it again from the source system.",
    ),
    Rule(
        "delimiter_ambiguous",
        R,
        "Das Trennzeichen ist aus der Kopfzeile nicht eindeutig zu erkennen. Exportieren Sie mit Semikolon.",
        "The header does not tell the delimiter unambiguously. Export with semicolons.",
    ),
    Rule(
        "quote_unbalanced",
        R,
        "Ein Anführungszeichen, das in dieser Zeile beginnt, wird nicht geschlossen oder steht "
        "mitten im Feld. Verdoppeln Sie Anführungszeichen in Texten.",
        "A quotation mark that starts in this line is not closed, or stands within a field. "
        "Double quotation marks in texts.",
    ),
    Rule(
        "row_short",
        R,
        "Zeilen mit zu wenigen Feldern (erwartet: {width}).",
        "Rows with too few fields (expected: {width}).",
    ),
    Rule(
        "row_long",
        R,
        "Zeilen mit zu vielen Feldern (erwartet: {width}). Setzen Sie Texte mit Trennzeichen "
        "in Anführungszeichen.",
        "Rows with too many fields (expected: {width}). Put texts that hold the delimiter in quotes.",
    ),
    Rule(
        "row_truncated",
        R,
        "Die letzte Zeile bricht ab (erwartet: {width} Felder). Übertragen Sie die Datei noch einmal.",
        "The last line breaks off (expected: {width} fields). Transfer the file again.",
    ),
    Rule(
        "rows_unreadable",
        R,
        "Die Zeilen lassen sich nicht sicher zählen. Exportieren Sie die Datei noch einmal.",
        "The rows cannot be counted safely. Export the file again.",
    ),
    Rule(
        "title_rows",
        N,
        "Vor der Kopfzeile standen {count} weitere Zeilen; sie wurden übergangen.",
        "{count} lines before the header were passed over.",
    ),
)

HEADER_RULES = (
    Rule(
        "header_missing",
        R,
        "Es ist keine Kopfzeile zu erkennen. Die erste Zeile muss die Spaltennamen enthalten: {expected}.",
        "No header can be found. The first line must hold the column names: {expected}.",
    ),
    Rule(
        "header_normalised",
        N,
        "Die Schreibweise von Spaltennamen wurde vereinheitlicht (Leerzeichen, Umlaute).",
        "The spelling of column names was normalised (blanks, umlauts).",
    ),
    Rule(
        "column_duplicate",
        R,
        "Diese Spalte kommt mehrfach vor. Behalten Sie eine.",
        "This column is there more than once. Keep one.",
    ),
    Rule(
        "column_unnamed",
        R,
        "Eine Spalte hat keinen Namen. Benennen oder entfernen Sie sie.",
        "A column has no name. Name or remove it.",
    ),
    Rule(
        "column_missing",
        R,
        "Diese Spalte fehlt.{hint_de} Ergänzen Sie sie, oder nennen Sie ihren Namen in der Zuordnung.",
        "This column is missing.{hint_en} Add it, or name it in the mapping.",
    ),
    Rule(
        "column_extra",
        N,
        "Diese Spalte wird nicht gebraucht und wurde nicht gelesen.",
        "This column is not needed and was not read.",
    ),
    Rule(
        "column_identifying",
        R,
        "Diese Spalte sieht nach {kind_de} aus. Solche Angaben gehören nicht in die Auswertung: "
        "Lassen Sie die Spalte beim Export weg.",
        "This column looks like {kind_en}. The evaluation must not receive it: "
        "leave the column out of the export.",
    ),
    Rule(
        "column_free_text",
        R,
        "Diese Spalte sieht nach Freitext aus. Lassen Sie sie weg, oder erklären Sie sie zum Freitext "
        "(free_text); sie wird dann nicht gelesen.",
        "This column looks like free text. Leave it out, or declare it as free text (free_text); "
        "it is then not read.",
    ),
    Rule(
        "free_text_ignored",
        N,
        "Als Freitext erklärt: nicht gelesen.",
        "Declared as free text: not read.",
    ),
    Rule(
        "free_text_unknown",
        W,
        "{count} als Freitext erklärte Spalten kommen im Export nicht vor. Prüfen Sie die Schreibweise.",
        "{count} columns declared as free text are not in the export. Check the spelling.",
    ),
    Rule(
        "rows_total",
        N,
        "Summenzeilen wurden ausgeschlossen.",
        "Rows of totals were excluded.",
    ),
    Rule(
        "rows_blank",
        N,
        "Leere Zeilen wurden ausgeschlossen.",
        "Blank rows were excluded.",
    ),
)

VALUE_RULES = (
    Rule(
        "required",
        R,
        "Hier fehlt eine Angabe, die jede Zeile braucht. Ergänzen Sie sie.",
        "A value that every row needs is missing. Add it.",
    ),
    Rule(
        "id_damaged",
        R,
        "Kennungen wurden von einer Tabellenkalkulation in Zahlen verwandelt. "
        "Exportieren Sie die Spalte als Text.",
        "Identifiers were turned into numbers by a spreadsheet. Export the column as text.",
    ),
    Rule(
        "id_like_name",
        R,
        "Kennungen mit Leerzeichen, Komma oder @ sehen nach Namen oder Adressen aus. "
        "Verwenden Sie Pseudonyme.",
        "Identifiers with a blank, a comma or @ look like names or addresses. Use pseudonyms.",
    ),
    Rule(
        "date_no_such_day",
        R,
        "Diesen Tag gibt es nicht. Berichtigen Sie das Datum.",
        "There is no such day. Correct the date.",
    ),
    Rule(
        "date_two_digit_year",
        R,
        "Die Jahreszahl hat nur zwei Stellen. Exportieren Sie Jahre vierstellig.",
        "The year has two digits only. Export years with four digits.",
    ),
    Rule(
        "date_other_format",
        R,
        "Das Datum steht nicht im Format dieser Spalte ({format}). Verwenden Sie in einer Spalte ein "
        "Format, oder nennen Sie es in der Zuordnung (date_format).",
        "The date is not in this column's format ({format}). Use one format in a column, "
        "or name it in the mapping (date_format).",
    ),
    Rule(
        "date_excel_serial",
        R,
        "Statt eines Datums steht hier eine fünfstellige Zahl, vermutlich Excels Tageszählung. "
        "Formatieren Sie die Spalte vor dem Export als Datum.",
        "A number of five digits stands where a date belongs, presumably Excel's count of days. "
        "Format the column as a date before exporting.",
    ),
    Rule(
        "date_with_time",
        R,
        "Das Datum trägt eine Uhrzeit. Exportieren Sie nur den Tag.",
        "The date carries a time of day. Export the day only.",
    ),
    Rule(
        "date_not_readable",
        R,
        "Das ist kein Datum. Erwartet: {format}.",
        "This is not a date. Expected: {format}.",
    ),
    Rule(
        "date_out_of_range",
        R,
        "Das Datum liegt vor 1900 oder nach 2100. Berichtigen Sie es.",
        "The date lies before 1900 or after 2100. Correct it.",
    ),
    Rule(
        "date_open_end_misplaced",
        R,
        "31.12.9999 steht in einer Spalte, die kein offenes Ende kennt. Berichtigen Sie das Datum.",
        "31.12.9999 stands in a column that knows no open end. Correct the date.",
    ),
    Rule(
        "date_open_end",
        N,
        "31.12.9999 wurde als offenes Ende gelesen: {count}-mal.",
        "31.12.9999 was read as an open end: {count} times.",
    ),
    Rule(
        "date_missing_1900",
        N,
        "01.01.1900 wurde als fehlend gelesen: {count}-mal.",
        "01.01.1900 was read as missing: {count} times.",
    ),
    Rule(
        "birth_date_full",
        R,
        "Die Spalte enthält volle Geburtsdaten. Setzen Sie den Tag auf den Ersten des Monats.",
        "The column holds full dates of birth. Set the day to the first of the month.",
    ),
    Rule(
        "number_not_readable",
        R,
        "Das ist keine Zahl in der Schreibweise dieser Spalte (Dezimalzeichen {decimal}).",
        "This is not a number as this column writes them (decimal sign {decimal}).",
    ),
    Rule(
        "number_ambiguous",
        R,
        "Ob Punkt oder Komma hier Tausender oder Dezimalen trennt, ist nicht zu erkennen. "
        "Nennen Sie das Dezimalzeichen in der Zuordnung (decimal).",
        "Whether point or comma parts thousands or decimals cannot be told. "
        "Name the decimal sign in the mapping (decimal).",
    ),
    Rule(
        "integer_not_readable",
        R,
        "Das ist keine ganze Zahl. Berichtigen Sie den Wert.",
        "This is not a whole number. Correct the value.",
    ),
    Rule(
        "out_of_range",
        R,
        "Der Wert liegt außerhalb des Erlaubten ({range_de}). Berichtigen Sie ihn.",
        "The value lies outside what is allowed ({range_en}). Correct it.",
    ),
    Rule(
        "category_unknown",
        R,
        "Dieses Wort ist nicht vorgesehen.{hint_de} Erlaubt: {allowed}.",
        "This word is not allowed.{hint_en} Allowed: {allowed}.",
    ),
)

LOGIC_RULES = (
    Rule(
        "duplicate_row",
        Q,
        "Zeilen, die es genau so schon gibt, wurden beiseitegelegt; die erste wird verwendet.",
        "Rows that are there already, word for word, were set aside; the first is used.",
    ),
    Rule(
        "key_contradiction",
        R,
        "Dieselbe Kennung mit demselben Erfassungstag, aber anderem Inhalt. Eine Berichtigung braucht "
        "einen späteren Erfassungstag.",
        "The same identifier and the same day of recording, but other content. "
        "A correction needs a later day of recording.",
    ),
    Rule(
        "reference_unknown",
        R,
        "Die Kennung verweist auf einen Datensatz, den es in {target} nicht gibt. "
        "Exportieren Sie beide Tabellen zum selben Stand.",
        "The identifier points to a record that {target} does not hold. "
        "Export both tables as of the same day.",
    ),
    Rule(
        "reference_not_yet_known",
        W,
        "Der Datensatz, auf den verwiesen wird ({target}), wurde erst nach dem Stichtag erfasst.",
        "The record pointed to ({target}) was recorded only after the data cut.",
    ),
    Rule(
        "end_before_begin",
        R,
        "Das Ende liegt vor dem Beginn ({begin}, {end}). Berichtigen Sie eines von beiden.",
        "The end lies before the begin ({begin}, {end}). Correct one of them.",
    ),
    Rule(
        "end_without_begin",
        W,
        "Ein Ende ohne Beginn ({begin}). Ergänzen Sie den Beginn.",
        "An end without a begin ({begin}). Add the begin.",
    ),
    Rule(
        "dates_out_of_order",
        W,
        "Die Daten stehen in unerwarteter Folge: {earlier} liegt nach {later}.",
        "The dates are in an unexpected order: {earlier} lies after {later}.",
    ),
    Rule(
        "recorded_before_it_happened",
        R,
        "Das Datum liegt nach dem Tag, an dem es erfasst wurde ({recorded}). Berichtigen Sie eines "
        "von beiden.",
        "The date lies after the day on which it was recorded ({recorded}). Correct one of them.",
    ),
    Rule(
        "spells_overlap",
        W,
        "Zeiträume, von denen nur einer zur Zeit gelten kann, überschneiden sich: {count}-mal.",
        "Spells of which only one can hold at a time overlap: {count} times.",
    ),
    Rule(
        "nothing_known",
        R,
        "Zum Stichtag war in dieser Tabelle noch nichts erfasst. Prüfen Sie den Stichtag.",
        "Nothing was recorded in this table by the data cut. Check the data cut.",
    ),
)

RULES: tuple[Rule, ...] = FILE_RULES + HEADER_RULES + VALUE_RULES + LOGIC_RULES
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}
