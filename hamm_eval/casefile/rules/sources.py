"""Rules about where tables come from: workbooks, Parquet files, databases, and what a mapping says."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

SOURCE_RULES = (
    Rule(
        "encoding_declared",
        Severity.REFUSE,
        "Die Datei steht nicht in der Zeichenkodierung, die die Zuordnung nennt ({encoding}). Berichtigen "
        "Sie die Zuordnung (encoding), oder exportieren Sie die Datei noch einmal.",
        "The file is not in the encoding that the mapping names ({encoding}). Correct the mapping "
        "(encoding), or export the file again.",
    ),
    Rule(
        "file_damaged",
        Severity.REFUSE,
        "Die Datei ist beschädigt oder unvollständig ({format}). Übertragen Sie sie noch einmal.",
        "The file is damaged or incomplete ({format}). Transfer it again.",
        (20,),
    ),
    Rule(
        "workbook_locked",
        Severity.REFUSE,
        "Die Arbeitsmappe ist mit einem Kennwort geschützt. Speichern Sie sie ohne Kennwort.",
        "The workbook is protected by a password. Save it without one.",
        (20,),
    ),
    Rule(
        "sheets_several",
        Severity.REFUSE,
        "Die Arbeitsmappe hat mehrere Blätter ({sheets}); zu lesen ist eine Tabelle. Lassen Sie nur "
        "deren Blatt darin.",
        "The workbook has several sheets ({sheets}), but one table is to be read. Leave only its sheet.",
        (19,),
    ),
    Rule(
        "cells_merged",
        Severity.REFUSE,
        "Zellen sind verbunden ({cells}). Heben Sie die Verbindung auf, und füllen Sie jede Zelle.",
        "Cells are merged ({cells}). Unmerge them and fill each cell.",
        (19,),
    ),
    Rule(
        "cells_beside",
        Severity.REFUSE,
        "Rechts neben der Tabelle stehen weitere Angaben ({cells}). Löschen Sie sie, oder benennen "
        "Sie die Spalte.",
        "Further entries stand to the right of the table ({cells}). Delete them, or name the column.",
    ),
    Rule(
        "formula_without_value",
        Severity.REFUSE,
        "Hier stehen Formeln ohne berechnetes Ergebnis ({cells}). Öffnen und speichern Sie die Mappe "
        "in der Tabellenkalkulation, oder ersetzen Sie die Formeln durch Werte.",
        "Formulas stand here without a computed result ({cells}). Open and save the workbook in the "
        "spreadsheet, or replace the formulas by values.",
        (19,),
    ),
    Rule(
        "cell_error",
        Severity.REFUSE,
        "Hier stehen Fehlerwerte der Tabellenkalkulation ({cells}), etwa #NV. Berichtigen oder leeren "
        "Sie die Zellen.",
        "Error values of the spreadsheet stand here ({cells}), such as #N/A. Correct or empty the cells.",
        (19,),
    ),
    Rule(
        "number_for_text",
        Severity.REFUSE,
        "Hier gehört Text hin, gespeichert ist eine Zahl oder ein Datum; führende Nullen sind "
        "verloren. Exportieren Sie die Spalte als Text.",
        "Text belongs here, but a number or a date is stored; leading zeros are lost. Export the "
        "column as text.",
    ),
    Rule(
        "column_type",
        Severity.REFUSE,
        "Die Spalte enthält {type_de}; sie lässt sich nicht eindeutig lesen. Exportieren Sie Tage, "
        "Zahlen oder Text.",
        "The column holds {type_en}; it cannot be read unambiguously. Export days, numbers or text.",
    ),
)
