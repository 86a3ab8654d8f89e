"""What comes of it: language tests, entries into mainstream systems, departures."""

from __future__ import annotations

from hamm_eval.casefile.declarations.columns import RECORDED, date, identifier, of_person, person, spell_end
from hamm_eval.casefile.declarations.words import CERTIFICATES
from hamm_eval.casefile.schema import AgeLimit, Bound, Column, Kind, Sensitivity, Table
from hamm_eval.vocabulary import DepartureKind, TransitionKind

LANGUAGE_TESTS = Table(
    "language_tests",
    "sprachtests",
    "Language tests by CEFR level.",
    "Sprachprüfungen nach GER-Stufe.",
    (
        identifier("test_id", "Prüfungs-Nr", "test", "der Prüfung"),
        person(),
        Column(
            "cefr_level", "Stufe", Kind.CATEGORY, "Level tested.", "Geprüfte Stufe.", categories=CERTIFICATES
        ),
        Column("passed", "Bestanden", Kind.YES_NO, "Whether it was passed.", "Ob sie bestanden wurde."),
        date("tested_on", "Geprüft am", "Day of the test.", "Tag der Prüfung."),
        RECORDED,
    ),
    bounds=of_person("tested_on"),
    ages=(AgeLimit("tested_on", 6, 100),),
)


def _entry_at(lowest: int, highest: int, *kinds: TransitionKind) -> AgeLimit:
    """At which age these mainstream systems are entered; wide, for it is to find slips and no exceptions."""
    return AgeLimit("entered_on", lowest, highest, ("kind", tuple(kinds)))


TRANSITIONS = Table(
    "transitions",
    "uebergaenge",
    "Entries into mainstream systems and their exits.",
    "Übergänge in Regelsysteme und ihr Ende.",
    (
        identifier("transition_id", "Übergangs-Nr", "transition", "des Übergangs"),
        person(),
        Column(
            "kind",
            "Regelsystem",
            Kind.CATEGORY,
            "Which mainstream system.",
            "Welches Regelsystem.",
            categories={
                TransitionKind.EARLY_HELP: "Frühe Hilfen",
                TransitionKind.KITA: "Kita",
                TransitionKind.SCHOOL: "Schule",
                TransitionKind.EDUCATION_PACKAGE: "Bildungs- und Teilhabepaket",
                TransitionKind.INTEGRATION_POINT: "Integration Point",
                TransitionKind.JOB_CENTRE: "Kommunales Jobcenter",
                TransitionKind.VOCATIONAL_TRAINING: "Ausbildung",
                TransitionKind.EMPLOYMENT: "Arbeit",
                TransitionKind.CLUB: "Verein",
                TransitionKind.LEISURE: "Freizeitangebot",
            },
        ),
        date("entered_on", "Eintritt", "Day of entry.", "Tag des Eintritts."),
        spell_end("left_on", "Austritt", "stay", "des Aufenthalts"),
        RECORDED,
    ),
    spell=("entered_on", "left_on"),
    bounds=of_person("entered_on"),
    ages=(
        _entry_at(0, 7, TransitionKind.EARLY_HELP),
        _entry_at(0, 8, TransitionKind.KITA),
        _entry_at(5, 24, TransitionKind.SCHOOL),
        _entry_at(0, 26, TransitionKind.EDUCATION_PACKAGE),
        _entry_at(14, 75, TransitionKind.VOCATIONAL_TRAINING, TransitionKind.EMPLOYMENT),
        _entry_at(14, 70, TransitionKind.INTEGRATION_POINT, TransitionKind.JOB_CENTRE),
        _entry_at(3, 100, TransitionKind.CLUB, TransitionKind.LEISURE),
    ),
)

DEPARTURES = Table(
    "departures",
    "abgaenge",
    "Departures: the goal in Hamm can no longer be reached.",
    "Abgänge: das Ziel kann in Hamm nicht mehr erreicht werden.",
    (
        identifier("departure_id", "Abgangs-Nr", "departure", "des Abgangs"),
        person(),
        Column(
            "kind",
            "Abgangsart",
            Kind.CATEGORY,
            "How the person left.",
            "Art des Abgangs.",
            sensitivity=Sensitivity.SENSITIVE,
            categories={
                DepartureKind.MOVED_AWAY: "Wegzug",
                DepartureKind.RETURNED: "freiwillige Rückkehr",
                DepartureKind.REMOVED: "Abschiebung",
                DepartureKind.DETAINED: "Haft",
                DepartureKind.DIED: "Tod",
            },
        ),
        date("departed_on", "Abgang am", "Day of departure.", "Tag des Abgangs."),
        RECORDED,
    ),
    bounds=(Bound("before_arrival", "departed_on", "person_id", not_before="persons.arrived_on"),),
)
