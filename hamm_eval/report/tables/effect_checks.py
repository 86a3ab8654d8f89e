"""The limits of a comparison with what was found: what a reader sees before the effect."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedCheck, ReleasedEffect
from hamm_eval.report.markup import Column, Content, Row, note, table
from hamm_eval.report.tables.terms import covariate_name, merged_note
from hamm_eval.report.wording import Wording

_AT_LEAST = {"effective_n", "effective_share", "events_per_parameter"}
_SHARES = {"overlap", "effective_share", "weight_share", "weight_tail", "positivity"}
_DIGITS = {"balance": 2, "variance_ratio": 1}
_SIGNS = {"passed": "●", "failed": "◆"}
_ARMS = {"treated": "effect.with", "control": "effect.without"}


def effect_checks_table(release: ReleasedEffect, wording: Wording) -> Markup:
    """Every check: found, limit, verdict, and which levels were too small to be compared.

    No table where the design left nothing to check.
    """
    too_small = _too_small(release, wording)
    if not release.checks:
        return note(*too_small)
    columns = [
        Column(wording.text("effect_checks.column_check"), numeric=False),
        Column(wording.text("effect_checks.column_found")),
        Column(wording.text("effect_checks.column_limit")),
        Column(wording.text("effect_checks.column_verdict"), numeric=False),
    ]
    rows = [
        Row(_what(check, wording), (_found(check, wording), _limit(check, wording), _verdict(check, wording)))
        for check in release.checks
    ]
    kept = all(check.passed for check in release.checks)
    caption = wording.text("effect_checks.caption", measure=wording.measure(release.measure))
    verdict = wording.text(f"effect_checks.verdict_{'passed' if kept else 'failed'}")
    return table(caption, columns, rows, verdict, *too_small)


def _too_small(release: ReleasedEffect, wording: Wording) -> list[str]:
    """Levels that were merged to be compared, and those whose persons are not compared."""
    said = []
    if release.merged:
        named = (
            f"{covariate_name(name, wording)} ({merged_note(name.partition('=')[0], of, wording)})"
            for name, of in release.merged
        )
        said.append(wording.text("effect_checks.merged", levels=wording.join(named)))
    if release.left_out:
        named = (covariate_name(name, wording) for name in release.left_out)
        said.append(wording.text("effect_checks.left_out", levels=wording.join(named)))
    return said


def _what(check: ReleasedCheck, wording: Wording) -> str:
    """Name of a check."""
    return wording.text(
        f"effect_checks.{check.key}",
        covariate=covariate_name(check.covariate, wording) if check.covariate else "",
        arm=wording.text(_ARMS[check.arm]) if check.arm else "",
        model=wording.text(f"effect_checks.model_{check.model}") if check.model else "",
    )


def _number(check: ReleasedCheck, value: float, wording: Wording) -> str:
    """A figure in the format of its check."""
    if check.key in _SHARES:
        return wording.percent(value)
    return wording.number(value, _DIGITS.get(check.key, 0))


def _found(check: ReleasedCheck, wording: Wording) -> str:
    """What was found; events per characteristic are told as enough or too few."""
    if check.key == "events_per_parameter":
        return wording.text("effect_checks.enough" if check.passed else "effect_checks.too_few")
    if check.key == "fewer_effective_controls":
        return wording.text("effect_checks.fewer")
    if check.value is None:
        if check.key == "positivity":
            return wording.text("effect_checks.not_told")
        return wording.hidden if check.key == "effective_n" else wording.text("symbols.none")
    shown = _number(check, check.value, wording)
    if check.step is not None:
        return wording.text(
            "units.range", lower=wording.number((check.value - check.step) * 100), upper=shown
        )
    if check.key in _SHARES and check.value == 0:
        return wording.text("effect_checks.near", value=shown)  # rounded, not nothing
    return shown if check.key == "balance" else wording.text("effect_checks.about", value=shown)


def _limit(check: ReleasedCheck, wording: Wording) -> str:
    """The limit, from above or from below."""
    if check.limit is None:
        return wording.text("symbols.none")
    side = "least" if check.key in _AT_LEAST else "most"
    return wording.text(f"effect_checks.{side}", limit=_number(check, check.limit, wording))


def _verdict(check: ReleasedCheck, wording: Wording) -> Content:
    """Kept or broken, as a shape and a word."""
    if check.limit is None:
        return wording.text("effect_checks.told")
    key = "passed" if check.passed else "failed"
    return Markup('<span aria-hidden="true">{}</span>\u00a0{}').format(
        _SIGNS[key], wording.text(f"effect_checks.{key}")
    )
