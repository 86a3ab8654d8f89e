"""How easily an effect could be overturned, in plain sentences."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedEffect, ReleasedSensitivity, ReleasedTipping
from hamm_eval.report.findings import bound
from hamm_eval.report.follow_up import competing
from hamm_eval.report.wording import Wording

_ARMS = {"treated": "effect.with", "control": "effect.without"}


def sensitivity_list(release: ReleasedEffect, wording: Wording) -> Markup:
    """E-value, tipping point and leave-one-out range of an effect that is shown."""
    found = release.sensitivity
    if found is None or release.difference is None:
        return Markup("")
    sentences = [
        _e_value(found, wording),
        _tipping(release, found.tipping, wording),
        _without(found, wording),
    ]
    return Markup('<ul class="he-list">{}</ul>').format(
        Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences if sentence)
    )


def _e_value(found: ReleasedSensitivity, wording: Wording) -> Markup:
    """How strong what is not documented would have to be."""
    if found.e_value is None or found.e_value_limit is None:
        return wording.markup("effect_sensitivity.e_value_none")
    whole = (found.e_value_step or 0) >= 1
    point, limit = (wording.number(e, 0 if whole else 1) for e in (found.e_value, found.e_value_limit))
    beyond = "limit" if found.e_value_limit > 1 else "covers"
    return Markup("{} {}").format(
        wording.markup("effect_sensitivity.e_value", e=point),
        wording.text(f"effect_sensitivity.e_value_{beyond}", e=limit),
    )


def _tipping(release: ReleasedEffect, found: ReleasedTipping | None, wording: Wording) -> Markup:
    """How many of those who dropped out would have to have reached the goal; "" where nothing competes."""
    causes = competing(release.endpoint, wording)
    if not causes:
        return Markup("")
    if found is None:
        at = release.difference
        covers = (
            at is not None and at.lower is not None and at.upper is not None and at.lower <= 0 <= at.upper
        )
        return wording.markup("effect_sensitivity.tipping_covers", causes=causes) if covers else Markup("")
    said = {"causes": causes, "arm": wording.text(_ARMS[found.arm])}
    if found.few:
        return wording.markup("effect_sensitivity.tipping_few", **said)
    if found.vanishes is None:
        first = wording.markup("effect_sensitivity.tipping_stays", **said)
    else:
        share = wording.percent(found.vanishes)
        first = wording.markup("effect_sensitivity.tipping_vanishes", vanishes=share, **said)
    if found.unclear is None:
        return Markup("{} {}").format(first, wording.text("effect_sensitivity.tipping_never_unclear"))
    share = wording.percent(found.unclear)
    return Markup("{} {}").format(
        first, wording.text("effect_sensitivity.tipping_unclear_from", unclear=share)
    )


def _without(found: ReleasedSensitivity, wording: Wording) -> Markup:
    """The range of the estimate without each covariate."""
    at = found.without
    if at is None or at.lower is None or at.upper is None:
        return Markup("")
    if at.lower == at.upper:
        return wording.markup("effect_sensitivity.without_same")
    lower, upper = (bound(round(end * 100), wording) for end in (at.lower, at.upper))
    return wording.markup(
        "effect_sensitivity.without",
        lower=lower,
        upper=upper,
        covariate=wording.dimension(found.without_most),
    )
