"""In a second quarter a few new ratings would be told: single numbers go, and the section stays."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hamm_eval.estimate import Responses, TwoPerspectives
from hamm_eval.pipeline import proving
from hamm_eval.pipeline.proving import facts_in, hide_what_is_recovered
from hamm_eval.release.facts import Facts, facts_of
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.proof import conceal, still_shown
from hamm_eval.release.record import RunRecord
from hamm_eval.release.released import (
    ReleasedPerceived,
    ReleasedPerceivedEffects,
    ReleasedTwoPerspectives,
)
from hamm_eval.report.wording import Wording

sys.path.append(str(Path(__file__).parents[1] / "release"))
from perspective_samples import drawn_pairs, perspectives_of

STRICT = Policy.strict()
THEN, NOW = "2017-Q1", "2017-Q2"


def ratings(pairs: np.ndarray, refugee_alone: np.ndarray) -> TwoPerspectives:
    """Ratings of a measure of some 500 persons, two fifths of them women."""
    worker_alone = np.array([3, 9, 20, 18, 10])
    persons = int(pairs.sum() + worker_alone.sum() + refugee_alone.sum() + 20)
    given = int(pairs.sum() + worker_alone.sum()), int(pairs.sum() + refugee_alone.sum())
    women = [round(0.4 * n) for n in (persons, *given)]
    levels = (
        Responses(dimension="sex", level="female", persons=women[0], given=(women[1], women[2])),
        Responses(
            dimension="sex",
            level="male",
            persons=persons - women[0],
            given=(given[0] - women[1], given[1] - women[2]),
        ),
    )
    return perspectives_of(pairs, worker_alone, refugee_alone, 20, levels=levels)


def quarters(seed: int) -> tuple[TwoPerspectives, TwoPerspectives]:
    """The ratings of one quarter, and a handful more in the next."""
    rng = np.random.default_rng(seed)
    pairs, alone = drawn_pairs(420, seed), np.full(5, 2)
    more, more_alone = pairs.copy(), alone.copy()
    for _ in range(6):
        more[rng.integers(0, 5), rng.integers(2, 5)] += 1
    more_alone[rng.integers(0, 5)] += rng.integers(0, 4)
    return ratings(pairs, alone), ratings(more, more_alone)


def entered(tmp_path: Path, then: TwoPerspectives, now: TwoPerspectives) -> tuple[RunRecord, Facts]:
    """A run of the second quarter, and what the first told."""
    record = RunRecord(tmp_path, "05_two_perspectives")
    shown = release(now, STRICT)
    assert isinstance(shown, ReleasedTwoPerspectives)
    record.enter(shown, "<p>before</p>", facts=facts_of(now, shown, STRICT))
    beside = ReleasedPerceivedEffects(
        id="two_perspectives:perceived_effects",
        definition_digest="1",
        policy="strict",
        rows=(
            ReleasedPerceived(
                measure=shown.measure,
                effective=(shown.ratings[0].effective, shown.ratings[1].effective),
                effects=(),
            ),
        ),
    )
    record.enter(beside, "<p>before</p>", facts=Facts(release=beside.id, definition_digest="1", version=1))
    return record, facts_of(then, release(then, STRICT), STRICT)


@pytest.mark.parametrize(("seed", "side"), [(0, 0), (4, 1), (7, 1)])
def test_what_tells_of_new_ratings_goes_from_its_side_alone(tmp_path: Path, seed: int, side: int) -> None:
    record, former = entered(tmp_path, *quarters(seed))
    before = from_json(record.entries()[0].release)
    told = hide_what_is_recovered(record, NOW, {THEN: (former,)}, STRICT, Wording("de"))
    after, html = from_json(record.entries()[0].release), record.entries()[0].html
    assert isinstance(before, ReleasedTwoPerspectives) and isinstance(after, ReleasedTwoPerspectives)
    assert after.ratings[1 - side] == before.ratings[1 - side]
    gone = [cell for cell in after.ratings[side].cells if cell.linked]
    assert 0 < len(gone) < 5
    assert after.ratings[side].given == before.ratings[side].given
    assert (after.persons, after.responses) == (before.persons, before.responses)
    assert after.agreement.withheld == "linked"
    assert "verdeckt" in html and "before" not in html
    # What is told now is what stands there; the run was proven once more before it ended.
    assert not still_shown(after, told[0])
    assert told[:2] == facts_in(record.entries())
    # Opinions beside effects are those of the section.
    opinions = from_json(record.entries()[1].release)
    assert isinstance(opinions, ReleasedPerceivedEffects)
    assert opinions.rows[0].effective == tuple(each.effective for each in after.ratings)


def test_an_opinion_that_is_hidden_in_its_section_is_not_told_beside_its_effect(tmp_path: Path) -> None:
    record, _ = entered(tmp_path, *quarters(1))
    entry = record.entries()[0]
    hidden = conceal(from_json(entry.release), [("ratings", 1, "given"), ("responses", 0, "given", 1)])
    assert entry.facts is not None
    record.replace(entry, hidden, "<p>new</p>", Facts.from_json(entry.facts))
    proving._opinions_as_told(record, Wording("de"), withheld=False)
    opinions = from_json(record.entries()[1].release)
    assert isinstance(opinions, ReleasedPerceivedEffects)
    worker, refugee = opinions.rows[0].effective
    assert (worker.value is not None, refugee.value, refugee.linked) == (True, None, True)
    html = record.entries()[1].html
    assert "der Anteil der Teilnehmenden ist zum Schutz verdeckt" in html


def test_of_measures_whose_section_is_not_part_of_the_run_opinions_stay(tmp_path: Path) -> None:
    record, _ = entered(tmp_path, *quarters(1))
    entry = record.entries()[1]
    assert entry.facts is not None
    opinions = from_json(entry.release)
    assert isinstance(opinions, ReleasedPerceivedEffects)
    other = replace(opinions, rows=(replace(opinions.rows[0], measure="job_coaching"),))
    record.replace(entry, other, entry.html, Facts.from_json(entry.facts))
    proving._opinions_as_told(record, Wording("de"), withheld=False)
    assert from_json(record.entries()[1].release) == other
    proving._opinions_as_told(record, Wording("de"), withheld=True)
    gone = from_json(record.entries()[1].release)
    assert isinstance(gone, ReleasedPerceivedEffects)
    assert all(share.linked for share in gone.rows[0].effective)
