"""Where agreed goals stand, what goes with attainment, and the share of workers, in words and pictures."""

from __future__ import annotations

import dataclasses
import re

import pytest
import report_samples as samples

from hamm_eval.release.released import Cell
from hamm_eval.report import render
from hamm_eval.report.figures import goal_bars
from hamm_eval.report.wording import Wording


@pytest.fixture(scope="module")
def german() -> Wording:
    return Wording("de", samples.params())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ")


def test_the_title_tells_over_all_domains_and_never_which_is_ahead(german: Wording) -> None:
    title = render(samples.goal_scores(), german).title.replace("\u202f", " ")
    # Of the domain with hidden scores no sum is told.
    assert title.startswith("In allen Bereichen ist bei etwa 40 % der Menschen mit einem Ziel mindestens")
    assert not [name for name in ("Sprache", "Arbeit", "Soziales") if name in title]


def test_adaptations_stand_beside_attainment_and_hidden_ones_stay_hidden(german: Wording) -> None:
    html = render(samples.goal_scores(), german).html
    (row,) = re.findall(r'<th scope="row">davon erst nach einer Anpassung</th>(.*?)</tr>', html)
    assert words(row).split() == ["25", "6", "%", "≤7", "0"]
    assert "In allen Bereichen wurde von den erreichten Zielen ein Teil von etwa 21" in words(html)


def test_without_goals_are_shown_with_the_scores_and_beside_the_t_scores(german: Wording) -> None:
    html = render(samples.goal_scores(), german).html
    dropped = re.findall(r'<th scope="row">Aufgegeben</th>(.*?)</tr>', html)
    assert len(dropped) == 2
    assert all(words(row).split()[:1] == ["20"] for row in dropped)
    assert "Kein T-Wert: Ziel aufgegeben oder angepasst" in html
    assert "Maßgeblich ist deshalb die Verteilung" in html


def test_the_pictures_tell_their_numbers_to_those_who_cannot_see_them(german: Wording) -> None:
    html = render(samples.goal_scores(), german).html.replace("\u202f", " ")
    scores, findings = re.findall(r'alt="(.*?)"', html)
    assert "Sprache – viel weniger als vereinbart (−2): 15 %" in scores
    assert "Soziales – zu wenige Personen." in scores
    assert "erst nach einer Anpassung erreicht: 6 %" in findings


def test_the_strict_figure_stands_in_the_title_unless_it_is_withheld(german: Wording) -> None:
    assert "wie zuerst vereinbart bei" in render(samples.goals_by_definition(), german).title
    withheld = render(samples.few_adapted_goals(), german)
    assert "wie zuerst vereinbart bei" not in withheld.title
    assert "würde diese verraten, wie viele" in withheld.html


def test_an_end_that_a_way_of_counting_does_not_know_is_no_hidden_number(german: Wording) -> None:
    release = samples.goals_by_definition()
    causes = ("goal", "departure", "closing", "adaptation")
    html = render(
        dataclasses.replace(release, curves=dataclasses.replace(release.curves, causes=causes)), german
    ).html
    empty = []
    for name in ("Als erreicht", "Bei noch laufendem Fall", "Wie zuerst vereinbart"):
        (row,) = re.findall(rf'<th scope="row">{name}[^<]*</th>(.*?)</tr>', html)
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
        empty.append([not cell for cell in cells[-3:-1]])
    # The closing ends nothing but "while open", an adaptation nothing but the first definition.
    assert empty == [[True, True], [False, True], [True, False]]


def test_what_the_picture_calls_attained_is_what_the_table_does(german: Wording) -> None:
    release = samples.goal_scores()
    drawn = goal_bars.finding_parts(release)
    known = [at for at, cell in enumerate(release.after_adaptation) if cell.share is not None]
    assert known
    assert all("met" not in drawn[at] and "met_unadapted" in drawn[at] for at in known)
    assert all("met_unadapted" not in row for at, row in enumerate(drawn) if at not in known)


def test_the_model_cautions_directly_under_its_picture(german: Wording) -> None:
    html = render(samples.attainment_model(), german).html
    assert html.index("he-caution") < html.index("he-read")
    assert "Ziele im Bereich Sprache" in words(html)
    assert "nicht auf allen Stufen gleich" in html
    assert "1,88 (1,37 bis 2,57)" in html
    assert "Grundlage: 410 Personen, deren Ziel eine Stufe hat." in html
    assert "Verglichen sind 2 Gruppen zugleich." in html
    untold = dataclasses.replace(samples.attainment_model(), persons=Cell(value=None, linked=True))
    assert "Ihre Zahl ist verdeckt" in render(untold, german).html
    refused = render(samples.attainment_model("scores_per_parameter"), german)
    assert "<img" not in refused.html
    assert "wird nicht gezeigt" in refused.title


def test_a_share_that_may_be_none_is_told_by_its_upper_end(german: Wording) -> None:
    assert "Etwa 10" in render(samples.worker_share(), german).title
    nothing = render(samples.worker_share((0.0, 0.0, 0.05)), german).title.replace("\u202f", " ")
    assert "kein Unterschied erkennbar; höchstens 5 %" in nothing
    html = render(samples.worker_share(None, "one_worker_dominates"), german).html
    assert "von einer einzigen Betreuungskraft" in html


def test_reviews_are_told_in_words_of_their_own(german: Wording) -> None:
    delays = samples.distribution()
    reviews = dataclasses.replace(delays, id="goal_attainment:review_intervals")
    shown = render(reviews, german)
    assert (
        shown.title == "Die Hälfte der Abstände bis zur nächsten Überprüfung dauert höchstens 10 bis 15 Tage"
    )
    assert "Einträge" not in words(shown.html)
    assert "keine Rangfolge" in shown.html
