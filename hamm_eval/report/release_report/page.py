"""The report for the data protection officer as one self-contained page: how many figures, and no figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from hamm_eval.release.policy import Policy
from hamm_eval.release.tally import RULES, Tally
from hamm_eval.report import markup
from hamm_eval.report.numbering import Numbering
from hamm_eval.report.page.assemble import stylesheet
from hamm_eval.report.release_report.content import PublishedQuarter, PublishedRelease
from hamm_eval.report.wording import Wording

_LAST_RULE = 9
_COUNTS = ("releases", "shown", "hidden", "withheld")


def page(quarters: Sequence[PublishedQuarter], wording: Wording, source: str) -> str:
    """What was published, hidden and withheld in each quarter, and why.

    Parameters
    ----------
    quarters : sequence of PublishedQuarter
        In the order in which they are told.
    wording : Wording
    source : str
        Name of the folder they are published in.

    Returns
    -------
    str
        HTML that loads nothing and runs no script; no clock time: equal quarters give equal bytes. It holds
        numbers of figures, never a figure.
    """
    html = _template().render(
        w=wording,
        quarters=quarters,
        source=source,
        style=Markup(style()),
        series=_series(quarters, wording),
        facts=lambda quarter: _facts(quarter, wording),
        policy=lambda quarter: _policy(quarter, wording),
        reasons=lambda quarter: _reasons(quarter, wording),
        releases=lambda quarter: _releases(quarter, wording),
    )
    return Numbering(wording).fill(html)


def style() -> str:
    """Style of the page: the report's, and room for the ids of results."""
    return f"{stylesheet()}\n.releases .he-table th[scope=row]{{min-width:20rem}}"


def _series(quarters: Sequence[PublishedQuarter], wording: Wording) -> Markup:
    """The quarters beside each other."""
    columns = [
        markup.Column(wording.text("page.quarter"), numeric=False),
        *(markup.Column(wording.text(f"release_report.column_{name}")) for name in _COUNTS),
    ]
    rows = [
        markup.Row(
            Markup('<a href="#{}">{}</a>').format(f"q-{one.quarter}", wording.quarter(one.quarter)),
            (wording.number(len(one.releases)), *_counts(one.tally, wording)),
            note=_policy_name(one, wording),
        )
        for one in quarters
    ]
    return markup.table(wording.text("release_report.series"), columns, rows)


def _counts(whole: Tally, wording: Wording) -> tuple[str, ...]:
    """Figures shown, figures hidden, parts withheld."""
    numbers = (whole.shown, whole.hidden_figures, whole.withheld_parts)
    return tuple(_or_dash(number, wording) for number in numbers)


def _policy_name(quarter: PublishedQuarter, wording: Wording) -> str:
    """The policy in a few words."""
    return wording.text(f"release_report.policy.{quarter.policy}")


def _facts(quarter: PublishedQuarter, wording: Wording) -> list[tuple[str, str | Markup]]:
    """Data cut, run and policy of a quarter."""
    return [
        (wording.text("page.data_cut"), wording.date(quarter.data_cut)),
        (wording.text("provenance.policy"), _policy_name(quarter, wording)),
        (wording.text("provenance.run_id"), Markup("<code>{}</code>").format(quarter.run_id)),
        (
            wording.text("release_report.policy_digest"),
            Markup("<code>{}</code>").format(quarter.policy_digest),
        ),
    ]


def _policy(quarter: PublishedQuarter, wording: Wording) -> str:
    """Whether the policy is as its profile, tightened in params, or changed by a file."""
    known = {"strict": Policy.strict(), "internal": Policy.internal()}
    profile = known.get(quarter.policy)
    if quarter.policy_file:
        return wording.text("release_report.by_file", digest=quarter.policy_file)
    if profile is not None and profile.digest == quarter.policy_digest:
        return wording.text("release_report.unchanged")
    return wording.text("release_report.tightened")


def _reasons(quarter: PublishedQuarter, wording: Wording) -> Markup:
    """How many figures are hidden, and parts withheld, by rule and reason."""
    whole = quarter.tally
    columns = [
        markup.Column(wording.text("release_report.column_reason"), numeric=False),
        markup.Column(wording.text("release_report.column_hidden")),
        markup.Column(wording.text("release_report.column_withheld")),
    ]
    named = sorted({*whole.hidden, *whole.withheld}, key=lambda reason: (_rule(reason), reason))
    rows = [
        markup.Row(
            _reason(reason, wording),
            tuple(_or_dash(where.get(reason, 0), wording) for where in (whole.hidden, whole.withheld)),
            group=wording.text(f"release_report.rule.{rule if rule <= _LAST_RULE else 'method'}"),
        )
        for reason in named
        for rule in [_rule(reason)]
    ]
    return markup.table(
        wording.text("release_report.reasons", quarter=wording.quarter(quarter.quarter)),
        columns,
        rows,
        wording.text("release_report.reasons_note"),
    )


def _rule(reason: str) -> int:
    """The release rule behind a reason; those of the method come last."""
    return RULES.get(reason, _LAST_RULE + 1)


def _reason(reason: str, wording: Wording) -> str:
    """A reason in words."""
    key = f"release_report.reason.{reason}"
    return wording.text(key) if wording.has(key) else reason.replace("_", " ")


def _or_dash(count: int, wording: Wording) -> str:
    """A count; none is a dash, so that what there is stands out."""
    return wording.number(count) if count else wording.text("symbols.none")


def _releases(quarter: PublishedQuarter, wording: Wording) -> Markup:
    """Every release with what it tells, what it keeps back and why."""
    columns = [
        markup.Column(wording.text("release_report.column_release"), numeric=False),
        markup.Column(wording.text("release_report.column_shown")),
        markup.Column(wording.text("release_report.column_hidden")),
        markup.Column(wording.text("release_report.column_why"), numeric=False),
    ]
    rows = [
        markup.Row(
            _kind(one, wording),
            (
                _or_dash(one.tally.shown, wording),
                _or_dash(one.tally.hidden_figures, wording),
                _why(one, wording),
            ),
            note=Markup("<code>{}</code>").format(one.release.id),
            group=notebook,
        )
        for notebook in quarter.notebooks
        for one in quarter.releases
        if one.notebook == notebook
    ]
    return markup.table(
        wording.text("release_report.each", quarter=wording.quarter(quarter.quarter)),
        columns,
        rows,
    )


def _kind(one: PublishedRelease, wording: Wording) -> str:
    """What kind of result a release is."""
    key = f"release_report.kind.{one.release.kind}"
    return wording.text(key) if wording.has(key) else one.release.kind.replace("_", " ")


def _why(one: PublishedRelease, wording: Wording) -> str:
    """Reasons, the hidden figures' first, with their numbers."""
    counted = one.tally

    def said(reasons: Mapping[str, int]) -> list[str]:
        ordered = sorted(reasons, key=lambda reason: (_rule(reason), reason))
        return [f"{_reason(reason, wording)} ({wording.number(reasons[reason])})" for reason in ordered]

    hidden, withheld = said(counted.hidden), said(counted.withheld)
    parts = [wording.join(hidden)] if hidden else []
    if withheld:
        parts.append(wording.text("release_report.withheld", reasons=wording.join(withheld)))
    return "; ".join(parts) or wording.text("symbols.none")


@cache
def _template() -> jinja2.Template:
    """The page's template; everything put in is escaped unless it is markup."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("hamm_eval.report.release_report").joinpath("releases.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text)
