"""Estimates as data frames for the researcher: exact, internal, not for passing on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from hamm_eval.errors import UsageError
from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    AttainmentModel,
    CaseloadModel,
    CaseloadOverTime,
    Costs,
    CountTable,
    Curves,
    DistributionTable,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Funding,
    Funnel,
    GoalAttainment,
    GoalScores,
    Model,
    PerceivedEffects,
    QuantileTable,
    SideBySide,
    StateShares,
    SystemAccess,
    TargetTrial,
    TruthComparison,
    TwoPerspectives,
    WorkerShare,
)
from hamm_eval.vocabulary import EFFECTIVE, RATINGS, Perspective

if TYPE_CHECKING:
    import pandas as pd


@singledispatch
def to_frame(estimate: Estimate) -> pd.DataFrame:
    """The exact numbers of an estimate, one row per number or group of numbers."""
    raise UsageError("There is no table of this kind of estimate.", where=type(estimate).__name__)


@to_frame.register(Absent)
def _absent(estimate: Absent) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"lacking": list(estimate.lacking)})


@to_frame.register(CountTable)
def _counttable(estimate: CountTable) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(estimate.counts, index=list(estimate.rows), columns=list(estimate.columns))


@to_frame.register(Curves)
def _curves(estimate: Curves) -> pd.DataFrame:
    import pandas as pd

    columns = ["level", "days", "incidence", "std_error", "lower", "upper", "persons"]
    rows: list[tuple[Any, ...]] = []
    for group, fit in zip(estimate.groups, estimate.estimates, strict=True):
        at = fit.at(list(estimate.horizons))
        for i, day in enumerate(estimate.horizons):
            values = (at.incidence[i, 0], at.std_error[i, 0], at.lower[i, 0], at.upper[i, 0])
            rows.append((group.level, day, *(float(value) for value in values), group.persons))
    if estimate.ungrouped:
        rows.append(("(in no curve)", *[np.nan] * 5, estimate.ungrouped))
    return pd.DataFrame(rows, columns=columns)


@to_frame.register(SystemAccess)
def _systemaccess(estimate: SystemAccess) -> pd.DataFrame:
    """Incidences by system, the lower bound with closing as an end, and who had entered before."""
    prevalent = dict(zip((group.level for group in estimate.curves.groups), estimate.prevalent, strict=True))
    frame = to_frame(estimate.curves)
    return frame.assign(
        while_open=to_frame(estimate.while_open)["incidence"], prevalent=frame["level"].map(prevalent)
    )


@to_frame.register(Model)
def _model(estimate: Model) -> pd.DataFrame:
    """Coefficients, then who is not in the model."""
    import pandas as pd

    lost = (*estimate.missing, *estimate.left_out)
    names = [
        f"{who.factor}={who.level} (left out)" if who.level else f"{who.factor} (no entry)" for who in lost
    ]
    outside = pd.DataFrame(
        {"persons": [who.persons for who in lost], "events": [who.events for who in lost]}, index=names
    )
    return pd.concat([_coefficients(estimate), outside]) if lost else _coefficients(estimate)


def _coefficients(estimate: Model) -> pd.DataFrame:
    import pandas as pd

    fit = estimate.fit
    return pd.DataFrame(
        {
            "hazard_ratio": fit.hazard_ratio,
            "lower": fit.lower,
            "upper": fit.upper,
            "coefficient": fit.coefficients,
            "std_error": fit.std_error,
            "p_value": fit.p_value,
            "proportionality": estimate.proportionality[:-1] or np.full(len(estimate.terms), np.nan),
            "persons": [term.persons for term in estimate.terms],
            "events": [term.events for term in estimate.terms],
        },
        index=[f"{term.factor}={term.level}" if term.level else term.factor for term in estimate.terms],
    )


@to_frame.register(ArrivalComparison)
def _arrivalcomparison(estimate: ArrivalComparison) -> pd.DataFrame:
    import pandas as pd

    columns = ("persons", "crude", "standardised", "standardised_error", "mix", "mix_error", "apart")
    fit = estimate.fit
    return pd.DataFrame(
        {name: getattr(fit, name) for name in (*columns, "apart_lower", "apart_upper")},
        index=[str(name) for name in fit.groups],
    ).assign(events=estimate.events)


@to_frame.register(GoalAttainment)
def _goalattainment(estimate: GoalAttainment) -> pd.DataFrame:
    return _curves(estimate.curves).rename(columns={"level": "seen_at"})


@to_frame.register(GoalScores)
def _goalscores(estimate: GoalScores) -> pd.DataFrame:
    import pandas as pd

    parts = {"score": _counttable(estimate.scores), "finding": _counttable(estimate.findings)}
    return pd.concat(parts, axis="columns").assign(
        persons=estimate.persons, met_after_adaptation=estimate.after_adaptation
    )


@to_frame.register(AttainmentModel)
def _attainmentmodel(estimate: AttainmentModel) -> pd.DataFrame:
    import pandas as pd

    fit = estimate.fit
    return pd.DataFrame(
        {
            "odds_ratio": np.exp(fit.coefficients),
            "lower": np.exp(fit.lower),
            "upper": np.exp(fit.upper),
            "coefficient": fit.coefficients,
            "std_error": fit.std_error,
            "p_value": fit.p_value,
            "persons": [term.persons for term in estimate.terms],
        },
        index=[f"{term.factor}={term.level}" if term.level else term.factor for term in estimate.terms],
    )


@to_frame.register(WorkerShare)
def _workershare(estimate: WorkerShare) -> pd.DataFrame:
    import pandas as pd

    # Not even the researcher sees single workers here.
    figures = {name: getattr(estimate, name) for name in ("value", "lower", "upper", "persons")}
    return pd.DataFrame({**figures, "workers": len(estimate.workers)}, index=[estimate.domain])


@to_frame.register(StateShares)
def _stateshares(estimate: StateShares) -> pd.DataFrame:
    import pandas as pd

    at = estimate.fit.at(list(estimate.times))
    many = len(estimate.states)
    return pd.DataFrame(
        {
            "days": np.repeat(estimate.times, many),
            "state": list(estimate.states) * len(estimate.times),
            "share": at.probability.ravel(),
            "std_error": at.std_error.ravel(),
            "known": np.repeat(estimate.known, many),
        }
    )


@to_frame.register(SideBySide)
def _sidebyside(estimate: SideBySide) -> pd.DataFrame:
    import pandas as pd

    models = {
        f"hazard of {estimate.endpoint}": estimate.hazard,
        f"incidence of {estimate.endpoint}": estimate.incidence,
    }
    models |= {f"hazard of {model.of}": model for model in estimate.competing if model is not None}
    frames = {
        name: _coefficients(model)[["hazard_ratio", "lower", "upper"]].rename(
            columns={"hazard_ratio": "ratio"}
        )
        for name, model in models.items()
        if model is not None
    }
    return pd.concat(frames, axis="columns")


@to_frame.register(Effect)
def _effect(estimate: Effect) -> pd.DataFrame:
    """The effect and what stands beside it; `withheld` says what the design fails, with a fit or without."""
    control = estimate.negative_control
    fits = {
        "by household": (estimate.fit, _failed(estimate)),
        "by worker": (estimate.by_worker, estimate.by_worker_missing),
        "departure": (estimate.departure, ""),
        f"negative control {estimate.negative_control_endpoint}": (
            getattr(control, "fit", None),
            _failed(control) if control is not None else "",
        ),
    }
    told = {name: (fit, why) for name, (fit, why) in fits.items() if fit is not None or why}
    return _fits(list(told), [fit for fit, _ in told.values()], [why for _, why in told.values()])


def _failed(effect: Effect) -> str:
    """What an effect's design fails: each limit by its name, with the covariate or arm it is about."""
    named = [(failure.key, failure.covariate or failure.arm) for failure in effect.failures]
    return ", ".join(dict.fromkeys(f"{key} ({of})" if of else key for key, of in named))


