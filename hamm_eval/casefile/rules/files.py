"""Rules about files: what they are, their encoding, their rows."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

FILE_RULES = (
    Rule(
        "file_missing",
        Severity.REFUSE,
        "Diese Tabelle fehlt; erwartet wird {expected}.{hint_de}",
        "This table is missing; {expected} is expected.{hint_en}",
    ),
    Rule(
        "file_ambiguous",
        Severity.REFUSE,
        "Diese Tabelle liegt mehrfach vor ({files}). Lassen Sie eine davon stehen.",
        "This table is there several times ({files}). Leave one of them.",
    ),
    Rule(
        "file_unknown",
        Severity.WARN,
        "Das gehört zu keiner Tabelle und wurde nicht gelesen.{hint_de}",
        "This belongs to no table and was not read.{hint_en}",
    ),
    Rule(
        "not_a_table",
        Severity.NOTICE,
        "Das wurde nicht gelesen. Tabellen liegen unmittelbar im Ordner, als CSV, XLSX oder Parquet.",
        "This was not read. Tables lie in the folder itself, as CSV, XLSX or Parquet.",
    ),
    Rule(
        "file_format",
        Severity.REFUSE,
        "Dieses Dateiformat wird nicht gelesen. Speichern Sie die Tabelle als {expected}, XLSX oder Parquet.",
        "Files of this format are not read. Save the table as {expected}, XLSX or Parquet.",
        (20,),
    ),
    Rule(
        "table_absent",
        Severity.NOTICE,
        "Diese Tabelle liegt nicht vor; was auf ihr beruht, entfällt im Bericht.",
        "This table is not there; the report leaves out what rests on it.",
    ),
    Rule(
        "file_unreadable",
        Severity.REFUSE,
        "Die Datei lässt sich nicht öffnen. Prüfen Sie die Leserechte.",
        "The file cannot be opened. Check its permissions.",
    ),
    Rule(
        "file_type",
        Severity.REFUSE,
        "Diese Datei ist nicht {expected}, sondern {kind}. Exportieren Sie die Tabelle als {expected}, oder "
        "geben Sie der Datei die Endung, die zu ihr gehört.",
        "This file is not {expected} but {kind}. Export the table as {expected}, or give the file the ending "
        "that belongs to it.",
        (20,),
    ),
    Rule(
        "file_empty",
        Severity.REFUSE,
        "Die Datei ist leer. Exportieren Sie sie noch einmal.",
        "The file is empty. Export it again.",
        (7,),
    ),
    Rule(
        "header_only",
        Severity.REFUSE,
        "Die Tabelle hat Spaltennamen, aber keine Zeile. Exportieren Sie sie noch einmal; "
        "gibt es keine Einträge, lassen Sie die Tabelle weg.",
        "The table has column names but no row. Export it again; if there are no records, "
        "leave the table out.",
        (7,),
    ),
    Rule(
        "line_too_long",
        Severity.REFUSE,
        "Diese Zeile ist zu lang für eine Kopfzeile: Das ist keine CSV-Datei, oder ihre Zeilenumbrüche "
        "fehlen. Exportieren Sie die Tabelle noch einmal als CSV.",
        "This line is too long for a header: this is not a CSV file, or its line ends are missing. "
        "Export the table as CSV again.",
    ),
    Rule(
        "control_character",
        Severity.REFUSE,
        "Die Zeile enthält ein Steuerzeichen (etwa ein NUL-Byte); die Datei ist beschädigt. "
        "Exportieren Sie sie noch einmal; ist sie UTF-16 ohne BOM, nennen Sie das in der Zuordnung "
        "(encoding).",
        "The line holds a control character (such as a NUL byte); the file is damaged. Export it again; if "
        "it is UTF-16 without a BOM, say so in the mapping (encoding).",
        (10,),
    ),
    Rule(
        "encoding_unknown",
        Severity.REFUSE,
        "Die Zeichenkodierung ist weder UTF-8 noch UTF-16 mit BOM noch Windows-1252. "
        "Speichern Sie die Datei als UTF-8.",
        "The encoding is neither UTF-8 nor UTF-16 with BOM nor Windows-1252. Save the file as UTF-8.",
        (2, 3),
    ),
    Rule(
        "encoding_mixed",
        Severity.REFUSE,
        "Ab dieser Zeile wechselt die Zeichenkodierung zwischen UTF-8 und Windows-1252. "
        "Exportieren Sie die Datei in einem Stück.",
        "From this line on the encoding changes between UTF-8 and Windows-1252. "
        "Export the file in one piece.",
        (5,),
    ),
    Rule(
        "mojibake",
        Severity.REFUSE,
        "Umlaute sind zerstört: Die Datei wurde einmal falsch dekodiert gespeichert. "
        "Exportieren Sie sie neu aus dem Fachverfahren.",
        "Umlauts are destroyed: the file was once saved after being decoded wrongly. "
        "Export it again from the source system.",
        (4,),
    ),
    Rule(
        "delimiter_ambiguous",
        Severity.REFUSE,
        "Das Trennzeichen ist aus der Kopfzeile nicht eindeutig zu erkennen. Exportieren Sie mit Semikolon.",
        "The header does not tell the delimiter unambiguously. Export with semicolons.",
        (6,),
    ),
    Rule(
        "quote_unbalanced",
        Severity.REFUSE,
        "Ein Anführungszeichen, das in dieser Zeile beginnt, wird nicht geschlossen oder steht "
        "mitten im Feld. Verdoppeln Sie Anführungszeichen in Texten.",
        "A quotation mark that starts in this line is not closed, or stands within a field. "
        "Double quotation marks in texts.",
        (9,),
    ),
    Rule(
        "row_short",
        Severity.REFUSE,
        "Zeilen mit zu wenigen Feldern (erwartet: {width}).",
        "Rows with too few fields (expected: {width}).",
        (11,),
    ),
    Rule(
        "row_long",
        Severity.REFUSE,
        "Zeilen mit zu vielen Feldern (erwartet: {width}). Setzen Sie Texte mit Trennzeichen "
        "in Anführungszeichen.",
        "Rows with too many fields (expected: {width}). Put texts that hold the delimiter in quotes.",
        (11,),
    ),
    Rule(
        "row_truncated",
        Severity.REFUSE,
        "Die letzte Zeile bricht ab (erwartet: {width} Felder). Übertragen Sie die Datei noch einmal.",
        "The last line breaks off (expected: {width} fields). Transfer the file again.",
        (8,),
    ),
    Rule(
        "rows_unreadable",
        Severity.REFUSE,
        "Die Zeilen lassen sich nicht sicher zählen. Exportieren Sie die Datei noch einmal.",
        "The rows cannot be counted safely. Export the file again.",
    ),
    Rule(
        "title_rows",
        Severity.NOTICE,
        "Übergangene Zeilen vor der Kopfzeile: {count}.",
        "Lines passed over before the header: {count}.",
        (13,),
    ),
)
