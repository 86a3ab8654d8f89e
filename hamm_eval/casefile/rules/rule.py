"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding means for the export.

    Refused exports cannot be used; quarantined rows are set aside and counted; warnings and notices are
    to be read.
    """

    REFUSE = "refuse"
    QUARANTINE = "quarantine"
    WARN = "warn"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id : str
    severity : Severity
        What breaking it means for the export.
    de, en : str
        What is wrong and what to do, in German and in English.
    cases : tuple of int
        Numbers in the list of forty bad inputs that intake is tested by.
    """

    id: str
    severity: Severity
    de: str
    en: str
    cases: tuple[int, ...] = ()
