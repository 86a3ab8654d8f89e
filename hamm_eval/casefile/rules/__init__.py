"""The rules an export is checked by: id, severity, and what to do in German and English.

A text may name headers, words of the declarations, counts and lines; never a data value.
"""

from __future__ import annotations

from hamm_eval.casefile.rules.cells import VALUE_RULES
from hamm_eval.casefile.rules.files import FILE_RULES
from hamm_eval.casefile.rules.headers import HEADER_RULES
from hamm_eval.casefile.rules.logic import LOGIC_RULES
from hamm_eval.casefile.rules.relations import RELATION_RULES
from hamm_eval.casefile.rules.rule import Rule, Severity
from hamm_eval.casefile.rules.sources import SOURCE_RULES

RULES: tuple[Rule, ...] = (
    FILE_RULES + SOURCE_RULES + HEADER_RULES + VALUE_RULES + LOGIC_RULES + RELATION_RULES
)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}

__all__ = ["BY_ID", "RULES", "Rule", "Severity"]
