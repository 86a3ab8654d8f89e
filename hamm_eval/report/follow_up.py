"""What follow-up is, in words: from when time counts, who is looked at, what ends the way to a goal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hamm_eval.release.released import ReleasedCurves, ReleasedModel
from hamm_eval.report.wording import Wording
from hamm_eval.vocabulary import DepartureKind

if TYPE_CHECKING:
    from hamm_eval.params import EventSource

DAYS_PER_WEEK = 7
GOAL = "goal_"  # begins the name of an agreed goal, which is no endpoint of params


def origin(endpoint: str, wording: Wording) -> str:
    """From when an endpoint's time counts, to stand after "since" and "after"."""
    if endpoint.startswith(GOAL):
        return wording.text("origins.agreement")
    if wording.params and endpoint in wording.params.access_to_systems:
        return wording.text("origins.open")
    known = wording.params.endpoints.get(endpoint) if wording.params else None
    return wording.text(f"origins.{known.origin if known else 'start'}")


def origins(wording: Wording) -> str:
    """From when time counts, for all endpoints of the report together."""
    asked = wording.params.endpoints.values() if wording.params else ()
    names = dict.fromkeys(wording.text(f"origins.{endpoint.origin}") for endpoint in asked)
    return wording.join(names or [wording.text("origins.start")], "or")


def causes(keys: Iterable[str], wording: Wording) -> str:
    """What competes with an endpoint, joined by "or"."""
    return wording.join([wording.cause(key) for key in keys], "or")


def competing(endpoint: str, wording: Wording) -> str:
    """What params let compete with an endpoint."""
    known = wording.params.endpoints.get(endpoint) if wording.params else None
    return causes(known.competing if known else ("departure",), wording)


def begin(release: ReleasedCurves) -> float:
    """Day from which the curves of a figure are drawn; 0 where they are drawn from the origin or withheld."""
    return max((curve.time[0] for curve in release.curves if curve.time), default=0.0)


def condition(release: ReleasedCurves, wording: Wording) -> str:
    """Of whom the curves speak where they begin after the origin; "" where they begin with it.

    Such curves are conditional: whoever reached the goal or left before their first day is in none.
    """
    return _condition(begin(release), release.endpoint, release.causes[1:], wording)


def condition_of(release: ReleasedModel, wording: Wording) -> str:
    """Of whom a model speaks that counts from a later day than the origin on; "" where from the origin."""
    known = wording.params.endpoints.get(release.endpoint) if wording.params else None
    others = tuple(known.competing) if known else ("departure",)
    return _condition(release.since, release.endpoint, others, wording)


def _condition(day: float, endpoint: str, others: Sequence[str], wording: Wording) -> str:
    """Of whom a result speaks that counts from a day on, with `others` competing; "" from the origin on."""
    if day <= 0:
        return ""
    said = {"span": span([day], wording), "origin": origin(endpoint, wording)}
    if not others:
        return wording.text("curves.begin_goal", **said)
    if set(others) == {"departure"}:
        return wording.text("curves.begin_city", **said)
    return wording.text("curves.begin_without", causes=causes(others, wording), **said)


def leaving(release: ReleasedCurves, wording: Wording) -> str:
    """That whoever leaves stays in the denominator; "" where nothing competes."""
    others = release.causes[1:]
    return wording.text("curves.read_leaving", causes=causes(others, wording)) if others else ""


def span(days: Sequence[float], wording: Wording) -> str:
    """The least and the greatest of some numbers of days, in weeks where all are: "zwei bis fünf Wochen"."""
    whole = all(day % DAYS_PER_WEEK == 0 for day in days)
    first, last = (round(day) // DAYS_PER_WEEK if whole else round(day) for day in (min(days), max(days)))
    unit = "weeks" if whole else "days"
    shown = [_number(n, wording) if whole else wording.number(n) for n in (first, last)]
    if first != last:
        return wording.text(f"spans.{unit}_range", first=shown[0], last=shown[1])
    return wording.text("spans.week") if whole and first == 1 else wording.text(f"spans.{unit}", n=shown[0])


def _number(n: int, wording: Wording) -> str:
    """A small number as a word."""
    return wording.text(f"spans.number.{n}") if wording.has(f"spans.number.{n}") else wording.number(n)


def meaning_of_departure(wording: Wording) -> str:
    """Which events the word departure stands for, as params define it; "" where no endpoint knows any."""
    endpoints = wording.params.endpoints.values() if wording.params else ()
    sources = [endpoint.competing["departure"] for endpoint in endpoints if "departure" in endpoint.competing]
    found = {kind for source in sources for kind in _kinds(source)}
    if not found:
        return ""
    kinds = [wording.text(f"departures.kind.{kind}") for kind in DepartureKind if kind in found]
    return wording.text("departures.meaning", kinds=wording.join(kinds, "or"))


def _kinds(source: EventSource) -> tuple[object, ...]:
    """Kinds of departure that an event's records are filtered for; all of them without a filter."""
    if source.table != "departures":
        return ()
    asked = source.where.get("kind", tuple(DepartureKind))
    return asked if isinstance(asked, tuple) else (asked,)