def _fits(index: Sequence[Any], fits: Sequence[Any], withheld: Sequence[str]) -> pd.DataFrame:
    """One row a fit, without numbers where there is none, and why it is withheld."""
    import pandas as pd

    rows = [fit.to_frame().iloc[0].to_dict() if fit is not None else {} for fit in fits]
    at = pd.MultiIndex.from_tuples(index) if index and isinstance(index[0], tuple) else pd.Index(index)
    return pd.DataFrame(rows, index=at).assign(withheld=list(withheld))


@to_frame.register(TargetTrial)
def _targettrial(estimate: TargetTrial) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for found in estimate.effects:
        asked = {
            name: getattr(found, name) for name in ("trials", "grace_days", "adherence", "horizon_months")
        }
        fit = found.effect.fit
        said = {} if fit is None else fit.to_frame().iloc[0].to_dict()
        also = {"person_trials": found.person_trials, "withheld": _failed(found.effect)}
        rows.append(asked | said | also)
    return pd.DataFrame(rows)


@to_frame.register(EffectOverview)
def _effectoverview(estimate: EffectOverview) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "primary": primary,
            **{name: getattr(effect.fit, name, np.nan) for name in ("value", "std_error", "lower", "upper")},
            "detectable": effect.detectable,
            "p_value": getattr(effect.fit, "p_value", np.nan),
            "adjusted": np.nan if adjusted is None else adjusted,
            "withheld": _failed(effect),
        }
        for effect, primary, adjusted in zip(
            estimate.effects, estimate.primary, estimate.adjusted, strict=True
        )
    ]
    return pd.DataFrame(rows, index=[effect.definition.key for effect in estimate.effects])


