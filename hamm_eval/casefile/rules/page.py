"""docs/rules.md, written from the rules and the declarations: ``python -m hamm_eval.casefile.rules``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hamm_eval.casefile.rules import RULES, Rule, Severity
from hamm_eval.casefile.schema import Table
from hamm_eval.casefile.tables import TABLES

_HEAD = """# Rules of intake (Prüfregeln)

Written from `hamm_eval/casefile/rules/` and the declarations; do not edit by hand.
`python -m hamm_eval.casefile.rules > docs/rules.md` writes it anew.

`hamm-eval check DIR` names each finding by file, line and column. No text tells a value of the data; `…`
stands for a header, a count or a word of the declarations. *#* is the number in the list of forty bad inputs
that intake is tested by. A rule without tables holds for all.

`hamm-eval check DIR` nennt jeden Befund mit Datei, Zeile und Spalte. Kein Text verrät einen Wert; `…` steht
für einen Spaltennamen, eine Anzahl oder ein vorgesehenes Wort. *#* ist die Nummer in der Liste von vierzig
fehlerhaften Eingaben, mit denen das Einlesen getestet wird. Eine Regel ohne Tabellen gilt für alle.
"""
_SEVERITIES = {
    Severity.REFUSE: (
        "refuse / Ablehnung",
        "The export cannot be used until this is mended. / Der Export ist erst verwendbar, wenn das "
        "berichtigt ist.",
    ),
    Severity.QUARANTINE: (
        "quarantine / Zurückgestellt",
        "The row is set aside and counted. / Die Zeile wird beiseitegelegt und gezählt.",
    ),
    Severity.WARN: (
        "warn / Warnung",
        "The rows are used; look at them. / Die Zeilen werden verwendet; sehen Sie sie sich an.",
    ),
    Severity.NOTICE: (
        "notice / Hinweis",
        "To be known. / Zur Kenntnis.",
    ),
}
_FILLED_IN = re.compile(r"\{[a-z_]+\}")


def rules_page() -> str:
    """The whole page as Markdown, in German and English."""
    return _HEAD + "".join("\n" + "\n".join(_section(severity)) + "\n" for severity in Severity)


def tables_of(rule: Rule) -> tuple[str, ...]:
    """The tables whose declarations a rule is about, by our names; none where it is about all."""
    return tuple(table.name for table in TABLES if rule.id in _declared(table))


def _declared(table: Table) -> frozenset[str]:
    """Ids of the rules that this table's declaration calls for."""
    found = {bound.rule for bound in table.bounds}
    if table.spell is not None:
        found |= {"end_before_begin", "end_without_begin"}
    if table.one_at_a_time:
        found.add("spells_overlap")
    if table.seamless:
        found |= {"spells_gap", "spells_jump"}
    if table.steps:
        found.add("spells_teleport")
    if table.ascending:
        found.add("phases_out_of_order")
    if table.order:
        found.add("dates_out_of_order")
    if table.ages:
        found.add("age_implausible" if table.name == "persons" else "age_at_event")
    if not table.optional:
        found.add("nothing_known")
    if any(column.only_with for column in table.columns):
        found |= {"ending_without_date", "ending_unsaid"}
    if any(column.lasting for column in table.columns):
        found.add("id_reused")
    if any(column.references for column in table.columns):
        found |= {"reference_unknown", "reference_not_yet_known"}
    if any(column.month for column in table.columns):
        found.add("birth_date_full")
    return frozenset(found | _TOGETHER.get(table.name, set()))


_TOGETHER = {
    "persons": {"household_heads_several", "household_head_missing"},
    "goals": {"review_overdue"},
}


def _section(severity: Severity) -> Iterator[str]:
    """The rules of one severity."""
    title, meaning = _SEVERITIES[severity]
    yield f"## {title}"
    yield ""
    yield meaning
    yield ""
    yield "| id | tables / Tabellen | Deutsch | English | # |"
    yield "|---|---|---|---|---:|"
    for rule in RULES:
        if rule.severity is severity:
            tables = ", ".join(f"`{name}`" for name in tables_of(rule))
            german, english = (_FILLED_IN.sub("…", text) for text in (rule.de, rule.en))
            numbers = ", ".join(map(str, rule.cases))
            yield f"| `{rule.id}` | {tables} | {german} | {english} | {numbers} |"
