"""What tab completion offers: public names, and not the files they live in."""

from __future__ import annotations

from importlib import import_module

import pytest


@pytest.mark.parametrize("room", ["", ".effects", ".ratings", ".survival"])
def test_completion_offers_public_names_only(room: str) -> None:
    module = import_module(f"hamm_eval{room}")
    offered = dir(module)
    assert offered == sorted(module.__all__)
    assert all(hasattr(module, name) for name in offered)


@pytest.mark.parametrize(
    ("room", "wanted", "hidden"),
    [
        ("survival", "kaplan_meier", "newton"),
        ("ratings", "weighted_kappa", "quadrature"),
        ("effects", "estimate_effect", "engine"),
    ],
)
def test_ipython_completes_what_is_public(room: str, wanted: str, hidden: str) -> None:
    from IPython.utils.dir2 import dir2

    import_module(f"hamm_eval.{room}.{hidden}")  # a file of the room, though nobody's to call
    names = dir2(import_module(f"hamm_eval.{room}"))
    assert wanted in names and hidden not in names
