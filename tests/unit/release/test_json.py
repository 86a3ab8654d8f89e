from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from exact import as_curves, draw_group
from hypothesis import given, settings
from hypothesis import strategies as st

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release import released
from hamm_eval.release.gate import release
from hamm_eval.release.json import from_json, to_json
from hamm_eval.release.policy import Policy
from hamm_eval.release.released import Cell, QuarterlySummary, Release

KINDS = [
    kind
    for kind in vars(released).values()
    if isinstance(kind, type) and issubclass(kind, Release) and kind is not Release
]


def drawn(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for any field type that releases have."""
    origin, arguments = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        fields = {field.name: drawn(hints[field.name]) for field in dataclasses.fields(hint)}
        return st.builds(hint, **fields)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(drawn(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(drawn, arguments))
    if origin is Mapping:
        return st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), drawn(float)), max_size=2)
    if type(None) in arguments:
        (inner,) = [option for option in arguments if option is not type(None)]
        return st.none() | drawn(inner)
    if arguments:
        return st.sampled_from(arguments)
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    return st.from_type(hint)


def test_every_kind_of_release_is_drawn() -> None:
    assert {kind.kind for kind in KINDS} == {
        "absent",
        "access",
        "table",
        "curves",
        "model",
        "side_by_side",
        "states",
        "goals",
        "goal_scores",
        "attainment_model",
        "worker_share",
        "arrivals",
        "effect",
        "effect_overview",
        "target_trial",
        "effect_by_group",
        "effect_over_time",
        "costs",
        "funding",
        "funnel",
        "caseload",
        "caseload_model",
        "two_perspectives",
        "perceived_effects",
        "quantiles",
        "distribution",
        "truth",
        "summary",
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_json_gives_the_release_back_exactly(kind: type[Release], data: st.DataObject) -> None:
    one = data.draw(drawn(kind))
    text = json.dumps(to_json(one), allow_nan=False)
    back = from_json(json.loads(text))
    assert type(back) is kind
    assert back == one
    assert json.dumps(to_json(back), allow_nan=False) == text


def test_a_real_curve_survives() -> None:
    one = release(as_curves(draw_group(300, 1), draw_group(30, 1, level="few")), Policy.strict())
    assert from_json(json.loads(json.dumps(to_json(one), allow_nan=False))) == one


def test_releases_hold_plain_numbers_only() -> None:
    one = release(as_curves(draw_group(300, 1)), Policy.strict())

    def check(value: Any) -> None:
        assert not isinstance(value, np.generic)
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(item)

    check(to_json(one))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"kind": "picture"}, "known kind"),
        ({"kind": "truth", "id": "a"}, "definition_digest, policy"),
        (
            {
                **to_json(QuarterlySummary(id="a", definition_digest="b", policy="strict", sources=())),
                "x": 4711,
            },
            "x",
        ),
    ],
)
def test_what_is_no_release_is_refused_by_its_field_names(content: dict[str, Any], named: str) -> None:
    with pytest.raises(ReleaseRefused, match=named) as caught:
        from_json(content)
    assert "4711" not in str(caught.value)


def test_a_cell_without_optional_fields_is_read() -> None:
    table = {
        "kind": "table", "id": "a", "definition_digest": "b", "policy": "strict",
        "rows": ["r"], "columns": ["c"], "row_dimension": "", "column_dimension": "", "unit": "persons",
        "cells": [[{"value": None}]], "total": None, "column_totals": [0], "sensitive": False,
        "shares": "none",
    }  # fmt: skip
    assert from_json(table).cells == ((Cell(value=None),),)  # type: ignore[attr-defined]
