"""True ratings: what both perspectives would say of each measure if nobody kept silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from hamm_eval.synthetic.casework import open_cases
from hamm_eval.synthetic.ratings import rate
from hamm_eval.synthetic.scenario import Scenario
from hamm_eval.synthetic.support import participation_records
from hamm_eval.synthetic.truth.tally import Tally
from hamm_eval.synthetic.world import World
from hamm_eval.vocabulary import EFFECTIVE


def tally_ratings(world: World, tally: Tally, rng: np.random.Generator) -> None:
    """Count the ratings of every documented participation that has ended."""
    of_cases, of_participations, of_ratings = rng.spawn(3)
    cases = open_cases(world, of_cases)
    _, facts = participation_records(world, cases, of_participations)
    rated = rate(world, facts, of_ratings)
    measure = facts["measure_id"][rated.participation]
    household = world.people.household[rated.person]
    views = {
        "social_worker": rated.social_worker,
        "refugee": rated.refugee,
        "difference": rated.refugee - rated.social_worker,
        "same": rated.refugee == rated.social_worker,
        "social_worker_good": rated.social_worker >= EFFECTIVE,
        "refugee_good": rated.refugee >= EFFECTIVE,
    }
    for name in (*world.scenario.measures, "all"):
        where = measure == name if name != "all" else np.ones(len(measure), dtype=bool)
        one = np.ones(np.count_nonzero(where))
        for view, values in views.items():
            tally.add((name, view), values[where].astype(float), one, household[where])


def rating_rows(s: Scenario, tally: Tally) -> Iterator[dict[str, Any]]:
    """A row for each measure, and one for all."""
    for name in (*s.measures, "all"):
        yield {
            "measure": name,
            "social_worker_mean": round(tally.mean((name, "social_worker")), 5),
            "refugee_mean": round(tally.mean((name, "refugee")), 5),
            "mean_difference": round(tally.mean((name, "difference")), 5),
            "same_rating": round(tally.mean((name, "same")), 5),
            "social_worker_good": round(tally.mean((name, "social_worker_good")), 5),
            "refugee_good": round(tally.mean((name, "refugee_good")), 5),
            "std_error": round(tally.std_error((name, "refugee")), 5),
            "ratings": tally.persons((name, "refugee")),
        }
