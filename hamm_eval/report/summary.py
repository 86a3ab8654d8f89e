"""The quarter at a glance: three sentences and key-figure cards from results that are already released.

Nothing is estimated anew. A change against the former quarter is called more or fewer only where it is
larger than its uncertainty; both quarters look partly at the same people, so that judging them as if
independent errs on the side of "not distinguishable".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hamm_eval.release.released import Interval, Release, ReleasedCurves, ReleasedEffect
from hamm_eval.report import findings
from hamm_eval.report.further import further
from hamm_eval.report.markup import join, note
from hamm_eval.report.wording import Wording

PRECISE_WIDTH = 0.10  # widest 95 % range of a share or difference that counts as precise
NORMAL_95 = 1.96
_SIGNS = {"precise": "●", "rough": "▲", "withheld": "◆"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure at the horizon to speak of; `interval` None where it is withheld or over the ceiling."""

    release: ReleasedCurves | ReleasedEffect
    months: int
    interval: Interval | None
    std_error: float | None
    rounding: float = 0.0
    over_ceiling: bool = False

    @property
    def status(self) -> str:
        """How far the figure carries: precise, rough or withheld."""
        at = self.interval
        if self.over_ceiling:
            return "rough"
        if at is None:
            return "withheld"
        if at.lower is None or at.upper is None:
            return "rough"
        shifted = self.rounding > PRECISE_WIDTH / 2
        return "precise" if at.upper - at.lower <= PRECISE_WIDTH and not shifted else "rough"


def quarterly_summary(
    releases: Sequence[Release], wording: Wording, previous: Sequence[Release] = ()
) -> Markup:
    """Three sentences and the cards of a quarter, then what further sections say.

    Parameters
    ----------
    releases : sequence of Release
        What the other notebooks of the run released.
    wording : Wording
        With params: they say which endpoint and which effect are primary, and the order.
    previous : sequence of Release
        The former quarter's published results; empty where there are none.
    """
    incidences = _incidences(releases, wording)
    effects = _effects(releases, wording)
    more = further(releases, wording)
    if not incidences and not effects:
        empty = Markup('<p class="he-empty">{}</p>').format(wording.text("summary.empty"))
        return more or empty
    sentences = [
        _first_sentence(incidences, wording),
        _second_sentence(incidences[1:], wording),
        _third_sentence(effects, wording),
    ]
    earlier = {
        figure.release.id: figure
        for figure in (*_incidences(previous, wording), *_effects(previous, wording))
    }
    figures = (*incidences, *_primary(effects, wording))
    cards = [_card(figure, earlier.get(figure.release.id), wording) for figure in figures]
    width, shift = (wording.points(share, signed=False) for share in (PRECISE_WIDTH, PRECISE_WIDTH / 2))
    return Markup(
        '<section class="he-summary">\n'
        '<div class="he-sentences"><p class="he-sentences-title">{}</p>\n<ol>{}</ol></div>\n'
        '<ul class="he-cards" aria-label="{}">\n{}\n</ul>\n{}\n{}\n</section>'
    ).format(
        wording.text("summary.title"),
        Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences),
        wording.text("summary.cards_label"),
        join(cards),
        note(wording.text("summary.status_note", width=width, shift=shift)),
        more,
    )


def _incidences(releases: Sequence[Release], wording: Wording) -> list[Figure]:
    """Ungrouped incidences, the primary endpoint first, then in the order of params."""
    found = [r for r in releases if isinstance(r, ReleasedCurves) and not r.dimension]
    endpoints = wording.params.endpoints if wording.params else {}
    rank = {key: (not endpoint.primary, i) for i, (key, endpoint) in enumerate(endpoints.items())}
    figures = []
    for release in sorted(found, key=lambda r: (*rank.get(r.endpoint, (True, len(rank))), r.id)):
        at = findings.told_horizon(release)
        curve = release.curves[0]
        if at is None:
            months = wording.months(min(release.horizons, key=lambda days: abs(days - findings.YEAR)))
            figures.append(Figure(release, months, None, None))
            continue
        error = curve.std_error_at_horizon[at] if at < len(curve.std_error_at_horizon) else None
        months = wording.months(release.horizons[at])
        value = findings.value_at(curve, at)
        over = findings.over_at(curve, release.horizons[at])
        figures.append(Figure(release, months, value, error, curve.largest_error, over))
    return figures


