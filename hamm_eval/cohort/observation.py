"""From when to when a person's case file was open: what was seen of them."""

from __future__ import annotations

import pandas as pd

_NEVER = pd.Timestamp.max.normalize()


def observation_windows(cases: pd.DataFrame, not_before: pd.Series) -> pd.DataFrame:
    """The first window of each person in which a case file was open after a given day.

    Case files that overlap or follow each other without a gap of a day are one window: a change of provider
    is no interruption. Social worker, provider and social space are those of the window's first file.

    Parameters
    ----------
    cases : DataFrame
        person_id, opened_on, closed_on (missing while open), optionally closing_reason, social_worker,
        provider, social_space.
    not_before : Series of datetime64, indexed by person_id
        Day from which a file counts; persons not in the index are left out.

    Returns
    -------
    DataFrame indexed by person_id
        opened_on, closed_on (missing while open), closing_reason, social_worker, provider, social_space.
    """
    rows = cases[cases["person_id"].isin(not_before.index)].sort_values(
        ["person_id", "opened_on", "case_id"], kind="stable"
    )
    end = rows["closed_on"].fillna(_NEVER)
    latest = end.groupby(rows["person_id"]).cummax()
    before = latest.groupby(rows["person_id"]).shift()
    begins = before.isna() | (
        rows["opened_on"] > before.fillna(_NEVER - pd.Timedelta(days=1)) + pd.Timedelta(days=1)
    )
    window = begins.cumsum()
    last_file = end.groupby(window).idxmax()
    files = rows.assign(closed_on=end).groupby(window, sort=False)
    # `nth(0)` and not `first()`: the latter skips missing entries and would mix two files.
    windows = files.nth(0).set_index(window[begins])
    windows["closed_on"] = files["closed_on"].max()
    if "closing_reason" in rows.columns:
        windows["closing_reason"] = rows["closing_reason"].astype(object).reindex(last_file).to_numpy()
    from_day = windows["person_id"].map(not_before)
    seen = windows[windows["closed_on"] > from_day].drop_duplicates("person_id").set_index("person_id")
    wanted = ["opened_on", "closed_on", "closing_reason", "social_worker", "provider", "social_space"]
    seen = seen.reindex(columns=wanted)
    return seen.assign(closed_on=seen["closed_on"].where(seen["closed_on"] < _NEVER))
