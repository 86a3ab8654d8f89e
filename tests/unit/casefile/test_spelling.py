"""Names that differ in spelling are one; names that differ in meaning are not, however alike."""

from __future__ import annotations

from itertools import combinations

import pytest

from hamm_eval.casefile.proposal.spelling import abbreviated, mistyped, same
from hamm_eval.casefile.proposal.vocabulary import column_names, means, resembles, word_names
from hamm_eval.casefile.schema import Kind
from hamm_eval.casefile.tables import TABLES

WORDED = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if column.kind in (Kind.CATEGORY, Kind.YES_NO)
]


@pytest.mark.parametrize(
    "other", ["PRUEFUNGS_NR", "pruefungsNr", "Prufungs-Nr.", "Prüfungsnummer", "Prüfungs-ID", "prüfungs nr"]
)
def test_the_same_name_in_other_spellings(other):
    assert same(other, "Prüfungs-Nr")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nicht erreicht", "erreicht"),
        ("Gültig ab", "Gültig bis"),
        ("Paar mit Kindern", "Paar ohne Kinder"),
        ("Bleibeperspektive", "keine Bleibeperspektive"),
        ("Eintritt", "Austritt"),
        ("unklar", "klar"),
        ("Erfasst am", "Erfasst von"),
        ("Tod", "Todt"),
        ("male", "female"),
    ],
)
def test_names_of_other_meaning_are_not_taken_for_slips(one, other):
    assert not same(one, other)
    assert not mistyped(one, other)
    assert not mistyped(other, one)


def test_an_abbreviation_has_a_full_stop_and_as_many_words():
    assert abbreviated("Pers.-Nr.", "Personen-Nr")
    assert abbreviated("Gült. ab", "Gültig ab")
    assert not abbreviated("Pers-Nr", "Personen-Nr")
    assert not abbreviated("Gült. bis", "Gültig ab")
    assert not abbreviated("Gült.", "Gültig ab")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_listed_name_means_two_columns_of_a_table(table):
    for one, other in combinations(table.columns, 2):
        names, others = column_names(table.name, one.name), column_names(table.name, other.name)
        for name in (*names.declared, *names.others):
            assert not others.sure(name), (one.name, other.name, name)


@pytest.mark.parametrize(("table", "column"), WORDED)
def test_every_listed_word_means_its_own_category(table, column):
    for ours, names in word_names(table, column).items():
        for word in (*names.declared, *names.others):
            assert means(table, column, word) == ours, word
            assert resembles(table, column, word) == ours, word
