"""Every example in a docstring is run: what documentation shows is what happens."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import hamm_eval

MODULES = sorted(module.name for module in pkgutil.walk_packages(hamm_eval.__path__, "hamm_eval."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples]
    assert len(found) > 20
