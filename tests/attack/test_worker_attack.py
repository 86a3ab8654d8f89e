"""What a share of variance, or a model of scores, tells of a single social worker or of few persons."""

from __future__ import annotations

import numpy as np
import pytest

from hamm_eval.estimate import AttainmentModel, Definition, Term, WorkerShare
from hamm_eval.ratings import ordinal_mixed, ordinal_regression
from hamm_eval.release.gate import release
from hamm_eval.release.json import to_json
from hamm_eval.release.policy import Policy

STRICT = Policy.strict()


def share_of(scores: list[np.ndarray]) -> WorkerShare:
    """The share of differences between workers with these scores."""
    rating = np.concatenate(scores)
    worker = np.repeat([f"w{at:02d}" for at in range(len(scores))], [len(own) for own in scores])
    sex = np.arange(rating.size) % 2
    fit = ordinal_mixed(rating, sex.astype(float), worker, nodes=5)
    return WorkerShare(
        definition=Definition("goal_attainment", "workers/language"),
        domain="language",
        value=fit.variance_share,
        lower=fit.variance_share_lower,
        upper=fit.variance_share_upper,
        workers=tuple(sorted(map(len, scores), reverse=True)),
        categories={str(k): int((rating == k).sum()) for k in np.unique(rating)},
        parameters=1 + np.unique(rating).size,
    )


def known(rng: np.random.Generator, workers: int, persons: int) -> list[np.ndarray]:
    """Scores of colleagues that an attacker knows; each gives every score at least once."""
    first = np.array([-1, 0, 1])
    return [np.r_[first, rng.choice([-1, 0, 1], persons - 3)] for _ in range(workers)]


def one_worker(high: int, persons: int) -> np.ndarray:
    """The worker that is asked about: so many persons above what was agreed, the others below."""
    return np.where(np.arange(persons) < high, 1, -1)


def test_whoever_knows_two_workers_reads_the_third_and_the_gate_withholds() -> None:
    colleagues = known(np.random.default_rng(2), 2, 40)
    exact = [round(share_of([*colleagues, one_worker(high, 40)]).value, 6) for high in (29, 32, 35, 38)]
    # Each number of the third worker gives a share of its own: the exact share tells the number.
    assert len(set(exact)) == len(exact)
    found = release(share_of([*colleagues, one_worker(32, 40)]), STRICT)
    assert (found.withheld, found.share) == ("few_workers", None)


def test_among_twelve_workers_of_a_city_one_more_or_less_is_not_told() -> None:
    colleagues = known(np.random.default_rng(3), 11, 30)
    exact, shown = set(), set()
    for high in (13, 15, 17):
        estimate = share_of([*colleagues, one_worker(high, 30)])
        exact.add(round(estimate.value, 6) + round(estimate.upper, 6))
        shown.add(str(to_json(release(estimate, STRICT))["share"]))
    assert len(exact) > 1
    assert len(shown) == 1


def test_a_worker_with_most_of_the_persons_is_nobodys_average() -> None:
    colleagues = known(np.random.default_rng(4), 10, 12)
    found = release(share_of([*colleagues, one_worker(40, 90)]), STRICT)
    assert found.withheld == "one_worker_dominates"


def test_nothing_but_one_interval_leaves_the_gate() -> None:
    content = to_json(release(share_of(known(np.random.default_rng(5), 12, 20)), STRICT))
    assert set(content) == {"kind", "id", "definition_digest", "policy", "domain", "withheld", "share"}


def test_thresholds_and_persons_by_level_would_give_the_scores_back_and_are_not_told() -> None:
    rng = np.random.default_rng(6)
    n = 400
    sex = rng.integers(0, 2, n)
    rating = rng.choice([-1, 0, 1], n, p=[0.5, 0.485, 0.015])
    fit = ordinal_regression(rating, sex.astype(float))
    # Without the rule: coefficient, thresholds and persons by level give the number of each score.
    few = int((rating == 1).sum())
    assert 0 < few <= 7
    predicted = fit.predict(np.array([[0.0], [1.0]]))[:, 2] @ np.bincount(sex)
    assert predicted == pytest.approx(few, abs=0.5)

    def term(level: str, of: int) -> Term:
        here = rating[sex == of]
        return Term(
            factor="sex", level=level, persons=here.size, events=int((here >= 0).sum()),
            non_events=int((here < 0).sum()),
        )  # fmt: skip

    model = AttainmentModel(
        definition=Definition("goal_attainment", "model/language"),
        domain="language",
        terms=(term("female", 1),),
        references=(term("male", 0),),
        fit=fit,
        categories={str(k): int((rating == k).sum()) for k in (-1, 0, 1)},
    )
    content = to_json(release(model, STRICT))
    assert content["withheld"] == []
    assert "thresholds" not in str(content)
    cells = [part["persons"] for part in content["terms"]]
    assert [(cell["value"], cell["share"], cell["linked"]) for cell in cells] == [(None, None, True)] * 2
