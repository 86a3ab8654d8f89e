"""What the findings report says, in whatever form: tables as read, findings by rule and by table.

Pure: a checked export and a wording in, frozen rows out. Line numbers, names of files and columns and the
texts of the rules are all there is in them; a finding holds no value.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hamm_eval.casefile.rules import BY_ID, RULES, Severity
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.report.intake.read_tables import ReadTable, read_tables
from hamm_eval.report.intake.sentences import rule_title, shown, split_texts

if TYPE_CHECKING:
    from hamm_eval.casefile.findings import Finding
    from hamm_eval.casefile.intake import CheckedExport
    from hamm_eval.report.wording import Wording

SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Place:
    """One finding: where it is, and what its text adds to that of its rule.

    Parameters
    ----------
    rule : str
        Id of the rule.
    severity : Severity
    table : str
        Our name of the table; empty for files that belong to none.
    file, column : str
        As the source names them.
    lines : tuple of int
        The first lines, a thousand at most.
    count : int
        How many rows; 0 where the finding is about a file, a column or months.
    where, listed : str
        File, line and column in one; how many rows and the first of their lines.
    text : str
        What is wrong and what to do, in full.
    own : str
        What of it is not in the text of the rule's group.
    """

    rule: str
    severity: Severity
    table: str
    file: str
    column: str
    lines: tuple[int, ...]
    count: int
    where: str
    listed: str
    text: str
    own: str


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """All findings of one rule.

    Parameters
    ----------
    rule : str
    severity : Severity
    title, todo : str
        What is wrong, in one sentence without its full stop; what all places have in common besides.
    places : tuple of Place
    rows : int
        How many rows, over all places; a row that is named at two places counts twice.
    """

    rule: str
    severity: Severity
    title: str
    todo: str
    places: tuple[Place, ...]
    rows: int

    @property
    def files(self) -> tuple[str, ...]:
        """Files concerned, each once."""
        return tuple(dict.fromkeys(place.file for place in self.places))


@dataclass(frozen=True, slots=True)
class TableGroup:
    """All findings in one table.

    Parameters
    ----------
    table : str
        Our name; empty for files that belong to none.
    name : str
        Its name in the language of the report.
    places : tuple of Place
        In the order of their lines.
    """

    table: str
    name: str
    places: tuple[Place, ...]

    def count(self, severity: Severity) -> int:
        """How many findings of this severity."""
        return sum(place.severity is severity for place in self.places)


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """All that a findings report says.

    Parameters
    ----------
    source : str
        Name of the folder, workbook or schema, without its path.
    usable : bool
    data_cut : datetime.date or None
        None where the export is refused.
    tables : tuple of ReadTable
    not_delivered : tuple of str
        Names of the tables that may lack, and do.
    rules : tuple of RuleGroup
        By severity, then in the order in which to mend: files, columns, values, records.
    by_table : tuple of TableGroup
    counts : Mapping of Severity to int
        Findings of each severity.
    """

    source: str
    usable: bool
    data_cut: dt.date | None
    tables: tuple[ReadTable, ...]
    not_delivered: tuple[str, ...]
    rules: tuple[RuleGroup, ...]
    by_table: tuple[TableGroup, ...]
    counts: Mapping[Severity, int]

    @property
    def findings(self) -> int:
        """How many findings."""
        return sum(self.counts.values())

    @property
    def read_tables(self) -> int:
        """How many tables were read."""
        return sum(table.rows is not None for table in self.tables)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return sum(table.rows for table in self.tables if table.rows is not None)

    def of(self, severity: Severity) -> tuple[RuleGroup, ...]:
        """The rules of one severity."""
        return tuple(group for group in self.rules if group.severity is severity)


def intake_report(checked: CheckedExport, source: str, wording: Wording) -> IntakeReport:
    """What a findings report says of a checked export.

    Parameters
    ----------
    checked : CheckedExport
    source : str
        Name of the folder, workbook or schema, without its path.
    wording : Wording
    """
    order = {rule.id: i for i, rule in enumerate(RULES)}
    by_rule: dict[str, list[Finding]] = {}
    for finding in checked.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    groups = [_rule_group(rule, findings, wording) for rule, findings in by_rule.items()]
    groups.sort(key=lambda group: (SEVERITIES.index(group.severity), order[group.rule]))
    case_file = checked.case_file
    tables, absent = read_tables(checked, wording)
    counted = Counter(finding.severity for finding in checked.findings)
    return IntakeReport(
        source=shown(source),
        usable=checked.usable,
        data_cut=None if case_file is None else case_file.data_cut,
        tables=tables,
        not_delivered=absent,
        rules=tuple(groups),
        by_table=tuple(_by_table(groups, wording)),
        counts={severity: counted[severity] for severity in SEVERITIES},
    )


def _rule_group(rule: str, findings: list[Finding], wording: Wording) -> RuleGroup:
    """Findings of one rule, what their texts share said once."""
    texts = [shown(finding.text(wording.language)) for finding in findings]
    first, todo, own = split_texts(texts)
    places = tuple(
        Place(
            rule=rule,
            severity=finding.severity,
            table=finding.table,
            file=shown(finding.file),
            column=shown(finding.column),
            lines=finding.lines,
            count=finding.count if finding.lines else 0,
            where=shown(finding.where),
            listed=finding.listed(wording.language),
            text=text,
            own=particular,
        )
        for finding, text, particular in zip(findings, texts, own, strict=True)
    )
    title = first or rule_title(BY_ID[rule], wording.language)
    return RuleGroup(rule, BY_ID[rule].severity, title, todo, places, sum(place.count for place in places))


def _by_table(groups: Iterable[RuleGroup], wording: Wording) -> Iterable[TableGroup]:
    """The same places by table, in the order in which the tables are declared; other files last."""
    found: dict[str, list[Place]] = {}
    for group in groups:
        for place in group.places:
            found.setdefault(place.table, []).append(place)
    order = {name: i for i, name in enumerate(BY_NAME)}
    for table in sorted(found, key=lambda name: order.get(name, len(order))):
        name = wording.level("table", table) if table else wording.text("check.other_files")
        places = sorted(found[table], key=lambda place: (place.file, place.lines[:1], place.column))
        yield TableGroup(table, name, tuple(places))
