"""Categories, yes/no and identifiers."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from hamm_eval.casefile.conversion.offenders import Cells
from hamm_eval.casefile.names import folded, nearest
from hamm_eval.casefile.plan import ColumnPlan
from hamm_eval.casefile.schema import Sensitivity

_LONGEST_LIST = 12


def to_categories(cells: Cells, plan: ColumnPlan) -> pl.Series:
    """Our words of one column; an unknown word is refused with the allowed ones."""
    if not plan.words:
        return cells.text  # a further column without values keeps its own words
    meant = _look_up(cells, plan)
    return cells.text.replace_strict(meant, default=None, return_dtype=pl.String)


def to_yes_no(cells: Cells, plan: ColumnPlan) -> pl.Series:
    """True and false of one column."""
    meant = _look_up(cells, plan)
    return cells.text.replace_strict(meant, default=None, return_dtype=pl.Boolean)


def to_ids(cells: Cells) -> pl.Series:
    """Identifiers: text as written, leading zeros kept."""
    damaged = cells.text.str.contains(r"^[0-9][.,][0-9]+[eE]\+?[0-9]+$").fill_null(False)
    cells.refuse("id_damaged", damaged)
    cells.refuse("id_like_name", cells.text.str.contains(r"[\s,@]").fill_null(False) & ~damaged)
    return cells.text


def _look_up(cells: Cells, plan: ColumnPlan) -> dict[str, str | bool]:
    """What each distinct text of the column means; unknown ones are refused."""
    distinct = cells.text.drop_nulls().unique().to_list()
    meant = {text: plan.words[folded(text)] for text in distinct if folded(text) in plan.words}
    if len(meant) < len(distinct):
        unknown = cells.text.is_not_null() & ~cells.text.is_in(list(meant))
        # The nearest word tells what one person's cell holds: only where that may be told.
        ordinary = plan.column.sensitivity is Sensitivity.ORDINARY
        near = nearest(cells.text.filter(unknown)[0], plan.shown_words) if ordinary else None
        listed = plan.shown_words[: _LONGEST_LIST if ordinary else None]
        more = " …" if len(listed) < len(plan.shown_words) else ""
        cells.refuse(
            "category_unknown",
            unknown,
            hint_de=f" Ist „{near}“ gemeint?" if near else "",
            hint_en=f" Is “{near}” meant?" if near else "",
            allowed=", ".join(listed) + more,
        )
    _note_other_language(cells, plan, meant)
    return meant


def _note_other_language(cells: Cells, plan: ColumnPlan, meant: Mapping[str, str | bool]) -> None:
    """Warn of our own words in a column that is written in the source's: ``None`` may mean nothing at all."""
    shown = {folded(word) for word in plan.shown_words}
    ours = [text for text in meant if folded(text) not in shown]
    if 0 < len(ours) < len(meant):
        cells.warn("category_other_language", cells.text.is_in(ours).fill_null(False))
