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
    """One rule: its id, what breaking it means, and the texts (German, English)."""

    id: str
    severity: Severity
    de: str
    en: str
