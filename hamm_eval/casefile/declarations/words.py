"""Our categories and the German words that the city's exports use for them."""

from __future__ import annotations

from hamm_eval.vocabulary import CefrLevel, Domain

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