@to_frame.register(EffectByGroup)
def _effectbygroup(estimate: EffectByGroup) -> pd.DataFrame:
    found = {
        (groups.dimension, level): effect
        for groups in estimate.groups
        for level, effect in zip(groups.levels, groups.effects, strict=True)
    }
    effects = list(found.values())
    return _fits(list(found), [effect.fit for effect in effects], list(map(_failed, effects)))


@to_frame.register(EffectOverTime)
def _effectovertime(estimate: EffectOverTime) -> pd.DataFrame:
    effects = estimate.effects
    days = [effect.horizon_days for effect in effects]
    return _fits(days, [effect.fit for effect in effects], list(map(_failed, effects)))


@to_frame.register(Costs)
def _costs(estimate: Costs) -> pd.DataFrame:
    import pandas as pd

    columns = ("measure", "funding_class", "persons", "participations", "without_cost", "cost")
    return pd.DataFrame(
        [[getattr(line, name) for name in columns] for line in estimate.lines], columns=columns
    )


@to_frame.register(Funding)
def _funding(estimate: Funding) -> pd.DataFrame:
    import pandas as pd

    columns = ("measure", "funding_class", "since", "until")
    return pd.DataFrame(
        [[getattr(spell, name) for name in columns] for spell in estimate.spells], columns=columns
    )


@to_frame.register(Funnel)
def _funnel(estimate: Funnel) -> pd.DataFrame:
    """Groups compared, then those too small, which have no expected number."""
    import pandas as pd

    whole = (*estimate.compared, *estimate.too_small)
    columns = ("persons", "events", "workers")
    frame = pd.DataFrame(
        {name: [getattr(group, name) for group in whole] for name in columns},
        index=[group.level for group in whole],
    )
    for name in ("observed", "expected"):
        found = [] if estimate.fit is None else list(getattr(estimate.fit, name))
        frame[name] = [*found, *[np.nan] * (len(whole) - len(found))]
    return frame


@to_frame.register(CaseloadOverTime)
def _caseloadovertime(estimate: CaseloadOverTime) -> pd.DataFrame:
    return (
        _distributiontable(estimate.spread)
        .rename(columns={"persons": "workers"})
        .assign(
            open_cases=estimate.open_cases,
            persons=estimate.persons,
            full_time_equivalents=estimate.full_time_equivalents,
        )
    )


@to_frame.register(CaseloadModel)
def _caseloadmodel(estimate: CaseloadModel) -> pd.DataFrame:
    return _model(estimate.model)


@to_frame.register(QuantileTable)
def _quantiletable(estimate: QuantileTable) -> pd.DataFrame:
    import pandas as pd

    columns = {"value": estimate.values, "beside": estimate.beside, "persons": estimate.persons}
    return pd.DataFrame(columns, index=list(estimate.rows))


@to_frame.register(DistributionTable)
def _distributiontable(estimate: DistributionTable) -> pd.DataFrame:
    import pandas as pd

    columns = [f"{100 * probability:g} %" for probability in estimate.probabilities]
    frame = pd.DataFrame(estimate.values, index=list(estimate.rows), columns=columns)
    return frame.assign(persons=estimate.persons)


@to_frame.register(TruthComparison)
def _truthcomparison(estimate: TruthComparison) -> pd.DataFrame:
    import pandas as pd

    columns = ["estimate", "level", "days", "value", "std_error", "truth", "distance"]
    rows = [
        (
            row.estimate.definition.id,
            row.level,
            row.days,
            row.value,
            row.std_error,
            row.truth,
            abs(row.value - row.truth) / float(np.hypot(row.std_error, row.truth_std_error)),
        )
        for row in estimate.rows
    ]
    return pd.DataFrame(rows, columns=columns)


@to_frame.register(TwoPerspectives)
def _twoperspectives(estimate: TwoPerspectives) -> pd.DataFrame:
    """A row per perspective: persons by rating, who answered, the share of 4 and 5, plain and weighted."""
    import pandas as pd

    every = estimate.responses[0]
    frame = pd.DataFrame(
        estimate.counts, index=[who.value for who in Perspective], columns=[str(rating) for rating in RATINGS]
    )
    given = frame.sum(axis=1)
    effective = estimate.counts[:, EFFECTIVE - 1 :].sum(axis=1) / given
    return frame.assign(
        given=given,
        persons=every.persons,
        effective=effective,
        std_error=estimate.effective_errors,
        weighted=[each.value for each in estimate.weighted],
    )


@to_frame.register(PerceivedEffects)
def _perceivedeffects(estimate: PerceivedEffects) -> pd.DataFrame:
    import pandas as pd

    frames = [_twoperspectives(each)[["effective", "std_error"]] for each in estimate.perspectives]
    return pd.concat(frames, keys=[each.measure for each in estimate.perspectives])
