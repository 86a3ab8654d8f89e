"""What the register forbids: changed definitions under old names, other numbers for a published quarter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.release.facts import UNDEFINED, Facts
from hamm_eval.release.policy import Policy
from hamm_eval.release.register.series import Series, recovered_in


def refuse_changes(facts: Sequence[Facts], quarter: str, published: Series) -> None:
    """Refuse a report that contradicts what was published under the same names.

    Parameters
    ----------
    facts : sequence of Facts
        Of the report that is to be published.
    quarter : str
    published : mapping of quarter to facts
        Its own quarter among them where it was published before.

    Raises
    ------
    ReleaseRefused
        A definition that differs from the one of the same name and version in another quarter; a number of a
        published quarter that differs.
    """
    problems = [*_changed_definitions(facts, quarter, published)]
    if quarter in published:
        problems += _changed_cells(facts, published[quarter], quarter)
    if problems:
        raise ReleaseRefused.of(problems, "The release register does not allow this report:")


def _changed_definitions(facts: Sequence[Facts], quarter: str, published: Series) -> Iterable[Problem]:
    """Names that mean something else than in a quarter before or after."""
    for told in facts:
        others = {
            other
            for other, releases in published.items()
            for former in releases
            if other != quarter
            and (former.release, former.version) == (told.release, told.version)
            and former.definition_digest != told.definition_digest
            and UNDEFINED not in (former.definition_digest, told.definition_digest)
        }
        if others:
            yield Problem(
                f"It is defined in another way than in {', '.join(sorted(others))}.",
                told.release,
                "Restore the definition, give it another name, or count the change under `release.redefined` "
                "in params.",
            )


def _changed_cells(facts: Sequence[Facts], former: Sequence[Facts], quarter: str) -> Iterable[Problem]:
    """Results of a published quarter that would now be told in another way."""
    now, then = _told(facts), _told(former)
    for name in sorted(now.keys() | then.keys()):
        if now.get(name) != then.get(name):
            yield Problem(
                f"{quarter} is published, and its numbers differ.",
                name,
                "A published quarter stays as it is: corrections appear in the next quarter. Rehearse with "
                "--out DIR.",
            )


def _told(facts: Iterable[Facts]) -> dict[str, frozenset[tuple[str, int | None, int, int | None, bool]]]:
    """What is told of each count, by release; releases without counts are no matter of the register."""
    found = {
        told.release: frozenset(
            (count.key, count.value, count.low, count.high, count.hidden)
            for count in told.counts
            if count.told
        )
        for told in facts
    }
    return {name: cells for name, cells in found.items() if cells}


def check_series(series: Series, policy: Policy) -> tuple[Problem, ...]:
    """All that is wrong with a whole series: the proof, quarter after quarter, and changed definitions.

    Parameters
    ----------
    series : mapping of quarter to facts
    policy : Policy
    """
    problems = [
        Problem(
            "A hidden count can be recovered from what was published.",
            ", ".join(found.releases),
            "Show no further quarter of these before the cause is known.",
        )
        for found in recovered_in(series, policy)
    ]
    for quarter in sorted(series):
        earlier = {name: facts for name, facts in series.items() if name < quarter}
        problems += _changed_definitions(series[quarter], quarter, earlier)
    return tuple(problems)
