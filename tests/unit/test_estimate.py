from __future__ import annotations

import numpy as np

from hamm_eval.estimate import CountTable, Definition


def test_the_digest_tells_definitions_apart_and_nothing_else() -> None:
    one = Definition(question="time_to_integration", key="b1", details={"horizon": 12, "by": "sex"})
    same = Definition(question="time_to_integration", key="b1", details={"by": "sex", "horizon": 12})
    assert one.digest == same.digest
    others = [
        Definition(question="time_to_integration", key="b1", details={"by": "sex", "horizon": 18}),
        Definition(question="time_to_integration", key="b2", details=one.details),
        Definition(question="time_to_integration", key="b1", details=one.details, version=2),
        Definition(question="measure_effectiveness", key="b1", details=one.details),
    ]
    assert len({one.digest, *(other.digest for other in others)}) == 5


def test_the_representation_of_an_estimate_holds_no_value() -> None:
    table = CountTable(
        definition=Definition("cohort", "x"),
        rows=("a",),
        columns=("persons",),
        row_dimension="step",
        column_dimension="",
        counts=np.array([[4711]]),
        total=4711,
    )
    assert "4711" not in repr(table)
    assert "not released" in repr(table)
