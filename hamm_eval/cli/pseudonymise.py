"""``hamm-eval pseudonymise``: an export without names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hamm_eval.cli.console import Language, errors_for_people, say

if TYPE_CHECKING:
    from hamm_eval.casefile.pseudonyms import Pseudonymised

_WORDS = {
    "de": {
        "table": "{source} -> {file}: {rows} Zeilen",
        "left_out": ", {count} Summen- oder Leerzeilen weggelassen",
        "pseudonym": "  Pseudonym: {column} ({changed})",
        "month": "  auf den Monat gekürzt: {column} ({changed} von {given})",
        "keep": "  unverändert: {columns}",
        "identifying": "  weggelassen, identifizierend: {columns}",
        "free_text": "  weggelassen, Freitext: {columns}",
        "undeclared": "  weggelassen, nicht gebraucht: {columns}",
        "ignored": "Nicht geschrieben, gehört zu keiner Tabelle: {file}",
        "key": "Neuer Schlüssel in {path}: Bewahren Sie ihn getrennt von den Daten auf, für alle Quartale.",
        "written": "Geschrieben: {out}. Weiter mit: hamm-eval check {out}{mapping}",
    },
    "en": {
        "table": "{source} -> {file}: {rows} rows",
        "left_out": ", {count} rows of totals or without anything left out",
        "pseudonym": "  pseudonym: {column} ({changed})",
        "month": "  reduced to the month: {column} ({changed} of {given})",
        "keep": "  unchanged: {columns}",
        "identifying": "  left out, identifying: {columns}",
        "free_text": "  left out, free text: {columns}",
        "undeclared": "  left out, not needed: {columns}",
        "ignored": "Not written, belongs to no table: {file}",
        "key": "New key in {path}: keep it apart from the data, for all quarters.",
        "written": "Written: {out}. Go on with: hamm-eval check {out}{mapping}",
    },
}


def pseudonymise_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that holds an export.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New folder for the pseudonymised export.")],
    key_file: Annotated[
        Path,
        typer.Option(metavar="FILE", help="The secret key; outside both folders, readable by you alone."),
    ],
    new_key: Annotated[bool, typer.Option("--new-key", help="Create the key first.")] = False,
    mapping: Annotated[Path | None, typer.Option(help="How the source names things (YAML).")] = None,
    language: Annotated[Language, typer.Option(help="Language of what is told.")] = "de",
) -> None:
    """Write an export anew without names: pseudonyms, months of birth, nothing undeclared.

    The same key gives the same pseudonyms in every table and every quarter. DIR is not touched.
    """
    with errors_for_people():
        from hamm_eval.casefile.pseudonyms import create_key, pseudonymise, read_key, refuse_place

        refuse_place(key_file, (folder, out))
        if new_key:
            create_key(key_file)
            say(_WORDS[language]["key"].format(path=key_file))
        done = pseudonymise(folder, out, key=read_key(key_file), mapping=mapping)
        _tell(done, language)
        with_mapping = f" --mapping {mapping}" if mapping else ""
        say(_WORDS[language]["written"].format(out=out, mapping=with_mapping))


def _tell(done: Pseudonymised, language: Language) -> None:
    """What was done with each table and column, in numbers."""
    words = _WORDS[language]
    for table in done.tables:
        left_out = words["left_out"].format(count=table.left_out) if table.left_out else ""
        say(words["table"].format(source=table.source, file=table.file, rows=table.rows) + left_out)
        for column in table.columns:
            if column.action in ("pseudonym", "month"):
                counts = {"changed": column.changed, "given": column.given}
                say(words[column.action.value].format(column=column.shown, **counts))
        for action in ("keep", "identifying", "free_text", "undeclared"):
            names = [column.shown for column in table.columns if column.action == action]
            if names:
                say(words[action].format(columns=", ".join(names)))
    for file in done.ignored:
        say(words["ignored"].format(file=file))
