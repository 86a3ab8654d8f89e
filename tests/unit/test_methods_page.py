"""The numbers in docs/methods.md come from the example beside them; both languages have the same sections."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "methods.md"


def test_the_example_gives_the_numbers_in_the_text() -> None:
    text = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"<!-- example -->\n```python\n(.*?)```", text, re.DOTALL)
    found = doctest.DocTestRunner().run(doctest.DocTestParser().get_doctest(example, {}, "methods", None, 0))
    assert found.attempted == 5
    assert found.failed == 0
    shares = [f"{round(100 * float(n))}" for n in re.findall(r"^(0\.\d+)$", example, re.MULTILINE)]
    german, english = text.split("\n---\n")
    for share in shares:
        assert f"{share} %" in german
        assert f"{share}%" in english


def test_both_languages_have_the_same_sections() -> None:
    german, english = PAGE.read_text(encoding="utf-8").split("\n---\n")
    assert german.count("\n## ") == english.count("\n## ") == 18
