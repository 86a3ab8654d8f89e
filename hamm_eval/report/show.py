"""`study.show`: an estimate goes through the gate, becomes words and pictures, is recorded and displayed.

Each method returns None, so that a notebook cell has no other output than the marked one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING

from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    AttainmentModel,
    CaseloadModel,
    CaseloadOverTime,
    Costs,
    CountTable,
    Curves,
    DistributionTable,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Funding,
    Funnel,
    GoalAttainment,
    GoalScores,
    Model,
    PerceivedEffects,
    QuantileTable,
    SideBySide,
    StateShares,
    SystemAccess,
    TargetTrial,
    TruthComparison,
    TwoPerspectives,
    WorkerShare,
)
from hamm_eval.release.facts import UNDEFINED, Facts, facts_of
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.proof import System, hide_until_safe
from hamm_eval.release.released import Release
from hamm_eval.report.numbering import Numbering
from hamm_eval.report.page.assemble import fragment_style
from hamm_eval.report.rendering import Rendered, fragment, render
from hamm_eval.report.summarised import summarise
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from hamm_eval.release.policy import Policy
    from hamm_eval.release.record import RunRecord


class Show:
    """Shows what the release gate lets out.

    Parameters
    ----------
    policy : Policy
        Of the release gate.
    wording : Wording
    record : RunRecord
        Where each shown payload is entered; publishing replaces a notebook's outputs by it.
    former : callable, optional
        Gives the former quarter's published releases, for `summary`.
    same_run : callable, optional
        Gives what a run of the very same inputs has published: `summary` falls back on it in JupyterLab,
        where no other notebook has released anything.
    earlier : callable, optional
        Gives what earlier quarters have told of curves; outside of a run nothing, so that a curve may have a
        step more than the report's.
    """

    def __init__(
        self,
        policy: Policy,
        wording: Wording,
        record: RunRecord,
        *,
        former: Callable[[], Sequence[Release]] = tuple,
        same_run: Callable[[], Sequence[Release]] = tuple,
        earlier: Callable[[], EarlierCurves] = EarlierCurves,
    ) -> None:
        self._policy = policy
        self._wording = wording
        self._record = record
        self._former = former
        self._same_run = same_run
        self._earlier = cache(earlier)  # read once, however many curves a notebook shows
        self._numbering = Numbering(wording)

    def table(self, estimate: CountTable | Absent) -> None:
        """Show counts."""
        self._show(estimate)

    def curves(self, estimate: Curves | Absent) -> None:
        """Show cumulative incidences."""
        self._show(estimate)

    def model(self, estimate: Model | Absent) -> None:
        """Show a Cox model."""
        self._show(estimate)

    def side_by_side(self, estimate: SideBySide | Absent) -> None:
        """Show pace and share side by side: the models of every cause."""
        self._show(estimate)

    def states(self, estimate: StateShares | Absent) -> None:
        """Show where people stand month by month."""
        self._show(estimate)

    def access(self, estimate: SystemAccess | Absent) -> None:
        """Show who gets into mainstream systems, and how long it takes."""
        self._show(estimate)

    def arrivals(self, estimate: ArrivalComparison | Absent) -> None:
        """Show quarters of arrival beside each other."""
        self._show(estimate)

    def goals(self, estimate: GoalAttainment | Absent) -> None:
        """Show how many attain what was agreed, as documented and at the earliest."""
        self._show(estimate)

    def goal_scores(self, estimate: GoalScores | Absent) -> None:
        """Show where agreed goals stand at their latest review, by domain, adaptations beside attainment."""
        self._show(estimate)

    def attainment_model(self, estimate: AttainmentModel | Absent) -> None:
        """Show what goes with higher attainment."""
        self._show(estimate)

    def worker_share(self, estimate: WorkerShare | Absent) -> None:
        """Show how much of the differences in attainment lies between social workers, all together."""
        self._show(estimate)

    def effect(self, estimate: Effect | Absent) -> None:
        """Show a measure's effect, or why there is none."""
        self._show(estimate)

    def target_trial(self, estimate: TargetTrial | Absent) -> None:
        """Show a target trial: its protocol, its design, and the effects of its strategies."""
        self._show(estimate)

    def effects(self, estimate: EffectOverview | Absent) -> None:
        """Show the effects of all questions beside each other."""
        self._show(estimate)

    def effect_by_group(self, estimate: EffectByGroup | Absent) -> None:
        """Show a measure's effect within groups declared beforehand."""
        self._show(estimate)

    def effect_over_time(self, estimate: EffectOverTime | Absent) -> None:
        """Show a measure's effect at several horizons."""
        self._show(estimate)

    def two_perspectives(self, estimate: TwoPerspectives | Absent) -> None:
        """Show ratings from both sides, what the silent could change, and how far both agree."""
        self._show(estimate)

    def perceived_effects(self, estimate: PerceivedEffects | Absent) -> None:
        """Show what both sides hold of every measure beside its estimated effects."""
        self._show(estimate)

    def costs(self, estimate: Costs | Absent) -> None:
        """Show what measures cost, and what effects cost where these may be told."""
        self._show(estimate)

    def funding(self, estimate: Funding | Absent) -> None:
        """Show who pays for measures as it changes, what began under each class, and what it cost."""
        self._show(estimate)

    def funnel(self, estimate: Funnel | Absent) -> None:
        """Show providers or social spaces beside what their composition lets expect, within limits."""
        self._show(estimate)

    def caseload(self, estimate: CaseloadOverTime | CaseloadModel | Absent) -> None:
        """Show open case files by quarter, or how the pace goes with them."""
        self._show(estimate)

    def quantiles(self, estimate: QuantileTable | Absent) -> None:
        """Show one quantile a row."""
        self._show(estimate)

    def distribution(self, estimate: DistributionTable | Absent) -> None:
        """Show how a quantity is distributed in each group, side by side."""
        self._show(estimate)

    def truth(self, estimate: TruthComparison | Absent) -> None:
        """Show recovered figures beside the planted truth of a synthetic city."""
        self._show(estimate)

    def summary(self) -> None:
        """Show the quarter at a glance, from what the other notebooks of this run have released."""
        from hamm_eval.release.json import from_json

        released = [from_json(entry.release) for entry in self._record.entries()] or self._same_run()
        release, rendered = summarise(released, self._former(), self._policy, self._wording)
        # It tells no count that its releases do not tell, and is of whatever there is: no definition.
        facts = Facts(release=release.id, definition_digest=UNDEFINED, version=1)
        self._display(release, rendered, facts, self._policy)

    def _show(self, estimate: Estimate) -> None:
        """Gate, words and pictures, record, display."""
        from hamm_eval.release.gate import is_drawn
        from hamm_eval.release.gate import release as pass_gate

        given: object = estimate
        if not isinstance(given, Estimate):
            raise UsageError(
                "This is no answer to a question.",
                where="study.show",
                todo="Show what the study answers, as study.show.table(study.intake()).",
            )
        # Policy and words of the target group that an estimate is of: both follow from its own clock.
        wording = self._wording.for_group(estimate.definition.group)
        policy = self._policy if wording is self._wording else wording.policy
        estimate = self._redefined(estimate)
        drawn = is_drawn(estimate)
        release = pass_gate(estimate, policy, self._earlier() if drawn else NOTHING_EARLIER)
        facts = facts_of(estimate, release, policy)
        self._display(release, render(release, wording), facts, policy, estimate if drawn else None)

    def _redefined(self, estimate: Estimate) -> Estimate:
        """The estimate with the version that params give its definition, and that of the curves in it."""
        definition, params = estimate.definition, self._wording.params
        times = params.release.times_redefined(definition.question, definition.id) if params else 0
        if not times:
            return estimate
        again = replace(definition, version=definition.version + times)
        curves = {
            field.name: replace(inside, definition=again)
            for field in fields(estimate)
            if isinstance(inside := getattr(estimate, field.name), Curves) and inside.definition == definition
        }
        return replace(estimate, definition=again, **curves)

    def _display(
        self,
        release: Release,
        rendered: Rendered,
        facts: Facts,
        policy: Policy,
        drawn_from: Estimate | None = None,
    ) -> None:
        """Enter the payload in the run record, then display it with its mark.

        The record holds the bare fragment; the display brings style and session numbers for the reader in
        JupyterLab. What rests on generated data says so in every fragment: notebooks travel without the page.
        """
        from IPython import get_ipython
        from IPython.display import display

        bare = fragment(rendered, self._wording)
        mark = self._record.enter(release, bare, facts=facts, policy=policy.digest, drawn_from=drawn_from)
        if not self._record.of_run:
            self._warn_of_linked(release.id)
        if get_ipython() is None:  # a plain script has no place for pictures
            print(rendered.title, self._wording.text("show.plain"), sep="\n")
            return
        html = f"<style>{fragment_style()}</style>\n{self._numbering.fill(bare)}"
        display({"text/html": html, "text/plain": rendered.title}, raw=True, metadata=mark)

    def _warn_of_linked(self, newest: str) -> None:
        """In JupyterLab: say at once what a report will hide beside what was shown before."""
        entries = self._record.entries()
        told = [Facts.from_json(entry.facts) for entry in entries if entry.facts is not None]
        try:
            near = System.of(told).with_release(newest)
            hidden = hide_until_safe(near, self._policy)
        except ReleaseRefused as error:
            warnings.warn(str(error), stacklevel=4)
            return
        if hidden:
            names = sorted({name for key in hidden for name in near.told_by[key]})
            warnings.warn(
                f"{len(hidden)} numbers will be hidden in a report: together with what was shown before they "
                f"would tell a small count. They stand in {', '.join(names)}.",
                stacklevel=4,
            )
