"""Every check that needs typed tables, in the order in which findings are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from hamm_eval.casefile.checks.ages import check_ages
from hamm_eval.casefile.checks.dates import check_endings, check_order
from hamm_eval.casefile.checks.households import check_heads
from hamm_eval.casefile.checks.identifiers import check_forms, check_reuse
from hamm_eval.casefile.checks.rates import check_rates
from hamm_eval.casefile.checks.readable import Readable
from hamm_eval.casefile.checks.recording import check_recording
from hamm_eval.casefile.checks.references import check_references
from hamm_eval.casefile.checks.relations import check_bounds
from hamm_eval.casefile.checks.reviews import check_reviews
from hamm_eval.casefile.checks.spells import check_spells
from hamm_eval.casefile.conversion.table import TypedTable
from hamm_eval.casefile.findings import Collector


def check_logic(tables: Mapping[str, TypedTable], cut: dt.date, collector: Collector) -> None:
    """Check records by themselves, against each other and over time.

    What a record says by itself is checked in every version; what it says together with others against
    their latest versions at the cut. What a refused cell says is told when it is mended.

    Parameters
    ----------
    tables : Mapping of str to TypedTable
        By our names, sorted by key and day of recording.
    cut : datetime.date
    collector : Collector
    """
    records = Readable(tables, cut, collector)
    check_order(records)
    check_forms(records)
    for name, typed in tables.items():
        check_rates(typed, cut, collector)
        if typed.plan.required and typed.frame.filter(pl.col("recorded_on") <= cut).is_empty():
            collector.in_file(typed.file, name).add("nothing_known")
    check_references(tables, cut, collector)
    check_recording(tables, collector)
    check_reuse(records)
    check_endings(records)
    check_spells(records)
    check_bounds(records)
    check_ages(records)
    check_heads(records)
    check_reviews(records)
