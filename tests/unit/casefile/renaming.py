"""A sound city under other names: files, headers, words and notations changed, and what each became."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hamm_eval.casefile.schema import Kind, Table
from hamm_eval.casefile.tables import TABLES

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
FEWER = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U", "ß": "s"})


@dataclass
class Renamed:
    """What became of each name: our table to file, (table, column) to header, and words."""

    files: dict[str, str] = field(default_factory=dict)
    headers: dict[tuple[str, str], str] = field(default_factory=dict)
    words: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)  # theirs to ours


Style = Callable[[str, random.Random], str]


def capitals(name: str, rng: random.Random) -> str:
    """GUELTIG_AB"""
    return re.sub(r"\W+", "_", name.translate(UMLAUTS)).upper()


def camel(name: str, rng: random.Random) -> str:
    """gueltigAb"""
    parts = re.split(r"\W+", name.translate(UMLAUTS))
    return "".join([parts[0].lower(), *(part.capitalize() for part in parts[1:])])


def without_umlauts(name: str, rng: random.Random) -> str:
    """Gultig ab"""
    return name.translate(FEWER)


def dotted(name: str, rng: random.Random) -> str:
    """Pers.-Nr."""
    parts = re.split(r"([\W_]+)", name)
    return "".join(part[:4] + "." if len(part) > 6 and part.isalpha() else part for part in parts)


def slip(name: str, rng: random.Random) -> str:
    """Gütlig ab"""
    if len(name) < 6:
        return name
    at = rng.randrange(1, len(name) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if kind == 1:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at] + name[at:]


def prefixed(name: str, rng: random.Random) -> str:
    """Feld Gültig ab: a word of no meaning before every name"""
    return f"Feld {name}"


def numbered(name: str, rng: random.Random) -> str:
    """A name that says nothing."""
    return f"Spalte {''.join(rng.choices('abcdefghijkmnpqrstuvwxyz', k=5))}"


def same(name: str, rng: random.Random) -> str:
    """The name as it is."""
    return name


STYLES: dict[str, Style] = {
    style.__name__: style
    for style in (capitals, camel, without_umlauts, dotted, slip, prefixed, numbered, same)
}
# Written down from what exports of case management call things, without a look at the list of synonyms.
OTHERS: dict[str, tuple[str, ...]] = {
    "person_id": ("Klienten-ID", "Kundennummer", "PersonenID", "Client ID", "Fallperson"),
    "household_id": ("HH-Nummer", "Haushalts-ID", "BG-Nummer", "Household"),
    "case_id": ("Fallnummer", "Fall-ID", "Case No"),
    "goal_id": ("Zielnummer", "Ziel-ID"),
    "measure_id": ("Angebots-ID", "Maßnahmenummer", "Kursnummer"),
    "recorded_on": ("Erfassungsdatum", "Eingabedatum", "Angelegt am", "Entry date", "Systemdatum"),
    "valid_from": ("Gültig von", "von", "Beginn der Gültigkeit", "Valid from"),
    "valid_until": ("Gültig bis einschl.", "bis", "Ende der Gültigkeit", "Valid to"),
    "started_on": ("Startdatum", "Beginn am", "Von", "Start"),
    "ended_on": ("Enddatum", "Ende am", "Bis", "End date"),
    "sex": ("Gender", "m/w/d", "Geschlechtsangabe"),
    "birth_month": ("Geb.-Monat", "Geboren (Monat)", "Month of birth"),
    "origin": ("Herkunftsregion", "Region"),
    "schooling": ("Bildungsabschluss", "Höchster Schulabschluss", "Education"),
    "domain": ("Handlungsfeld", "Lebensbereich", "Dimension"),
    "provider": ("Anbieter", "Trägerorganisation", "Einrichtung"),
    "social_space": ("Stadtbezirk", "Quartier", "Wohnbezirk"),
    "opened_on": ("Falleröffnung", "Aufnahmedatum", "Fall angelegt"),
    "closed_on": ("Fallabschluss", "Abschlussdatum", "Fall beendet"),
    "closing_reason": ("Grund", "Grund für Abschluss", "Beendigungsgrund"),
    "status": ("Status", "Aufenthaltstitel", "Ergebnis"),
    "rating": ("Bewertung", "Note", "Wirkung"),
    "cefr_level": ("Niveau", "GER-Niveau", "Sprachniveau"),
    "passed": ("Ergebnis", "Bestanden?", "Passed"),
    "target_on": ("Frist", "Zieltermin", "Fällig"),
    "agreed_on": ("Vereinbarungsdatum", "Datum Vereinbarung"),
    "priority": ("Priorität", "Prio", "Wichtigkeit"),
    "kind": ("Art", "Typ", "Kategorie"),
    "household_type": ("Haushaltsform", "Familienform"),
    "arrived_on": ("Zuzugsdatum", "Zuzug nach Hamm", "Ankunftsdatum"),
    "cost_per_participant": ("Kosten pro Kopf", "Preis", "Kosten"),
}
# As a source without knowledge of our files might have them, mostly true words; some are not in any list.
FILES: dict[str, tuple[str, ...]] = {
    "persons": ("Klienten", "tbl_Personen", "export_personen_2017", "Stammdaten"),
    "households": ("Haushalt", "Familien", "HH"),
    "residence_status": ("Aufenthalt", "Titel", "v_aufenthaltsstatus"),
    "eligibility": ("Berechtigungen", "Zugang", "Anspruch"),
    "cases": ("Fälle", "Fallakten", "FALLMANAGEMENT"),
    "participations": ("Teilnahme", "Kursteilnahmen", "TN_Massnahmen"),
    "measures": ("Angebote", "Massnahmenkatalog", "Kurse"),
    "language_tests": ("Sprachprüfungen", "Tests"),
    "departures": ("Wegzüge", "Abgang"),
}
WORDS: dict[str, tuple[str, ...]] = {  # German word to what others write
    "weiblich": ("w", "W", "Frau", "weibl."),
    "männlich": ("m", "M", "Mann", "maennlich"),
    "divers": ("d", "D"),
    "ja": ("j", "1", "Ja", "true"),
    "nein": ("n", "0", "Nein", "false"),
    "sprachlich": ("Sprache", "SPRACHLICH", "sprachl."),
    "beruflich": ("Beruf", "Arbeit", "berufl."),
    "Bildung": ("bildung", "Schule und Bildung"),
    "anerkannt": ("Anerkannt", "anerk.", "Schutzstatus"),
    "Flüchtling": ("Fluechtling", "Geflüchtete", "Asyl"),
    "EU-Bürger": ("EU-Buerger", "Unionsbürger"),
    "Naher Osten": ("naher osten", "Nahost"),
    "Caritasverband": ("Caritas", "CARITASVERBAND"),
    "Multikulturelles Forum": ("Multi-Kulti", "MKF"),
    "nicht erreicht": ("verfehlt", "nicht-erreicht"),
    "erreicht": ("Erreicht", "voll erreicht"),
    "abgebrochen": ("Abbruch", "abgebr."),
    "abgeschlossen": ("beendet", "Abgeschlossen"),
}


def rename(
    city: Path, folder: Path, seed: int, *, headers: str, files: str = "others", words: bool = True
) -> Renamed:
    """Write a city under other names; `headers` is a style, or ``others`` for other words.

    Where two headers of a file or two words of a column would become one, the name stays as it is.
    """
    rng = random.Random(seed)
    folder.mkdir()
    renamed = Renamed()
    notation = rng.choice(["dotted", "iso", "day first", "month first"])
    for table in TABLES:
        source = city / f"{table.german}.csv"
        if not source.exists():
            continue
        with source.open(encoding="cp1252", newline="") as file:
            rows = list(csv.reader(file, delimiter=";"))[1:]
        heads = _headers(table, headers, rng)
        for column, head in zip(table.columns, heads, strict=True):
            renamed.headers[table.name, column.name] = head
        if words:
            _reword(table, rows, rng, renamed)
        _redate(table, rows, notation)
        extra = rng.random() < 0.5
        if extra:
            heads = [*heads, rng.choice(["Mandant", "Quelle", "Satzart"])]
            rows = [[*row, rng.choice(["01", "02"])] for row in rows]
        order = list(range(len(heads)))
        rng.shuffle(order)
        stem = _stem(table, files, rng, set(renamed.files.values()))
        renamed.files[table.name] = stem
        mark, encoding = rng.choice([(";", "cp1252"), (",", "utf-8"), ("\t", "utf-8-sig")])
        with (folder / f"{stem}.csv").open("w", encoding=encoding, newline="") as file:
            out = csv.writer(file, delimiter=mark)
            out.writerows([row[i] for i in order] for row in [heads, *rows])
    return renamed


def _headers(table: Table, style: str, rng: random.Random) -> list[str]:
    heads: list[str] = []
    for column in table.columns:
        new = column.german
        if style == "mixed":
            new = STYLES[rng.choice([s for s in STYLES if s != "numbered"])](column.german, rng)
        elif style == "others":
            choices = OTHERS.get(column.name, (column.german,))
            new = rng.choice(choices)
        elif style == "english":
            new = column.name
        else:
            new = STYLES[style](column.german, rng)
        taken = {head.casefold() for head in heads}
        heads.append(column.german if new.casefold() in taken else new)
    return heads


def _stem(table: Table, style: str, rng: random.Random, taken: set[str]) -> str:
    if style == "same":
        return table.german
    if style == "numbered":
        return f"export{''.join(rng.choices('bcdfghjk', k=4))}"
    stem = rng.choice(FILES.get(table.name, (table.german, f"{table.german}_2017", table.german.upper())))
    return table.german if stem in taken else stem


def _reword(table: Table, rows: list[list[str]], rng: random.Random, renamed: Renamed) -> None:
    for index, column in enumerate(table.columns):
        if column.kind not in (Kind.CATEGORY, Kind.YES_NO):
            continue
        ours = {german: name for name, german in column.categories.items()} or {"ja": True, "nein": False}
        new: dict[str, str] = {}
        for word in ours:
            other = rng.choice((word, *WORDS.get(word, ())))
            if other.casefold() in {w.casefold() for w in new.values()}:
                other = word
            new[word] = other
        for row in rows:
            row[index] = new.get(row[index], row[index])
        renamed.words[table.name, column.name] = {new[word]: ours[word] for word in ours}


def _redate(table: Table, rows: list[list[str]], notation: str) -> None:
    for index, column in enumerate(table.columns):
        if column.kind is Kind.DATE and notation != "dotted":
            for row in rows:
                if row[index]:
                    day, month, year = row[index].split(".")
                    row[index] = {
                        "iso": f"{year}-{month}-{day}",
                        "day first": f"{day}/{month}/{year}",
                        "month first": f"{month}/{day}/{year}",
                    }[notation]
