"""What the quarter at a glance says of goals, opinions and providers, with links to where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from hamm_eval.release.released import Release, ReleasedFunnel, ReleasedGoalScores, ReleasedPerceivedEffects
from hamm_eval.report.figures.perceived import SIDES
from hamm_eval.report.funnel import funnel_title
from hamm_eval.report.goal_scores import findings_title, goal_scores_title
from hamm_eval.report.perceived_effects import perceived_effects_title
from hamm_eval.report.wording import Wording

_TOLD = ("goal_attainment", "two_perspectives", "providers")  # questions, in the order of their sections


def further(releases: Sequence[Release], wording: Wording) -> Markup:
    """A list of what further sections find, each with a link to its section; nothing where there is none.

    The sentences are the titles of their figures: nothing is said here that does not stand there.
    """
    found = {
        "goal_attainment": _goals(releases, wording),
        "two_perspectives": _opinions(releases, wording),
        "providers": [funnel_title(each, wording) for each in releases if isinstance(each, ReleasedFunnel)],
    }
    items = [_item(question, found[question], wording) for question in _TOLD if found[question]]
    if not items:
        return Markup("")
    return Markup(
        '<div class="he-further">\n<p class="he-sentences-title">{}</p>\n<ul class="he-list">{}</ul>\n</div>'
    ).format(wording.text("summary.further_title"), Markup("").join(items))


def _item(question: str, sentences: Sequence[str], wording: Wording) -> Markup:
    """One section in a few sentences, and a link to it where the report has it."""
    said = " ".join(sentence if sentence.endswith(".") else f"{sentence}." for sentence in sentences)
    name = wording.text(f"summary.further.{question}")
    anchor = _section(question, wording)
    link = (
        Markup(' <a href="#{}">{}</a>').format(anchor, wording.text("summary.further_link"))
        if anchor
        else Markup("")
    )
    return Markup("<li><strong>{}:</strong> {}{}</li>").format(name, said, link)


def _section(question: str, wording: Wording) -> str:
    """Anchor of the notebook that asks a question, by its one name; "" where the report does not run it."""
    names = wording.params.run if wording.params else ()
    return next((f"{name}-1" for name in names if name.partition("_")[2].startswith(question)), "")


def _goals(releases: Sequence[Release], wording: Wording) -> list[str]:
    """How far goals are attained, and what adaptations made of it."""
    return [
        sentence
        for each in releases
        if isinstance(each, ReleasedGoalScores)
        for sentence in (goal_scores_title(each, wording), findings_title(each, wording))
    ]


def _opinions(releases: Sequence[Release], wording: Wording) -> list[str]:
    """How many of either side hold measures to be effective, and whether effects go with it."""
    said = []
    for each in releases:
        if isinstance(each, ReleasedPerceivedEffects):
            spans = [_span(each, side, wording) for side in range(len(SIDES))]
            if all(spans):
                said.append(wording.text("summary.opinions", worker=spans[0], refugee=spans[1]))
            said.append(perceived_effects_title(each, wording))
    return said


def _span(release: ReleasedPerceivedEffects, side: int, wording: Wording) -> str:
    """The least and the greatest share of a side over all measures; never which measure."""
    shares = [row.effective[side].value for row in release.rows]
    known = [share for share in shares if share is not None]
    if not known:
        return ""
    low, high = wording.percent(min(known)), wording.percent(max(known))
    if low == high:
        return low
    return wording.text("units.range", lower=wording.number(100 * min(known)), upper=high)
