"""What comes of it: language tests, entries into mainstream systems, departures."""

from __future__ import annotations

from hamm_eval.casefile.declarations.columns import RECORDED, date, identifier, person, spell_end
from hamm_eval.casefile.declarations.words import CERTIFICATES
from hamm_eval.casefile.schema import Column, Kind, Sensitivity, Table
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
)

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
)