def _effects(releases: Sequence[Release], wording: Wording) -> list[Figure]:
    """Effects, the primary question first."""
    found = [r for r in releases if isinstance(r, ReleasedEffect)]
    figures = []
    for release in sorted(found, key=lambda r: (not _is_primary(r, wording), r.id)):
        shown = findings.effect_finding(release, wording).direction != "withheld"
        months = wording.months(release.horizon_days)
        interval = release.difference if shown else None
        figures.append(Figure(release, months, interval, release.std_error))
    return figures


def _primary(effects: Sequence[Figure], wording: Wording) -> list[Figure]:
    """Effects that have a card: of the primary questions, or all where none is primary."""
    return [figure for figure in effects if _is_primary(figure.release, wording)] or list(effects)


def _is_primary(release: Release, wording: Wording) -> bool:
    """Whether params call the question that an effect answers a primary one."""
    asked = wording.params.measure_effectiveness.values() if wording.params else ()
    named = {(question.measure, question.endpoint) for question in asked if question.primary}
    return isinstance(release, ReleasedEffect) and (release.measure, release.endpoint) in named


def _first_sentence(incidences: Sequence[Figure], wording: Wording) -> Markup:
    """The primary endpoint."""
    if not incidences:
        return wording.markup("summary.others_none")
    return _incidence_sentence(incidences[0], wording)


def _incidence_sentence(figure: Figure, wording: Wording) -> Markup:
    """One endpoint's share with its uncertainty."""
    endpoint = wording.endpoint(figure.release.endpoint)
    if figure.over_ceiling:
        value = wording.nearly_all
        return wording.markup("summary.first_bare", months=figure.months, value=value, endpoint=endpoint)
    if figure.interval is None or figure.interval.value is None:
        return wording.markup("summary.first_none", endpoint=endpoint)
    span = wording.percent_range(figure.interval)
    return wording.markup(
        "summary.first" if span else "summary.first_bare",
        months=figure.months,
        value=wording.percent(figure.interval.value),
        endpoint=endpoint,
        range=span,
    )


def _second_sentence(others: Sequence[Figure], wording: Wording) -> Markup:
    """The other endpoints: the least and the most reached at each horizon."""
    shown = [figure for figure in others if figure.interval is not None]
    if not shown:
        return wording.markup("summary.others_none")
    together: dict[int, list[Figure]] = {}
    for figure in shown:
        together.setdefault(figure.months, []).append(figure)
    said: list[Markup] = []
    for months, alike in sorted(together.items(), key=lambda item: (-len(item[1]), item[0])):
        said.append(wording.markup(f"summary.others_{'next' if said else 'first'}", months=months))
        low, high = min(alike, key=_value), max(alike, key=_value)
        said.append(
            wording.markup(
                "summary.others_range" if len(alike) > 1 else "summary.others_one",
                endpoint=wording.endpoint(low.release.endpoint),
                value=_told(low, wording),
                low_endpoint=wording.endpoint(low.release.endpoint),
                low=_told(low, wording),
                high_endpoint=wording.endpoint(high.release.endpoint),
                high=_told(high, wording),
            )
        )
    return Markup(" ").join(said)


def _told(figure: Figure, wording: Wording) -> str:
    """A share with its interval, which may be hidden: "13 % (9 bis 16 %)"."""
    value, span = wording.percent(_value(figure)), _range(figure, wording)
    return wording.text("summary.value_range", value=value, range=span) if span else value


def _value(figure: Figure) -> float:
    """The figure's value; only asked where it is shown."""
    return 0.0 if figure.interval is None or figure.interval.value is None else figure.interval.value


def _range(figure: Figure, wording: Wording) -> str:
    """The figure's interval in words; "" where it may not be shown."""
    return wording.percent_range(figure.interval) if figure.interval else ""


