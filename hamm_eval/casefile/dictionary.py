"""docs/data-dictionary.md, written from the declarations: ``python -m hamm_eval.casefile.dictionary``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from hamm_eval.casefile.schema import Column, Kind, Sensitivity, Table
from hamm_eval.casefile.tables import TABLES

_HEAD = """# Data dictionary (Datenwörterbuch)

Written from the declarations in `hamm_eval/casefile/declarations/`; do not edit by hand.
`python -m hamm_eval.casefile.dictionary > docs/data-dictionary.md` writes it anew.

An export is a folder with one file a table, named `<Datei>.csv`, `.xlsx` or `.parquet`, or a workbook or a
database schema with one sheet or table each ([sources](sources.md)). The id of a record and
*Erfasst am* name one version of a fact: a correction is a new row under the same id with a later
*Erfasst am*. Dates are written dd.mm.yyyy or ISO, one format a column; 31.12.9999 means open end where a
column knows one, 01.01.1900 means missing. Ids are text. Names, addresses, phone numbers, full dates of
birth, health and free text must not be delivered.

Ein Export ist ein Ordner mit einer Datei je Tabelle (`<Datei>.csv`, `.xlsx` oder `.parquet`), eine
Arbeitsmappe oder ein Datenbankschema ([Quellen](sources.md)). Kennung und *Erfasst am* bestimmen
eine Fassung eines Datensatzes: Eine Berichtigung ist eine neue Zeile mit derselben Kennung und späterem
*Erfasst am*. Datumsangaben als TT.MM.JJJJ oder ISO, ein Format je Spalte; 31.12.9999 bedeutet offenes Ende,
wo eine Spalte das kennt, 01.01.1900 fehlend. Kennungen sind Text. Namen, Anschriften, Telefonnummern, volle
Geburtsdaten, Gesundheitsangaben und Freitext gehören nicht in den Export.
"""
_KINDS = {
    Kind.ID: "id / Kennung",
    Kind.CATEGORY: "category / Kategorie",
    Kind.DATE: "date / Datum",
    Kind.INTEGER: "whole number / ganze Zahl",
    Kind.DECIMAL: "decimal / Dezimalzahl",
    Kind.YES_NO: "ja / nein",
    Kind.TEXT: "text / Text",
}
_SENSITIVITY = {
    Sensitivity.ORDINARY: "",
    Sensitivity.SENSITIVE: "sensitive / schutzbedürftig",
    Sensitivity.IDENTIFYING: "identifying / identifizierend",
}


def data_dictionary() -> str:
    """The whole dictionary as Markdown, in German and English."""
    return _HEAD + "".join("\n" + "\n".join(_table(table)) + "\n" for table in TABLES)


def _table(table: Table) -> Iterator[str]:
    """One table's section."""
    need = "optional" if table.optional else "required / erforderlich"
    yield f"## {table.name} – `{table.german}.csv`"
    yield ""
    yield f"{table.meaning} / {table.bedeutung} ({need})"
    yield ""
    yield "| column | Spalte | kind / Art | meaning | Bedeutung | values / Werte | notes / Hinweise |"
    yield "|---|---|---|---|---|---|---|"
    for column in table.columns:
        cells = (
            f"`{column.name}`",
            column.german,
            _KINDS[column.kind],
            column.meaning,
            column.bedeutung,
            _values(column),
            "; ".join(_notes(table, column)),
        )
        yield f"| {' | '.join(cells)} |"


def _values(column: Column) -> str:
    """Allowed values."""
    if column.categories:
        return ", ".join(f"{word} (`{name}`)" for name, word in column.categories.items())
    if column.lowest is not None or column.highest is not None:
        low = "" if column.lowest is None else f"{column.lowest:g}"
        high = "" if column.highest is None else f"{column.highest:g}"
        return f"{low} … {high}".strip()
    return ""


def _notes(table: Table, column: Column) -> Iterator[str]:
    """What else is to be known about a column."""
    if not column.required:
        yield "may be empty / darf leer sein"
    if column.open_end:
        yield "open end / offenes Ende"
    if column.planned:
        yield "may lie ahead / darf in der Zukunft liegen"
    if column.month:
        yield "first of the month / Monatserster"
    if column.references:
        yield f"→ `{column.references}`"
    if column.name == table.one_at_a_time:
        yield "one spell at a time / ein Zeitraum zur Zeit"
    if _SENSITIVITY[column.sensitivity]:
        yield _SENSITIVITY[column.sensitivity]


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
