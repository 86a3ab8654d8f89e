from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hamm_eval.estimate import Definition, Lost, Model, Term
from hamm_eval.release.models import release_model
from hamm_eval.release.policy import Policy
from hamm_eval.survival import cox

STRICT = Policy.strict()


def of(factor: str, level: str, persons: int, events: int, non_events: int) -> Term:
    return Term(factor=factor, level=level, persons=persons, events=events, non_events=non_events)


@pytest.fixture(scope="module")
def model() -> Model:
    rng = np.random.default_rng(3)
    levels = rng.integers(0, 3, 400)
    sex = rng.integers(0, 2, 400)
    time = np.ceil(rng.exponential(300 * np.exp(-0.5 * (levels == 1) - 0.3 * sex)))
    event = (time < 400).astype(int)
    time = np.minimum(time, 400)
    columns = np.column_stack([levels == 1, levels == 2, sex == 1]).astype(float)
    fit = cox(time, event, columns)

    def term(factor: str, level: str, rows: np.ndarray) -> Term:
        return of(factor, level, int(rows.sum()), int(event[rows].sum()), int((1 - event[rows]).sum()))

    return Model(
        definition=Definition("associations", "language_b1"),
        endpoint="language_b1",
        terms=(
            term("schooling", "secondary", levels == 1),
            term("schooling", "university", levels == 2),
            term("sex", "male", sex == 1),
        ),
        references=(term("schooling", "none", levels == 0), term("sex", "female", sex == 0)),
        fit=fit,
        persons=400,
        events=int(event.sum()),
        proportionality=(0.4, 0.001, 0.6, 0.02),
        merged={"schooling=none": ("none", "primary")},
    )


def test_terms_stand_below_their_reference_to_two_decimals(model: Model) -> None:
    release = release_model(model, STRICT)
    assert release.withheld == ()
    assert [(term.factor, term.level, term.reference) for term in release.terms] == [
        ("schooling", "none", True),
        ("schooling", "secondary", False),
        ("schooling", "university", False),
        ("sex", "female", True),
        ("sex", "male", False),
    ]
    assert release.terms[0].merged == ("none", "primary")
    shown = [term for term in release.terms if not term.reference]
    for term, coefficient in zip(shown, model.fit.coefficients, strict=True):
        assert term.ratio == round(float(np.exp(round(float(coefficient), 2))), 2)
        assert term.lower < term.ratio < term.upper
        assert term.persons.value % 5 == 0
    assert release.persons.value == 400
    assert release.proportionality_doubtful == ("schooling",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"events": 29}, "events_per_parameter"),
        ({"persons": 12}, "residual_freedom"),
        ({"fit": None}, "not_estimable"),
    ],
)
def test_rule_6_refuses_a_model_that_is_too_large(model: Model, change: dict[str, int], reason: str) -> None:
    release = release_model(replace(model, **change), STRICT)
    assert release.withheld == (reason,)
    assert release.terms == ()
    assert release.proportionality_doubtful == ()


@pytest.mark.parametrize("numbers", [(9, 4, 5), (40, 4, 36), (40, 36, 4), (9, 5, 4)])
@pytest.mark.parametrize("where", ["terms", "references"])
def test_rule_6_refuses_a_small_level_also_where_it_is_the_reference(
    model: Model, numbers: tuple[int, int, int], where: str
) -> None:
    first, *others = getattr(model, where)
    small = of(first.factor, first.level, *numbers)
    release = release_model(replace(model, **{where: (small, *others)}), STRICT)
    assert release.withheld == ("level_too_small",)


def test_the_smallest_allowed_level_passes(model: Model) -> None:
    first, *others = model.terms
    smallest = of(first.factor, first.level, 16, 8, 8)
    assert release_model(replace(model, terms=(smallest, *others)), STRICT).withheld == ()


def test_the_whole_model_is_doubted_where_no_single_factor_is(model: Model) -> None:
    doubted = replace(model, proportionality=(0.2, 0.1, 0.3, 0.01))
    assert release_model(doubted, STRICT).proportionality_doubtful == ("global",)
    fine = replace(model, proportionality=(0.2, 0.1, 0.3, 0.4))
    assert release_model(fine, STRICT).proportionality_doubtful == ()


def lost(*persons: int) -> tuple[Lost, ...]:
    return tuple(Lost(factor=f"f{i}", level="", persons=n, events=n // 2) for i, n in enumerate(persons))


def test_who_is_not_in_the_model_is_told_as_counts_are(model: Model) -> None:
    left_out = (Lost(factor="schooling", level="other", persons=33, events=3),)
    release = release_model(replace(model, missing=lost(41, 0), left_out=left_out), STRICT)
    assert [(who.factor, who.level, who.persons.value) for who in release.lost] == [
        ("f0", "", 40),
        ("schooling", "other", 35),
    ]
    assert release.persons.value == 400
    assert release_model(model, STRICT).lost == ()


def test_a_small_loss_is_hidden_and_not_left_to_be_worked_out(model: Model) -> None:
    """Of all at risk, which the curve of all tells, and the persons in the model only 1 to 4 remain."""
    release = release_model(replace(model, missing=lost(2)), STRICT)
    assert release.lost[0].persons.value is None
    assert (release.persons.value, release.persons.linked) == (None, True)
    # 403 persons count as 405 at risk: beside 400 in the model 1 to 7 are possible.
    assert release_model(replace(model, missing=lost(3)), STRICT).persons.value == 400


def test_a_withheld_model_does_not_tell_who_is_not_in_it(model: Model) -> None:
    assert release_model(replace(model, events=29, missing=lost(41)), STRICT).lost == ()
