"""How many open case files has a social worker, quarter by quarter, and does the pace go with it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.associations import associations
from hamm_eval.analysis.definitions import define
from hamm_eval.analysis.quarters import recent_quarters
from hamm_eval.cohort import Caseload, Cohort
from hamm_eval.cohort.event_source import require_table, tables_given
from hamm_eval.estimate import CaseloadModel, CaseloadOverTime, DistributionTable
from hamm_eval.inference import FloatArray
from hamm_eval.params import Params

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "caseload"
QUARTILES = (0.25, 0.5, 0.75)
COVARIATE = "caseload"


def caseload(case_file: CaseFile, params: Params) -> CaseloadOverTime:
    """Open case files a social worker and month: quartiles by quarter, over workers and months.

    Parameters
    ----------
    case_file : CaseFile
    params : Params
        Full-time equivalents by quarter, where they are known: exports do not tell who works part-time.

    Returns
    -------
    CaseloadOverTime
        Of the quarters that `quarters.recent_quarters` names. A worker's number in a month is the mean over
        its days of the files open, from the day of opening to the last day; workers without an open file in a
        month do not count in it. Files without a recorded worker count in the total alone.

    Raises
    ------
    TableAbsent
        The export lacks the table of cases.
    """
    cases = require_table(tables_given(case_file), "cases")
    cases = cases[cases["opened_on"].notna()]
    quarters = recent_quarters(params)
    spread, workers, open_cases, persons = [], [], [], []
    for quarter in quarters:
        parts = pd.DataFrame(
            {
                str(month): _open_in(cases, month)
                for month in pd.period_range(quarter.start, quarter.end, freq="M")
            }
        )
        by_worker = parts.groupby(cases["social_worker"].astype(object)).sum()
        loads = by_worker.to_numpy(dtype=np.float64)
        spread.append([_quantile(loads[loads > 0], at) for at in QUARTILES])
        workers.append(int((loads > 0).any(axis=1).sum()))
        open_cases.append(float(parts.sum().mean()))
        persons.append(cases["person_id"][(parts > 0).any(axis=1)].nunique())
    names = tuple(map(str, quarters))
    stated = params.caseload.full_time_equivalents
    full_time = np.array([stated.get(name, np.nan) for name in names], dtype=np.float64)
    definition = define(QUESTION, "quarters", probabilities=list(QUARTILES))
    return CaseloadOverTime(
        definition=definition,
        spread=DistributionTable(
            definition=definition,
            rows=names,
            row_dimension="quarter",
            probabilities=QUARTILES,
            values=np.array(spread, dtype=np.float64).reshape(-1, len(QUARTILES)),
            persons=np.array(workers, dtype=np.int64),
            unit="cases",
        ),
        open_cases=np.array(open_cases, dtype=np.float64),
        persons=np.array(persons, dtype=np.int64),
        full_time_equivalents=full_time,
    )


def caseload_model(cohort: Cohort, case_file: CaseFile, params: Params, key: str) -> CaseloadModel:
    """Pace to an endpoint by the number of files that a person's social worker has open, as it changes.

    Parameters
    ----------
    cohort : Cohort
        Of the endpoint that the question names.
    case_file : CaseFile
    params : Params
    key : str
        Key of `params.caseload.pace`.

    Returns
    -------
    CaseloadModel
        A Cox model of the cause-specific hazard with the open files as a time-varying number, and standard
        errors by social worker: all persons of a worker share a caseload, and with it whatever else sets
        that worker apart.

    Raises
    ------
    NotEstimable
        No event; fewer workers than coefficients; an export that does not record workers.

    References
    ----------
    Cox, D. R. (1972). Regression models and life-tables. J. Royal Statistical Society B 34, 187-202.
    """
    asked = params.caseload.pace[key]
    model = associations(
        cohort,
        params,
        asked.covariates,
        key=f"{COVARIATE}/{key}",
        case_file=case_file,
        time_varying={COVARIATE: Caseload(per=asked.per_cases)},
        cluster="social_worker",
    )
    return CaseloadModel(
        definition=define(QUESTION, key, model=model.definition.details, per_cases=asked.per_cases),
        model=model,
        per_cases=asked.per_cases,
        # Those in the model: the gate must not count workers whose persons were all left out.
        workers=int(model.fit.clusters),
    )


def _open_in(cases: pd.DataFrame, month: pd.Period) -> pd.Series:
    """The part of a month's days on which each file was open."""
    first, last = month.start_time.normalize(), month.end_time.normalize()
    begin = cases["opened_on"].where(cases["opened_on"] > first, first)
    end = cases["closed_on"].where(cases["closed_on"] < last, last)
    return ((end - begin).dt.days + 1).clip(lower=0) / month.days_in_month


def _quantile(loads: FloatArray, probability: float) -> float:
    """The least load that so many of the workers and months do not exceed; NaN without any."""
    return float(np.quantile(loads, probability, method="inverted_cdf")) if loads.size else float("nan")
