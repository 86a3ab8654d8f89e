"""Who is not in a figure or model, in one plain sentence: no entry, or too few alike."""

from __future__ import annotations

from hamm_eval.release.released import (
    Cell,
    ReleasedAttainmentModel,
    ReleasedCurves,
    ReleasedLoss,
    ReleasedModel,
)
from hamm_eval.report.tables.terms import covariate_name
from hamm_eval.report.wording import Wording


def of_curves(release: ReleasedCurves, wording: Wording) -> str:
    """How many persons are in no curve, for lack of an entry to group them by; "" where there are none."""
    if release.ungrouped is None:
        return ""
    return wording.text(
        "outside.curves",
        persons=persons(release.ungrouped, wording),
        factor=wording.dimension(release.dimension),
    )


def of_model(release: ReleasedModel | ReleasedAttainmentModel, wording: Wording) -> str:
    """How many persons are not in a model, by characteristic; "" where all are."""
    if not release.lost:
        return ""
    return wording.text("outside.model", lost=wording.join(_lost(who, wording) for who in release.lost))


def based_on(release: ReleasedModel, wording: Wording) -> str:
    """Persons and events in a model."""
    events = wording.count(release.events)
    if release.persons.linked:
        return wording.text("model.based_on_hidden", events=events)
    return wording.text("model.based_on", persons=wording.count(release.persons), events=events)


def _lost(who: ReleasedLoss, wording: Wording) -> str:
    """Those lost by one characteristic."""
    named = covariate_name(f"{who.factor}={who.level}" if who.level else who.factor, wording)
    return wording.text(
        "outside.level" if who.level else "outside.missing",
        persons=persons(who.persons, wording),
        name=named,
    )


def persons(cell: Cell, wording: Wording) -> str:
    """A count of persons in words, or that it is not told."""
    if cell.linked:
        return wording.text("outside.some")
    if cell.value is None:
        return wording.text("outside.few", largest=wording.policy.largest_hidden_count)
    return wording.text("outside.persons", n=wording.number(cell.value))
