"""All measures beside each other: forest plot, caution beneath it, a sentence for each question."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedEffectOverview, ReleasedEffectRow
from hamm_eval.report import findings
from hamm_eval.report.figures.effects import effects
from hamm_eval.report.markup import caution, figure, join, note, read_box
from hamm_eval.report.tables.effect import reason_sentences
from hamm_eval.report.wording import Wording

MONTHS_OF_A_YEAR = 12


def effect_overview_title(release: ReleasedEffectOverview, wording: Wording) -> str:
    """For how many questions there is a value; in the annual evaluation, how many are confirmed."""
    asked = len(release.rows) + len(release.absent)
    if release.confirmatory:
        confirmed = sum(row.decision == "confirmed" for row in release.rows)
        return wording.text("effect_overview.title_confirmed", confirmed=confirmed, asked=asked)
    shown = sum(row.difference is not None for row in release.rows)
    return wording.text("effect_overview.title", shown=shown, asked=asked)


def effect_overview_fragment(release: ReleasedEffectOverview, wording: Wording) -> Markup:
    """Forest plot with the caution directly beneath, how to read it, and each question in words."""
    withheld = [row for row in release.rows if row.difference is None]
    read = [wording.text("effect_overview.read")]
    if release.confirmatory:
        read.append(wording.text("effect_overview.read_decided"))
    if withheld:
        read.append(wording.text("effect_overview.read_withheld"))
    drawn = "_randomised" if _all_randomised(release, wording) else ""
    sentences = [_sentence(row, wording) for row in release.rows]
    sentences += [_absent(key, wording) for key in release.absent]
    return join(
        [
            figure(
                effect_overview_title(release, wording),
                effects(release, wording),
                caution(wording.text(f"effect.caution{drawn}")),
                read_box(wording, *read),
            ),
            Markup('<ul class="he-list">{}</ul>').format(
                Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
            ),
            note(_look(release, wording)),
        ]
    )


def _sentence(row: ReleasedEffectRow, wording: Wording) -> Markup:
    """One question in words that need no statistics."""
    said = {"measure": wording.measure(row.measure), "endpoint": wording.endpoint(row.endpoint)}
    finding = findings.effect_finding(row, wording)
    if finding.direction == "withheld":
        why = reason_sentences(row.withheld or (("generic", {}),), wording)[0]
        return wording.markup("effect_overview.sentence_withheld", reason=why, **said)
    sentence = wording.markup(
        f"effect_overview.sentence_{finding.direction}",
        population=wording.text(f"effect.population.{row.estimand}"),
        within=_within(row.horizon_days, wording),
        n=finding.n,
        lower=finding.lower,
        upper=finding.upper,
        **said,
    )
    said_too = [wording.text(f"effect_overview.decision_{row.decision}")] if row.decision else []
    # Without a decision only what spoils a value in every quarter is told beside it.
    told = row.against if row.decision else [key for key in row.against if key == "negative_control"]
    said_too += [wording.text(f"effect_overview.against.{key}") for key in told]
    return Markup(" ").join([sentence, *said_too])


def _absent(key: str, wording: Wording) -> Markup:
    """A question that the export cannot answer."""
    question = wording.params.measure_effectiveness.get(key) if wording.params else None
    measure = wording.measure(question.measure) if question else key.replace("_", " ")
    endpoint = wording.endpoint(question.endpoint) if question else key.replace("_", " ")
    return wording.markup("effect_overview.sentence_absent", measure=measure, endpoint=endpoint)


def _within(days: int, wording: Wording) -> str:
    """By when: "binnen eines Jahres"."""
    months = wording.months(days)
    if months == MONTHS_OF_A_YEAR:
        return wording.text("effect_overview.within_year")
    return wording.text("effect_overview.within", months=months)


def _look(release: ReleasedEffectOverview, wording: Wording) -> str:
    """Whether these figures are interim or decide, and how many questions that allows for."""
    if not release.confirmatory:
        quarter = wording.params.confirmatory_quarter if wording.params else 4
        return wording.text("effect_overview.interim", quarter=quarter)
    counted = [row for row in release.rows if row.decision]
    primary = sum(row.primary for row in counted)
    return wording.text(
        "effect_overview.confirmatory",
        primary=primary,
        others=len(counted) - primary,
        withheld=len(release.rows) + len(release.absent) - len(counted),
    )


def _all_randomised(release: ReleasedEffectOverview, wording: Wording) -> bool:
    """Whether lots were drawn for every question."""
    asked = wording.params.measure_effectiveness if wording.params else {}
    return bool(release.rows) and all(
        row.key in asked and asked[row.key].assignment == "randomised" for row in release.rows
    )
