"""Whether a comparison holds: its limits, balance and overlap, before what comes out of it."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedEffect
from hamm_eval.report.figures.balance import love_plot
from hamm_eval.report.figures.overlap import overlap_histogram
from hamm_eval.report.markup import figure, read_box
from hamm_eval.report.tables.effect_checks import effect_checks_table
from hamm_eval.report.tables.terms import covariate_name
from hamm_eval.report.wording import Wording

MOST = 0.9  # share of the participants shown that counts as nearly all


def design_parts(release: ReleasedEffect, wording: Wording) -> list[Markup]:
    """Limits kept and broken, balance, overlap; empty where the design left nothing to check."""
    parts = [effect_checks_table(release, wording)]
    if release.balance:
        parts.append(
            figure(
                _balance_title(release, wording),
                love_plot(release.balance, release.balance_limit, wording),
                read_box(wording, wording.text("effect.balance_read")),
            )
        )
    if len(release.overlap_edges) > 1:
        parts.append(
            figure(
                _overlap_title(release, wording),
                overlap_histogram(release, wording),
                read_box(
                    wording,
                    wording.text("effect.overlap_read", largest=wording.policy.largest_hidden_count),
                ),
            )
        )
    return [part for part in parts if part]


def _balance_title(release: ReleasedEffect, wording: Wording) -> str:
    """Whether weighting made the groups alike."""
    worst = max(release.balance, key=lambda row: abs(row.after))
    if abs(worst.after) <= release.balance_limit:
        return wording.text("effect.balance_title_good")
    return wording.text("effect.balance_title_bad", covariate=covariate_name(worst.covariate, wording))


def _overlap_title(release: ReleasedEffect, wording: Wording) -> str:
    """Whether participants have comparable persons, as the bins shown tell it."""
    bins = [(treated or 0, control) for treated, control in
            zip(release.overlap_treated, release.overlap_controls, strict=True)]  # fmt: skip
    needed = MOST * sum(treated for treated, _ in bins)
    refused = any(key == "overlap" for key, _ in release.withheld)
    # A hidden bin holds someone, but nobody may see how many.
    if refused or sum(treated for treated, control in bins if control != 0) < needed:
        return wording.text("effect.overlap_title_bad")
    if sum(treated for treated, control in bins if control) < needed:
        return wording.text("effect.overlap_title_hidden")
    return wording.text("effect.overlap_title_good")
