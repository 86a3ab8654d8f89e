"""docs/synthetic-city.md says what the code does: its tables are generated, its words are compared."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hamm_eval.cli import app
from hamm_eval.synthetic.calibration import planted_tables
from hamm_eval.synthetic.export import HAMM_SEED
from hamm_eval.synthetic.marked import with_tables
from hamm_eval.synthetic.places import KEPT_DAYS
from hamm_eval.synthetic.scenario import DEPARTURE, TRAPS, Scenario, load_scenario, scenario_names
from hamm_eval.synthetic.starts import AT_ONCE_DAYS
from hamm_eval.synthetic.truth.contrasts import ADHERENCES, CONTRASTS, ESTIMANDS, HORIZON_MONTHS, LANDMARK
from hamm_eval.synthetic.truth.effects import EFFECTS
from hamm_eval.synthetic.truth.incidence import FIRST_DAYS, MONTHS
from hamm_eval.synthetic.truth.stored import FOLDER, NAMES

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "synthetic-city.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def words(page: str) -> str:
    """The page with its line breaks as spaces."""
    return re.sub(r"\s+", " ", page)


def first_column(page: str, heading: str) -> list[str]:
    """What stands in code in the first cells of the first table under a heading."""
    lines = page.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    return re.findall(r"`(\w+)`", " ".join(line.split("|")[1] for line in lines if line.startswith("|")))


def test_what_is_planted_is_shown_as_the_scenarios_have_it(page: str) -> None:
    assert with_tables(page, planted_tables()) == page
    effect = next(e for e in load_scenario().effects if e.acts_on == DEPARTURE)
    ratio = next(iter(effect.hazard_ratio.values()))
    assert f"| `{effect.cause}` | `{DEPARTURE}` | {ratio} from day" in page


def test_measures_said_to_be_without_effect_have_none(words: str, scenario: Scenario) -> None:
    assert "`application_training` and `school_support` act on nothing" in words
    causes = {effect.cause for effect in scenario.effects}
    assert {*scenario.measures} - causes == {"application_training", "school_support", "orientation_course"}
    assert {e.cause for e in load_scenario("null").effects} & {*scenario.measures} == set()
    assert all(law.start.frailty == 0 for law in scenario.measures.values())


def test_traps_scenarios_and_truths_are_all_there(page: str, words: str) -> None:
    assert tuple(first_column(page, "Traps")) == TRAPS
    assert sorted(first_column(page, "Scenarios")) == sorted(scenario_names())
    assert f"The stored truths ({', '.join(f'`{name}`' for name in NAMES)})" in words


def test_figures_in_the_words_are_those_of_the_code(words: str, scenario: Scenario) -> None:
    sizes = {name: load_scenario(name).size.persons for name in ("tiny", "national")}
    day, counted = (
        f"{d.day} {d:%B %Y}" for d in (scenario.reference_day, scenario.eu_citizens.counted_first)
    )
    for said in (
        f"from the seed {HAMM_SEED} that",
        f"| {sizes['tiny']} refugees present",
        f"| {sizes['national']:,} refugees present",
        f"those of the {KEPT_DAYS:.0f} days before",
        f"who would start within {AT_ONCE_DAYS:.0f} days starts on the first day",
        f"households on {day} (EU citizens: also on {counted})",
        f"until {scenario.no_prospect.persons} persons are",
        f"files from {scenario.files_begin.day} {scenario.files_begin:%B %Y} on",
        f"as records end in {scenario.records_end.year}",
        f"started within {LANDMARK} days or not; time zero is day {LANDMARK}",
        f"`months` {', '.join(map(str, MONTHS))}:",
        f"`horizon_months` {', '.join(map(str, HORIZON_MONTHS))} (",
        f"by day from 0 to {FIRST_DAYS}",
    ):
        assert said in words, said
    freed = scenario.priority_integration.residence_rule
    assert freed.in_force_since.year + freed.months / 12 <= scenario.records_end.year


def test_the_truth_is_described_with_every_key_it_has(page: str, words: str) -> None:
    described = page.split("## The truth\n")[1].split("\n## ")[0]
    truth = json.loads((FOLDER / "hamm.json").read_text(encoding="utf-8"))
    asked = {*truth, *truth["effects"][0]} - {"landmark_days", "grace_days", "horizon_days"}
    assert [key for key in sorted(asked) if f"`{key}`" not in described] == []
    for name in (*ADHERENCES, *EFFECTS):
        assert f"`{name}`" in described
    assert all(re.search(rf"\b{name}\b", described) for name in ESTIMANDS)
    keys = [contrast.key for contrast in CONTRASTS]
    short = [re.sub(r"^start_within(?=_(56|91))", "", key) for key in keys]
    assert all(f"`{key}`" in described for key in short)


def test_commands_are_those_that_exist(page: str) -> None:
    commands = page.split("\n\n    hamm-eval")[1].split("\n\n")[0]
    used = set(re.findall(r"--[a-z-]+", commands))
    helped = CliRunner().invoke(app, ["synth", "--help"], env={"COLUMNS": "200"})
    assert helped.exit_code == 0
    known = set(re.findall(r"--[a-z][a-z-]+", re.sub(r"\x1b\[[0-9;]*m", "", helped.output)))
    assert used <= known
    assert known - used <= {"--help", "--force", "--no-force"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"hamm-eval synth synthetic_data/hamm --seed {HAMM_SEED} --force" in makefile


def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page)
    assert len(links) >= 4
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
