"""Whether params speak of what the tables hold: tables, columns and words of events and groups, measures.

A misspelt word matches no record and would be published as 0 %; it is told before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.casefile.tables import BY_NAME
from hamm_eval.cohort.event_source import concerns_persons, tables_given
from hamm_eval.cohort.grouping import class_names, no_baseline
from hamm_eval.nearest import did_you_mean
from hamm_eval.params import EventSource, Group, Params, Spells, load_params
from hamm_eval.params.groups import OUTCOME_NO_GROUP
from hamm_eval.yaml_models import Contradiction, refuse_contradictions

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

Place = tuple[str | int, ...]
MEASURE_ID = "measures.measure_id"
_FROM_CASES = ("provider", "social_space")


def load_checked_params(path: Path) -> Params:
    """Read params and check them against the declared tables as well.

    Raises
    ------
    UsageError
        The file is not there or cannot be read.
    ParamsError
        Everything that is wrong, each problem with file, line and YAML path.
    """
    return load_params(path, contradictions=declared_contradictions)


def declared_contradictions(params: Params) -> Iterator[Contradiction]:
    """Tables, columns and words of params that the declarations of the case file do not know."""
    for place, source in _sources(params):
        yield from source_contradictions(source, place)
    for key, group in params.groups.items():
        yield from _of_group(params, group, ("groups", key))
    for key, path in params.states_over_time.items():
        if path.spells is not None:
            yield from _of_spells(path.spells, tuple(path.states), ("states_over_time", key))
    for key, groups in params.time_to_integration.items():
        for i, name in enumerate(groups):
            asked = params.groups.get(name)
            if asked is not None and not asked.cuts and asked.column == "age":
                yield Contradiction(
                    ("time_to_integration", key, i),
                    "A curve each year of age is no grouping.",
                    "Give the group cuts, or name one that has them.",
                )


def check_measures(path: Path, params: Params, case_file: CaseFile) -> None:
    """Refuse params that name a measure that the export does not know.

    Raises
    ------
    ParamsError
        Each such place with file, line and YAML path.
    """
    refuse_contradictions(path, _unknown_measures(params, case_file))


def source_contradictions(source: EventSource, place: Place = ()) -> Iterator[Contradiction]:
    """What of an event's table, columns and words the declarations do not know."""
    if source.table not in BY_NAME:
        yield _unknown((*place, "table"), source.table, BY_NAME, "table")
        return
    table = BY_NAME[source.table]
    if not concerns_persons(source.table):
        yield Contradiction(
            (*place, "table"), "Records of this table belong to no person.", "Name another table."
        )
    dates = {column.name: column for column in table.columns if column.kind is Kind.DATE}
    for key, name in (("date", source.date), ("until", source.until)):
        if name is not None and name not in dates:
            yield _unknown((*place, key), name, dates, "date in this table")
    for name, allowed in source.where.items():
        at = (*place, "where", name)
        if name not in table.names:
            yield _unknown(at, name, table.names, "column in this table")
            continue
        listed = isinstance(allowed, tuple)
        for i, word in enumerate(allowed if isinstance(allowed, tuple) else (allowed,)):
            yield from _of_word(table.column(name), word, (*at, i) if listed else at)


def _sources(params: Params) -> Iterator[tuple[Place, EventSource]]:
    """Every event of params with its place."""
    for key, endpoint in params.endpoints.items():
        yield ("endpoints", key, "event"), endpoint.event
        for name, source in endpoint.competing.items():
            yield ("endpoints", key, "competing", name), source
    for key, goals in params.goals_at_reviews.items():
        yield ("goals_at_reviews", key, "leaving"), goals.leaving
    for key, access in params.access_to_systems.items():
        yield ("access_to_systems", key, "leaving"), access.leaving
    for key, between in params.transitions_between_systems.items():
        yield ("transitions_between_systems", key, "leaving"), between.leaving
    if params.goal_attainment is not None:
        yield ("goal_attainment", "leaving"), params.goal_attainment.leaving
    for key, path in params.states_over_time.items():
        yield ("states_over_time", key, "leaving"), path.leaving
        for name, state in path.states.items():
            if state.event is not None:
                yield ("states_over_time", key, "states", name, "event"), state.event


def _of_spells(spells: Spells, states: Iterable[str], place: Place) -> Iterator[Contradiction]:
    """Whether the spells' table has these columns, and whether they can hold these states."""
    if spells.table not in BY_NAME or not concerns_persons(spells.table):
        known = [name for name in BY_NAME if concerns_persons(name)]
        yield _unknown((*place, "spells", "table"), spells.table, known, "table of persons")
        return
    table = BY_NAME[spells.table]
    dates = [column.name for column in table.columns if column.kind is Kind.DATE]
    if spells.begin not in dates:
        yield _unknown((*place, "spells", "begin"), spells.begin, dates, "date in this table")
    words = {column.name: column for column in table.columns if column.kind is Kind.CATEGORY}
    if spells.value not in words:
        yield _unknown((*place, "spells", "value"), spells.value, words, "category in this table")
        return
    categories = words[spells.value].categories
    for state in states:
        if state not in categories:
            yield _unknown((*place, "states", state), state, categories, "word in this column")
    for word in categories:
        if word not in states:
            yield Contradiction(
                (*place, "states"), f"The state {word} is not named.", "Name it, in its order."
            )


