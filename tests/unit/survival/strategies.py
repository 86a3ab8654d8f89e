"""Follow-ups as hypothesis draws them: few distinct times, so that nearly everything is tied."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# The same examples on every machine, however loaded it is.
steady = settings(deadline=None, derandomize=True, database=None, max_examples=60)
few = settings(steady, max_examples=15)


@st.composite
def follow_ups(draw, causes=1, late=None, least=1, zero=True, most=40):
    """(time, cause, entry or None): heavy ties, all censored, all events, entry one tick before the end."""
    n = draw(st.integers(least, most))
    late = draw(st.booleans()) if late is None else late
    lowest = 0 if zero and not late else 1
    time = draw(hnp.arrays(np.int64, n, elements=st.integers(lowest, 8)))
    kind = draw(st.sampled_from(["mixed", "mixed", "mixed", "censored", "events"]))
    codes = {
        "mixed": st.integers(0, causes),
        "censored": st.just(0),
        "events": st.integers(1, causes),
    }[kind]
    cause = draw(hnp.arrays(np.int64, n, elements=codes))
    if not late:
        return time.astype(float), cause, None
    length = draw(hnp.arrays(np.int64, n, elements=st.integers(1, 8)))
    return time.astype(float), cause, np.maximum(time - length, 0).astype(float)


@st.composite
def with_(draw, follow_up, elements, dtype):
    """A follow-up and one more array of its length."""
    rows = draw(follow_up)
    return rows, draw(hnp.arrays(dtype, rows[0].size, elements=elements))
