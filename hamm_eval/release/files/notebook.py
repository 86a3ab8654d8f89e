"""Notebooks and JSON as they are published: nothing but what the scan and the gate put there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release.files.html import HtmlReading
from hamm_eval.release.json import from_json
from hamm_eval.release.record import MARK
from hamm_eval.release.scan import METADATA

_CELL = frozenset({"cell_type", "id", "metadata", "source"})
_CODE = _CELL | {"outputs", "execution_count"}
# Prose is Markdown, and nothing but Markdown: HTML in it can run, load or hide; a picture is loaded, and a
# definition of a link is not shown.
_UNSAFE_PROSE = re.compile(
    r"<[A-Za-z/!?]|javascript:|!\[[^]]*\][(\[]|^ {0,3}\[[^]]*\]:", re.IGNORECASE | re.MULTILINE
)
_RESULT = frozenset({"notebook", "order", "id", "release"})
_WORD = re.compile(r"[A-Za-z0-9 _.:+/=~!-]{0,120}")


def load_json(content: bytes) -> Any:
    """A JSON file; None where it is none, or says a thing twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        return json.loads(content, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None


def faults_of_notebook(book: Any, payloads: Mapping[str, str]) -> tuple[str, ...]:
    """What of a published notebook is not allowed.

    Parameters
    ----------
    book : JSON
    payloads : mapping of str to str
        Id of each release of the run record to its HTML.
    """
    if not isinstance(book, dict) or not isinstance(book.get("cells"), list):
        return ("It is no notebook.",)
    found = set()
    if set(book) != {"cells", "metadata", "nbformat", "nbformat_minor"} or book["metadata"] != METADATA:
        found.add("It holds metadata.")
    for cell in book["cells"]:
        code = cell.get("cell_type") == "code"
        if not set(cell) <= (_CODE if code else _CELL) or not set(cell.get("metadata", {})) <= {"tags"}:
            found.add("A cell holds metadata or an attachment.")
        if not code and _UNSAFE_PROSE.search("".join(cell.get("source", ""))):
            found.add("Prose holds HTML, a picture, or what is not shown.")
        for output in cell.get("outputs", ()):
            if not _is_released(output, payloads):
                found.add("An output is not that of the run record.")
    return tuple(sorted(found))


def _is_released(output: Mapping[str, Any], payloads: Mapping[str, str]) -> bool:
    """Whether an output is a payload of the record and nothing besides."""
    data = output.get("data")
    if not isinstance(data, Mapping) or set(output) != {"output_type", "data", "metadata"}:
        return False
    name = "".join(data.get("text/plain", ""))
    return (
        output["output_type"] == "display_data"
        and set(data) == {"text/html", "text/plain"}
        and "".join(data["text/html"]) == payloads.get(name)
        and output["metadata"] == {MARK: {"release": name}}
    )


def faults_of_json(content: Any) -> tuple[str, ...]:
    """What of a published JSON file is not allowed: releases as the gate makes them, words and numbers."""
    if not isinstance(content, dict):
        return ("It is no JSON object.",)
    found = set()
    releases = content.get("releases", [])
    for entry in releases if isinstance(releases, list) else [None]:
        try:
            if not isinstance(entry, dict) or set(entry) != _RESULT:
                raise ValueError
            from_json(entry["release"])
        except (ReleaseRefused, ValueError, TypeError, KeyError):
            found.add("Something in it is no release of a known kind.")
    others = {name: value for name, value in content.items() if name != "releases"}
    if not all(_WORD.fullmatch(word) for word in strings(others)):
        found.add("It holds free text.")
    return tuple(sorted(found))


def strings(content: Any) -> Iterator[str]:
    """All strings of a JSON file, names included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield str(name)
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


def fragments(payloads: Mapping[str, str]) -> dict[str, HtmlReading]:
    """The payloads of the run record, read."""
    return {name: HtmlReading(html) for name, html in payloads.items()}
