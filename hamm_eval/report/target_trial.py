"""How a target trial is shown: the protocol first, then whether the design holds, then what came out."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.params import TargetTrialQuestion
from hamm_eval.release.released import ReleasedEffect, ReleasedTargetTrial, ReleasedTrialEffect
from hamm_eval.report import findings, follow_up
from hamm_eval.report.decisions import interim_note
from hamm_eval.report.effect_design import design_parts
from hamm_eval.report.effect_sensitivity import sensitivity_list
from hamm_eval.report.markup import Column, Row, caution, join, note, read_box, step, table, with_interval
from hamm_eval.report.tables.adjustment import adjustment_table
from hamm_eval.report.tables.counts import count_table
from hamm_eval.report.tables.effect import control_warning, effect_table, points_range, reasons
from hamm_eval.report.tables.terms import covariate_name
from hamm_eval.report.wording import Wording

_YEAR_MONTHS = 12


def primary(release: ReleasedTargetTrial) -> ReleasedTrialEffect:
    """The effect of the primary strategy pair to speak of: the horizon nearest a year that is shown."""
    first = release.effects[0]
    asked = [found for found in release.effects if _pair(found) == _pair(first)]
    return min(asked, key=lambda f: (bool(f.effect.withheld), abs(f.horizon_months - _YEAR_MONTHS)))


def _pair(found: ReleasedTrialEffect) -> tuple[str, int, str]:
    """What tells strategy pairs apart."""
    return found.trials, found.grace_days, found.adherence


def target_trial_title(release: ReleasedTargetTrial, wording: Wording) -> str:
    """The finding of the primary pair."""
    return findings.effect_title(primary(release).effect, wording)


def target_trial_fragment(release: ReleasedTargetTrial, wording: Wording) -> Markup:
    """Protocol and flow, design, effects, sensitivity: in this order."""
    shown = primary(release)
    effect = shown.effect
    months = wording.number(shown.horizon_months)
    parts = [
        Markup('<p class="he-finding">{}</p>').format(target_trial_title(release, wording)),
        step(1, "protocol", wording),
        _protocol(release, wording),
        adjustment_table(_question(release, wording), wording),
        count_table(effect.flow, wording, wording.text("target_trial.flow", months=months)),
    ]
    pooled = _pooled(release)
    if pooled is not shown:
        counts = {"n": wording.count(pooled.person_trials), "persons": wording.count(shown.person_trials)}
        parts.append(note(wording.text("target_trial.person_trials", **counts)))
    parts += [step(2, "design", wording), *design_parts(effect, wording), _designs(release, wording)]
    parts.append(step(3, "effect", wording))
    parts.append(
        Markup('<p class="he-when">{} {}</p>').format(
            _which(shown, wording), wording.text("target_trial.beside")
        )
    )
    if effect.withheld:
        parts.append(reasons(effect.withheld, wording))
    else:
        headline = findings.effect_headline(effect, wording)
        parts.append(Markup('<p class="he-headline">{}</p>').format(headline))
        parts.append(control_warning(effect, wording))
        parts.append(caution(wording.text("effect.caution")))
        parts.append(note(interim_note(wording)))
    parts.append(_effects(release, wording))
    parts.append(read_box(wording, wording.text("target_trial.read"), what="table"))
    parts.append(effect_table(effect, wording))
    if effect.difference is not None and effect.negative_control is not None:
        parts.append(read_box(wording, wording.text("effect.table_read"), what="table"))
    robust = sensitivity_list(effect, wording)
    parts += [step(4, "sensitivity", wording), robust] if robust else []
    return Markup('<section class="he-effect">\n{}\n</section>').format(join(parts))


def _which(shown: ReleasedTrialEffect, wording: Wording) -> str:
    """Which of the comparisons the headline, the checks and the table of numbers are of."""
    after = wording.text("target_trial.after", months=wording.number(shown.horizon_months))
    return wording.text("target_trial.which", strategy=_strategy(_pair(shown), wording), after=after)


def _question(release: ReleasedTargetTrial, wording: Wording) -> TargetTrialQuestion | None:
    """What params ask for."""
    asked = wording.params.target_trials if wording.params else {}
    return asked.get(release.id.partition(":")[2])


def _designs(release: ReleasedTargetTrial, wording: Wording) -> Markup:
    """Whether each of the comparisons holds, for they rest on different people."""
    columns = [
        Column(wording.text("target_trial.column_horizon"), numeric=False),
        Column(wording.text("target_trial.column_balance")),
        Column(wording.text("target_trial.column_outside")),
        Column(wording.text("target_trial.column_effective")),
        Column(wording.text("target_trial.column_detectable")),
        Column(wording.text("effect_checks.column_verdict"), numeric=False),
    ]
    rows = [
        Row(
            wording.text("target_trial.after", months=wording.number(found.horizon_months)),
            _design_cells(found.effect, wording),
            group=_strategy(_pair(found), wording),
        )
        for found in release.effects
    ]
    return table(wording.text("target_trial.designs"), columns, rows)


def _design_cells(effect: ReleasedEffect, wording: Wording) -> tuple[str, ...]:
    """Largest difference left, share without comparable persons, effective sizes, detectable, verdict."""
    none = wording.text("symbols.none")
    found = {check.key: check for check in effect.checks if check.value is not None}
    balance, outside = found.get("balance"), found.get("overlap")
    sizes = [effect.effective_treated, effect.effective_controls]
    verdict = "failed" if effect.withheld else "passed"
    return (
        none if balance is None else wording.number(balance.value or 0.0, 2),
        none if outside is None else wording.percent(outside.value or 0.0),
        " / ".join(wording.hidden if size is None else wording.number(size) for size in sizes),
        none if effect.detectable is None else wording.points(effect.detectable, signed=False),
        wording.text(f"target_trial.verdict_{verdict}"),
    )


def _pooled(release: ReleasedTargetTrial) -> ReleasedTrialEffect:
    """An effect that pools trials, at the same horizon as the primary; the primary where none does."""
    shown = primary(release)
    found = [f for f in release.effects if f.trials == "pooled" and f.horizon_months == shown.horizon_months]
    return found[0] if found else shown


def _protocol(release: ReleasedTargetTrial, wording: Wording) -> Markup:
    """The elements of a target trial, and how each is emulated here."""
    months = [wording.number(month) for month in release.months]
    low, high = release.ages
    horizons = sorted({found.horizon_months for found in release.effects})
    pairs = dict.fromkeys(_pair(found) for found in release.effects)
    said: dict[str, str | Markup] = {
        "eligible": wording.text(
            "target_trial.eligible" if high < 130 else "target_trial.eligible_all",
            low=wording.number(low),
            high=wording.number(high),
        ),
        "time_zero": wording.text(
            "target_trial.time_zero_one" if len(months) == 1 else "target_trial.time_zero",
            first=months[0],
            last=months[-1],
            origin=follow_up.origin(release.endpoint, wording),
        ),
        "strategies": Markup("<br>").join(_strategy(pair, wording) for pair in pairs),
        "assignment": wording.text(
            "target_trial.assignment",
            covariates=wording.join([covariate_name(name, wording) for name in release.covariates]),
        ),
        "follow_up": wording.text(
            "target_trial.follow_up",
            horizons=wording.join([wording.number(month) for month in horizons]),
        ),
        "endpoint": wording.text(
            "target_trial.endpoint",
            endpoint=wording.endpoint(release.endpoint),
            causes=follow_up.competing(release.endpoint, wording),
        ),
        "estimand": wording.text(f"target_trial.estimand.{release.estimand}"),
        "analysis": wording.text("target_trial.analysis"),
    }
    columns = [
        Column(wording.text("target_trial.column_element"), numeric=False),
        Column(wording.text("target_trial.column_here"), numeric=False),
    ]
    rows = [Row(wording.text(f"target_trial.element.{name}"), (text,)) for name, text in said.items()]
    caption = wording.text("target_trial.protocol", measure=wording.measure(release.measure))
    return table(caption, columns, rows)


def _strategy(pair: tuple[str, int, str], wording: Wording) -> str:
    """A strategy pair in a sentence."""
    trials, grace_days, adherence = pair
    key = f"target_trial.strategy.{trials}.{adherence}"
    return wording.text(key, days=wording.number(grace_days))


def _effects(release: ReleasedTargetTrial, wording: Wording) -> Markup:
    """A row for each strategy pair and horizon; withheld ones say so."""
    rows = []
    for found in release.effects:
        effect = found.effect
        rows.append(
            Row(
                wording.text("target_trial.after", months=wording.number(found.horizon_months)),
                _cells(found, wording),
                group=_strategy(_pair(found), wording),
                note="" if not effect.withheld else wording.text("target_trial.withheld"),
            )
        )
    columns = [
        Column(wording.text("target_trial.column_horizon"), numeric=False),
        Column(wording.text("target_trial.column_persons")),
        Column(wording.text("target_trial.column_risks")),
        Column(wording.text("target_trial.column_difference")),
        Column(wording.text("target_trial.column_by_worker")),
        Column(wording.text("target_trial.column_departure")),
        Column(wording.text("target_trial.column_months")),
    ]
    caption = wording.text(
        "target_trial.effects",
        measure=wording.measure(release.measure),
        endpoint=wording.endpoint(release.endpoint),
    )
    return table(caption, columns, rows)


def _cells(found: ReleasedTrialEffect, wording: Wording) -> tuple[str | Markup, ...]:
    """Sizes, both shares, the differences with their intervals."""
    effect = found.effect
    none = wording.text("symbols.none")
    persons = f"{wording.count(effect.treated)} / {wording.count(effect.controls)}"
    at, gone, months = effect.difference, effect.departure, found.months_difference
    if effect.withheld or at is None or at.value is None:
        return persons, none, none, none, none, none
    risks = f"{wording.percent(effect.risk_treated or 0.0)} / {wording.percent(effect.risk_control or 0.0)}"
    later: str | Markup = none
    if months is not None and months.value is not None:
        later = with_interval(
            wording.number(months.value, 1, signed=True),
            wording.text(
                "units.range",
                lower=wording.number(months.lower or 0.0, 1, signed=True),
                upper=wording.number(months.upper or 0.0, 1, signed=True),
            ),
        )
    few = effect.departure_withheld == "too_few_departures"
    departed: str | Markup = wording.text("effect_checks.too_few") if few else none
    if gone is not None and gone.value is not None:
        departed = with_interval(wording.points(gone.value), points_range(gone, wording))
    difference = with_interval(wording.points(at.value), points_range(at, wording))
    by_worker = points_range(effect.difference_by_worker, wording) or none
    return persons, risks, difference, by_worker, departed, later
