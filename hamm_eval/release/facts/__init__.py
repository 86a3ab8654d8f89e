"""What a release tells of counts, as an attacker reads it: intervals, and sums that anyone can work out."""

from __future__ import annotations

from hamm_eval.release.facts.base import UNDEFINED, Count, Facts, Sum
from hamm_eval.release.facts.groups import group_facts
from hamm_eval.release.facts.kinds import declares_facts, facts_of

__all__ = ["UNDEFINED", "Count", "Facts", "Sum", "declares_facts", "facts_of", "group_facts"]
