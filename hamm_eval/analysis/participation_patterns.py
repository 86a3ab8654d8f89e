"""How long, in which order and in which combination measures are taken: described, not estimated as effects.

Who stays longer, gets a second measure or begins with another one was chosen by need and by progress: a
comparison of outcomes by dose or order would compare people, not measures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hamm_eval.analysis.definitions import cohort_details, define
from hamm_eval.analysis.participations import (
    begun_by,
    begun_participations,
    measures_in_order,
    took_part,
)
from hamm_eval.cohort.event_source import tables_given
from hamm_eval.errors import NotEstimable
from hamm_eval.estimate import CountTable, DistributionTable, Link
from hamm_eval.params import Params
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.survival import kaplan_meier

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

QUESTION = "participation_patterns"
PROBABILITIES = (0.25, 0.5, 0.75)
PLACES = ("first", "second", "third")
TOGETHER, REST = "several_at_once", "rest"
JOINT = "+"
MANY = 4  # measures from which on rarer combinations are not told apart by their number
SMALLEST_SHARE = 0.02  # of persons, below which a combination is no row of its own


def time_in_measures(case_file: CaseFile, params: Params) -> DistributionTable:
    """Days from the first to the last day of a participation, by measure: quartiles.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    DistributionTable
        Exports hold no hours attended: the days between beginning and end stand for them, and do not tell how
        much of them was attended. What still runs when records are complete (the data cut less the delay of
        participations) counts as longer than seen so far (Kaplan-Meier); leaving it out would tell the short
        ones only. One row per measure in the order of params.

    Raises
    ------
    TableAbsent
        The export holds no participations.
    NotEstimable
        No participation began.
    """
    begun = _begun(case_file, params)
    complete = pd.Timestamp(params.data_cut) - pd.Timedelta(
        days=params.reporting_delay_days.get("participations", 0)
    )
    begun = begun[begun["started_on"] <= complete]
    last = begun["ended_on"].where(begun["ended_on"] <= complete)
    days = (last.fillna(complete) - begun["started_on"]).dt.days + 1
    rows = measures_in_order(begun["measure"], params)
    values, persons = [], []
    for measure in rows:
        of = begun["measure"] == measure
        ended = last[of].notna().to_numpy(dtype=np.int64)
        curve = kaplan_meier(days[of].to_numpy(dtype=np.float64), ended) if ended.any() else None
        values.append([np.nan if curve is None else curve.quantile(q)[0] for q in PROBABILITIES])
        persons.append(begun.loc[of, "person_id"].nunique())
    return DistributionTable(
        definition=define(QUESTION, "time_in_measures", **cohort_details(params)),
        rows=rows,
        row_dimension="measure",
        probabilities=PROBABILITIES,
        values=np.array(values, dtype=np.float64).reshape(-1, len(PROBABILITIES)),
        persons=np.array(persons, dtype=np.int64),
        unit="days",
        whom=tuple(took_part(params, measure) for measure in rows),
    )


def order_of_measures(case_file: CaseFile, params: Params) -> CountTable:
    """Which measure comes first, second and third: persons by measure and place.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    CountTable
        A measure counts when it is first begun. Measures begun on one day have no order: they take a place
        together, "several_at_once".

    Raises
    ------
    TableAbsent, NotEstimable
        As `time_in_measures`.
    """
    first = _begun(case_file, params).drop_duplicates(["person_id", "measure"])
    many, begun_people = first["measure"].value_counts(), first["person_id"].nunique()
    places = first.groupby(["person_id", "started_on"])["measure"].agg(["size", "first"]).reset_index()
    what = places["first"].where(places["size"] == 1, TOGETHER)
    place = places.groupby("person_id").cumcount()
    rows = measures_in_order(what, params)
    rows = (*rows, TOGETHER) if (what == TOGETHER).any() else rows
    counts = pd.crosstab(what, place).reindex(index=list(rows), columns=range(len(PLACES)), fill_value=0)
    return CountTable(
        definition=define(QUESTION, "order_of_measures", **cohort_details(params)),
        rows=rows,
        columns=PLACES,
        row_dimension="measure",
        column_dimension="place",
        counts=counts.to_numpy(dtype=np.int64),
        # Everyone who has begun anything has a first place: all whom the combinations divide. Who has a
        # measure at any place is some of those who have begun it.
        links=(
            Link(
                whole=begun_by(params),
                cells=tuple((i, 0) for i in range(len(rows))),
            ),
            *(
                Link(
                    whole=begun_by(params),
                    cells=tuple((i, j) for i in range(len(rows))),
                    rest=True,
                    size=int(begun_people),
                )
                for j in range(1, len(PLACES))
            ),
            *(
                Link(
                    whole=took_part(params, measure),
                    cells=tuple((i, j) for j in range(len(PLACES))),
                    rest=True,
                    size=int(many[measure]),
                )
                for i, measure in enumerate(rows)
                if measure != TOGETHER
            ),
        ),
    )


def combinations_of_measures(case_file: CaseFile, params: Params) -> CountTable:
    """Which measures persons have begun, taken together, whatever their order.

    Parameters
    ----------
    case_file : CaseFile
    params : Params

    Returns
    -------
    CountTable
        One row per combination, those of fewer measures first, then in the order of params: no ranking.
        Combinations of under 2 % of the persons, or of so few that their number would be hidden, are taken
        together by the number of their measures, or all as one row where one of these were hidden.

    Raises
    ------
    TableAbsent, NotEstimable
        As `time_in_measures`.
    """
    begun = _begun(case_file, params)
    place = {measure: i for i, measure in enumerate(measures_in_order(begun["measure"], params))}
    taken = begun["measure"].map(place).groupby(begun["person_id"])
    sizes = Counter(tuple(sorted(set(places))) for _, places in taken)
    policy = policy_of(params)
    least = max(policy.largest_hidden_count + 1, SMALLEST_SHARE * sizes.total())
    shared = sorted((of for of, size in sizes.items() if size >= least), key=lambda of: (len(of), of))
    names = list(place)
    rows = [JOINT.join(names[i] for i in of) for of in shared]
    counts = [sizes[of] for of in shared]
    rarer = _rarer({of: size for of, size in sizes.items() if of not in shared}, policy)
    rows += rarer
    counts += rarer.values()
    return CountTable(
        definition=define(QUESTION, "combinations_of_measures", **cohort_details(params)),
        rows=tuple(rows),
        columns=("persons",),
        row_dimension="combination",
        column_dimension="",
        counts=np.array(counts, dtype=np.int64).reshape(-1, 1),
        total=sizes.total(),
        shares="of_total",
        whom=begun_by(params),
        links=tuple(
            Link(
                whole=took_part(params, measure),
                cells=tuple((i, 0) for i, of in enumerate(shared) if place[measure] in of),
                rest=True,
                size=sum(size for of, size in sizes.items() if place[measure] in of),
            )
            for measure in names
        ),
    )


def _rarer(sizes: Mapping[tuple[int, ...], int], policy: Policy) -> dict[str, int]:
    """Persons with the combinations that are no rows of their own, by how many measures these hold.

    "other" is also the measure that params do not name: the rest has names of its own.
    """
    by_length: Counter[int] = Counter()
    for of, size in sizes.items():
        by_length[min(len(of), MANY)] += size
    if any(size <= policy.largest_hidden_count for size in by_length.values()):
        return {REST: by_length.total()}
    return {f"{REST}_{length}": by_length[length] for length in sorted(by_length)}


def _begun(case_file: CaseFile, params: Params) -> pd.DataFrame:
    """Participations that began, at least one."""
    begun = begun_participations(tables_given(case_file), params)
    if begun.empty:
        raise NotEstimable("No participation has begun.", where="participations")
    return begun
