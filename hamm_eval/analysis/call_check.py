"""What is wrong with a call for a Cox model, whatever the entries of the data are: all of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from hamm_eval.analysis.formula import ModelFormula
from hamm_eval.analysis.immortal_time import later_exposures
from hamm_eval.errors import Problem, UsageError
from hamm_eval.params import Params


def check_call(
    params: Params,
    endpoint: str,
    formula: ModelFormula,
    columns: Collection[str],
    *,
    strata: Sequence[str],
    time_varying: Collection[str],
    time_interactions: Sequence[str],
    split_every: int | None,
) -> None:
    """Refuse what cannot be meant.

    Parameters
    ----------
    params : Params
    endpoint : str
    formula : ModelFormula
    columns : collection of str
        Of the rows, before anything time-varying is added.
    strata, time_varying, time_interactions, split_every
        As `associations` takes them; of `time_varying` the names.

    Raises
    ------
    UsageError
        All problems, each with what to write instead.
    """
    problems = [
        *_of_strata(params, endpoint, strata),
        *_of_names(params, formula, columns, time_varying),
        *_of_times(time_interactions, split_every),
    ]
    if problems:
        raise UsageError.of(problems)


def _of_strata(params: Params, endpoint: str, strata: Sequence[str]) -> Iterator[Problem]:
    """Strata that params do not name, those that begin after day 0 with the reason."""
    unknown = [name for name in strata if name not in params.groups]
    later = later_exposures(unknown, params, endpoint, "strata")
    yield from later.values()
    known = f"Known: {', '.join(params.groups) or 'none'}."
    for name in unknown:
        if name not in later:
            yield Problem("There is no such group in params.", "strata", known)


def _of_names(
    params: Params, formula: ModelFormula, columns: Collection[str], names: Collection[str]
) -> Iterator[Problem]:
    """Names of time-varying characteristics that stand for something else already."""
    for name in names:
        if not str(name).isidentifier():
            yield Problem(
                "The name of a time-varying characteristic has letters, digits and _ only.",
                "time_varying",
                'Write, for example, time_varying={"employed": ...}.',
            )
            continue
        # A covariate or stratum of the call is a group of params or a column, unless a formula made it.
        for taken, what in (
            (columns, "a column of the episodes, which it would overwrite"),
            (formula.covariates, "a covariate of this call"),
            (params.groups, "a group of params"),
        ):
            if name in taken:
                yield Problem(
                    f"{name} is the name of {what}.",
                    "time_varying",
                    f'Give what changes a name of its own: time_varying={{"{name}_over_time": ...}}.',
                )
                break


def _of_times(time_interactions: Sequence[str], split_every: int | None) -> Iterator[Problem]:
    """Products with time without rows split in time."""
    if split_every is not None and split_every < 1:
        yield Problem("Rows are split every so many days, 1 or more.", "split_every")
    if time_interactions and split_every is None:
        yield Problem(
            "A product with time needs rows split in time: else every row has the time of its end.",
            "split_every",
            "Give it days, as split_every=7.",
        )
