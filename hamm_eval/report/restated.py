"""Figures of the former report that this one tells in another way, as a table under the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from hamm_eval.release.released import (
    Release,
    ReleasedArrivals,
    ReleasedCaseload,
    ReleasedDistribution,
    ReleasedFunding,
    ReleasedTable,
    Restatement,
)
from hamm_eval.report.distributions import distribution_title
from hamm_eval.report.markup import Column, Row, table
from hamm_eval.report.tables.counts import count_caption
from hamm_eval.report.tables.distribution import quantile_name
from hamm_eval.report.tables.quantiles import amount
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import Quarter


def restated_table(found: Sequence[Restatement], releases: Mapping[str, Release], wording: Wording) -> Markup:
    """Old, new, how they differ and why; nothing where no figure was restated."""
    if not found:
        return Markup("")
    columns = [
        Column(wording.text(f"restatements.{name}"), numeric=name in ("old", "new"))
        for name in ("what", "period", "old", "new", "difference", "reason")
    ]
    rows = [
        Row(
            _what(each, releases[each.of], wording),
            (
                wording.quarter(Quarter.parse(each.period)),
                _value(each.old, each, releases[each.of], wording),
                _value(each.new, each, releases[each.of], wording),
                wording.text(f"restatements.differences.{each.difference}"),
                wording.text(f"restatements.reasons.{each.reason}"),
            ),
        )
        for each in found
    ]
    return table(wording.text("restatements.title"), columns, rows, wording.text("restatements.note"))


def _what(each: Restatement, release: Release, wording: Wording) -> str:
    """The result's title and which of its figures."""
    match release:
        case ReleasedTable():
            title = count_caption(release, wording)
            which = (
                wording.level_name(release.column_dimension, each.what) if release.column_dimension else ""
            )
        case ReleasedArrivals(endpoint=endpoint):
            title = wording.text("restatements.of.arrivals", endpoint=wording.endpoint(endpoint))
            which = wording.text(f"restatements.of.{each.what}")
        case ReleasedFunding(begun=begun):
            return _what(each, begun, wording)
        case ReleasedCaseload():
            title, at = wording.text("caseload.caption"), each.what.removeprefix("quantile_")
            which = wording.text("caseload.column_open")
            if each.what != at:
                which = wording.text("restatements.of.caseload", share=quantile_name(float(at), wording))
        case ReleasedDistribution():
            title = distribution_title(release, wording)
            share = wording.percent(float(each.what.removeprefix("quantile_")))
            which = wording.text("restatements.of.quantile", share=share)
        case _:
            title, which = each.of, each.what
    return f"{title}: {which}" if which else title


def _value(value: float | None, each: Restatement, release: Release, wording: Wording) -> str:
    """A figure as its own table shows it."""
    if value is None:
        return wording.text("restatements.not_shown")
    if each.what == "share":
        return wording.percent(value)
    if isinstance(release, ReleasedDistribution):
        return amount(value, release.unit, wording)
    return wording.number(value)
