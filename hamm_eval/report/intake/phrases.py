"""Sentences and numbers that console, page and workbook share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hamm_eval.casefile.rules import Severity

if TYPE_CHECKING:
    from hamm_eval.report.intake.content import IntakeReport, RuleGroup
    from hamm_eval.report.wording import Wording


def read_sentence(report: IntakeReport, wording: Wording) -> str:
    """How much was read, and the data cut where there is one."""
    counts = {"tables": wording.number(report.read_tables), "rows": wording.number(report.rows)}
    if report.data_cut is None:
        return wording.text("check.read", **counts)
    return wording.text("check.read_cut", cut=wording.date(report.data_cut), **counts)


def findings_sentence(report: IntakeReport, wording: Wording) -> str:
    """How many findings."""
    if report.findings < 2:
        return wording.text("check.one" if report.findings else "check.none")
    return wording.text("check.many", count=wording.number(report.findings))


def verdict(report: IntakeReport, wording: Wording) -> str:
    """Whether the export can be used."""
    return wording.text("check.usable" if report.usable else "check.refused")


def advice(report: IntakeReport, wording: Wording) -> str:
    """What follows from the verdict."""
    refusing = report.counts[Severity.REFUSE]
    if refusing:
        count = wording.number(refusing)
        return wording.text(
            "check.verdict_refused_one" if refusing == 1 else "check.verdict_refused", count=count
        )
    if report.counts[Severity.WARN] or report.counts[Severity.QUARANTINE]:
        return wording.text("check.verdict_warned")
    return wording.text("check.verdict_notices" if report.findings else "check.verdict_clean")


def extent(group: RuleGroup, wording: Wording) -> str:
    """At how many places a rule is broken, and in how many rows where it is about rows."""
    places = len(group.places)
    said = wording.text("check.place" if places == 1 else "check.places", count=wording.number(places))
    if not group.rows:
        return said
    rows = wording.text(
        "check.affected_one" if group.rows == 1 else "check.affected", count=wording.number(group.rows)
    )
    return f"{said}, {rows}"


def more_places(count: int, wording: Wording) -> str:
    """How many places are not shown."""
    return wording.text(
        "check.more_place" if count == 1 else "check.more_places", count=wording.number(count)
    )
