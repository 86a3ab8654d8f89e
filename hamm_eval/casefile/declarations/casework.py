"""Case management: cases, phases, needs, goals and their reviews."""

from __future__ import annotations

from hamm_eval.casefile.declarations.columns import (
    RECORDED,
    date,
    domain,
    identifier,
    of_person,
    person,
    reference,
    spell_end,
)
from hamm_eval.casefile.declarations.words import PROVIDERS
from hamm_eval.casefile.schema import Bound, Column, Kind, Sensitivity, Table
from hamm_eval.vocabulary import GoalStatus, Phase

CASES = Table(
    "cases",
    "faelle",
    "Case files of case management.",
    "Fälle des Fallmanagements.",
    (
        identifier("case_id", "Fall-Nr", "case", "des Falls"),
        person(),
        Column(
            "social_worker",
            "Sozialbetreuer",
            Kind.ID,
            "Pseudonym of the responsible social worker.",
            "Pseudonym der zuständigen Betreuungskraft.",
            required=False,
            sensitivity=Sensitivity.IDENTIFYING,
        ),
        Column(
            "provider",
            "Träger",
            Kind.CATEGORY,
            "Body that employs the social worker.",
            "Träger, der die Betreuungskraft beschäftigt.",
            required=False,
            categories=PROVIDERS,
        ),
        Column(
            "social_space",
            "Sozialraum",
            Kind.CATEGORY,
            "Social space of the city.",
            "Sozialraum der Stadt.",
            required=False,
            categories={
                "centre": "Mitte",
                "north": "Norden",
                "east": "Osten",
                "south": "Süden",
                "west": "Westen",
                "heessen": "Heessen",
                "bockum_hoevel": "Bockum-Hövel",
            },
        ),
        date("opened_on", "Eröffnet am", "Day on which the file was opened.", "Tag der Falleröffnung."),
        spell_end("closed_on", "Geschlossen am", "case", "des Falls"),
        Column(
            "closing_reason",
            "Abschlussgrund",
            Kind.CATEGORY,
            "Why the case was closed.",
            "Warum der Fall geschlossen wurde.",
            required=False,
            only_with="closed_on",
            categories={
                "goals_attained": "Ziele erreicht",
                "contact_lost": "Kontakt abgebrochen",
                "no_longer_eligible": "nicht mehr berechtigt",
                "departed": "verzogen oder ausgereist",
            },
        ),
        RECORDED,
    ),
    optional=False,
    spell=("opened_on", "closed_on"),
    one_at_a_time="person_id",
    bounds=of_person("opened_on"),
)

PHASES = Table(
    "phases",
    "phasen",
    "Dated phases 1 to 4 of a case.",
    "Datierte Phasen 1 bis 4 eines Falls.",
    (
        identifier("phase_id", "Phasen-Nr", "phase spell", "des Phasenzeitraums"),
        reference("case_id", "Fall-Nr", "cases.case_id", "case", "des Falls"),
        Column(
            "phase",
            "Phase",
            Kind.CATEGORY,
            "Phase 1 entry, 2 planning, 3 mainstream systems, 4 implementation.",
            "Phase 1 Einstieg, 2 Planung, 3 Regelsysteme, 4 Umsetzung.",
            categories={
                str(Phase.ENTRY.value): "1 Einstieg",
                str(Phase.PLANNING.value): "2 Planung",
                str(Phase.MAINSTREAM_SYSTEMS.value): "3 Regelsysteme",
                str(Phase.IMPLEMENTATION.value): "4 Umsetzung",
            },
        ),
        date("started_on", "Beginn", "First day of the phase.", "Erster Tag der Phase."),
        spell_end("ended_on", "Ende", "phase", "der Phase"),
        RECORDED,
    ),
    spell=("started_on", "ended_on"),
    one_at_a_time="case_id",
    seamless=True,
    state="phase",
    steps={"1": ("2",), "2": ("3",), "3": ("4",)},
    ascending=True,
    bounds=(Bound("phase_outside_case", "started_on", "case_id", "cases.opened_on", "cases.closed_on"),),
)

NEEDS = Table(
    "needs",
    "bedarfe",
    "Integration needs by domain.",
    "Integrationsbedarfe nach Bereich.",
    (
        identifier("need_id", "Bedarfs-Nr", "need", "des Bedarfs"),
        person(),
        domain("need", "des Bedarfs"),
        Column(
            "priority",
            "Dringlichkeit",
            Kind.INTEGER,
            "1 low to 3 high.",
            "1 niedrig bis 3 hoch.",
            lowest=1,
            highest=3,
        ),
        date(
            "identified_on",
            "Festgestellt am",
            "Day on which the need was identified.",
            "Tag der Feststellung.",
        ),
        RECORDED,
    ),
    bounds=of_person("identified_on"),
)

GOALS = Table(
    "goals",
    "ziele",
    "Goals agreed in the integration agreement.",
    "In der Integrationsvereinbarung vereinbarte Ziele.",
    (
        identifier("goal_id", "Ziel-Nr", "goal", "des Ziels"),
        person(),
        domain("goal", "des Ziels"),
        date("agreed_on", "Vereinbart am", "Day of the agreement.", "Tag der Vereinbarung."),
        date(
            "target_on",
            "Zieldatum",
            "Day by which it is to be reached.",
            "Tag, bis zu dem es erreicht sein soll.",
            planned=True,
            required=False,
        ),
        RECORDED,
    ),
    order=(("agreed_on", "target_on"),),
    bounds=of_person("agreed_on"),
)

GOAL_REVIEWS = Table(
    "goal_reviews",
    "zielueberpruefungen",
    "Reviews of goals.",
    "Überprüfungen der Ziele.",
    (
        identifier("review_id", "Prüfungs-Nr", "review", "der Überprüfung"),
        reference("goal_id", "Ziel-Nr", "goals.goal_id", "goal", "des Ziels"),
        date("reviewed_on", "Überprüft am", "Day of the review.", "Tag der Überprüfung."),
        Column(
            "status",
            "Zielstatus",
            Kind.CATEGORY,
            "What the review found.",
            "Ergebnis der Überprüfung.",
            categories={
                GoalStatus.UNMET: "nicht erreicht",
                GoalStatus.PARTLY: "teilweise erreicht",
                GoalStatus.MET: "erreicht",
                GoalStatus.ADAPTED: "angepasst",
                GoalStatus.DROPPED: "aufgegeben",
            },
        ),
        Column(
            "attainment_score",
            "Zielerreichungswert",
            Kind.INTEGER,
            "Attainment -2 to +2 against the five agreed levels.",
            "Zielerreichung -2 bis +2 gegen die fünf vereinbarten Stufen.",
            required=False,
            lowest=-2,
            highest=2,
        ),
        RECORDED,
    ),
    bounds=(Bound("review_before_goal", "reviewed_on", "goal_id", not_before="goals.agreed_on"),),
)
