"""What the sections on providers, caseload and funding say, word for word where it matters."""

from __future__ import annotations

import dataclasses
import re

import pytest
import report_samples as samples

from hamm_eval.release.released import ReleasedFunnel
from hamm_eval.report import render
from hamm_eval.report.figures.funnel import Box, _beside
from hamm_eval.report.wording import LANGUAGES, Wording


def words(release: object, language: str = "en") -> str:
    html = render(release, Wording(language, samples.params())).html  # type: ignore[arg-type]
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"base64,[^\"]+", "", html)))
    return plain.replace("&#39;", "'").replace("\u00a0", " ")


def test_the_title_tells_of_one_test_and_never_of_one_provider() -> None:
    for language in LANGUAGES:
        wording = Wording(language, samples.params())
        for p_value in (0.22, 0.001):
            title = render(samples.funnel(p_value), wording).title
            assert not any(
                wording.level("provider", key) in title for key in ("awo", "caritas", "city", "kolping")
            )
    assert "no difference between providers beyond chance can be made out" in words(samples.funnel())
    assert "results differ between providers by more than chance" in words(samples.funnel(0.001))
    assert "kein" not in render(samples.funnel(0.001), Wording("de", samples.params())).title


def test_chance_is_told_in_hundreds() -> None:
    assert "would occur in about 22 of 100 cases even if all providers were alike" in words(samples.funnel())
    assert "in fewer than one of 100 cases" in words(samples.funnel(0.0))


def test_what_so_few_can_show_stands_under_the_figure() -> None:
    shown = words(samples.funnel())
    # Four of which each lies outside with 5 of 100: 1 - 0.95^4 = 18.5 %.
    assert "What four providers can show and what not" in shown
    assert "in about 19 of 100 reports" in shown
    assert "No ranking can be made of this" in shown
    assert words(samples.funnel(), "de").count("Eine Rangfolge lässt sich daraus nicht bilden") == 1


@pytest.mark.parametrize(
    ("tied", "said"),
    [
        ("strongly", "cannot be told apart, and is not split"),
        ("partly", "it is not split"),
        ("hardly", "hardly overlap"),
    ],
)
def test_what_is_confounded_is_said_without_numbers(tied: str, said: str) -> None:
    shown = words(samples.funnel(tied=tied))
    assert said in shown
    assert "Single workers are never compared" in shown
    assert "never compared" not in words(samples.funnel(one_place_a_worker=False))


def test_rows_stand_in_the_order_of_keys_and_who_is_left_out_is_told() -> None:
    shown = words(samples.funnel())
    table = shown[shown.index("Share expected") :]
    places = [table.index(name) for name in ("AWO", "Caritasverband", "City of Hamm", "Kolping")]
    assert places == sorted(places)
    assert "“Multikulturelles Forum” is not included: too few persons" in shown
    assert "“DRK” is not included: nearly all persons are accompanied by a single social worker" in shown
    assert "variance is therefore 1.2 times" in shown
    assert "variance is therefore" not in words(samples.funnel(dispersion=1.0))


def test_a_withheld_funnel_says_why() -> None:
    assert "Fewer than three groups are large enough to compare" in words(samples.withheld_funnel())


def test_names_in_the_figure_keep_off_marks_and_the_frame() -> None:
    mark = Box(92, 92, 108, 108)
    assert not _beside(100, 100, 60, 1, 0).meets(mark)
    assert not _beside(100, 100, 60, -1, 0).meets(mark)
    assert _beside(100, 100, 60, 0, 0).bottom >= 108
    # Two marks on one place: both are drawn, and both names are told.
    whole = samples.funnel()
    twins = (whole.groups[0], dataclasses.replace(whole.groups[0], level="caritas"))
    release: ReleasedFunnel = dataclasses.replace(whole, groups=(*twins, *whole.groups[2:]))
    assert "AWO" in words(release)


def test_caseload_says_that_part_time_is_not_known_unless_posts_are_stated() -> None:
    unknown, stated = words(samples.caseload()), words(samples.caseload(full_time=True))
    assert "Who works part-time is not in the data" in unknown
    assert "Per full-time post" not in unknown
    assert "Full-time posts are not in the data but stated" in stated
    assert "71" in stated
    assert "half of the social workers have at most 60 open cases" in unknown


@pytest.mark.parametrize(
    ("release", "said"),
    [
        (samples.caseload_model(), "is slower: 0.86 times (95% range: 0.78 to 0.95)"),
        (samples.caseload_model(1.2, 1.1), "is faster: 1.20 times"),
        (samples.caseload_model(1.05, 1.2), "no association can be made out"),
    ],
)
def test_the_caseload_model_is_told_in_a_sentence(release: object, said: str) -> None:
    shown = words(release)
    assert said in shown
    assert "With 10 more cases of the social worker" in shown
    assert "An association, no proof of an effect" in shown


def test_a_withheld_caseload_model_has_no_ratio() -> None:
    shown = words(samples.caseload_model(shown=False))
    assert "pace and number of cases are not compared" in shown
    assert "more cases of the social worker" not in shown


def test_few_workers_are_told_as_such() -> None:
    few = dataclasses.replace(samples.caseload_model(), few_workers=True)
    assert "fewer than 40 social workers" in words(few)
    assert "households: ranges" not in words(few)
    assert "fewer than 40" not in words(samples.caseload_model())


def test_amounts_that_lack_something_say_at_least() -> None:
    shown = words(samples.funding())
    assert "at least €1,520,000" in shown
    assert "€700,000" in shown
    assert "not told" in shown
    assert "Since 2015 the funding class of one measure has changed" in shown
    unchanged = dataclasses.replace(samples.funding(), spells=samples.funding().spells[2:])
    assert "Since 2015 the funding classes are unchanged" in words(unchanged)
