"""Rules about records: keys, references, the order of dates."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

LOGIC_RULES = (
    Rule(
        "duplicate_row",
        Severity.QUARANTINE,
        "Zeilen, die es genau so schon gibt, wurden beiseitegelegt; die erste wird verwendet.",
        "Rows that are there already, word for word, were set aside; the first is used.",
    ),
    Rule(
        "key_contradiction",
        Severity.REFUSE,
        "Dieselbe Kennung mit demselben Erfassungstag, aber anderem Inhalt. Eine Berichtigung braucht "
        "einen späteren Erfassungstag.",
        "The same identifier and the same day of recording, but other content. "
        "A correction needs a later day of recording.",
    ),
    Rule(
        "reference_unknown",
        Severity.REFUSE,
        "Die Kennung verweist auf einen Datensatz, den es in {target} nicht gibt. "
        "Exportieren Sie beide Tabellen zum selben Stand.",
        "The identifier points to a record that {target} does not hold. "
        "Export both tables as of the same day.",
    ),
    Rule(
        "reference_not_yet_known",
        Severity.WARN,
        "Der Datensatz, auf den verwiesen wird ({target}), wurde erst nach dem Stichtag erfasst.",
        "The record pointed to ({target}) was recorded only after the data cut.",
    ),
    Rule(
        "end_before_begin",
        Severity.REFUSE,
        "Das Ende liegt vor dem Beginn ({begin}, {end}). Berichtigen Sie eines von beiden.",
        "The end lies before the begin ({begin}, {end}). Correct one of them.",
    ),
    Rule(
        "end_without_begin",
        Severity.WARN,
        "Ein Ende ohne Beginn ({begin}). Ergänzen Sie den Beginn.",
        "An end without a begin ({begin}). Add the begin.",
    ),
    Rule(
        "dates_out_of_order",
        Severity.WARN,
        "Die Daten stehen in unerwarteter Folge: {earlier} liegt nach {later}.",
        "The dates are in an unexpected order: {earlier} lies after {later}.",
    ),
    Rule(
        "recorded_before_it_happened",
        Severity.REFUSE,
        "Das Datum liegt nach dem Tag, an dem es erfasst wurde ({recorded}). Berichtigen Sie eines "
        "von beiden.",
        "The date lies after the day on which it was recorded ({recorded}). Correct one of them.",
    ),
    Rule(
        "spells_overlap",
        Severity.WARN,
        "Zeiträume, von denen nur einer zur Zeit gelten kann, überschneiden sich: {count}-mal.",
        "Spells of which only one can hold at a time overlap: {count} times.",
    ),
    Rule(
        "nothing_known",
        Severity.REFUSE,
        "Zum Stichtag war in dieser Tabelle noch nichts erfasst. Prüfen Sie den Stichtag.",
        "Nothing was recorded in this table by the data cut. Check the data cut.",
    ),
)
