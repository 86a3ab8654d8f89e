"""Rules about a record by itself, its key and what it refers to."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

LOGIC_RULES = (
    Rule(
        "duplicate_row",
        Severity.QUARANTINE,
        "Zeilen, die es genau so schon gibt, wurden beiseitegelegt; die erste wird verwendet.",
        "Rows that are there already, word for word, were set aside; the first is used.",
        (30,),
    ),
    Rule(
        "key_contradiction",
        Severity.REFUSE,
        "Dieselbe Kennung mit demselben Erfassungstag, aber anderem Inhalt. Eine Berichtigung braucht "
        "einen späteren Erfassungstag.",
        "The same identifier and the same day of recording, but other content. "
        "A correction needs a later day of recording.",
        (30,),
    ),
    Rule(
        "reference_unknown",
        Severity.REFUSE,
        "Die Kennung verweist auf einen Datensatz, den es in {target} nicht gibt. "
        "Exportieren Sie beide Tabellen zum selben Stand.",
        "The identifier points to a record that {target} does not hold. "
        "Export both tables as of the same day.",
        (35,),
    ),
    Rule(
        "reference_not_yet_known",
        Severity.WARN,
        "Der Datensatz, auf den verwiesen wird ({target}), wurde erst nach dem Stichtag erfasst.",
        "The record pointed to ({target}) was recorded only after the data cut.",
        (33,),
    ),
    Rule(
        "end_before_begin",
        Severity.REFUSE,
        "Das Ende liegt vor dem Beginn ({begin}, {end}). Berichtigen Sie eines von beiden.",
        "The end lies before the begin ({begin}, {end}). Correct one of them.",
        (31,),
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
        (33,),
    ),
    Rule(
        "nothing_known",
        Severity.REFUSE,
        "Zum Stichtag war in dieser Tabelle noch nichts erfasst. Prüfen Sie den Stichtag.",
        "Nothing was recorded in this table by the data cut. Check the data cut.",
    ),
    Rule(
        "recorded_in_future",
        Severity.WARN,
        "Der Erfassungstag liegt Jahre nach allen anderen, vermutlich ein Tippfehler im Jahr. Er verschiebt "
        "den Stichtag nicht; die Zeile gilt als noch nicht bekannt. Berichtigen Sie ihn.",
        "The day of recording lies years after all others, presumably a slip in the year. It does not move "
        "the data cut; the row counts as not yet known. Correct it.",
        (33,),
    ),
    Rule(
        "ending_without_date",
        Severity.WARN,
        "Hier steht, wie es endete ({said}), aber nicht wann ({date}). Ergänzen Sie den Tag, oder leeren "
        "Sie die Angabe.",
        "It says how it ended ({said}) but not when ({date}). Add the day, or leave this empty.",
    ),
    Rule(
        "ending_unsaid",
        Severity.WARN,
        "Hier steht, wann es endete ({date}), aber nicht wie ({said}). Ergänzen Sie die Angabe.",
        "It says when it ended ({date}) but not how ({said}). Add it.",
    ),
    Rule(
        "id_reused",
        Severity.REFUSE,
        "Dieselbe Kennung steht später für einen anderen Datensatz ({reference} weicht ab): Der frühere "
        "ginge verloren. Vergeben Sie eine neue Kennung; war nur die Zuordnung falsch, berichtigen Sie sie "
        "in allen Fassungen.",
        "The same identifier later stands for another record ({reference} differs): the earlier one would be "
        "lost. Give it a new identifier; if only the assignment was wrong, correct it in all versions.",
        (30,),
    ),
    Rule(
        "id_other_form",
        Severity.WARN,
        "Die Kennung ist anders geschrieben als fast alle anderen dieser Spalte (Buchstaben, Trennzeichen, "
        "führende Nullen oder ein Wort für „fehlt“). Schreiben Sie Kennungen überall gleich.",
        "The identifier is written unlike nearly all others of this column (letters, hyphens, leading zeros, "
        "or a word for “missing”). Write identifiers alike everywhere.",
        (27, 28),
    ),
)
