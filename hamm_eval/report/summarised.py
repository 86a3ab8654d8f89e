"""The summary as a release: what it was made of, what it restates, and its fragment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hamm_eval.estimate import Definition
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import QuarterlySummary, Release
from hamm_eval.release.restatements import restatements
from hamm_eval.report.markup import join
from hamm_eval.report.rendering import Rendered
from hamm_eval.report.restated import restated_table
from hamm_eval.report.summary import quarterly_summary
from hamm_eval.report.wording import Wording


def summarise(
    released: Iterable[Release], former: Sequence[Release], policy: Policy, wording: Wording
) -> tuple[QuarterlySummary, Rendered]:
    """The quarter at a glance from releases, and the figures of the former report that they change.

    Parameters
    ----------
    released : iterable of Release
        All of a run, an earlier summary among them.
    former : sequence of Release
        The former quarter's published results.
    policy : Policy
    wording : Wording
    """
    # The quarter at a glance is that of the cohort: no group is counted among it.
    shown = [release for release in released if release.kind != QuarterlySummary.kind and not release.group]
    definition = Definition(
        question="quarterly_summary",
        key="summary",
        details={"of": sorted(f"{release.id} {release.definition_digest}" for release in shown)},
    )
    summary = QuarterlySummary(
        id=definition.id,
        definition_digest=definition.digest,
        policy=policy.name,
        sources=tuple(sorted(release.id for release in shown)),
        restatements=restatements(shown, former, policy),
    )
    html = join(
        [
            quarterly_summary(shown, wording, former),
            restated_table(summary.restatements, {each.id: each for each in shown}, wording),
        ]
    )
    return summary, Rendered(str(html), wording.text("summary.title"))
