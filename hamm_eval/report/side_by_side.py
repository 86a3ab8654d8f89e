"""How pace and share stand side by side: what they find together, and the numbers by characteristic."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from hamm_eval.release.released import ReleasedModel, ReleasedSideBySide, ReleasedTerm
from hamm_eval.report import follow_up, outside
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


def side_by_side_title(release: ReleasedSideBySide, wording: Wording) -> str:
    """The finding: where a pace that surely differs does not come with such a share."""
    endpoint = wording.endpoint(release.endpoint)
    if release.hazard.withheld:
        return wording.text("model.title_withheld", endpoint=endpoint)
    if not release.directions:
        return wording.text("side_by_side.title_pace", endpoint=endpoint)
    apart = [
        term.factor
        for term, direction in zip(release.hazard.terms, release.directions, strict=True)
        if not term.reference and _pace(term) not in ("unclear", direction)
    ]
    if not apart:
        return wording.text("side_by_side.title_same", endpoint=endpoint)
    factors = wording.join(f"„{name}“" if wording.language == "de" else f"“{name}”" for name in
                           dict.fromkeys(map(wording.dimension, apart)))  # fmt: skip
    return wording.text("side_by_side.title_apart", endpoint=endpoint, factors=factors)


def side_by_side_fragment(release: ReleasedSideBySide, wording: Wording) -> Markup:
    """The table with its caution; the reasons where the model of the pace is withheld."""
    title = side_by_side_title(release, wording)
    if release.hazard.withheld:
        heading = Markup('<p class="he-finding">{}</p>').format(title)
        return join([heading, reasons(tuple((key, {}) for key in release.hazard.withheld), wording)])
    shown = [model for model in release.competing if model is not None and not model.withheld]
    columns = [
        Column(wording.text("side_by_side.column_group"), numeric=False),
        Column(wording.text("model.column_persons")),
        Column(wording.text("side_by_side.column_pace")),
        *(
            Column(wording.text("side_by_side.column_leaving", cause=wording.cause(model.of)))
            for model in shown
        ),
    ]
    if release.directions:
        columns.append(Column(wording.text("side_by_side.column_share"), numeric=False))
    rows = [_row(release, position, shown, wording) for position in range(len(release.hazard.terms))]
    numbers = table(
        title,
        columns,
        rows,
        count_note(wording, [term.persons for term in release.hazard.terms]),
        follow_up.condition_of(release.hazard, wording),
        outside.of_model(release.hazard, wording),
        *_left_out(release, wording),
    )
    read = [wording.text("side_by_side.read")]
    if shown:
        read.append(wording.text("side_by_side.read_leaving"))
    if release.directions:
        read.append(wording.text("side_by_side.read_share"))
    box = read_box(wording, *read, what="table")
    return join([numbers, caution(wording.text("model.caution")), box])


def _row(release: ReleasedSideBySide, position: int, shown: Sequence[ReleasedModel], wording: Wording) -> Row:
    """One group: its persons, its pace to the goal and to what competes, where its share lies."""
    term = release.hazard.terms[position]
    cells: list[Content] = [wording.count(term.persons), _ratio(term, wording)]
    for model in shown:
        same = [t for t in model.terms if (t.factor, t.level) == (term.factor, term.level)]
        cells.append(_ratio(same[0], wording) if same else wording.text("symbols.none"))
    if release.directions:
        cells.append(wording.text(f"side_by_side.share_{release.directions[position]}"))
    factor = wording.dimension(term.factor)
    heading = wording.level_name(term.factor, term.level) if term.level else factor
    return Row(heading, tuple(cells), group=factor)


def _pace(term: ReleasedTerm) -> str:
    """In which direction a ratio surely lies."""
    return "more" if term.lower > 1 else "fewer" if term.upper < 1 else "unclear"


def _ratio(term: ReleasedTerm, wording: Wording) -> Content:
    """A ratio with its interval beneath."""
    if term.reference:
        return wording.text("model.reference")
    interval = wording.text(
        "units.ratio_range", lower=wording.number(term.lower, 2), upper=wording.number(term.upper, 2)
    )
    return with_interval(wording.number(term.ratio, 2), interval)


def _left_out(release: ReleasedSideBySide, wording: Wording) -> list[str]:
    """Models that are not shown, each with a word."""
    said = [
        wording.text(
            "side_by_side.leaving_withheld", cause=wording.cause(model.of), events=wording.count(model.events)
        )
        for model in release.competing
        if model is not None and model.withheld
    ]
    if release.incidence_withheld and release.competing:
        said.append(wording.text("side_by_side.share_withheld"))
    return said
