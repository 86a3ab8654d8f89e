"""How a distribution is shown: what it finds, side by side as a figure, and its numbers."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedDistribution
from hamm_eval.report.figures.distribution import asked_for, distribution, distribution_text
from hamm_eval.report.markup import figure, join, read_box, reading
from hamm_eval.report.tables.distribution import distribution_table
from hamm_eval.report.wording import Wording

QUARTILES = (0.25, 0.5, 0.75)
_IN_TIME = "quarter"


def distribution_title(release: ReleasedDistribution, wording: Wording) -> str:
    """The finding: by when half the records were there, over all rows shown; never which row is ahead."""
    medians = [
        value
        for values in release.values
        for value, at in zip(values, release.probabilities, strict=True)
        if at == 0.5 and value is not None
    ]
    known = f"distribution.title_{release.row_dimension}"
    if medians and wording.has(known):
        return wording.text(known, low=wording.number(min(medians)), high=wording.number(max(medians)))
    if not medians:
        return distribution_text("title_none", release, wording)
    low, high = wording.number(min(medians)), wording.number(max(medians))
    if low == high:
        return distribution_text("title_equal", release, wording, days=low)
    return distribution_text("title", release, wording, low=low, high=high)


def distribution_fragment(release: ReleasedDistribution, wording: Wording) -> Markup:
    """Groups as a figure and its numbers; a series of quarters as a table alone."""
    known = f"table.caption.distribution_{release.row_dimension}"
    asked = f"table.caption.{asked_for(release)}"
    caption = wording.text(
        next((key for key in (asked, known) if wording.has(key)), "table.caption.distribution"),
        rows=wording.dimension(release.row_dimension),
    )
    numbers = distribution_table(release, wording, caption)
    whole = release.probabilities[:3] == QUARTILES and len(release.probabilities) == len(QUARTILES) + 1
    if release.row_dimension == _IN_TIME or not whole:
        return join([numbers, reading(release.id, wording)])
    title = distribution_title(release, wording)
    step = wording.number(wording.policy.quantile_step_days)
    box = read_box(
        wording,
        distribution_text("read", release, wording, share=wording.percent(release.probabilities[-1])),
        distribution_text("no_ranking", release, wording, step=step),
    )
    return join([figure(title, distribution(release, title, wording), box), numbers])
