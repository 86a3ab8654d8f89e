"""How it is shown what goes with higher attainment, and how much lies between social workers."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedAttainmentModel, ReleasedWorkerShare
from hamm_eval.report import findings, outside
from hamm_eval.report.figures.forest import alternative_rows, forest_of
from hamm_eval.report.figures.share_line import share_line
from hamm_eval.report.markup import caution, figure, join, note, read_box
from hamm_eval.report.tables.effect import reasons
from hamm_eval.report.tables.terms import merged_note
from hamm_eval.report.wording import Wording

_WORDS = {
    "axis": "attainment_model.axis",
    "less": "attainment_model.less",
    "more": "attainment_model.more",
    "ratio": "model.column_ratio",
}


def attainment_model_title(release: ReleasedAttainmentModel, wording: Wording) -> str:
    """The finding: the characteristic that stands out most, if one does."""
    domain = wording.level("domain", release.domain)
    if release.withheld:
        return wording.text("attainment_model.title_withheld", domain=domain)
    finding, factor = findings.strongest(release.terms)
    return wording.text(
        f"attainment_model.title_{finding}", domain=domain, factor=wording.dimension(factor) if factor else ""
    )


def attainment_model_fragment(release: ReleasedAttainmentModel, wording: Wording) -> Markup:
    """Forest plot with the caution directly beneath; the reason where it is withheld."""
    title = attainment_model_title(release, wording)
    if release.withheld:
        return _withheld(title, release.withheld, wording)
    domain = wording.level("domain", release.domain)
    rows = alternative_rows(release.terms, wording)
    alt = wording.text("attainment_model.alt", domain=domain, rows=rows)
    merged = [
        f"{wording.covariate(term.factor, term.level)} {merged_note(term.factor, term.merged, wording)}."
        for term in release.terms
        if term.merged
    ]
    return figure(
        title,
        forest_of(release.terms, alt, _WORDS, wording),
        caution(wording.text("attainment_model.caution")),
        read_box(
            wording, wording.text("attainment_model.read"), wording.text("attainment_model.read_unscored")
        ),
        note(
            wording.text("attainment_model.based_on_hidden")
            if release.persons.linked
            else wording.text("attainment_model.based_on", persons=outside.persons(release.persons, wording)),
            *merged,
            findings.many_compared(release.terms, wording),
            outside.of_model(release, wording),
            wording.text("curves.few_households") if release.few_households else "",
            wording.text("attainment_model.doubtful") if release.doubtful else "",
        ),
    )


def worker_share_title(release: ReleasedWorkerShare, wording: Wording) -> str:
    """The finding: how much of the differences lies between social workers."""
    domain = wording.level("domain", release.domain)
    share = release.share
    if share is None or share.value is None:
        return wording.text("worker_share.title_withheld", domain=domain)
    if not share.lower:
        return wording.text(
            "worker_share.title_none", domain=domain, most=wording.percent(share.upper or 0.0)
        )
    return wording.text(
        "worker_share.title",
        domain=domain,
        value=wording.percent(share.value),
        range=wording.percent_range(share),
    )


def worker_share_fragment(release: ReleasedWorkerShare, wording: Wording) -> Markup:
    """The share and its interval, and what stands in it."""
    title = worker_share_title(release, wording)
    if release.share is None:
        return _withheld(title, (release.withheld,), wording)
    box = read_box(wording, wording.text("worker_share.read"), wording.text("worker_share.read_confounded"))
    step = wording.text("worker_share.step", step=wording.number(wording.policy.variance_share_step))
    picture = share_line(release.share, wording.text("worker_share.axis"), title, wording)
    return figure(title, picture, box, note(step))


def _withheld(title: str, why: tuple[str, ...], wording: Wording) -> Markup:
    """A heading, and why there is no figure."""
    heading = Markup('<p class="he-finding">{}</p>').format(title)
    return join([heading, reasons(tuple((key, {}) for key in why), wording)])
