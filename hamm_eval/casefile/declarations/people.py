"""Who: persons, households, residence status, eligibility."""

from __future__ import annotations

from hamm_eval.casefile.declarations.columns import RECORDED, date, identifier, person, reference, spell_end
from hamm_eval.casefile.declarations.words import LEVELS, ORIGINS, SCHOOLING, SEXES
from hamm_eval.casefile.schema import AgeLimit, Column, Kind, Sensitivity, Table
from hamm_eval.vocabulary import HouseholdType, Population, ResidenceStatus

PERSONS = Table(
    "persons",
    "personen",
    "Persons known to the city's integration management.",
    "Personen, die dem Integrationsmanagement bekannt sind.",
    (
        identifier("person_id", "Personen-Nr", "person", "der Person"),
        reference(
            "household_id",
            "Haushalts-Nr",
            "households.household_id",
            "household",
            "des Haushalts",
            lasting=False,  # people move in with one another
        ),
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
        date("arrived_on", "Ankunft in Hamm", "Day of arrival in Hamm.", "Tag der Ankunft in Hamm."),
        RECORDED,
    ),
    optional=False,
    order=(("birth_month", "arrived_on"),),
    ages=(AgeLimit("arrived_on", 0, 100),),
)

HOUSEHOLDS = Table(
    "households",
    "haushalte",
    "Households; persons of one household share fate and are one cluster.",
    "Haushalte; Personen eines Haushalts bilden eine Gruppe.",
    (
        identifier("household_id", "Haushalts-Nr", "household", "des Haushalts"),
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

_FREE = (ResidenceStatus.FREEDOM_OF_MOVEMENT,)
RESIDENCE_STATUS = Table(
    "residence_status",
    "aufenthaltsstatus",
    "Dated spells of residence status.",
    "Datierte Zeiträume des Aufenthaltsstatus.",
    (
        identifier("status_id", "Status-Nr", "status spell", "des Statuszeitraums"),
        person(),
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
        date("valid_from", "Gültig ab", "First day of the spell.", "Erster Tag des Zeitraums."),
        spell_end("valid_until", "Gültig bis", "spell", "des Zeitraums"),
        RECORDED,
    ),
    spell=("valid_from", "valid_until"),
    one_at_a_time="person_id",
    seamless=True,
    state="status",
    # Nobody comes from an asylum procedure to freedom of movement or back: these are two populations.
    steps={
        **{status: tuple(s for s in ResidenceStatus if s not in _FREE) for status in ResidenceStatus},
        **dict.fromkeys(_FREE, _FREE),
    },
)

ELIGIBILITY = Table(
    "eligibility",
    "zugangsberechtigung",
    "Dated spells in which a person is eligible for case management: another fact than residence status.",
    "Datierte Zeiträume der Berechtigung zum Fallmanagement: etwas anderes als der Aufenthaltsstatus.",
    (
        identifier("eligibility_id", "Berechtigungs-Nr", "eligibility spell", "der Berechtigung"),
        person(),
        date("valid_from", "Gültig ab", "First day of eligibility.", "Erster Tag der Berechtigung."),
        spell_end("valid_until", "Gültig bis", "eligibility", "der Berechtigung"),
        RECORDED,
    ),
    spell=("valid_from", "valid_until"),
    one_at_a_time="person_id",
)
