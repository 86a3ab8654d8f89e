"""Pace and share side by side: the same characteristics in the models of every cause."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

from hamm_eval.analysis.associations import associations
from hamm_eval.analysis.definitions import define
from hamm_eval.analysis.incidence_model import incidence_model
from hamm_eval.cohort import Cohort
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import Model, SideBySide
from hamm_eval.params import Params

QUESTION = "side_by_side"


def side_by_side(
    cohort: Cohort, params: Params, covariates: Sequence[str] | str, *, key: str | None = None
) -> SideBySide:
    """Cause-specific hazards of an endpoint and of what competes, and its incidence, by the same covariates.

    A characteristic may go with a faster path and yet with fewer who arrive, where it goes with leaving
    earlier, too. No single model tells this: the hazards say at what pace those still here reach the goal or
    leave, the incidence model in which direction the share differs that has reached it.

    All models are of the same persons from the same day on, that on which the incidence curve of all begins
    (`start_of_curve`), with the same levels: early risk sets that are too thin for the incidence are left out
    of the hazards as well.

    Parameters
    ----------
    cohort : Cohort
    params : Params
    covariates : sequence of str, or str
        As in `associations`.
    key : str, optional
        Name of the question; the endpoint by default.

    Returns
    -------
    SideBySide
        A model that cannot be estimated (say, for lack of departures) is None, with a warning.

    Raises
    ------
    UsageError
        A group that params do not name, a column that the cohort lacks.
    NotEstimable
        No event of the endpoint.

    References
    ----------
    Latouche, A., Allignol, A., Beyersmann, J., Labopin, M. and Fine, J. P. (2013). A competing risks analysis
    should report results on all cause-specific hazards and cumulative incidence functions. J. Clinical
    Epidemiology 66, 648-653.
    """
    hazard = associations(cohort, params, covariates, key=key)
    competing = tuple(
        _or_none(lambda of=of: associations(cohort, params, covariates, key=key, of=of))  # type: ignore[misc]
        for of in cohort.causes[1:]
    )
    incidence = _or_none(lambda: incidence_model(cohort, params, covariates, key=key)) if competing else None
    return SideBySide(
        definition=define(QUESTION, key or cohort.endpoint, **hazard.definition.details),
        endpoint=cohort.endpoint,
        hazard=hazard,
        competing=competing,
        incidence=incidence,
    )


def _or_none(ask: Callable[[], Model]) -> Model | None:
    """The model, or None where it cannot be estimated."""
    try:
        return ask()
    except NotEstimable as error:
        warnings.warn(str(error), stacklevel=3)
        return None
