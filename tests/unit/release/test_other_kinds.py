from __future__ import annotations

import numpy as np
import pytest
from exact import as_curves, draw_group

from hamm_eval.errors import ReleaseRefused
from hamm_eval.estimate import (
    Absent,
    Definition,
    DistributionTable,
    Estimate,
    QuantileTable,
    TruthComparison,
    TruthRow,
)
from hamm_eval.release.gate import release
from hamm_eval.release.policy import Policy

STRICT = Policy.strict()


def quantiles(probability: float, persons: list[int], unit: str = "days") -> QuantileTable:
    return QuantileTable(
        definition=Definition("cohort", "delay"),
        rows=tuple(f"table{i}" for i in range(len(persons))),
        row_dimension="table",
        probability=probability,
        values=np.linspace(41.0, 63.0, len(persons)),
        persons=np.array(persons),
        unit=unit,
        beside=np.array([60.0, *[np.nan] * (len(persons) - 1)]),
    )


@pytest.mark.parametrize(
    ("probability", "needed"),
    [(0.5, 10), (0.25, 10), (0.75, 10), (0.9, 50), (0.1, 50), (0.95, 100), (0.99, 500)],
)
def test_rule_4_quantiles_need_persons_the_more_the_further_out(probability: float, needed: int) -> None:
    few, enough = release(quantiles(probability, [needed - 1, needed]), STRICT).values
    assert few is None
    assert enough == 65


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_rule_4_no_minimum_and_no_maximum(probability: float) -> None:
    assert release(quantiles(probability, [100_000]), STRICT).values == (None,)


def test_rule_4_quantiles_are_rounded() -> None:
    shown = release(quantiles(0.5, [100, 100, 100]), STRICT)
    assert shown.values == (40, 50, 65)
    assert shown.beside == (60.0, None, None)
    assert release(quantiles(0.5, [100, 100], unit="months"), STRICT).values == (41, 63)


def distribution(persons: list[int], values: object = None) -> DistributionTable:
    shown = [[4.0, 12.0, 23.0, 51.0]] * len(persons) if values is None else values
    return DistributionTable(
        definition=Definition("cohort", "delays/provider"),
        rows=tuple(f"provider{i}" for i in range(len(persons))),
        row_dimension="provider",
        probabilities=(0.25, 0.5, 0.75, 0.95),
        values=np.array(shown, dtype=np.float64),
        persons=np.array(persons),
        unit="days",
    )


def test_rule_4_judges_each_quantile_of_a_distribution_by_its_own_persons() -> None:
    shown = release(distribution([9, 10, 99, 100]), STRICT)
    assert shown.values == (
        (None, None, None, None),
        (5.0, 10.0, 25.0, None),
        (5.0, 10.0, 25.0, None),
        (5.0, 10.0, 25.0, 50.0),
    )


def test_a_distribution_keeps_the_order_of_its_rows_whatever_the_values() -> None:
    table = distribution([100, 100], [[9, 20, 30, 80], [1, 2, 3, 4]])
    shown = release(table, STRICT)
    assert shown.rows == table.rows
    assert [line[1] for line in shown.values] == [20, 0]


def test_a_row_of_nothing_is_not_shown() -> None:
    assert release(distribution([0], [[np.nan] * 4]), STRICT).values == ((None,) * 4,)


@pytest.mark.parametrize("values", [[[1.0, 2.0, 3.0]], [[1.0] * 4] * 2])
def test_a_distribution_whose_parts_do_not_fit_is_refused(values: object) -> None:
    with pytest.raises(ReleaseRefused, match="fit together"):
        release(distribution([100], values), STRICT)


def test_the_truth_stands_beside_what_was_released() -> None:
    curves = as_curves(draw_group(600, 2, level="all"), draw_group(20, 2, level="small"))
    rows = [
        TruthRow(
            estimate=curves,
            level=level,
            days=days,
            value=value,
            std_error=0.02,
            truth=0.4,
            truth_std_error=0.002,
        )
        for level, days, value in (
            ("all", 365, 0.41),
            ("all", 365, 0.5),
            ("small", 365, 0.41),
            ("all", 400, 0.41),
        )
    ]
    truth = release(TruthComparison(definition=Definition("truth", "all"), rows=tuple(rows)), STRICT)
    assert [row.within for row in truth.rows] == [True, False, None, None]
    shown = release(curves, STRICT).curves[0].at_horizon[1]
    assert (truth.rows[0].estimate, truth.rows[0].lower, truth.rows[0].upper) == (
        shown.value,
        shown.lower,
        shown.upper,
    )
    assert (truth.rows[2].estimate, truth.rows[3].estimate) == (None, None)


def test_what_lacks_is_told_by_the_names_of_tables_only() -> None:
    definition = Definition("measure_effectiveness", "x")
    assert release(Absent(definition=definition, lacking=("ratings",)), STRICT).lacking == ("ratings",)
    with pytest.raises(ReleaseRefused) as caught:
        release(Absent(definition=definition, lacking=("Aziza, 34",)), STRICT)
    assert "Aziza" not in str(caught.value)


def test_a_kind_without_a_rule_is_refused_by_name() -> None:
    class Novel(Estimate):
        pass

    with pytest.raises(ReleaseRefused, match="Novel"):
        release(Novel(definition=Definition("a", "b")), STRICT)
    with pytest.raises(ReleaseRefused, match="DataFrame"):
        import pandas as pd

        release(pd.DataFrame({"a": [1]}), STRICT)  # type: ignore[arg-type]
