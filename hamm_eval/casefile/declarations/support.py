"""Support: measures, their funding, participations, ratings, volunteers."""

from __future__ import annotations

from hamm_eval.casefile.declarations.columns import (
    RECORDED,
    date,
    domain,
    identifier,
    measure,
    of_person,
    person,
    reference,
    spell_end,
)
from hamm_eval.casefile.declarations.words import PROVIDERS
from hamm_eval.casefile.schema import Bound, Column, Kind, Sensitivity, Table
from hamm_eval.vocabulary import FundingClass, Perspective

MEASURES = Table(
    "measures",
    "massnahmen",
    "Support measures of the city and its providers.",
    "Maßnahmen der Stadt und der Träger.",
    (
        identifier("measure_id", "Maßnahmen-Nr", "measure", "der Maßnahme", sensitivity=Sensitivity.ORDINARY),
        domain("measure", "der Maßnahme"),
        Column(
            "provider",
            "Träger",
            Kind.CATEGORY,
            "Body that offers the measure.",
            "Träger der Maßnahme.",
            required=False,
            categories=PROVIDERS,
        ),
        date(
            "available_from",
            "Angeboten ab",
            "First day on which the measure is offered.",
            "Erster Tag des Angebots.",
        ),
        spell_end("available_until", "Angeboten bis", "offer", "des Angebots"),
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
        identifier(
            "funding_id",
            "Förder-Nr",
            "funding spell",
            "des Förderzeitraums",
            sensitivity=Sensitivity.ORDINARY,
        ),
        measure(),
        Column(
            "funding_class",
            "Förderklasse",
            Kind.CATEGORY,
            "1 municipal, 2 municipal or applied for, 3 further programmes.",
            "1 kommunal, 2 kommunal oder beantragt, 3 weitere Programme.",
            categories={str(c.value): str(c.value) for c in FundingClass},
        ),
        date("valid_from", "Gültig ab", "First day of the spell.", "Erster Tag des Zeitraums."),
        spell_end("valid_until", "Gültig bis", "spell", "des Zeitraums"),
        RECORDED,
    ),
    spell=("valid_from", "valid_until"),
    one_at_a_time="measure_id",
    seamless=True,
    state="funding_class",
)

PARTICIPATIONS = Table(
    "participations",
    "teilnahmen",
    "Participations in measures.",
    "Teilnahmen an Maßnahmen.",
    (
        identifier("participation_id", "Teilnahme-Nr", "participation", "der Teilnahme"),
        person(),
        measure(),
        date("referred_on", "Zugewiesen am", "Day of the referral.", "Tag der Zuweisung.", required=False),
        date(
            "started_on",
            "Beginn",
            "First day; empty while the person waits.",
            "Erster Tag; leer, solange gewartet wird.",
            required=False,
        ),
        spell_end("ended_on", "Ende", "participation", "der Teilnahme"),
        Column(
            "ending",
            "Abschluss",
            Kind.CATEGORY,
            "How it ended.",
            "Wie sie endete.",
            required=False,
            only_with="ended_on",
            categories={"completed": "abgeschlossen", "broken_off": "abgebrochen"},
        ),
        RECORDED,
    ),
    spell=("started_on", "ended_on"),
    order=(("referred_on", "started_on"),),
    bounds=(
        *of_person("started_on"),
        Bound(
            "participation_outside_offer",
            "started_on",
            "measure_id",
            "measures.available_from",
            "measures.available_until",
        ),
    ),
)

RATINGS = Table(
    "ratings",
    "bewertungen",
    "Ratings of a participation from two perspectives.",
    "Bewertungen einer Teilnahme aus zwei Perspektiven.",
    (
        identifier("rating_id", "Bewertungs-Nr", "rating", "der Bewertung"),
        reference(
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
        date("rated_on", "Bewertet am", "Day of the rating.", "Tag der Bewertung."),
        RECORDED,
    ),
    bounds=(
        Bound(
            "rating_before_participation",
            "rated_on",
            "participation_id",
            not_before="participations.started_on",
        ),
    ),
)

VOLUNTEER_SUPPORT = Table(
    "volunteer_support",
    "ehrenamt",
    "Support by volunteers; recorded since 1 November 2015, before that missing and not zero.",
    "Unterstützung durch Ehrenamtliche; erfasst seit 1. November 2015, davor fehlend und nicht null.",
    (
        identifier("support_id", "Ehrenamts-Nr", "support spell", "des Unterstützungszeitraums"),
        person(),
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
        date("started_on", "Beginn", "First day.", "Erster Tag."),
        spell_end("ended_on", "Ende", "support", "der Unterstützung"),
        RECORDED,
    ),
    spell=("started_on", "ended_on"),
    bounds=of_person("started_on"),
)
