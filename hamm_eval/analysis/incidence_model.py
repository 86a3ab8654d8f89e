"""Who attains a goal more often? A Fine-Gray model of an endpoint's incidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamm_eval.analysis.definitions import define, endpoint_details
from hamm_eval.analysis.design_matrix import design_matrix
from hamm_eval.analysis.formula import formula_columns
from hamm_eval.analysis.interactions import interaction_columns
from hamm_eval.analysis.model_terms import (
    asked_formula,
    cause_code,
    details_of,
    lost_from,
    product_term,
    term_of,
    too_small_in,
)
from hamm_eval.analysis.time_to_integration import start_of_cohort
from hamm_eval.cohort import Cohort
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Model
from hamm_eval.params import Params
from hamm_eval.release.policy import policy_of
from hamm_eval.survival import fine_gray

QUESTION = "incidence_model"


def incidence_model(
    cohort: Cohort,
    params: Params,
    covariates: Sequence[str] | str,
    *,
    key: str | None = None,
    of: str | None = None,
) -> Model:
    """Subdistribution hazard ratios: in which direction the share with the endpoint differs.

    Parameters
    ----------
    cohort : Cohort
    params : Params
    covariates : sequence of str, or str
        As in `associations`: groups known at the origin, or a formula. None may change later: after a
        competing event it would have no value.
    key : str, optional
        Name of the question; the endpoint by default.
    of : str, optional
        Cause whose incidence is modelled; the endpoint by default.

    Returns
    -------
    Model
        Of `scale` "incidence", with household-robust standard errors. With late entry it is conditional on
        being event-free at the first time with 30 persons at risk, as the incidence curve of all persons is
        (`start_of_curve`): weights of earlier, thin risk sets would carry single persons.

    Raises
    ------
    UsageError
        A group that params do not name, a column that the cohort lacks, no such cause.
    NotEstimable
        No event.

    References
    ----------
    Fine, J. P. and Gray, R. J. (1999). A proportional hazards model for the subdistribution of a competing
    risk. J. American Statistical Association 94, 496-509.
    """
    formula = asked_formula(covariates, cohort, params)
    rows, groups = formula_columns(cohort.rows(), formula, params.groups)
    since = start_of_cohort(cohort, params)
    rows = rows[rows["stop"] > since].assign(start=lambda r: r["start"].clip(lower=since))
    code = cause_code(cohort, of)
    rows = rows.reset_index(drop=True).assign(event=lambda r: (r["cause"] == 1).astype("int64"))
    too_small = too_small_in(rows, policy_of(params))
    matrix = design_matrix(rows, formula.covariates, groups, too_small)
    products = interaction_columns(matrix, formula.interactions, too_small)
    columns = matrix.columns.assign(**products)
    missing, left_out = lost_from(rows, matrix, rows["cause"] == code)
    used = rows[matrix.kept].assign(event=lambda r: (r["cause"] == code).astype("int64"))
    if not used["event"].any() or columns.empty:
        raise NotEstimable("No event among those with all covariates.", where=f"endpoints.{cohort.endpoint}")
    fit = fine_gray(
        used["stop"].to_numpy(dtype=np.float64),
        used["cause"].to_numpy(dtype=np.int64),
        columns,
        of=code,
        causes=len(cohort.causes),
        entry=used["start"].to_numpy(dtype=np.float64) if (used["start"] > since).any() else None,
        cluster=used["household_id"].to_numpy(dtype=str),
        cluster_t=None,
    )
    return Model(
        definition=define(
            QUESTION,
            key or cohort.endpoint,
            **endpoint_details(params, cohort.endpoint),
            covariates={name: details_of(params, groups, name) for name in formula.covariates},
            interactions=list(map(list, formula.interactions)),
            of=of,
            since="curve",
        ),
        endpoint=cohort.endpoint,
        terms=tuple(term_of(used, matrix, *pair) for pair in matrix.terms)
        + tuple(product_term(used, values, name) for name, values in products.items()),
        references=tuple(term_of(used, matrix, *pair) for pair in matrix.references),
        fit=fit,
        persons=int(used["person_id"].nunique()),
        events=int(used["event"].sum()),
        merged=matrix.merged,
        of=cohort.causes[code - 1],
        scale="incidence",
        missing=missing,
        left_out=left_out,
        since=since,
    )
