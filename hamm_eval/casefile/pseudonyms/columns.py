"""What becomes of each column of a file; what nobody declared is left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from hamm_eval.casefile.extra_columns import free_text, identifying
from hamm_eval.casefile.findings import FileCollector
from hamm_eval.casefile.names import folded
from hamm_eval.casefile.plan import ColumnPlan, TablePlan
from hamm_eval.casefile.proposal.vocabulary import column_names
from hamm_eval.casefile.readers.header import Header
from hamm_eval.casefile.schema import Kind, Sensitivity, Table


class Action(StrEnum):
    """What is done with a column."""

    PSEUDONYM = "pseudonym"
    MONTH = "month"
    KEEP = "keep"
    IDENTIFYING = "identifying"
    FREE_TEXT = "free_text"
    UNDECLARED = "undeclared"

    @property
    def dropped(self) -> bool:
        """Whether the column is left out."""
        return self in (Action.IDENTIFYING, Action.FREE_TEXT, Action.UNDECLARED)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one column.

    Parameters
    ----------
    index : int
        Position in the file.
    shown : str
        How messages call it.
    action : Action
    plan : ColumnPlan or None
        As declared; None where it is left out.
    header : str
        What it is called in the new file.
    """

    index: int
    shown: str
    action: Action
    plan: ColumnPlan | None = None
    header: str = ""


def decide(plan: TablePlan, header: Header, notes: FileCollector) -> tuple[Decision, ...] | None:
    """Decide on every column; None where the header may be somebody's data, or names a column twice."""
    if not header.trusted:
        expected = ", ".join(column.headers[0] for column in plan.columns if not column.absent)
        notes.add("header_missing", lines=header.lines, expected=expected)
        return None
    declared = {folded(name): column for column in plan.columns for name in column.headers}
    held = Counter(declared[folded(name)].column.name for name in header.names if folded(name) in declared)
    birth = next((c for c in plan.columns if c.column.month and not held[c.column.name]), None)
    decisions: list[Decision] = []
    for index, name in enumerate(header.names):
        column = declared.get(folded(name))
        if column is None and birth is not None and _means(plan.table, birth, name):
            column, held[birth.column.name] = birth, held[birth.column.name] + 1
        shown = header.shown(index)
        if column is None:
            decisions.append(Decision(index, shown, _left_out(plan, name)))
        elif held[column.column.name] > 1:
            notes.add("column_duplicate", column=shown, lines=header.lines)
        else:
            own = name if folded(name) in declared else column.headers[0]
            decisions.append(Decision(index, shown, _action(column), column, own))
    return None if notes.refused else tuple(decisions)


def kind_of(table: Table, plan: ColumnPlan) -> str:
    """What an identifier identifies: the record it refers to, or its own column."""
    return plan.column.references or f"{table.name}.{plan.column.name}"


def _means(table: Table, birth: ColumnPlan, name: str) -> bool:
    """Whether an undeclared header is a date of birth, the month of which is wanted."""
    return column_names(table.name, birth.column.name).sure(name) > 0


def _action(plan: ColumnPlan) -> Action:
    """What a declared column needs."""
    column = plan.column
    if column.kind is Kind.ID and column.sensitivity is Sensitivity.IDENTIFYING:
        return Action.PSEUDONYM
    return Action.MONTH if column.month else Action.KEEP


def _left_out(plan: TablePlan, name: str) -> Action:
    """Why an undeclared column is left out."""
    if folded(name) in plan.free_text:
        return Action.FREE_TEXT
    if identifying(name) is not None:
        return Action.IDENTIFYING
    return Action.FREE_TEXT if free_text(name) else Action.UNDECLARED
