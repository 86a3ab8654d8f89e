"""How support by volunteers is shown: by quarter, quarters without records as such; what goes with it."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import Release, ReleasedModel, ReleasedTable
from hamm_eval.report.figures.coverage import coverage
from hamm_eval.report.findings import NO_BREAK, model_title
from hamm_eval.report.fragments import model_fragment
from hamm_eval.report.markup import figure, join, note, read_box
from hamm_eval.report.tables.counts import count_table
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import Quarter

QUESTION = "volunteers"
DIMENSION = "volunteer_support"


def coverage_title(release: ReleasedTable, wording: Wording) -> str:
    """The finding: the share supported in the last quarter that has one."""
    what = wording.dimension(_key(release))
    told = [
        (row, line[0].share)
        for row, line in zip(release.rows, release.cells, strict=True)
        if line[0].share is not None
    ]
    if not told:
        return wording.text("volunteers.title_withheld", what=what)
    quarter, share = told[-1]
    return wording.text(
        "volunteers.title",
        what=what,
        quarter=wording.quarter(Quarter.parse(quarter)),
        value=wording.percent(share or 0.0),
    )


def coverage_fragment(release: ReleasedTable, wording: Wording) -> Markup:
    """Bars by quarter and the counts."""
    title = coverage_title(release, wording)
    box = read_box(wording, wording.text("volunteers.read"), wording.text("volunteers.read_missing"))
    caption = wording.text("volunteers.caption", what=wording.dimension(_key(release)))
    return join(
        [
            figure(title, coverage(release, title, wording), box, note(wording.text("volunteers.who"))),
            count_table(release, wording, caption),
        ]
    )


def association_title(release: ReleasedModel, wording: Wording) -> str:
    """The finding: what goes with support, whatever else the model holds."""
    key = _key(release)
    term = next((term for term in release.terms if term.factor == key and not term.reference), None)
    if term is None:
        return model_title(release, wording)
    towards = "faster" if term.lower > 1 else "slower" if term.upper < 1 else "unclear"
    return wording.text(
        f"volunteers.association_{towards}",
        what=wording.dimension(key),
        endpoint=wording.endpoint(release.endpoint),
        ratio=wording.number(term.ratio, 2),
        range=wording.text(
            "units.ratio_range", lower=wording.number(term.lower, 2), upper=wording.number(term.upper, 2)
        ).replace(" ", NO_BREAK),
    )


def association_fragment(release: ReleasedModel, wording: Wording) -> Markup:
    """The model with support among its characteristics, and what became of times without records."""
    missing = wording.text("volunteers.association_missing")
    return model_fragment(release, wording, title=association_title(release, wording), more=missing)


def _key(release: Release) -> str:
    """The question's key in params."""
    return release.id.partition(":")[2].partition("/")[0]
