"""Columns that nobody declared: which of them must not be delivered at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hamm_eval.casefile.names import folded


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of confidential content, told from a header."""

    german: str
    english: str
    pattern: re.Pattern[str]


def _kind(german: str, english: str, patterns: str) -> Kind:
    """Patterns parted by blanks; ``<`` and ``>`` stand for the begin and the end of a word."""
    text = "|".join(patterns.split()).replace("<", r"(?<![a-zäöüß])").replace(">", r"(?![a-zäöüß])")
    return Kind(german, english, re.compile(text))


# Where words begin and end matters: "Kursname" is no person's name, "Vorname" is.
IDENTIFYING = (
    _kind(
        "einem E-Mail- oder Netzkonto",
        "an e-mail or net account",
        r"e-?mail <mail facebook whatsapp <kontakt> kontaktdaten",
    ),
    _kind("einer Telefonnummer", "a phone number", r"telefon <tel> handy mobil <fax phone rufnummer"),
    _kind(
        "einem Geburtsdatum oder -ort",
        "a date or place of birth",
        r"geburtsdatum geburtstag geburtsort geboren <geb> birth <dob>",
    ),
    _kind(
        "einer Anschrift",
        "an address",
        r"add?ress anschrift straße strasse <str> street hausnummer haus-?nr <plz> postleitzahl post.?code"
        r" <zip> wohnort wohnung unterkunft",
    ),
    _kind(
        "einem Namen",
        "a name",
        r"<(vor|nach|ruf|zu|familien|geburts|personen|klienten|kunden|mutter|vater|ehe|teilnehmer)?namen?>"
        r" <(sur|first|last|given|family|full|nick).?name <name ansprechp",
    ),
    _kind(
        "Angaben zur Gesundheit",
        "health data",
        r"diagnos krank gesund behinder <icd medi[kz] medical medication schwanger pregnan trauma therap"
        r" <arzt ärzt allerg impf vaccin health disab illness disease <hiv> sucht psych pflegegrad <gdb>"
        r" befund",
    ),
    _kind(
        "einer amtlichen Nummer",
        "an official number",
        r"aktenzeichen <az> <azr ausweis passport reisepass <pass.?n steuer sozialvers versicherungsn"
        r" iban konton <konto> bamf file.?number social.?security",
    ),
    _kind(
        "Angaben zu Religion, Ethnie oder einem Bild",
        "religion, ethnicity or a picture",
        r"religio konfession ethni foto photo lichtbild",
    ),
)
FREE_TEXT = re.compile(
    r"bemerk|kommentar|notiz|freitext|anmerk|beschreib|begründ|sonstiges|gesprächs|vermerk|hinweis"
    r"|comment|remark|free ?text|\bnotes?\b|memo|description|\btext"
)


def identifying(header: str) -> Kind | None:
    """The kind of confidential content a header speaks of, or None."""
    text = folded(header).replace("_", " ")
    return next((kind for kind in IDENTIFYING if kind.pattern.search(text)), None)


def free_text(header: str) -> bool:
    """Whether a header speaks of free text."""
    return FREE_TEXT.search(folded(header).replace("_", " ")) is not None
