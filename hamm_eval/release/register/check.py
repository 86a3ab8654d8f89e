"""What the register forbids: changed definitions under old names, other numbers for a published quarter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.release.facts import UNDEFINED, Facts
from hamm_eval.release.figures import Figures
from hamm_eval.release.policy import Policy
from hamm_eval.release.register.curves import recovering_curves
from hamm_eval.release.register.series import Series, recovered_in

STAYS = (
    "A published quarter stays as it is: corrections appear in the next quarter's report as restatements. "
    "Rehearse with --out DIR."
)


def refuse_changes(
    facts: Sequence[Facts],
    figures: Sequence[Figures],
    quarter: str,
    published: Series,
    *,
    before: Sequence[Figures] = (),
    in_doubt: bool = False,
) -> None:
    """Refuse a report that contradicts what was published under the same names.

    Parameters
    ----------
    facts : sequence of Facts
        Of the report that is to be published.
    figures : sequence of Figures
        Of the same results.
    quarter : str
    published : mapping of quarter to facts
        Its own quarter among them where it was published before.
    before : sequence of Figures
        What its own quarter told then; empty where that was not noted, and counts alone can be compared.
    in_doubt : bool
        Whether its own quarter is only taken as published, see `Outcome`.

    Raises
    ------
    ReleaseRefused
        A definition that differs from the one of the same name and version in another quarter; a published
        quarter that would tell other counts or figures, more results or fewer. What is said of several
        results of a section alike is said once.
    """
    problems = [*_changed_definitions(facts, quarter, published)]
    if quarter in published:
        since = f"{quarter} {'may have been published before and counts as' if in_doubt else 'is'} published"
        problems += _changed_results(facts, figures, published[quarter], before, since)
    problems = _together(problems)
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


def _changed_results(
    facts: Sequence[Facts],
    figures: Sequence[Figures],
    former: Sequence[Facts],
    before: Sequence[Figures],
    since: str,
) -> Iterable[Problem]:
    """Results of a published quarter that would now be told in another way."""
    now, then = _told(facts), _told(former)
    told = {each.release: each.digest for each in figures if each.digest}
    known = {each.release: each.digest for each in before if each.digest} if before else told
    for name in sorted({*now, *then, *told, *known}):
        if name not in then and name not in known:
            yield Problem(f"{since}, without this result.", name, STAYS)
        elif name not in now and name not in told:
            yield Problem(f"{since}, and this result would be missing.", name, STAYS)
        elif now.get(name) != then.get(name):
            yield Problem(f"{since}, and its counts differ.", name, STAYS)
        elif told.get(name) != known.get(name):
            yield Problem(f"{since}, and figures other than counts differ.", name, STAYS)


def _together(problems: Iterable[Problem]) -> list[Problem]:
    """One problem for all results of a section of which the same is said."""
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for problem in problems:
        section = problem.where.partition(":")[0]
        alike[section, problem.what, problem.todo].append(problem.where)
    return [
        Problem(what, names[0] if len(names) == 1 else _listed(section, names), todo)
        for (section, what, todo), names in alike.items()
    ]


def _listed(section: str, names: Sequence[str]) -> str:
    """Several results of a section."""
    return f"{section} ({len(names)} results: {', '.join(name.partition(':')[2] for name in names)})"


def _told(facts: Iterable[Facts]) -> dict[str, frozenset[tuple[str, int | None, int, int | None, bool]]]:
    """What is told of each count, by release; those without counts are left out."""
    found = {
        told.release: frozenset(
            (count.key, count.value, count.low, count.high, count.hidden)
            for count in told.counts
            if count.told
        )
        for told in facts
    }
    return {name: cells for name, cells in found.items() if cells}


def check_series(series: Series, asked: Mapping[str, Policy]) -> tuple[Problem, ...]:
    """All that is wrong with a whole series: the proof, quarter after quarter, and changed definitions.

    Parameters
    ----------
    series : mapping of quarter to facts
    asked : mapping of quarter to Policy
        By which each was published: a count is proven against what its own report promised.
    """
    problems = [
        Problem(
            "A hidden count can be recovered from what was published.",
            ", ".join(found.releases),
            "Show no further quarter of these before the cause is known.",
        )
        for found in recovered_in(series, asked)
    ]
    for quarter in sorted(series):
        earlier = {name: facts for name, facts in series.items() if name < quarter}
        problems += [
            Problem(
                f"Its curves in {quarter}, with those of quarters before, tell how few came in between.",
                name,
                "Show no further quarter of it before the cause is known.",
            )
            for name in recovering_curves({**earlier, quarter: series[quarter]}, quarter, asked[quarter])
        ]
        problems += _together(_changed_definitions(series[quarter], quarter, earlier))
    return tuple(problems)
