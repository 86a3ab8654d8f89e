"""Between inspection and publishing: the proof over all releases of a run and those of former quarters."""

from __future__ import annotations

from collections.abc import Iterable

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.pipeline.published import releases_in
from hamm_eval.release.facts import Facts
from hamm_eval.release.json import from_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import conceal, hide_until_safe
from hamm_eval.release.record import Entry, RunRecord
from hamm_eval.release.register import Series, series_system
from hamm_eval.release.released import QuarterlySummary
from hamm_eval.report.rendering import fragment, render
from hamm_eval.report.summarised import summarise
from hamm_eval.report.wording import Wording


def facts_in(entries: Iterable[Entry]) -> tuple[Facts, ...]:
    """What the releases of a run tell of counts.

    Raises
    ------
    ReleaseRefused
        A release that did not come through `study.show`: nobody knows what it tells.
    """
    known = list(entries)
    problems = [
        Problem("This result does not say what it tells of counts.", entry.id, "Show it with study.show.")
        for entry in known
        if entry.facts is None
    ]
    if problems:
        raise ReleaseRefused.of(problems, "Nothing is published:")
    return tuple(Facts.from_json(entry.facts) for entry in known if entry.facts is not None)


def hide_what_is_recovered(
    record: RunRecord,
    quarter: str,
    former: Series,
    policy: Policy,
    wording: Wording,
    *,
    results: bytes = b"",
) -> tuple[Facts, ...]:
    """Prove that no hidden count can be recovered; hide more, in the record, where one could.

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

    Returns
    -------
    tuple of Facts
        What the releases tell as they are now.

    Raises
    ------
    ReleaseRefused
        Hiding does not help; or the results of the run contradict each other.
    """
    facts = facts_in(record.entries())
    series = {**former, quarter: facts}
    keys = hide_until_safe(series_system(series, quarter), policy)
    if not keys:
        return facts
    hidden = {key.removesuffix(f"@{quarter}") for key in keys}
    told = tuple(
        _with_hidden(entry, each, hidden, record, policy, wording)
        for entry, each in zip(record.entries(), facts, strict=True)
    )
    _summarise_anew(record, results, policy, wording)
    return told


def _summarise_anew(record: RunRecord, results: bytes, policy: Policy, wording: Wording) -> None:
    """The summary was made of what the notebooks had shown before more was hidden."""
    entries = record.entries()
    for entry in entries:
        if entry.kind == QuarterlySummary.kind and entry.facts is not None:
            releases = [from_json(each.release) for each in entries]
            summary, rendered = summarise(releases, releases_in(results), policy, wording)
            record.replace(entry, summary, fragment(rendered, wording), Facts.from_json(entry.facts))


def _with_hidden(
    entry: Entry, facts: Facts, hidden: set[str], record: RunRecord, policy: Policy, wording: Wording
) -> Facts:
    """A release without the numbers that have to go, entered and rendered anew."""
    places = [place for count in facts.counts if count.key in hidden for place in count.places]
    if not places:
        return facts
    release = conceal(from_json(entry.release), places)
    told = facts.hiding(hidden, policy.largest_hidden_count)
    html = fragment(render(release, wording.for_group(release.group)), wording)
    record.replace(entry, release, html, told)
    return told