def _third_sentence(effects: Sequence[Figure], wording: Wording) -> Markup:
    """The primary question about a measure."""
    if not effects or not isinstance(effects[0].release, ReleasedEffect):
        return wording.markup("summary.effect_none")
    said = findings.effect_headline(effects[0].release, wording, "summary.effect")
    if not effects[0].release.control_differs:
        return said
    return Markup("{} {}").format(said, wording.text("effect_overview.against.negative_control"))


def _card(figure: Figure, earlier: Figure | None, wording: Wording) -> Markup:
    """Value, range, change with a word, status as shape, word and colour."""
    release, at = figure.release, figure.interval
    name = wording.endpoint(release.endpoint)
    what = wording.text("summary.card_share", months=figure.months)
    value = wording.nearly_all if figure.over_ceiling else wording.text("summary.value_withheld")
    span = ""
    if isinstance(release, ReleasedEffect):
        name = wording.text(
            "summary.card_effect_name", measure=wording.measure(release.measure), endpoint=name
        )
        what = wording.text(
            "summary.card_effect",
            population=wording.text(f"effect.population.{release.estimand}"),
            months=figure.months,
        )
    if at is not None and at.value is not None:
        if isinstance(release, ReleasedEffect):
            value, span = _effect_words(at, wording)
        else:
            value = wording.percent(at.value)
            told = _range(figure, wording)
            span = wording.text("summary.card_range", range=told) if told else ""
    return Markup(
        '<li class="he-card he-card-{status}"><p class="he-card-name">{name}</p>'
        '<p class="he-card-value{none}">{value}</p><p class="he-card-what">{what}</p>'
        '<p class="he-card-range">{span}</p><p class="he-card-change">{change}</p>'
        '<p class="he-card-status"><span aria-hidden="true">{sign}</span> {word}</p></li>'
    ).format(
        status=figure.status,
        name=name,
        none="" if at is not None or figure.over_ceiling else " he-none",
        value=value,
        what=what,
        span=span,
        change=_change(figure, earlier, wording),
        sign=_SIGNS[figure.status],
        word=wording.text(f"summary.status.{figure.status}"),
    )


def _effect_words(at: Interval, wording: Wording) -> tuple[str, str]:
    """What a card says large and small: the range where it covers 0, for then no direction is known."""
    estimate = findings.in_hundred(round((at.value or 0.0) * 100), wording)
    if at.lower is None or at.upper is None:
        return estimate, ""
    lower, upper = round(at.lower * 100), round(at.upper * 100)
    if lower <= 0 <= upper:
        best = wording.text("summary.card_effect_best", estimate=estimate)
        return wording.points_range(at.lower, at.upper), best
    ends = {"lower": findings.bound(lower, wording), "upper": findings.bound(upper, wording)}
    return estimate, wording.text("summary.card_effect_range", **ends)


def _change(figure: Figure, earlier: Figure | None, wording: Wording) -> str:
    """The change against the former quarter, with a word that respects its uncertainty."""
    if earlier is None:
        return wording.text("summary.no_previous")
    if earlier.release.definition_digest != figure.release.definition_digest:
        return wording.text("summary.previous_differs")
    if figure.interval is None or earlier.interval is None or earlier.months != figure.months:
        return wording.text("summary.previous_withheld")
    change = _value(figure) - _value(earlier)
    errors = [_std_error(figure), _std_error(earlier)]
    sure = None not in errors and abs(change) > NORMAL_95 * math.hypot(*(e or 0.0 for e in errors))
    word = "word_same" if not sure else "word_more" if change > 0 else "word_fewer"
    return (
        f"{wording.text('summary.change_previous', points=wording.points(change))}"
        f" ({wording.text(f'summary.{word}')})"
    )


def _std_error(figure: Figure) -> float | None:
    """The released standard error, else what the interval's width says of it."""
    if figure.std_error is not None:
        return figure.std_error
    at = figure.interval
    if at is None or at.lower is None or at.upper is None:
        return None
    return (at.upper - at.lower) / (2 * NORMAL_95)
