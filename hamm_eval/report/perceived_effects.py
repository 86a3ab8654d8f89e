"""Perceived effectiveness beside estimated effects: one figure, and for each measure a sentence."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from hamm_eval.release.released import (
    ReleasedEffectRow,
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedShare,
)
from hamm_eval.report import findings
from hamm_eval.report.decisions import interim_note
from hamm_eval.report.figures.perceived import SIDES, perceived
from hamm_eval.report.markup import caution, figure, join, note, read_box
from hamm_eval.report.tables.effect import reason_sentences
from hamm_eval.report.wording import Wording

MAJORITY = 0.5
AGREES = {("yes", "more"): "agree", ("no", "fewer"): "agree", ("yes", "fewer"): "contradict"}
AGREES |= {("no", "more"): "contradict"}


def perceived_effects_title(release: ReleasedPerceivedEffects, wording: Wording) -> str:
    """How often both agree, contradict each other, or cannot be compared."""
    found = Counter(verdict(row, wording) for row in release.rows)
    if found["open"] == len(release.rows):
        return wording.text("perceived_effects.title_open", measures=len(release.rows))
    return wording.text(
        "perceived_effects.title",
        agree=found["agree"],
        contradict=found["contradict"],
        open=found["open"],
        measures=len(release.rows),
    )


def perceived_effects_fragment(release: ReleasedPerceivedEffects, wording: Wording) -> Markup:
    """The figure with its caution, then each measure in words."""
    title = perceived_effects_title(release, wording)
    sentences = [_sentence(row, wording) for row in release.rows]
    return join(
        [
            figure(
                title,
                perceived(release, title, wording),
                caution(wording.text("perceived_effects.caution")),
                read_box(wording, wording.text("perceived_effects.read")),
            ),
            Markup('<ul class="he-list">{}</ul>').format(
                Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
            ),
            note(interim_note(wording)),
        ]
    )


def opinion(share: ReleasedShare) -> str:
    """Whether most of a side hold a measure to be effective: "yes", "no", "unclear"; "withheld", "linked"."""
    if share.bound:
        return "yes"
    if share.linked:
        return "linked"
    if share.value is None or share.lower is None or share.upper is None:
        return "withheld"
    if share.lower > MAJORITY:
        return "yes"
    return "no" if share.upper < MAJORITY else "unclear"


def verdict(row: ReleasedPerceived, wording: Wording) -> str:
    """Whether what both sides think and every effect of the measure go together: agree, contradict, open."""
    sides = {opinion(share) for share in row.effective}
    if len(sides) != 1 or not row.effects:
        return "open"
    (both,) = sides
    found = {AGREES.get((both, _direction(of, wording)), "open") for of in row.effects}
    return found.pop() if len(found) == 1 else "open"


def _direction(of: ReleasedEffectRow, wording: Wording) -> str:
    """What an effect says; one whose control finds something where nothing can be says nothing."""
    return "doubtful" if "negative_control" in of.against else findings.effect_finding(of, wording).direction


def _sentence(row: ReleasedPerceived, wording: Wording) -> Markup:
    """What both sides think, what the estimate says, whether these go together."""
    parts = [
        wording.markup(
            "perceived_effects.measure", measure=wording.measure(row.measure), opinion=_opinions(row, wording)
        )
    ]
    if not row.effects:
        parts.append(wording.markup("perceived_effects.effect_not_asked"))
    parts += [_effect(of, wording) for of in row.effects]
    parts.append(wording.markup(f"perceived_effects.verdict_{verdict(row, wording)}"))
    return Markup(" ").join(parts)


def _opinions(row: ReleasedPerceived, wording: Wording) -> str:
    """Both sides in one sentence where they think alike, else one after the other."""
    worker, refugee = (opinion(share) for share in row.effective)
    if worker == refugee:
        return wording.text(f"perceived_effects.both_{worker}")
    return wording.text(
        "perceived_effects.each",
        worker=wording.text(f"perceived_effects.{SIDES[0]}_{worker}"),
        refugee=wording.text(f"perceived_effects.{SIDES[1]}_{refugee}"),
    )


def _effect(of: ReleasedEffectRow, wording: Wording) -> Markup:
    """One effect in the words and numbers of the overview of effects."""
    finding = findings.effect_finding(of, wording)
    said = {"endpoint": wording.endpoint(of.endpoint)}
    if finding.direction == "withheld":
        why = reason_sentences(of.withheld or (("generic", {}),), wording)[0]
        return wording.markup("perceived_effects.effect_withheld", reason=why, **said)
    return wording.markup(
        f"perceived_effects.effect_{_direction(of, wording)}",
        n=finding.n,
        lower=finding.lower,
        upper=finding.upper,
        population=wording.text(f"effect.population.{of.estimand}"),
        **said,
    )
