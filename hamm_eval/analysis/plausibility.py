"""Which rules do the records break?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hamm_eval.analysis.cohort_and_data_quality import QUESTION
from hamm_eval.analysis.definitions import define
from hamm_eval.analysis.owners import owners_of
from hamm_eval.casefile.rules import RULES
from hamm_eval.casefile.rules.rule import Severity
from hamm_eval.estimate import CountTable

if TYPE_CHECKING:
    from hamm_eval.casefile import CaseFile

TOLD = (Severity.QUARANTINE, Severity.WARN)


def plausibility(case_file: CaseFile) -> CountTable:
    """Records that intake set aside or warned of, by rule.

    Notices say how an export was read and nothing of its records; they and tables about no person are left
    out. How many persons stand behind the records is unknown; a rule counts as resting on as few as it
    could, were every person as often among them as the person with the most rows used.

    Returns
    -------
    CountTable
        One row a rule that is broken, in the order in which rules are listed; none where none is.
    """
    counts: dict[str, int] = {}
    behind: dict[str, int] = {}
    most: dict[str, int | None] = {}
    for finding in case_file.findings:
        if finding.severity not in TOLD or not finding.table or not finding.count:
            continue
        if finding.table not in most:
            owner = owners_of(case_file, finding.table)
            most[finding.table] = None if owner is None else max(1, int(owner.value_counts().max()))
        rows_of_one = most[finding.table]
        if rows_of_one is None:
            continue
        counts[finding.rule] = counts.get(finding.rule, 0) + finding.count
        least = math.ceil(finding.count / rows_of_one)
        # The same persons may stand behind several findings.
        behind[finding.rule] = max(behind.get(finding.rule, 0), least)
    rows = tuple(rule.id for rule in RULES if rule.id in counts)
    return CountTable(
        definition=define(QUESTION, "plausibility"),
        rows=rows,
        columns=("records",),
        row_dimension="rule",
        column_dimension="",
        counts=np.array([[counts[rule]] for rule in rows], dtype=np.int64).reshape(-1, 1),
        unit="records",
        persons=np.array([[behind[rule]] for rule in rows], dtype=np.int64).reshape(-1, 1),
        additive=False,
    )
