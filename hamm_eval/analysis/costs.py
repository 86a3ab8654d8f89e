"""What do measures cost, by funding class, and what does an additional person with the goal cost?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.groundwork import Groundwork
from hamm_eval.analysis.measure_effectiveness import compared_for, measure_effectiveness, starts_of
from hamm_eval.analysis.participations import OTHER, begun_by, begun_participations, measures_in_order
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.effects import cost_per_additional, estimate_effect, joint_covariance
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import CostLine, Costs, Effect, EffectCost
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "costs"
UNKNOWN_CLASS = "missing"


def costs(
    case_file: CaseFile,
    params: Params,
    *,
    effects: Mapping[str, Effect] | None = None,
    ground: Groundwork | None = None,
) -> Costs:
    """Costs by measure and funding class; additional cost, break-even effect and ratio for every effect.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
        Its measures, the effects asked for, and `costs.price_per_additional`.
    effects : mapping of str to Effect, optional
        Of `measure_effectiveness` on the same case file and params, by key; those not given are estimated.
    ground : Groundwork, optional
        Of the same case file and params.

    Returns
    -------
    Costs
        A participation belongs to the funding class in force on the day on which it began. A measure without
        a recorded cost has none: its participations are counted and nothing is put in their place.

    Raises
    ------
    TableAbsent
        The export holds no participations or no measures.

    Notes
    -----
    The cost of an effect is the difference between the arms that the effect compares, by the same estimator:
    comparison persons may begin the measure later, and their participations cost as much. Costs differ
    between persons by whether and how often they begin; the ratio's interval therefore takes the covariance
    of cost and effect, clustered by household (`effects.cost_per_additional`). Participations are known for
    everybody up to the horizon, whether the file was closed or not.
    """
    ground, known = ground or Groundwork(case_file, params), effects or {}
    tables = tables_given(case_file)
    begun = begun_participations(tables, params)
    measures = require_table(tables, "measures")
    cost = measures.set_index("measure_id")["cost_per_participant"].astype("float64")
    prices = params.costs.price_per_additional if params.costs else {}
    return Costs(
        definition=define(
            QUESTION,
            "all",
            **cohort_details(params),
            prices={key: price.amount for key, price in prices.items()},
            effects=list(params.measure_effectiveness),
        ),
        lines=tuple(cost_lines(tables, begun, cost, params)),
        effects=tuple(
            _effect_cost(ground, key, known.get(key), cost) for key in params.measure_effectiveness
        ),
        whom=begun_by(params),
    )


def funding_class_at_start(tables: Mapping[str, pd.DataFrame], begun: pd.DataFrame) -> pd.Series:
    """Funding class in force on the day on which each participation began; "missing" where none is known."""
    known = pd.Series(UNKNOWN_CLASS, index=begun.index, dtype=object)
    if "measure_funding" not in tables:
        return known
    spells = tables["measure_funding"][["measure_id", "funding_class", "valid_from", "valid_until"]]
    spells = spells[spells["valid_from"].notna()].sort_values("valid_from", kind="stable")
    at = begun[["measure_id", "started_on"]].rename_axis("row").reset_index().astype({"measure_id": object})
    found = pd.merge_asof(
        at.sort_values("started_on", kind="stable"),
        spells.astype({"measure_id": object}),
        left_on="started_on",
        right_on="valid_from",
        by="measure_id",
    ).set_index("row")
    # A spell that had ended by then leaves a gap: no class is carried over it.
    in_force = found["valid_until"].isna() | (found["valid_until"] >= found["started_on"])
    classes = found["funding_class"].astype(object).where(in_force & found["funding_class"].notna())
    return classes.reindex(begun.index).fillna(UNKNOWN_CLASS).astype(str)


def cost_lines(
    tables: Mapping[str, pd.DataFrame], begun: pd.DataFrame, cost: pd.Series, params: Params
) -> list[CostLine]:
    """One line per measure and funding class in which participations began, in declared order."""
    rows = begun.assign(
        funding_class=funding_class_at_start(tables, begun), cost=begun["measure_id"].map(cost)
    )
    classes = (*BY_NAME["measure_funding"].column("funding_class").categories, UNKNOWN_CLASS)
    lines = []
    for measure in measures_in_order(rows["measure"], params):
        for name in classes:
            of = rows[(rows["measure"] == measure) & (rows["funding_class"] == name)]
            if of.empty:
                continue
            lines.append(
                CostLine(
                    measure=measure,
                    funding_class=name,
                    persons=of["person_id"].nunique(),
                    participations=len(of),
                    without_cost=int(of["cost"].isna().sum()),
                    # Measures that params do not name have costs of their own, and no one cost together.
                    cost=float("nan") if measure == OTHER else float(of["cost"].iloc[0]),
                )
            )
    return lines


def _effect_cost(ground: Groundwork, key: str, known: Effect | None, cost: pd.Series) -> EffectCost:
    """Additional cost per participant, and the cost per additional person where the effect allows one."""
    params = ground.params
    effect = known or measure_effectiveness(ground.case_file, params, key, ground=ground)
    question = params.measure_effectiveness[key]
    each = float(cost.get(question.measure, np.nan))
    prices = params.costs.price_per_additional if params.costs else {}
    price = prices[question.endpoint].amount if question.endpoint in prices else float("nan")
    additional, ratio = float("nan"), None
    if np.isfinite(each) and effect.fit is not None:
        # As for the effect itself, imputations included.
        trial, matrix = compared_for(ground, key)
        rows = trial.rows[matrix.kept]
        paid = each * _times_begun(
            ground.case_file, rows, question.measure, trial.landmark_days + trial.horizon_days
        )
        treated = rows["treated"].to_numpy(dtype=np.int64)
        households = rows["household_id"].to_numpy(dtype=str)
        std_error = covariance = 0.0
        if all(np.ptp(paid[treated == arm]) == 0 for arm in (0, 1)):
            additional = float(paid[treated == 1][0] - paid[treated == 0][0])
        else:
            difference = matrix.estimate(
                lambda columns: estimate_effect(
                    paid,
                    treated,
                    columns,
                    estimand=question.estimand,
                    interactions="none",
                    cluster=households,
                    small_sample=True,
                )
            )
            additional, std_error = difference.value, difference.std_error
            covariance = float(joint_covariance([difference, effect.fit], [households, households])[0, 1])
        freedom = effect.fit.degrees_of_freedom
        try:
            ratio = cost_per_additional(
                additional,
                effect.fit.value,
                effect.fit.std_error,
                cost_std_error=std_error,
                covariance=covariance,
                clusters=None if freedom is None else freedom + 1,
            )
        except NotEstimable:
            ratio = None
    return EffectCost(effect=effect, cost=each, additional_cost=additional, ratio=ratio, price=price)


def _times_begun(case_file: CaseFile, rows: pd.DataFrame, measure: str, until: int) -> np.ndarray:
    """How often each person began the measure from day 0 up to a day."""
    starts = starts_of(case_file, measure)
    origin = starts["person_id"].map(rows.set_index("person_id")["origin_on"])
    day = (starts["started_on"] - origin).dt.days
    times = starts[(day >= 0) & (day <= until)].groupby("person_id").size()
    return rows["person_id"].map(times).fillna(0).to_numpy(dtype=np.float64)
