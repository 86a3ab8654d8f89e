"""Rules and code agree: every rule is raised, none is raised that is not declared, the page is current."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

from hamm_eval.casefile.rules import BY_ID, RULES
from hamm_eval.casefile.rules.page import rules_page, tables_of
from hamm_eval.casefile.tables import TABLES
from hamm_eval.synthetic.dirty.catalogue import KINDS

ROOT = Path(__file__).parents[3]
CODE = [
    path
    for path in (ROOT / "hamm_eval" / "casefile").rglob("*.py")
    if path.parent.name != "rules" or path.name == "__init__.py"
]
# What a folder of CSV files cannot show, or its planting would spoil the city as a whole, with the reason.
NO_DEFECT = {
    "file_missing": "half of the other defects sit in the tables that are required: see DEFECTS",
    "not_a_table": "what lies beside the tables is no defect of theirs",
    "file_unreadable": "permissions of a file",
    "free_text_ignored": "said where free text is declared by whoever calls",
    "rows_unreadable": "a second line of defence behind the count of rows",
    "value_lost": "a second line of defence behind the conversions",
    "nothing_known": "a data cut before all records",
    "reference_not_yet_known": "a data cut between two records",
    "encoding_declared": "needs a mapping that names an encoding",
}


def literals(path: Path) -> set[str]:
    """All texts that stand in code, docstrings aside."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def raised(path: Path) -> set[str]:
    """First text arguments of what adds a finding."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in ("refuse", "warn", "note", "note_rows") or (
            name == "add" and any(k.arg in ("column", "lines", "file", "count") for k in node.keywords)
        ):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            found |= set(texts[:1])
    return found


def test_every_rule_is_raised_somewhere():
    said = set().union(*map(literals, CODE))
    assert [rule.id for rule in RULES if rule.id not in said] == []


def test_nothing_is_raised_that_is_not_declared():
    found = set().union(*map(raised, CODE))
    assert len(found) > 40  # the search finds what it is meant to find
    assert found <= set(BY_ID)
    assert {bound.rule for table in TABLES for bound in table.bounds} <= set(BY_ID)


def test_the_page_is_current():
    written = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert written == rules_page(), "write it anew: python -m hamm_eval.casefile.rules > docs/rules.md"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_both_texts_say_the_same_and_what_to_do(rule):
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (rule.de, rule.en)
    ]
    languages = [{re.sub(r"_(de|en)$", "", name) for name in names} for names in fields]
    assert languages[0] == languages[1]
    assert all(text.rstrip("}").endswith(".") or text.endswith("}") for text in (rule.de, rule.en))
    assert "|" not in rule.de + rule.en  # would break the page
    assert all(1 <= number <= 40 for number in rule.cases)


def test_tables_are_named_where_a_declaration_calls_for_the_rule():
    assert tables_of(BY_ID["phases_out_of_order"]) == ("phases",)
    assert tables_of(BY_ID["participation_outside_offer"]) == ("participations",)
    assert tables_of(BY_ID["category_unknown"]) == ()
    assert {"persons", "cases"} == set(tables_of(BY_ID["nothing_known"]))


def test_every_rule_has_a_defect_in_the_dirty_city_or_a_reason():
    planted = {kind.rule for kind in KINDS if kind.rule is not None}
    assert planted <= set(BY_ID)
    assert set(BY_ID) - planted == set(NO_DEFECT)