def _of_word(column: Column, word: str | bool | int, place: Place) -> Iterator[Contradiction]:
    """Whether a column can hold a word that it is filtered by."""
    match column.kind:
        case Kind.CATEGORY if not isinstance(word, str) or word not in column.categories:
            yield _unknown(place, str(word), column.categories, "word in this column")
        case Kind.YES_NO if not isinstance(word, bool):
            yield Contradiction(place, "This column holds yes or no.", "Write true or false, unquoted.")
        case Kind.INTEGER | Kind.DECIMAL if isinstance(word, bool) or not isinstance(word, int):
            yield Contradiction(place, "This column holds numbers.", "Write a number, unquoted.")
        case Kind.ID | Kind.TEXT if not isinstance(word, str):
            yield Contradiction(place, "This column holds text.", "Write the word in quotes.")
        case Kind.DATE:
            yield Contradiction(place, "An event is not filtered by a date.", "Remove it.")


def _of_group(params: Params, group: Group, place: Place) -> Iterator[Contradiction]:
    """Whether there is such a column, and whether it can have the levels that are named."""
    refused = no_baseline(group.column)
    if refused is not None:
        # Whatever a mapping adds: under these names the cohort has its own.
        yield Contradiction((*place, "column"), *refused)
        return
    columns = _baseline()
    if group.column != "age" and group.column not in columns:
        # A mapping may add columns of its own; whether it does is told when the cohort is built.
        if params.source.mapping is None:
            at = (*place, "column")
            if group.column in _of_outcomes(params):
                yield Contradiction(at, *OUTCOME_NO_GROUP)
            else:
                yield _unknown(at, group.column, ["age", *columns], "baseline column")
        return
    if group.cuts:
        known = list(class_names(group))
    elif group.column in columns and columns[group.column].kind is Kind.CATEGORY:
        known = list(columns[group.column].categories)
    else:
        return
    for key, steps in (("combine", group.combine), ("merge", group.merge)):
        for i, step in enumerate(steps):
            for j, level in enumerate(step.of):
                if level not in known:
                    yield _unknown((*place, key, i, "of", j), level, known, "level")
            known.append(step.into)
    for level in group.levels:
        if level not in known:
            yield _unknown((*place, "levels", level), level, known, "level")


def _of_outcomes(params: Params) -> set[str]:
    """Columns of the tables that endpoints and what competes with them are taken from."""
    events = (
        event
        for endpoint in params.endpoints.values()
        for event in (endpoint.event, *endpoint.competing.values())
    )
    return {name for event in events if event.table in BY_NAME for name in BY_NAME[event.table].names}


def _baseline() -> dict[str, Column]:
    """Declared columns of a cohort that persons can be grouped by, besides age."""
    persons = {c.name: c for c in BY_NAME["persons"].columns if c.kind in (Kind.CATEGORY, Kind.YES_NO)}
    persons.pop("population")
    cases = {name: BY_NAME["cases"].column(name) for name in _FROM_CASES}
    return persons | cases | {"household_type": BY_NAME["households"].column("household_type")}


def _unknown_measures(params: Params, case_file: CaseFile) -> Iterator[Contradiction]:
    """Measures that neither the list of measures nor any participation knows."""
    tables = tables_given(case_file)
    given = [tables[name]["measure_id"] for name in ("measures", "participations") if name in tables]
    if not given:
        return
    known = sorted({str(measure) for ids in given for measure in ids.dropna().unique()})
    for key in params.measures:
        if key not in known:
            yield _unknown(("measures", key), key, known, "measure in the export")
    for place, source in _sources(params):
        table = BY_NAME.get(source.table)
        for name, allowed in source.where.items():
            if table is None or name not in table.names or not _names_measures(source.table, name):
                continue
            for word in allowed if isinstance(allowed, tuple) else (allowed,):
                if word not in known:
                    yield _unknown((*place, "where", name), str(word), known, "measure in the export")


def _names_measures(table: str, column: str) -> bool:
    """Whether a column holds ids of measures."""
    return MEASURE_ID in (f"{table}.{column}", BY_NAME[table].column(column).references)


def _unknown(place: Place, name: str, among: Iterable[str], what: str) -> Contradiction:
    """A name that points nowhere, with the nearest that is known."""
    return Contradiction(place, f"There is no such {what}.", did_you_mean(name, among))
