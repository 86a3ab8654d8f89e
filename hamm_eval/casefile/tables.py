"""The tables of a CaseFile, each declared once.

Reading, checking, the synthetic export and docs/data-dictionary.md derive from
these declarations. Every table has an id first and `recorded_on` last: a fact
that changes is recorded again under the same id with a later `recorded_on`, and
a CaseFile at a data cut holds the latest version recorded by then.
"""

from __future__ import annotations

from hamm_eval.casefile.schema import Column, Kind, Sensitivity, Table
from hamm_eval.vocabulary import (
    CefrLevel,
    DepartureKind,
    Domain,
    FundingClass,
    GoalStatus,
    HouseholdType,
    Perspective,
    Phase,
    Population,
    ResidenceStatus,
    TransitionKind,
)

DOMAINS = {
    Domain.LANGUAGE: "sprachlich",
    Domain.EDUCATION: "Bildung",
    Domain.WORK: "beruflich",
    Domain.SOCIAL: "sozial",
    Domain.CULTURAL_POLITICAL: "kulturell/politisch",
}
PROVIDERS = {
    "city": "Stadt Hamm",
    "awo": "AWO",
    "caritas": "Caritasverband",
    "drk": "DRK",
    "kolping": "Kolping-Bildungszentren",
    "mkf": "Multikulturelles Forum",
}
SEXES = {"female": "weiblich", "male": "männlich", "diverse": "divers"}
ORIGINS = {
    "near_east": "Naher Osten",
    "asia": "Asien",
    "africa": "Afrika",
    "north_africa": "Nordafrika",
    "balkan": "Balkan",
    "russia": "Russland",
    "bulgaria": "Bulgarien",
    "romania": "Rumänien",
    "unclear": "ungeklärt",
}
SCHOOLING = {
    "none": "keine",
    "primary": "Grundbildung",
    "secondary": "Mittlere Bildung",
    "vocational": "Berufsausbildung",
    "university": "Hochschule",
}
LEVELS = {level: ("keine" if level is CefrLevel.NONE else level.value) for level in CefrLevel}
CERTIFICATES = {level: level.value for level in CefrLevel if level is not CefrLevel.NONE}

RECORDED = Column(
    "recorded_on",
    "Erfasst am",
    Kind.DATE,
    "Day on which this version of the record was entered.",
    "Tag, an dem diese Fassung des Datensatzes erfasst wurde.",
)


def _id(
    name: str, german: str, of: str, von: str, *, sensitivity: Sensitivity = Sensitivity.IDENTIFYING
) -> Column:
    return Column(
        name, german, Kind.ID, f"Identifier of the {of}.", f"Kennung {von}.", sensitivity=sensitivity
    )


def _reference(
    name: str,
    german: str,
    target: str,
    of: str,
    von: str,
    *,
    sensitivity: Sensitivity = Sensitivity.IDENTIFYING,
) -> Column:
    return Column(
        name,
        german,
        Kind.ID,
        f"The {of} this record belongs to.",
        f"Verweis: Kennung {von}.",
        references=target,
        sensitivity=sensitivity,
    )


def _person() -> Column:
    return _reference("person_id", "Personen-Nr", "persons.person_id", "person", "der Person")


def _measure() -> Column:
    # A measure is no person: its id is public, and params and reports name it.
    return _reference(
        "measure_id",
        "Maßnahmen-Nr",
        "measures.measure_id",
        "measure",
        "der Maßnahme",
        sensitivity=Sensitivity.ORDINARY,
    )


def _date(
    name: str, german: str, meaning: str, bedeutung: str, *, required: bool = True, planned: bool = False
) -> Column:
    return Column(name, german, Kind.DATE, meaning, bedeutung, required=required, planned=planned)


def _end(name: str, german: str, of: str, von: str) -> Column:
    return Column(
        name,
        german,
        Kind.DATE,
        f"Last day of the {of}; empty while it runs.",
        f"Letzter Tag {von}; leer, solange andauernd.",
        required=False,
        open_end=True,
    )


