"""What is said of ratings from two perspectives: only what intervals carry, never one number for both."""

from __future__ import annotations

import dataclasses
import re

import pytest
import report_samples as samples

from hamm_eval.release.released import Cell, Interval, ReleasedAgreement, ReleasedShare
from hamm_eval.report import render
from hamm_eval.report.figures.opinions import COLOURS, bar_widths
from hamm_eval.report.perceived_effects import opinion, verdict
from hamm_eval.report.two_perspectives import direction
from hamm_eval.report.wording import Wording


def words(release: object, wording: Wording) -> str:
    """The text of a fragment."""
    html = re.sub(r"<img[^>]*>", "", render(release, wording).html)  # type: ignore[arg-type]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_title_tells_both_sides_apart(german: Wording) -> None:
    title = render(samples.two_perspectives(), german).title
    assert title == (
        "„Intensivsprachkurs“: als wirksam bewertet in 64\u202f% der Antworten der Sozialbetreuung "
        "und in 64\u202f% der Antworten der Teilnehmenden"
    )


@pytest.mark.parametrize(
    ("difference", "kappa", "found", "said"),
    [
        (-0.4, 0.4, "worker", ("Wer höher bewertet: die Sozialbetreuung", "niedriger", "öfter überein")),
        (0.4, 0.4, "refugee", ("Wer höher bewertet: die Teilnehmenden", "höher als die Sozialbetreuung")),
        (0.1, 0.1, "unclear", ("Eine Richtung ist nicht erkennbar", "nicht erkennbar : Übereinstimmungsmaß")),
    ],
)
def test_a_direction_is_named_only_where_the_interval_has_one(
    difference: float, kappa: float, found: str, said: tuple[str, ...], german: Wording
) -> None:
    of = samples.agreement(difference, kappa)
    assert direction(of) == found
    text = words(samples.two_perspectives(of), german)
    for part in said:
        assert part in text, part


def test_the_ratings_stand_in_numbers_beneath_the_picture(german: Wording) -> None:
    release = samples.two_perspectives()
    html = render(release, german).html
    table = html[html.index("So wurde bewertet</span>") :].split("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tbody>")[1].split("<tr>")[1:]]
    assert len(rows) == 2
    for row, side in zip(rows, release.ratings, strict=True):
        assert row[:-1] == [german.count(cell) for cell in (side.given, *side.cells)]
        assert side.effective.value is not None and row[-1].startswith(german.percent(side.effective.value))


def test_weights_are_told_only_with_what_they_assume(wording: Wording) -> None:
    text = words(samples.two_perspectives(), wording)
    warning = {"de": "Davon ist nicht auszugehen", "en": "cannot be taken for granted"}[wording.language]
    assert warning in text
    # The band and its caution stand before the weights.
    caution = {"de": "antwortet oft seltener", "en": "often answer less"}[wording.language]
    assert text.index(caution) < text.index(warning)


def test_what_is_withheld_says_why(german: Wording) -> None:
    few = words(samples.few_perspectives(), german)
    assert "zu wenige Bewertungen" in few
    assert "Zu wenige Teilnahmen sind von beiden Seiten bewertet." in few
    linked = words(samples.two_perspectives(ReleasedAgreement(withheld="linked")), german)
    assert "verborgene kleine Zahl" in linked
    assert "Kappa" not in linked


def test_bars_are_all_ratings_given_and_a_hidden_count_is_seen() -> None:
    side = samples.two_perspectives().ratings[1]
    widths = bar_widths(side)
    assert all(width > 0 for width in widths)
    assert sum(widths) == pytest.approx(100, abs=2)
    none = dataclasses.replace(side, cells=(Cell(value=None),) * 5, given=Cell(value=None))
    assert len(set(bar_widths(none))) == 1


def test_the_scale_reads_in_grey_by_its_order() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    dark, pale, middle, light, deep = map(grey, COLOURS)
    assert dark < pale < middle
    assert deep < light < middle


def share(value: float | None, reach: float = 0.07) -> ReleasedShare:
    if value is None:
        return ReleasedShare(value=None)
    return ReleasedShare(value=value, lower=value - reach, upper=value + reach)


@pytest.mark.parametrize(
    ("value", "found"), [(0.6, "yes"), (0.4, "no"), (0.55, "unclear"), (None, "withheld"), (0.57, "unclear")]
)
def test_a_majority_is_one_where_its_interval_lies_beyond_the_half(value: float | None, found: str) -> None:
    assert opinion(share(value)) == found


def test_opinion_and_estimate_are_compared_only_where_both_are_clear(german: Wording) -> None:
    found = {row.measure: verdict(row, german) for row in samples.perceived_effects().rows}
    assert found == {
        "language_course_intensive": "agree",
        "work_opportunity": "contradict",
        "job_coaching": "open",
        "application_training": "open",
        "school_support": "open",
        "mentoring_club": "open",
    }
    title = render(samples.perceived_effects(), german).title
    assert title == "Meinung und Schätzung bei 6 Maßnahmen: 1-mal einig, 1-mal im Widerspruch, 4-mal offen"


def test_each_measure_has_its_sentence_with_the_reason_where_there_is_no_value(german: Wording) -> None:
    text = words(samples.perceived_effects(), german)
    assert "Beide Seiten halten sie mehrheitlich für wirksam; die Schätzung findet unter 100" in text
    assert "Meinung und Schätzung widersprechen sich." in text
    assert "keinen Wert: Die Gruppen unterscheiden sich" in text
    assert "eine Wirkung ist nicht untersucht." in text
    assert "Von beiden Seiten gibt es zu wenige Bewertungen" in text


def test_an_effect_whose_control_finds_something_agrees_with_nothing(german: Wording) -> None:
    row = samples.perceived_effects().rows[0]
    doubtful = dataclasses.replace(row.effects[0], against=("negative_control",))
    release = dataclasses.replace(
        samples.perceived_effects(), rows=(dataclasses.replace(row, effects=(doubtful,)),)
    )
    assert verdict(release.rows[0], german) == "open"
    text = words(release, german)
    assert "ist kein Verlass" in text
    assert "Bei keiner von 1" in render(release, german).title


def test_effects_beside_opinions_read_as_in_their_own_overview(german: Wording) -> None:
    at = Interval(value=0.08, lower=0.02, upper=0.14)
    row = samples.perceived_effects().rows[0]
    assert row.effects[0].difference == at
    text = words(samples.perceived_effects(), german)
    assert "etwa 8 mehr am Ziel „Sprachzertifikat B1“ (2 bis 14)" in text
