from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamm_eval.errors import UsageError
from hamm_eval.vocabulary import Quarter

quarters = st.builds(Quarter, st.integers(1990, 2100), st.integers(1, 4))


@given(quarters)
def test_quarters_follow_one_another_without_a_gap(quarter: Quarter) -> None:
    assert quarter.next.previous == quarter
    assert quarter.end + dt.timedelta(days=1) == quarter.next.start
    assert quarter < quarter.next
    assert Quarter.parse(str(quarter)) == quarter


@pytest.mark.parametrize("text", ["2017-Q5", "2017Q2", "2017-2", "", "17-Q2", " 2017-Q2"])
def test_anything_else_is_no_quarter(text: str) -> None:
    with pytest.raises(UsageError, match="Example: 2017-Q2"):
        Quarter.parse(text)
