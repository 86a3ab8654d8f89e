"""Appendix A: the methods in plain words, with the numbers that this report was made with."""

from __future__ import annotations

from collections.abc import Sequence

from hamm_eval.report import follow_up
from hamm_eval.report.wording import Wording

METHODS = ("people", "time", "associations", "effects", "uncertainty", "protection")


def methods(wording: Wording, curves_begin: Sequence[float]) -> list[tuple[str, str]]:
    """Heading and text of each method; `curves_begin` are days from which curves are drawn."""
    policy = wording.policy
    said = {
        "origins": follow_up.origins(wording),
        "hidden": wording.hidden,
        "largest": policy.largest_hidden_count,
        "base": policy.count_rounding,
        "denominator": policy.smallest_denominator,
        "persons": policy.curve_persons,
        "events": policy.curve_events,
    }
    texts = {
        method: [
            (wording.of_counts if method == "protection" else wording.text)(f"methods.{method}.text", **said)
        ]
        for method in METHODS
    }
    delays = wording.params.reporting_delay_days.values() if wording.params else ()
    if longest := max(delays, default=0):
        texts["people"].append(wording.text("methods.people.delay", days=longest))
    look = "confirmatory" if wording.params and wording.params.confirmatory else "interim"
    texts["uncertainty"].append(wording.text(f"methods.uncertainty.{look}"))
    texts["time"].append(follow_up.meaning_of_departure(wording))
    late = [day for day in curves_begin if day > 0]
    if late:
        when = follow_up.span(late, wording)
        texts["time"].append(wording.text("methods.time.begin", span=when, origins=said["origins"]))
    return [
        (wording.text(f"methods.{method}.title"), " ".join(text for text in texts[method] if text))
        for method in METHODS
    ]
