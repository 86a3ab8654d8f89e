"""`study.show`: an estimate goes through the gate, becomes words and pictures, is recorded and displayed.

Each method returns None, so that a notebook cell has no other output than the marked one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    AttainmentModel,
    CaseloadModel,
    CaseloadOverTime,
    Costs,
    CountTable,
    Curves,
    Definition,
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
from hamm_eval.release.policy import policy_of
from hamm_eval.release.released import QuarterlySummary, Release
from hamm_eval.report.markup import join, synthetic_notice
from hamm_eval.report.numbering import Numbering
from hamm_eval.report.page.assemble import fragment_style
from hamm_eval.report.rendering import Rendered, render
from hamm_eval.report.summary import quarterly_summary
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
    """

    def __init__(
        self,
        policy: Policy,
        wording: Wording,
        record: RunRecord,
        *,
        former: Callable[[], Sequence[Release]] = tuple,
        same_run: Callable[[], Sequence[Release]] = tuple,
    ) -> None:
        self._policy = policy
        self._wording = wording
        self._record = record
        self._former = former
        self._same_run = same_run
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
        # The quarter at a glance is that of the cohort: no group is counted among it.
        shown = [
            release for release in released if release.kind != QuarterlySummary.kind and not release.group
        ]
        definition = Definition(
            question="quarterly_summary",
            key="summary",
            details={"of": sorted(f"{release.id} {release.definition_digest}" for release in shown)},
        )
        release = QuarterlySummary(
            id=definition.id,
            definition_digest=definition.digest,
            policy=self._policy.name,
            sources=tuple(sorted(release.id for release in shown)),
        )
        html = quarterly_summary(shown, self._wording, self._former())
        self._display(release, Rendered(str(html), self._wording.text("summary.title")))

    def _show(self, estimate: Estimate) -> None:
        """Gate, words and pictures, record, display."""
        from hamm_eval.release.gate import release as pass_gate

        policy, wording = self._asked_of(estimate.definition.group)
        release = pass_gate(estimate, policy)
        self._display(release, render(release, wording))

    def _asked_of(self, group: str) -> tuple[Policy, Wording]:
        """Policy and words of the target group that an estimate is of: both follow from its own clock."""
        if not group or self._wording.params is None:
            return self._policy, self._wording
        params = self._wording.params.for_group(group)
        return policy_of(params), Wording(self._wording.language, params)

    def _display(self, release: Release, rendered: Rendered) -> None:
        """Enter the payload in the run record, then display it with its mark.

        The record holds the bare fragment; the display brings style and session numbers for the reader in
        JupyterLab. What rests on generated data says so in every fragment: notebooks travel without the page.
        """
        from IPython import get_ipython
        from IPython.display import display

        bare = str(join([Markup(rendered.html), synthetic_notice(self._wording)]))
        mark = self._record.enter(release, bare, number=None)
        if get_ipython() is None:  # a plain script has no place for pictures
            print(rendered.title, self._wording.text("show.plain"), sep="\n")
            return
        html = f"<style>{fragment_style()}</style>\n{self._numbering.fill(bare)}"
        display({"text/html": html, "text/plain": rendered.title}, raw=True, metadata=mark)
