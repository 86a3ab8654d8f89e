"""Rules about records together: spells, what a record belongs to, ages, households, rates."""

from __future__ import annotations

from hamm_eval.casefile.rules.rule import Rule, Severity

RELATION_RULES = (
    Rule(
        "spells_overlap",
        Severity.WARN,
        "Zeiträume, von denen nur einer zur Zeit gelten kann, überschneiden sich. Beenden Sie den früheren, "
        "bevor der nächste beginnt ({begin}, {end}).",
        "Spells of which only one can hold at a time overlap. End the earlier one before the next begins "
        "({begin}, {end}).",
        (32,),
    ),
    Rule(
        "spells_gap",
        Severity.WARN,
        "Zwischen diesem Zeitraum und dem vorigen gleichen Inhalts fehlen Tage. Schließen Sie die Lücke, "
        "oder fassen Sie beide zusammen ({begin}, {end}).",
        "Days are missing between this spell and the one before, which says the same. Close the gap, or make "
        "both one ({begin}, {end}).",
    ),
    Rule(
        "spells_jump",
        Severity.WARN,
        "Zwischen diesem Zeitraum und dem vorigen fehlen Tage, und der Inhalt hat gewechselt. Ergänzen Sie, "
        "was dazwischen galt ({begin}, {end}).",
        "Days are missing between this spell and the one before, and what holds has changed. Add what held "
        "in between ({begin}, {end}).",
    ),
    Rule(
        "spells_teleport",
        Severity.WARN,
        "Auf den vorigen Zeitraum kann dieser nicht unmittelbar folgen: Ein Schritt dazwischen fehlt, oder "
        "einer der beiden ist falsch. Ergänzen oder berichtigen Sie ihn.",
        "This spell cannot follow the one before directly: a step between them is missing, or one of the two "
        "is wrong. Add or correct it.",
    ),
    Rule(
        "phases_out_of_order",
        Severity.WARN,
        "Diese Phase folgt auf eine spätere. Prüfen Sie Phase und Beginn.",
        "This phase follows a later one. Check the phase and its begin.",
    ),
    Rule(
        "phase_outside_case",
        Severity.WARN,
        "Die Phase beginnt außerhalb ihres Falls ({other} in {target}). Berichtigen Sie eines von beiden.",
        "The phase begins outside its case ({other} in {target}). Correct one of them.",
        (34,),
    ),
    Rule(
        "before_arrival",
        Severity.WARN,
        "Das Datum liegt vor der Ankunft der Person ({other} in {target}). Berichtigen Sie eines von beiden.",
        "The date lies before the person's arrival ({other} in {target}). Correct one of them.",
        (34,),
    ),
    Rule(
        "after_departure",
        Severity.WARN,
        "Das Datum liegt nach dem Abgang der Person ({other} in {target}). Berichtigen Sie eines von beiden; "
        "kam die Person zurück, stimmt beides.",
        "The date lies after the person's departure ({other} in {target}). Correct one of them; "
        "if the person came back, both are right.",
        (34,),
    ),
    Rule(
        "review_before_goal",
        Severity.WARN,
        "Die Überprüfung liegt vor der Vereinbarung des Ziels ({other} in {target}). Berichtigen Sie eines "
        "von beiden.",
        "The review lies before the goal was agreed ({other} in {target}). Correct one of them.",
        (34,),
    ),
    Rule(
        "review_overdue",
        Severity.WARN,
        "Dieses Ziel eines offenen Falls wurde seit über einem Jahr nicht überprüft ({target}). Tragen Sie "
        "die Überprüfung nach, oder schließen Sie den Fall.",
        "This goal of an open case has not been reviewed for more than a year ({target}). Enter the review, "
        "or close the case.",
    ),
    Rule(
        "participation_outside_offer",
        Severity.WARN,
        "Die Teilnahme beginnt außerhalb der Zeit, in der die Maßnahme angeboten wird ({other} in {target}). "
        "Berichtigen Sie eines von beiden.",
        "The participation begins outside the time in which the measure is offered ({other} in {target}). "
        "Correct one of them.",
    ),
    Rule(
        "rating_before_participation",
        Severity.WARN,
        "Die Bewertung liegt vor dem Beginn der Teilnahme ({other} in {target}). Berichtigen Sie eines "
        "von beiden.",
        "The rating lies before the participation began ({other} in {target}). Correct one of them.",
        (34,),
    ),
    Rule(
        "age_implausible",
        Severity.WARN,
        "Die Person wäre an diesem Tag ({day}) älter als {highest} Jahre gewesen. Prüfen Sie den "
        "Geburtsmonat.",
        "The person would have been more than {highest} years old on that day ({day}). Check the month of "
        "birth.",
    ),
    Rule(
        "age_at_event",
        Severity.WARN,
        "In diesem Alter ist der Eintrag unwahrscheinlich (üblich: {lowest} bis {highest} Jahre). Prüfen Sie "
        "Eintrag, Datum und Geburtsmonat.",
        "At this age the record is implausible (usual: {lowest} to {highest} years). Check the record, its "
        "date and the month of birth.",
    ),
    Rule(
        "household_heads_several",
        Severity.WARN,
        "Der Haushalt hat mehr als einen Vorstand. Kennzeichnen Sie eine Person.",
        "The household has more than one head. Mark one person.",
    ),
    Rule(
        "household_head_missing",
        Severity.WARN,
        "Der Haushalt ist seit über einem Jahr erfasst und hat keinen Vorstand. Kennzeichnen Sie "
        "eine Person.",
        "The household has been recorded for more than a year and has no head. Mark one person.",
    ),
    Rule(
        "month_empty",
        Severity.WARN,
        "In diesen Monaten gibt es keinen einzigen Eintrag, davor und danach regelmäßig: {months}. "
        "Prüfen Sie, ob der Export vollständig ist.",
        "In these months there is not one entry, before and after them there are regularly: {months}. "
        "Check whether the export is complete.",
    ),
    Rule(
        "month_multiple",
        Severity.WARN,
        "In diesen Monaten wurde mehr als {times}-mal so viel erfasst wie in jedem Monat davor und danach: "
        "{months}. Prüfen Sie, ob nacherfasst oder doppelt exportiert wurde.",
        "In these months more than {times} times as much was recorded as in any month before and after: "
        "{months}. Check whether records were entered in arrears or exported twice.",
    ),
)
