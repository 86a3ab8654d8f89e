"""What a proposal says, in German and English."""

from __future__ import annotations

TEXTS = {
    "de": {
        "head": "Spaltenzuordnung, vorgeschlagen von `hamm-eval map`: Lesen Sie jede Zeile, bevor sie gilt.\n"
        "Was mit DECIDE beginnt, ist von Hand zu entscheiden: Ergänzen Sie den fehlenden Eintrag.\n"
        "Was die Quelle nicht hat, kommt unter `absent` oder mit festem Wert unter `constants`.\n"
        "`hamm-eval check ORDNER --mapping DATEI` sagt, was noch fehlt.",
        "or": "oder",
        "by_synonym": "andere Bezeichnung",
        "by_likeness": "ähnliche Schreibweise, bitte prüfen",
        "by_values": "nach dem Inhalt, bitte prüfen",
        "order_proved": "in dieser Reihenfolge sind alle Datumsangaben lesbar",
        "unread": "Nicht lesbar:",
        "headerless": "{file}: Die erste Zeile ist nicht sicher eine Kopfzeile; nichts daraus wird genannt.",
        "table_missing": "Keine Datei ist sicher die Tabelle {table}.",
        "lacks": "Nennen Sie sie unter `tables` als `file`, oder schreiben Sie den Namen in `lacks: []`.",
        "file_open": "{file}: welche Tabelle? {tables}",
        "file_unknown": "{file}: gehört zu keiner Tabelle und wird nicht gelesen.",
        "undecided": "Solange hier eine Datei steht, wird die Zuordnung nicht angenommen",
        "dates_open": "date_format: dd/mm/yyyy oder mm/dd/yyyy; die Datumsangaben entscheiden es nicht.",
        "decimal_open": 'decimal: "," oder "."; die Zahlen entscheiden es nicht.',
        "column_open": "{column}: {names}?",
        "column_missing": "fehlt: {column}; keine Spalte der Datei kommt in Frage.",
        "full_birth_dates": "Volle Geburtsdaten werden abgelehnt: `hamm-eval pseudonymise` kürzt sie auf den "
        "Monat.",
        "word_open": "{word}: welches von {ours}?",
        "no_word": "noch ohne Wort der Quelle: {ours}",
        "unsaid": "{count} weitere Wörter werden nicht genannt: selten, oder es könnten Namen sein. "
        "`hamm-eval check --private-findings DATEI` schreibt sie in eine private Datei.",
        "extra": "nicht gebraucht: {names}",
        "extra_free_text": "Freitext, beim Export weglassen oder unter `free_text` nennen: {names}",
        "extra_identifying": "nicht liefern (beim Export weglassen, oder `hamm-eval pseudonymise`): {names}",
        "table": "{table}: {file}, {found} von {all} Spalten, {open} offen{missing}",
        "and_missing": "; fehlt: {names}",
        "open": "Von Hand zu entscheiden: {count}.",
        "clear": "Nichts ist von Hand zu entscheiden; lesen Sie den Vorschlag trotzdem.",
    },
    "en": {
        "head": "Column mapping, proposed by `hamm-eval map`: read every line before you use it.\n"
        "What begins with DECIDE is to be decided by hand: add the entry that is missing.\n"
        "A column that the source does not have goes under `absent`, or is set under `constants`.\n"
        "`hamm-eval check DIR --mapping FILE` says what is still missing.",
        "or": "or",
        "by_synonym": "another name",
        "by_likeness": "similar spelling, please check",
        "by_values": "by its content, please check",
        "order_proved": "every date can be read in this order",
        "unread": "Cannot be read:",
        "headerless": "{file}: the first row is not certainly a header; nothing of it is told.",
        "table_missing": "No file is certainly the table {table}.",
        "lacks": "Name one as its `file` under `tables`, or write the table's name into `lacks: []`.",
        "file_open": "{file}: which table? {tables}",
        "file_unknown": "{file}: belongs to no table and is not read.",
        "undecided": "while a file stands here, the mapping is refused",
        "dates_open": "date_format: dd/mm/yyyy or mm/dd/yyyy; the dates do not tell.",
        "decimal_open": 'decimal: "," or "."; the numbers do not tell.',
        "column_open": "{column}: {names}?",
        "column_missing": "missing: {column}; no column of the file comes into question.",
        "full_birth_dates": "Full dates of birth are refused: `hamm-eval pseudonymise` keeps the month.",
        "word_open": "{word}: which of {ours}?",
        "no_word": "no word of the source so far: {ours}",
        "unsaid": "{count} more words are not told: rare, or they might be names. "
        "`hamm-eval check --private-findings FILE` writes them to a private file.",
        "extra": "not needed: {names}",
        "extra_free_text": "free text, leave out of the export or name under `free_text`: {names}",
        "extra_identifying": "do not deliver (leave out of the export, or `hamm-eval pseudonymise`): {names}",
        "table": "{table}: {file}, {found} of {all} columns, {open} to decide{missing}",
        "and_missing": "; missing: {names}",
        "open": "To be decided by hand: {count}.",
        "clear": "Nothing is to be decided by hand; read the proposal all the same.",
    },
}