def _domain(of: str, von: str) -> Column:
    return Column(
        "domain", "Bereich", Kind.CATEGORY, f"Domain of the {of}.", f"Bereich {von}.", categories=DOMAINS
    )


PERSONS = Table(
    "persons",
    "personen",
    "Persons known to the city's integration management.",
    "Personen, die dem Integrationsmanagement bekannt sind.",
    (
        _id("person_id", "Personen-Nr", "person", "der Person"),
        _reference("household_id", "Haushalts-Nr", "households.household_id", "household", "des Haushalts"),
        Column(
            "population",
            "Personenkreis",
            Kind.CATEGORY,
            "Refugee or EU citizen; each has its own clock.",
            "Flüchtling oder EU-Bürger; jeder Kreis hat seine eigene Uhr.",
            categories={Population.REFUGEE: "Flüchtling", Population.EU_CITIZEN: "EU-Bürger"},
        ),
        Column(
            "birth_month",
            "Geburtsmonat",
            Kind.DATE,
            "First day of the month of birth.",
            "Erster Tag des Geburtsmonats.",
            month=True,
            sensitivity=Sensitivity.SENSITIVE,
        ),
        Column(
            "sex",
            "Geschlecht",
            Kind.CATEGORY,
            "Sex as registered.",
            "Geschlecht laut Melderegister.",
            categories=SEXES,
        ),
        Column(
            "origin",
            "Herkunft",
            Kind.CATEGORY,
            "Region of origin.",
            "Herkunftsregion.",
            categories=ORIGINS,
            sensitivity=Sensitivity.SENSITIVE,
        ),
        Column(
            "schooling",
            "Schulbildung",
            Kind.CATEGORY,
            "Highest schooling on arrival.",
            "Höchste Schulbildung bei Ankunft.",
            required=False,
            categories=SCHOOLING,
        ),
        Column(
            "german_on_arrival",
            "Deutsch bei Ankunft",
            Kind.CATEGORY,
            "German on arrival (CEFR).",
            "Deutschkenntnisse bei Ankunft (GER).",
            required=False,
            categories=LEVELS,
        ),
        Column(
            "household_head",
            "Haushaltsvorstand",
            Kind.YES_NO,
            "Whether this person heads the household.",
            "Ob die Person dem Haushalt vorsteht.",
        ),
        _date("arrived_on", "Ankunft in Hamm", "Day of arrival in Hamm.", "Tag der Ankunft in Hamm."),
        RECORDED,
    ),
    optional=False,
)
HOUSEHOLDS = Table(
    "households",
    "haushalte",
    "Households; persons of one household share fate and are one cluster.",
    "Haushalte; Personen eines Haushalts bilden eine Gruppe.",
    (
        _id("household_id", "Haushalts-Nr", "household", "des Haushalts"),
        Column(
            "household_type",
            "Haushaltstyp",
            Kind.CATEGORY,
            "Type of household.",
            "Typ des Haushalts.",
            categories={
                HouseholdType.SINGLE: "alleinstehend",
                HouseholdType.SINGLE_PARENT: "alleinerziehend",
                HouseholdType.COUPLE_WITH_CHILDREN: "Paar mit Kindern",
                HouseholdType.COUPLE_WITHOUT_CHILDREN: "Paar ohne Kinder",
            },
        ),
        RECORDED,
    ),
)
RESIDENCE_STATUS = Table(
    "residence_status",
    "aufenthaltsstatus",
    "Dated spells of residence status.",
    "Datierte Zeiträume des Aufenthaltsstatus.",
    (
        _id("status_id", "Status-Nr", "status spell", "des Statuszeitraums"),
        _person(),
        Column(
            "status",
            "Aufenthaltsstatus",
            Kind.CATEGORY,
            "Residence status.",
            "Aufenthaltsstatus.",
            sensitivity=Sensitivity.SENSITIVE,
            categories={
                ResidenceStatus.RECOGNISED: "anerkannt",
                ResidenceStatus.PROSPECT_OF_STAYING: "Bleibeperspektive",
                ResidenceStatus.NO_PROSPECT_OF_STAYING: "keine Bleibeperspektive",
                ResidenceStatus.REQUIRED_TO_LEAVE: "vollziehbar ausreisepflichtig",
                ResidenceStatus.FREEDOM_OF_MOVEMENT: "Freizügigkeit",
            },
        ),
        _date("valid_from", "Gültig ab", "First day of the spell.", "Erster Tag des Zeitraums."),
        _end("valid_until", "Gültig bis", "spell", "des Zeitraums"),
        RECORDED,
    ),
    spell=("valid_from", "valid_until"),
    one_at_a_time="person_id",
)
ELIGIBILITY = Table(
    "eligibility",
    "zugangsberechtigung",
    "Dated spells in which a person is eligible for case management: another fact than residence status.",
    "Datierte Zeiträume der Berechtigung zum Fallmanagement: etwas anderes als der Aufenthaltsstatus.",
    (
        _id("eligibility_id", "Berechtigungs-Nr", "eligibility spell", "der Berechtigung"),
        _person(),
        _date("valid_from", "Gültig ab", "First day of eligibility.", "Erster Tag der Berechtigung."),
        _end("valid_until", "Gültig bis", "eligibility", "der Berechtigung"),
        RECORDED,
    ),
    spell=("valid_from", "valid_until"),
    one_at_a_time="person_id",
)
CASES = Table(
    "cases",
    "faelle",
    "Case files of case management.",
    "Fälle des Fallmanagements.",
    (
        _id("case_id", "Fall-Nr", "case", "des Falls"),
        _person(),
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
        _date("opened_on", "Eröffnet am", "Day on which the file was opened.", "Tag der Falleröffnung."),
        _end("closed_on", "Geschlossen am", "case", "des Falls"),
        Column(
            "closing_reason",
            "Abschlussgrund",
            Kind.CATEGORY,
            "Why the case was closed.",
            "Warum der Fall geschlossen wurde.",
            required=False,
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
)
PHASES = Table(
    "phases",
    "phasen",
    "Dated phases 1 to 4 of a case.",
    "Datierte Phasen 1 bis 4 eines Falls.",
    (
        _id("phase_id", "Phasen-Nr", "phase spell", "des Phasenzeitraums"),
        _reference("case_id", "Fall-Nr", "cases.case_id", "case", "des Falls"),
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
        _date("started_on", "Beginn", "First day of the phase.", "Erster Tag der Phase."),
        _end("ended_on", "Ende", "phase", "der Phase"),
        RECORDED,
    ),
    spell=("started_on", "ended_on"),
    one_at_a_time="case_id",
)
NEEDS = Table(
    "needs",
    "bedarfe",
    "Integration needs by domain.",
    "Integrationsbedarfe nach Bereich.",
    (
        _id("need_id", "Bedarfs-Nr", "need", "des Bedarfs"),
        _person(),
        _domain("need", "des Bedarfs"),
        Column(
            "priority",
            "Dringlichkeit",
            Kind.INTEGER,
            "1 low to 3 high.",
            "1 niedrig bis 3 hoch.",
            lowest=1,
            highest=3,
        ),
        _date(
            "identified_on",
            "Festgestellt am",
            "Day on which the need was identified.",
            "Tag der Feststellung.",
        ),
        RECORDED,
    ),
)
GOALS = Table(
    "goals",
    "ziele",
    "Goals agreed in the integration agreement.",
    "In der Integrationsvereinbarung vereinbarte Ziele.",
    (
        _id("goal_id", "Ziel-Nr", "goal", "des Ziels"),
        _person(),
        _domain("goal", "des Ziels"),
        _date("agreed_on", "Vereinbart am", "Day of the agreement.", "Tag der Vereinbarung."),
        _date(
            "target_on",
            "Zieldatum",
            "Day by which it is to be reached.",
            "Tag, bis zu dem es erreicht sein soll.",
            planned=True,
            required=False,
        ),
        RECORDED,
    ),
)
GOAL_REVIEWS = Table(
    "goal_reviews",
    "zielueberpruefungen",
    "Reviews of goals.",
    "Überprüfungen der Ziele.",
    (
        _id("review_id", "Prüfungs-Nr", "review", "der Überprüfung"),
        _reference("goal_id", "Ziel-Nr", "goals.goal_id", "goal", "des Ziels"),
        _date("reviewed_on", "Überprüft am", "Day of the review.", "Tag der Überprüfung."),
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
)
MEASURES = Table(
    "measures",
    "massnahmen",
    "Support measures of the city and its providers.",
    "Maßnahmen der Stadt und der Träger.",
    (
        _id("measure_id", "Maßnahmen-Nr", "measure", "der Maßnahme", sensitivity=Sensitivity.ORDINARY),
        _domain("measure", "der Maßnahme"),
        Column(
            "provider",
            "Träger",
            Kind.CATEGORY,
            "Body that offers the measure.",
            "Träger der Maßnahme.",
            required=False,
            categories=PROVIDERS,
        ),
        _date(
            "available_from",
            "Angeboten ab",
            "First day on which the measure is offered.",
            "Erster Tag des Angebots.",
        ),
        _end("available_until", "Angeboten bis", "offer", "des Angebots"),
        Column(
            "cost_per_participant",
            "Kosten je Teilnahme",
            Kind.DECIMAL,
            "Cost per participant in euros.",
            "Kosten je Teilnahme in Euro.",
            required=False,
            lowest=0,
        ),
        RECORDED,
    ),
    spell=("available_from", "available_until"),
)
MEASURE_FUNDING = Table(
    "measure_funding",
    "foerderklassen",
    "Dated funding class of each measure; it can change over time.",
    "Datierte Förderklasse je Maßnahme; sie kann sich ändern.",
    (
        _id(
            "funding_id",
            "Förder-Nr",
            "funding spell",
            "des Förderzeitraums",
            sensitivity=Sensitivity.ORDINARY,
        ),
        _measure(),
        Column(
            "funding_class",
            "Förderklasse",
            Kind.CATEGORY,
            "1 municipal, 2 municipal or applied for, 3 further programmes.",
            "1 kommunal, 2 kommunal oder beantragt, 3 weitere Programme.",
            categories={str(c.value): str(c.value) for c in FundingClass},
        ),
        _date("valid_from", "Gültig ab", "First day of the spell.", "Erster Tag des Zeitraums."),
        _end("valid_until", "Gültig bis", "spell", "des Zeitraums"),
        RECORDED,
    ),
    spell=("valid_from", "valid_until"),
    one_at_a_time="measure_id",
)
PARTICIPATIONS = Table(
    "participations",
    "teilnahmen",
    "Participations in measures.",
    "Teilnahmen an Maßnahmen.",
    (
        _id("participation_id", "Teilnahme-Nr", "participation", "der Teilnahme"),
        _person(),
        _measure(),
        _date("referred_on", "Zugewiesen am", "Day of the referral.", "Tag der Zuweisung.", required=False),
        _date(
            "started_on",
            "Beginn",
            "First day; empty while the person waits.",
            "Erster Tag; leer, solange gewartet wird.",
            required=False,
        ),
        _end("ended_on", "Ende", "participation", "der Teilnahme"),
        Column(
            "ending",
            "Abschluss",
            Kind.CATEGORY,
            "How it ended.",
            "Wie sie endete.",
            required=False,
            categories={"completed": "abgeschlossen", "broken_off": "abgebrochen"},
        ),
        RECORDED,
    ),
    spell=("started_on", "ended_on"),
)
RATINGS = Table(
    "ratings",
    "bewertungen",
    "Ratings of a participation from two perspectives.",
    "Bewertungen einer Teilnahme aus zwei Perspektiven.",
    (
        _id("rating_id", "Bewertungs-Nr", "rating", "der Bewertung"),
        _reference(
            "participation_id",
            "Teilnahme-Nr",
            "participations.participation_id",
            "participation",
            "der Teilnahme",
        ),
        Column(
            "perspective",
            "Perspektive",
            Kind.CATEGORY,
            "Whose rating it is.",
            "Wessen Bewertung es ist.",
            categories={Perspective.SOCIAL_WORKER: "Sozialbetreuung", Perspective.REFUGEE: "Teilnehmende"},
        ),
        Column(
            "rating",
            "Wirksamkeit",
            Kind.INTEGER,
            "1 not effective to 5 very effective.",
            "1 nicht wirksam bis 5 sehr wirksam.",
            lowest=1,
            highest=5,
        ),
        _date("rated_on", "Bewertet am", "Day of the rating.", "Tag der Bewertung."),
        RECORDED,
    ),
)
LANGUAGE_TESTS = Table(
    "language_tests",
    "sprachtests",
    "Language tests by CEFR level.",
    "Sprachprüfungen nach GER-Stufe.",
    (
        _id("test_id", "Prüfungs-Nr", "test", "der Prüfung"),
        _person(),
        Column(
            "cefr_level", "Stufe", Kind.CATEGORY, "Level tested.", "Geprüfte Stufe.", categories=CERTIFICATES
        ),
        Column("passed", "Bestanden", Kind.YES_NO, "Whether it was passed.", "Ob sie bestanden wurde."),
        _date("tested_on", "Geprüft am", "Day of the test.", "Tag der Prüfung."),
        RECORDED,
    ),
)
TRANSITIONS = Table(
    "transitions",
    "uebergaenge",
    "Entries into mainstream systems and their exits.",
    "Übergänge in Regelsysteme und ihr Ende.",
    (
        _id("transition_id", "Übergangs-Nr", "transition", "des Übergangs"),
        _person(),
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
        _date("entered_on", "Eintritt", "Day of entry.", "Tag des Eintritts."),
        _end("left_on", "Austritt", "stay", "des Aufenthalts"),
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
        _id("departure_id", "Abgangs-Nr", "departure", "des Abgangs"),
        _person(),
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
        _date("departed_on", "Abgang am", "Day of departure.", "Tag des Abgangs."),
        RECORDED,
    ),
)
VOLUNTEER_SUPPORT = Table(
    "volunteer_support",
    "ehrenamt",
    "Support by volunteers; recorded since 1 November 2015, before that missing and not zero.",
    "Unterstützung durch Ehrenamtliche; erfasst seit 1. November 2015, davor fehlend und nicht null.",
    (
        _id("support_id", "Ehrenamts-Nr", "support spell", "des Unterstützungszeitraums"),
        _person(),
        Column(
            "kind",
            "Art",
            Kind.CATEGORY,
            "Kind of support.",
            "Art der Unterstützung.",
            categories={
                "mentorship": "Patenschaft",
                "errands": "Begleitung und Behördengänge",
                "housing_search": "Wohnungssuche",
                "job_search": "Arbeitssuche",
                "language_practice": "Sprachpraxis",
            },
        ),
        _date("started_on", "Beginn", "First day.", "Erster Tag."),
        _end("ended_on", "Ende", "support", "der Unterstützung"),
        RECORDED,
    ),
    spell=("started_on", "ended_on"),
)

TABLES: tuple[Table, ...] = (
    PERSONS,
    HOUSEHOLDS,
    RESIDENCE_STATUS,
    ELIGIBILITY,
    CASES,
    PHASES,
    NEEDS,
    GOALS,
    GOAL_REVIEWS,
    MEASURES,
    MEASURE_FUNDING,
    PARTICIPATIONS,
    RATINGS,
    LANGUAGE_TESTS,
    TRANSITIONS,
    DEPARTURES,
    VOLUNTEER_SUPPORT,
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
VOLUNTEERS_SINCE = "2015-11-01"
