"""How it is shown where agreed goals stand: scores, findings and adaptations, by domain."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from hamm_eval.release.released import Cell, ReleasedGoalScores, ReleasedStandings
from hamm_eval.report.figures.distribution import quantile_name
from hamm_eval.report.figures.goal_bars import AFTER, FROM_AGREED, finding_bars, score_bars
from hamm_eval.report.markup import (
    Column,
    Content,
    Row,
    count_note,
    figure,
    join,
    read_box,
    table,
    with_interval,
)
from hamm_eval.report.wording import Wording

# Titles where domains differ, where they do not, and where nothing may be told.
_SCORES = ("goal_scores.title", "goal_scores.title_equal", "goal_scores.title_none")
_FINDINGS = (
    "goal_scores.findings_title",
    "goal_scores.findings_title_equal",
    "goal_scores.findings_title_none",
)


def goal_scores_title(release: ReleasedGoalScores, wording: Wording) -> str:
    """The finding: between which shares the domains lie that have attained at least what was agreed."""
    shares = [
        sum(cell.share or 0.0 for cell in cells)
        for cells in _columns(release.scores, tuple(FROM_AGREED))
        if all(cell.share is not None for cell in cells)
    ]
    return _range_title(_SCORES, shares, wording)


def _range_title(keys: tuple[str, str, str], shares: Sequence[float], wording: Wording) -> str:
    """A finding over all domains that have one; never which domain is ahead."""
    between, equal, none = keys
    if not shares:
        return wording.text(none)
    low, high = wording.percent(min(shares)), wording.percent(max(shares))
    return wording.text(equal, value=low) if low == high else wording.text(between, low=low, high=high)


def findings_title(release: ReleasedGoalScores, wording: Wording) -> str:
    """The finding: what adaptations made of it."""
    met = (cells[0] for cells in _columns(release.findings, ("met",)))
    parts = [
        min(after.value / whole.value, 1.0)
        for whole, after in zip(met, release.after_adaptation, strict=True)
        if whole.value is not None
        and whole.value >= wording.policy.smallest_denominator
        and after.value is not None
    ]
    return _range_title(_FINDINGS, parts, wording)


def goal_scores_fragment(release: ReleasedGoalScores, wording: Wording) -> Markup:
    """Both pictures, each with its numbers beneath."""
    scores, findings = goal_scores_title(release, wording), findings_title(release, wording)
    return join(
        [
            figure(
                scores,
                score_bars(release, _alternative(release, release.scores, scores, wording), wording),
                read_box(wording, wording.text("goal_scores.read"), wording.text("goal_scores.read_without")),
            ),
            _table(release, release.scores, (), wording),
            _t_scores(release, wording),
            figure(
                findings,
                finding_bars(release, _alternative(release, release.findings, findings, wording), wording),
                read_box(
                    wording,
                    wording.text("goal_scores.findings_read"),
                    wording.text("goal_scores.read_adapted"),
                ),
            ),
            _table(release, release.findings, release.after_adaptation, wording),
        ]
    )


def _columns(standings: ReleasedStandings, names: Sequence[str]) -> list[tuple[Cell, ...]]:
    """The cells of some columns, domain by domain."""
    at = [standings.columns.index(name) for name in names]
    return [tuple(cells[i] for i in at) for cells in standings.cells]


def _table(
    release: ReleasedGoalScores, standings: ReleasedStandings, after: Sequence[Cell], wording: Wording
) -> Markup:
    """What was recorded by domain: persons, and beneath them their share of all with a goal."""
    columns = [Column(wording.dimension(standings.dimension), numeric=False)]
    columns += [Column(wording.level_name("domain", domain)) for domain in release.domains]
    rows = []
    for at, name in enumerate(standings.columns):
        cells = tuple(_cell(line[at], wording) for line in standings.cells)
        rows.append(Row(wording.level_name(standings.dimension, name), cells))
        if name == "met" and after:
            said = wording.text("goal_scores.of_them_after")
            rows.append(Row(said, tuple(_cell(cell, wording) for cell in after)))
    everyone = tuple(wording.count(cell) for cell in release.persons)
    rows.append(Row(wording.text("goal_scores.row_persons"), everyone, strong=True))
    shown = [cell for line in standings.cells for cell in line]
    return table(
        wording.text(f"table.caption.{standings.dimension}"),
        columns,
        rows,
        count_note(wording, [*shown, *after, *release.persons]),
        wording.text("goal_scores.shares_note"),
    )


def _t_scores(release: ReleasedGoalScores, wording: Wording) -> Markup:
    """T-scores by domain, beside those who have none as a goal was dropped or adapted: secondary."""
    known = release.t_scores
    columns = [Column(wording.dimension("domain"), numeric=False)]
    names = [quantile_name(at, wording) for at in known.probabilities]
    columns += [
        Column(name[:1].upper() + name[1:], group=wording.text("goal_scores.t_column")) for name in names
    ]
    columns.append(Column(wording.text("goal_scores.t_without")))
    rows = []
    for domain, values, without in zip(known.rows, known.values, release.t_without, strict=True):
        shown = [
            wording.text("quantiles.too_few") if value is None else wording.number(value) for value in values
        ]
        rows.append(Row(wording.level_name("domain", domain), (*shown, wording.count(without))))
    numbers = table(
        wording.text("goal_scores.t_caption"),
        columns,
        rows,
        count_note(wording, release.t_without),
    )
    return join([numbers, read_box(wording, wording.text("goal_scores.t_read"), what="table")])


def _cell(cell: Cell, wording: Wording) -> Content:
    """A count with its share beneath."""
    return with_interval(wording.count(cell), wording.share(cell))


def _alternative(
    release: ReleasedGoalScores, standings: ReleasedStandings, title: str, wording: Wording
) -> str:
    """The figure in words, with its numbers."""
    rows = []
    for at, domain in enumerate(release.domains):
        cells = list(zip(standings.columns, standings.cells[at], strict=True))
        if standings is release.findings:
            cells.append((AFTER, release.after_adaptation[at]))
        known = [
            wording.text(
                "goal_scores.alt_value",
                name=wording.level(standings.dimension, name),
                value=wording.share(cell),
            )
            for name, cell in cells
            if cell.share
        ]
        said = wording.join(known) if known else wording.text("quantiles.too_few")
        rows.append(
            wording.text("distribution.alt_row", level=wording.level_name("domain", domain), values=said)
        )
    return wording.text("distribution.alt", title=title, rows=" ".join(rows))
