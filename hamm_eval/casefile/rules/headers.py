"""Rules about headers: which columns are there, and which rows are no records."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

HEADER_RULES = (
    Rule(
        "header_missing",
        Severity.REFUSE,
        "Es ist keine Kopfzeile zu erkennen. Die erste Zeile muss die Spaltennamen enthalten: {expected}.",
        "No header can be found. The first line must hold the column names: {expected}.",
        (13,),
    ),
    Rule(
        "header_runs_on",
        Severity.REFUSE,
        "Die Kopfzeile geht ab dieser Spalte in den ersten Datensatz über: Der Zeilenumbruch nach den "
        "Spaltennamen fehlt. Exportieren Sie die Tabelle noch einmal, oder fügen Sie ihn ein.",
        "From this column on the header runs into the first record: the line end behind the column names "
        "is missing. Export the table again, or insert it.",
    ),
    Rule(
        "header_normalised",
        Severity.NOTICE,
        "Die Schreibweise von Spaltennamen wurde vereinheitlicht (Leerzeichen, Umlaute).",
        "The spelling of column names was normalised (blanks, umlauts).",
        (15,),
    ),
    Rule(
        "column_duplicate",
        Severity.REFUSE,
        "Diese Spalte kommt mehrfach vor. Behalten Sie eine.",
        "This column is there more than once. Keep one.",
        (14,),
    ),
    Rule(
        "column_unnamed",
        Severity.REFUSE,
        "Eine Spalte hat keinen Namen. Benennen oder entfernen Sie sie.",
        "A column has no name. Name or remove it.",
    ),
    Rule(
        "column_missing",
        Severity.REFUSE,
        "Diese Spalte fehlt.{hint_de} Ergänzen Sie sie, oder nennen Sie ihren Namen in der Zuordnung.",
        "This column is missing.{hint_en} Add it, or name it in the mapping.",
        (16,),
    ),
    Rule(
        "column_extra",
        Severity.NOTICE,
        "Diese Spalte wird nicht gebraucht und wurde nicht gelesen.",
        "This column is not needed and was not read.",
        (17,),
    ),
    Rule(
        "column_identifying",
        Severity.REFUSE,
        "Diese Spalte sieht nach {kind_de} aus. Solche Angaben gehören nicht in die Auswertung: "
        "Lassen Sie die Spalte beim Export weg.",
        "This column looks like {kind_en}. The evaluation must not receive it: "
        "leave the column out of the export.",
        (17,),
    ),
    Rule(
        "column_free_text",
        Severity.REFUSE,
        "Diese Spalte sieht nach Freitext aus. Lassen Sie sie weg, oder erklären Sie sie zum Freitext "
        "(free_text); sie wird dann nicht gelesen.",
        "This column looks like free text. Leave it out, or declare it as free text (free_text); "
        "it is then not read.",
        (17,),
    ),
    Rule(
        "free_text_ignored",
        Severity.NOTICE,
        "Als Freitext erklärt: nicht gelesen.",
        "Declared as free text: not read.",
    ),
    Rule(
        "rows_total",
        Severity.NOTICE,
        "Summenzeilen wurden ausgeschlossen.",
        "Rows of totals were excluded.",
        (18,),
    ),
    Rule(
        "rows_blank",
        Severity.NOTICE,
        "Leere Zeilen wurden ausgeschlossen.",
        "Blank rows were excluded.",
    ),
)
