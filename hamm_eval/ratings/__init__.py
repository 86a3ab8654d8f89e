"""Ratings: how far raters agree, what goes with higher ratings, goals attained.

Array functions; conventions are those of tests/reference/README.md.
"""

from hamm_eval.ratings.goal_attainment import goal_attainment_t
from hamm_eval.ratings.kappa import WeightedKappa, weighted_kappa
from hamm_eval.ratings.ordinal import OrdinalRegression, ordinal_regression

__all__ = [
    "OrdinalRegression",
    "WeightedKappa",
    "goal_attainment_t",
    "ordinal_regression",
    "weighted_kappa",
]
