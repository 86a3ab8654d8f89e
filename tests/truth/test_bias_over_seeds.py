"""Other cities, many times Hamm's size: are the estimators right on average? Rule and seeds fixed beforehand.

A perfect method fails any of these bounds in about one of a thousand runs: Bonferroni over what is compared.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.analysis.time_to_integration import time_to_integration
from hamm_eval.analysis.truth_check import read_truth, truth_check
from hamm_eval.casefile import read_case_file
from hamm_eval.cohort import build_cohort
from hamm_eval.params import load_params
from hamm_eval.synthetic.export import simulate_city, write_tables
from hamm_eval.synthetic.scenario import load_scenario

ROOT = Path(__file__).parents[2]
SEEDS = range(7001, 7011)
SCALE = 20.0

pytestmark = pytest.mark.slow


def test_mean_error_over_ten_large_cities(tmp_path: Path) -> None:
    params = load_params(ROOT / "params" / "2017-Q2.yaml")
    truth = read_truth(ROOT / params.source.folder)
    errors: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for seed in SEEDS:
        _, tables = simulate_city(load_scenario(), seed=seed, scale=SCALE)
        folder = tmp_path / str(seed)
        folder.mkdir()
        write_tables(folder, tables)
        case_file = read_case_file(folder, as_of=params.data_cut)
        estimates = [
            time_to_integration(build_cohort(case_file, params, key), params)
            for key in params.time_to_integration
        ]
        effects = [measure_effectiveness(case_file, params, key) for key in params.measure_effectiveness]
        for row in truth_check(truth, [*estimates, *effects]).rows:
            errors.setdefault((row.estimate.definition.key, row.days), []).append(
                (row.value - row.truth, row.std_error)
            )
    print(
        json.dumps({f"{key} {day}": np.mean(e, axis=0).round(4).tolist() for (key, day), e in errors.items()})
    )
    bound = norm.isf(0.0005 / len(errors))
    for place, found in errors.items():
        error, std_error = np.array(found).T
        assert abs(error.mean()) < bound * np.sqrt((std_error**2).sum()) / len(found), place
