from __future__ import annotations

from collections.abc import Iterable

from hamm_eval.release.identifiers import IdentifierSearch


def found(text: str, identifiers: Iterable[str]) -> int:
    return IdentifierSearch(identifiers).in_text(text)


def test_identifiers_are_found_in_text_and_behind_escapes() -> None:
    known = ["H-000417", "Müller, Ali", "AB12CD"]
    assert found("<td>H-000417</td><td>H-000417</td>", known) == 1
    assert found("<td title='M&uuml;ller, Ali'>ab12cd</td>", known) == 2
    assert found('{"name": "M\\u00fcller, Ali"}', known) == 1
    assert found("nothing here", known) == 0


def test_base64_digests_and_short_identifiers_are_not_searched() -> None:
    assert found("<img src='data:image/png;base64,xxH000417xx=='> H000417", ["H000417"]) == 1
    assert found("<img src='data:image/png;base64,xxH000417xx=='>", ["H000417"]) == 0
    digest = "0f3a123456bc99aa0f3a123456bc99aa"
    assert found(f"run {digest}", ["123456"]) == 0
    assert found(f"run {digest}", [digest]) == 1
    assert found("person 12345", ["12345"]) == 0


def test_what_nobody_sees_does_not_hide_an_identifier() -> None:
    assert found("H-00\u00ad04\u200b17", ["H-000417"]) == 1
    assert found("\uff28-000417", ["H-000417"]) == 1


def test_short_identifiers_are_looked_for_as_whole_fields() -> None:
    search = IdentifierSearch(["P12", "117", ""])
    assert search.in_fields(["p12 ", "P123", "of P12"]) == 1
    assert search.in_fields(["117", "P12"]) == 2
    assert search.in_fields(["117", "P12"], numbers=False) == 1
    assert search.in_fields(["", "118"]) == 0
