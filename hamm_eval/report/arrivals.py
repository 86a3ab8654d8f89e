"""How quarters of arrival are shown: whether they differ, and what of it their composition makes."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedArrivalQuarter, ReleasedArrivals
from hamm_eval.report import follow_up
from hamm_eval.report.findings import NO_BREAK
from hamm_eval.report.markup import (
    Column,
    Content,
    Row,
    caution,
    count_note,
    join,
    read_box,
    table,
    with_interval,
)
from hamm_eval.report.tables.effect import reasons
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import Quarter


def arrivals_title(release: ReleasedArrivals, wording: Wording) -> str:
    """The finding: which quarters lie apart although composed alike."""
    endpoint = wording.endpoint(release.endpoint)
    if release.withheld:
        return wording.text("arrivals.title_withheld", endpoint=endpoint)
    apart = [
        _named(row, wording)
        for row in release.quarters
        if (row.apart.lower or 0) > 0 or (row.apart.upper or 0) < 0
    ]
    if not apart:
        return wording.text("arrivals.title_none", endpoint=endpoint)
    return wording.text("arrivals.title", endpoint=endpoint, quarters=wording.join(apart))


def arrivals_fragment(release: ReleasedArrivals, wording: Wording) -> Markup:
    """One row a quarter: observed, for equal composition, the part of composition, the distance from all."""
    title = arrivals_title(release, wording)
    if release.withheld:
        heading = Markup('<p class="he-finding">{}</p>').format(title)
        return join([heading, reasons(tuple((key, {}) for key in release.withheld), wording)])
    columns = [
        Column(wording.text("arrivals.column_quarter"), numeric=False),
        Column(wording.text("model.column_persons")),
        Column(wording.text("arrivals.column_observed")),
        Column(wording.text("arrivals.column_mix")),
        Column(wording.text("arrivals.column_standardised")),
        Column(wording.text("arrivals.column_apart")),
    ]
    rows = [
        Row(
            _named(row, wording),
            (
                wording.count(row.persons),
                wording.share_alone(row.observed),
                wording.text("symbols.none") if row.mix is None else wording.points(row.mix),
                _with_range(row, wording),
                _apart(row.apart, wording),
            ),
        )
        for row in release.quarters
    ]
    said = {
        "landmark": wording.number(release.landmark_days),
        "horizon": wording.number(release.horizon_days),
        "origin": follow_up.origin(release.endpoint, wording),
        "groups": wording.join(map(wording.dimension, release.case_mix)),
    }
    numbers = table(
        title,
        columns,
        rows,
        wording.text("arrivals.who", **said),
        count_note(wording, [row.persons for row in release.quarters]),
    )
    box = read_box(wording, wording.text("arrivals.read", **said), what="table")
    return join([numbers, caution(wording.text("arrivals.caution")), box])


def _named(row: ReleasedArrivalQuarter, wording: Wording) -> str:
    """A quarter in words."""
    return wording.quarter(Quarter.parse(row.quarter)).replace(" ", NO_BREAK)


def _with_range(row: ReleasedArrivalQuarter, wording: Wording) -> Content:
    """The share for equal composition with its interval."""
    share = row.standardised
    at = Interval(value=share.value, lower=share.lower, upper=share.upper)
    return with_interval(wording.share_alone(share), wording.percent_range(at).replace(" ", NO_BREAK))


def _apart(apart: Interval, wording: Wording) -> Content:
    """The distance from all quarters together, with its interval."""
    if apart.value is None or apart.lower is None or apart.upper is None:
        return wording.text("symbols.none")
    interval = wording.points_range(apart.lower, apart.upper).replace(" ", NO_BREAK)
    return with_interval(wording.points(apart.value), interval)
