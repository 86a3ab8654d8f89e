"""Columns that many tables share."""

from __future__ import annotations

from hamm_eval.casefile.declarations.words import DOMAINS
from hamm_eval.casefile.schema import Bound, Column, Kind, Sensitivity

RECORDED = Column(
    "recorded_on",
    "Erfasst am",
    Kind.DATE,
    "Day on which this version of the record was entered.",
    "Tag, an dem diese Fassung des Datensatzes erfasst wurde.",
)


def identifier(
    name: str, german: str, of: str, von: str, *, sensitivity: Sensitivity = Sensitivity.IDENTIFYING
) -> Column:
    """The id of a record."""
    return Column(
        name, german, Kind.ID, f"Identifier of the {of}.", f"Kennung {von}.", sensitivity=sensitivity
    )


def reference(
    name: str,
    german: str,
    target: str,
    of: str,
    von: str,
    *,
    sensitivity: Sensitivity = Sensitivity.IDENTIFYING,
    lasting: bool = True,
) -> Column:
    """A reference to a record of another table."""
    return Column(
        name,
        german,
        Kind.ID,
        f"The {of} this record belongs to.",
        f"Verweis: Kennung {von}.",
        references=target,
        sensitivity=sensitivity,
        lasting=lasting,
    )


def of_person(column: str) -> tuple[Bound, Bound]:
    """A date on which the person must have arrived and not have departed."""
    return (
        Bound("before_arrival", column, "person_id", not_before="persons.arrived_on"),
        Bound("after_departure", column, "person_id", not_after="departures.departed_on"),
    )


def person() -> Column:
    """The person a record belongs to."""
    return reference("person_id", "Personen-Nr", "persons.person_id", "person", "der Person")


def measure() -> Column:
    """The measure a record belongs to."""
    # A measure is no person: its id is public, and params and reports name it.
    return reference(
        "measure_id",
        "Maßnahmen-Nr",
        "measures.measure_id",
        "measure",
        "der Maßnahme",
        sensitivity=Sensitivity.ORDINARY,
    )


def date(
    name: str, german: str, meaning: str, bedeutung: str, *, required: bool = True, planned: bool = False
) -> Column:
    """A date."""
    return Column(name, german, Kind.DATE, meaning, bedeutung, required=required, planned=planned)


def spell_end(name: str, german: str, of: str, von: str) -> Column:
    """The end of a spell that may still run."""
    return Column(
        name,
        german,
        Kind.DATE,
        f"Last day of the {of}; empty while it runs.",
        f"Letzter Tag {von}; leer, solange andauernd.",
        required=False,
        open_end=True,
    )


def domain(of: str, von: str) -> Column:
    """The domain of a need, a goal or a measure."""
    return Column(
        "domain", "Bereich", Kind.CATEGORY, f"Domain of the {of}.", f"Bereich {von}.", categories=DOMAINS
    )
