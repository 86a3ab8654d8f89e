"""Between inspection and publishing: the proof over all releases of a run and those of former quarters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.pipeline.published import releases_in
from hamm_eval.pipeline.redrawing import draw_safely, facts_in, withhold
from hamm_eval.release.facts import Facts, group_facts
from hamm_eval.release.figures import Figures
from hamm_eval.release.json import from_json
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import Unmendable, conceal, find_recovered, hide_until_safe, still_shown
from hamm_eval.release.record import Entry, RunRecord
from hamm_eval.release.register import Series, recovering_curves, series_system
from hamm_eval.release.released import (
    QuarterlySummary,
    ReleasedPerceivedEffects,
    ReleasedShare,
    ReleasedTwoPerspectives,
)
from hamm_eval.report.rendering import fragment, render
from hamm_eval.report.summarised import summarise
from hamm_eval.report.wording import Wording


def figures_in(entries: Iterable[Entry]) -> tuple[Figures, ...]:
    """What the releases of a run tell in figures, as they are to be published; each once."""
    return tuple({entry.id: Figures.of(from_json(entry.release)) for entry in entries}.values())


def hide_what_is_recovered(
    record: RunRecord,
    quarter: str,
    former: Series,
    policy: Policy,
    wording: Wording,
    *,
    results: bytes = b"",
    asked: Mapping[str, Policy] | None = None,
    earlier: EarlierCurves = NOTHING_EARLIER,
) -> tuple[Facts, ...]:
    """Prove that no hidden count can be recovered; hide more, in the record, where one could.

    Where hiding single numbers does not help, the results that tell a count are withheld whole. What is
    left is proven once more, as it will be published.

    Parameters
    ----------
    record : RunRecord
        Releases in which more must be hidden are rendered anew.
    quarter : str
    former : mapping of quarter to facts
        What other quarters have told.
    policy : Policy
    wording : Wording
    results : bytes
        The former quarter's published results, which the summary compares with.
    asked : mapping of quarter to Policy
        By which the other quarters were published.
    earlier : EarlierCurves
        Beside which the curves of the run were drawn.

    Returns
    -------
    tuple of Facts
        What the releases tell as they are now.

    Raises
    ------
    ReleaseRefused
        What former quarters told can be recovered by itself; the results of the run contradict each other; or
        what was hidden can still be recovered, or still stands in a result.
    """
    curves = draw_safely(record, quarter, former, policy, wording, earlier)
    keys, withheld = _safe(record, quarter, former, policy, wording, asked or {})
    withheld |= curves
    if not keys and not withheld:
        return _with_groups(facts_in(record.entries()), wording)
    hidden = {key.removesuffix(f"@{quarter}") for key in keys}
    for entry, facts in zip(record.entries(), facts_in(record.entries()), strict=True):
        withheld |= _hide(entry, facts, hidden, record, policy, wording)
    _opinions_as_told(record, wording, withheld)
    _summarise_anew(record, results, policy, wording)
    _prove_anew(record, quarter, former, policy, wording, asked or {})
    return _with_groups(facts_in(record.entries()), wording)


def _prove_anew(
    record: RunRecord,
    quarter: str,
    former: Series,
    policy: Policy,
    wording: Wording,
    asked: Mapping[str, Policy],
) -> None:
    """Refuse where hiding has not done what it was to do: nothing but what is in the record is looked at."""
    entries = record.entries()
    facts = facts_in(entries)
    problems = [
        Problem(
            "A number that has to be hidden beside other results still stands in it.",
            entry.id,
            "Leave it out of the run, and please report this as a bug.",
        )
        for entry, told in zip(entries, facts, strict=True)
        if still_shown(from_json(entry.release), told)
    ]
    system = series_system({**former, quarter: _with_groups(facts, wording)}, quarter, asked)
    problems += [
        Problem(
            "Hidden counts can be recovered from these results together although more of them was hidden.",
            ", ".join(found.releases),
            "Leave one of them out of the run, or merge the small levels in params.",
        )
        for found in find_recovered(system, policy)
    ]
    problems += [
        Problem(
            "Its curves, with those of other quarters, tell how few came in between.",
            name,
            "Leave it out of the run.",
        )
        for name in recovering_curves({**former, quarter: facts}, quarter, policy)
    ]
    if problems:
        raise ReleaseRefused.of(dict.fromkeys(problems), "Nothing is published:")


def _with_groups(facts: Iterable[Facts], wording: Wording) -> tuple[Facts, ...]:
    """All that a run tells: each release once, however many notebooks show it, and how groups go together."""
    once = {told.release: told for told in facts}.values()
    return (*once, *(group_facts(wording.params, once) if wording.params else ()))


def _safe(
    record: RunRecord,
    quarter: str,
    former: Series,
    policy: Policy,
    wording: Wording,
    asked: Mapping[str, Policy],
) -> tuple[tuple[str, ...], bool]:
    """Keys to hide; and whether releases had to be withheld whole, as hiding single numbers did not help.

    Of figures that were computed from counts no single count can go afterwards.
    """
    withheld = False
    while True:
        facts = facts_in(record.entries())
        series = {**former, quarter: _with_groups(facts, wording)}
        try:
            return hide_until_safe(series_system(series, quarter, asked), policy), withheld
        except Unmendable as error:
            told = {each.release for each in facts if each.counts}
            going = told.intersection(error.releases)
            if not going:
                raise
            for entry in record.entries():
                if entry.id in going:
                    withhold(entry, record, wording)
            withheld = True


def _opinions_as_told(record: RunRecord, wording: Wording, withheld: bool) -> None:
    """Opinions that are hidden where the ratings of a measure stand are not told beside its effect either.

    With `withheld` some results went whole: of measures without ratings nothing is told then.
    """
    known = [from_json(entry.release) for entry in record.entries()]
    told = {
        (each.group, each.measure): (each.ratings[0].effective, each.ratings[1].effective)
        for each in known
        if isinstance(each, ReleasedTwoPerspectives)
    }
    hidden = ReleasedShare(value=None, linked=True)
    for entry, release in zip(record.entries(), known, strict=True):
        if isinstance(release, ReleasedPerceivedEffects) and entry.facts is not None:
            rows = tuple(
                replace(
                    row,
                    effective=told.get(
                        (release.group, row.measure), (hidden, hidden) if withheld else row.effective
                    ),
                )
                for row in release.rows
            )
            if rows != release.rows:
                changed = replace(release, rows=rows)
                html = fragment(render(changed, wording.for_group(release.group)), wording)
                record.replace(entry, changed, html, Facts.from_json(entry.facts))


def _summarise_anew(record: RunRecord, results: bytes, policy: Policy, wording: Wording) -> None:
    """The summary was made of what the notebooks had shown before more was hidden."""
    entries = record.entries()
    for entry in entries:
        if entry.kind == QuarterlySummary.kind and entry.facts is not None:
            releases = [from_json(each.release) for each in entries]
            summary, rendered = summarise(releases, releases_in(results), policy, wording)
            record.replace(entry, summary, fragment(rendered, wording), Facts.from_json(entry.facts))


def _hide(
    entry: Entry, facts: Facts, hidden: set[str], record: RunRecord, policy: Policy, wording: Wording
) -> bool:
    """Enter and render a release anew without the numbers that have to go; whether it had to go whole."""
    going = [count for count in facts.counts if count.key in hidden and count.told]
    if not going:
        return False
    if any(count.shown and not count.places for count in going):
        # Its figures were computed from such a number: it cannot go alone.
        withhold(entry, record, wording)
        return True
    places = [place for count in going for place in count.places]
    release = conceal(from_json(entry.release), places)
    told = facts.hiding(hidden, policy.largest_hidden_count)
    html = fragment(render(release, wording.for_group(release.group)), wording)
    record.replace(entry, release, html, told)
    return False
