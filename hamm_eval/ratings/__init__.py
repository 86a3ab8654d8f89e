"""Ratings: how far raters agree, what goes with higher ratings, goals attained.

Array functions; conventions are those of the R packages named in each docstring.
"""

from hamm_eval.ratings.clustered_regression import ClusteredRegression, JointTest, clustered_regression
from hamm_eval.ratings.fleiss_kappa import FleissKappa, fleiss_kappa
from hamm_eval.ratings.goal_attainment import goal_attainment_t
from hamm_eval.ratings.icc import IntraclassCorrelation, intraclass_correlation
from hamm_eval.ratings.kappa import WeightedKappa, weighted_kappa
from hamm_eval.ratings.krippendorff import KrippendorffAlpha, krippendorff_alpha
from hamm_eval.ratings.linear_mixed import LinearMixed, linear_mixed
from hamm_eval.ratings.marginal import MarginalModel, marginal_model
from hamm_eval.ratings.ordinal import OrdinalRegression, ordinal_regression
from hamm_eval.ratings.ordinal_mixed import OrdinalMixed, ordinal_mixed
from hamm_eval.ratings.paired import paired_ordinal_regression
from hamm_eval.ratings.proportional_odds import ProportionalOddsTest, proportional_odds_test

__all__ = [
    "ClusteredRegression",
    "FleissKappa",
    "IntraclassCorrelation",
    "JointTest",
    "KrippendorffAlpha",
    "LinearMixed",
    "MarginalModel",
    "OrdinalMixed",
    "OrdinalRegression",
    "ProportionalOddsTest",
    "WeightedKappa",
    "clustered_regression",
    "fleiss_kappa",
    "goal_attainment_t",
    "intraclass_correlation",
    "krippendorff_alpha",
    "linear_mixed",
    "marginal_model",
    "ordinal_mixed",
    "ordinal_regression",
    "paired_ordinal_regression",
    "proportional_odds_test",
    "weighted_kappa",
]


def __dir__() -> list[str]:
    """Public names for tab completion; the files they live in are no part of the room's face."""
    return sorted(__all__)
