"""Curves of a run beside each other and those of the quarter before: drawn anew where they tell of few."""

from __future__ import annotations

from collections.abc import Iterable

from hamm_eval.errors import Problem, ReleaseRefused
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.gate import release as pass_gate
from hamm_eval.release.json import from_json
from hamm_eval.release.known_curves import EarlierCurves, LeftOut
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import families, steps_to_leave_out
from hamm_eval.release.record import Entry, RunRecord
from hamm_eval.release.register import Series, quarter_before, recovering_curves
from hamm_eval.release.released import ReleasedAbsent
from hamm_eval.report.rendering import fragment, render
from hamm_eval.report.wording import Wording

Gaps = list[tuple[tuple[str, int, str], LeftOut]]


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


def draw_safely(
    record: RunRecord,
    quarter: str,
    former: Series,
    policy: Policy,
    wording: Wording,
    earlier: EarlierCurves,
) -> bool:
    """Draw curves anew that tell, with others of this run and the quarter before, of few who came.

    A curve is drawn beside what was told of it earlier. What the curves of a whole and of its parts tell
    together is known only when all notebooks have run. Where steps left out are not enough (a quarter
    published before an earlier one, or while another run publishes), the results are withheld whole.

    Parameters
    ----------
    record : RunRecord
        Whose releases are replaced.
    quarter : str
    former : mapping of quarter to facts
        What other quarters have told.
    policy : Policy
    wording : Wording
    earlier : EarlierCurves
        Beside which the curves were drawn.

    Returns
    -------
    bool
        Whether any release was replaced.
    """
    changed = False
    left_out: set[tuple[tuple[str, int, str], LeftOut]] = set()
    while gaps := _gaps(facts_in(record.entries()), quarter_before(former, quarter), policy):
        earlier = earlier.leaving_out(gaps)
        # What is asked for once more does not help.
        if left_out.issuperset(gaps) or not _draw_anew(record, {name for name, _ in gaps}, wording, earlier):
            break
        left_out.update(gaps)
        changed = True
    entries = record.entries()
    going = recovering_curves({**former, quarter: facts_in(entries)}, quarter, policy)
    for entry in entries:
        if entry.id in going:
            withhold(entry, record, wording)
    return changed or bool(going)


def _gaps(told: tuple[Facts, ...], before: tuple[Facts, ...], policy: Policy) -> Gaps:
    """Steps to leave out, by result, version and name of each curve that has them."""
    drawn = [(facts, curve) for facts in told for curve in facts.curves]
    return [
        ((facts.release, facts.version, curve.name), gap)
        for family in families(told, before)
        for key, gap in steps_to_leave_out(family, policy)
        for facts, curve in drawn
        if curve.key == key
    ]


def _draw_anew(
    record: RunRecord, names: set[tuple[str, int, str]], wording: Wording, earlier: EarlierCurves
) -> bool:
    """Release and render results anew, without the steps to leave out; whether there was one that can be."""
    found = False
    for entry in record.entries():
        assert entry.facts is not None  # `facts_in` refuses what has none
        facts = Facts.from_json(entry.facts)
        mine = {(facts.release, facts.version, curve.name) for curve in facts.curves}
        estimate = record.drawn_from(entry)
        if estimate is None or not mine & names:
            continue
        # As `study.show` did it.
        words = wording.for_group(estimate.definition.group)
        drawn = pass_gate(estimate, words.policy, earlier)
        html = fragment(render(drawn, words), wording)
        record.replace(entry, drawn, html, facts_of(estimate, drawn, words.policy))
        found = True
    return found


def withhold(entry: Entry, record: RunRecord, wording: Wording) -> None:
    """A word in place of the release: together with others it would tell of hidden persons."""
    release = from_json(entry.release)
    absent = ReleasedAbsent(
        id=release.id,
        definition_digest=release.definition_digest,
        policy=release.policy,
        lacking=("linked",),
    )
    assert entry.facts is not None  # `facts_in` refuses what has none
    told = Facts.from_json(entry.facts)
    nothing = Facts(release=told.release, definition_digest=told.definition_digest, version=told.version)
    html = fragment(render(absent, wording.for_group(absent.group)), wording)
    record.replace(entry, absent, html, nothing)
