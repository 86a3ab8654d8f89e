"""The last look: over every file that is about to be published, whatever made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hamm_eval.errors import Problem
from hamm_eval.release.files.html import HtmlReading, faults_of_page
from hamm_eval.release.files.notebook import (
    faults_of_json,
    faults_of_notebook,
    fragments,
    load_json,
    strings,
)
from hamm_eval.release.files.pdf import read_pdf
from hamm_eval.release.files.png import faults_of_png
from hamm_eval.release.files.xlsx import read_xlsx
from hamm_eval.release.identifiers import IdentifierSearch
from hamm_eval.release.policy import Policy
from hamm_eval.release.record import Entry

KNOWN_TYPES = (".html", ".ipynb", ".json", ".pdf", ".png", ".xlsx")
_BUG = "Please report this as a bug."
_PLAIN = (
    "Show results with study.show; a file beside them holds plain values that all may see, or stays away."
)
_LONGER = "Is it one by chance? Then give people longer pseudonyms: hamm-eval pseudonymise."


def scan_files(
    files: Mapping[str, bytes],
    entries: Iterable[Entry],
    identifiers: Iterable[str],
    *,
    styles: Iterable[str] = (),
    policy: Policy | None = None,
) -> tuple[Problem, ...]:
    """What speaks against publishing these files.

    Parameters
    ----------
    files : mapping of str to bytes
        Everything that is published, by name.
    entries : iterable of Entry
        The run record.
    identifiers : iterable of str
        Of the case file.
    styles : iterable of str
        The style sheets that pages bear.
    policy : Policy, optional
        Says which counts are too small for a workbook or a document, behind which no release stands; `strict`
        by default.

    Returns
    -------
    tuple of Problem
        By file; never a value. Files of other types than HTML, notebooks, JSON, PNG, XLSX and PDF are a
        problem of their own: what is not looked through is not published.
    """
    payloads = {entry.id: entry.html for entry in entries}
    read = fragments(payloads)
    search = IdentifierSearch(identifiers)
    sheets = tuple(styles)
    found: list[Problem] = []
    for name in sorted(read):
        found += [Problem(fault, name, _BUG) for fault in sorted(read[name].faults)]
    for name, content in sorted(files.items()):
        found += [
            Problem(what, name, todo)
            for what, todo in _faults(
                name, content, payloads, read, search, sheets, policy or Policy.strict()
            )
        ]
    return tuple(found)


def _faults(
    name: str,
    content: bytes,
    payloads: Mapping[str, str],
    read: Mapping[str, HtmlReading],
    search: IdentifierSearch,
    styles: tuple[str, ...],
    policy: Policy,
) -> Iterator[tuple[str, str]]:
    """What is wrong with one file, and what to do."""
    kind = f".{name.rpartition('.')[2]}"
    if kind not in KNOWN_TYPES:
        yield (
            "Files of this type are not looked through, so none is published.",
            f"Known: {', '.join(KNOWN_TYPES)}.",
        )
        return
    if kind == ".png":
        yield from ((fault, _BUG) for fault in faults_of_png(content))
        return
    if kind in (".xlsx", ".pdf"):
        yield from _document(content, kind, search, policy)
        return
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield "It is not UTF-8.", _BUG
        return
    if kind == ".html":
        page = HtmlReading(text, page=True, styles=styles)
        yield from ((fault, _BUG) for fault in faults_of_page(page, read.values()))
        # A name may be broken by markup, or stand in what is not seen.
        found = max(search.in_text(text), search.in_text(page.text))
        # Where counts stand, any small number may be an identifier by chance.
        short = search.in_fields([*page.headings, *page.attributes])
        short += search.in_fields(page.cells, numbers=False)
    else:
        book = load_json(content)
        faults = faults_of_notebook(book, payloads) if kind == ".ipynb" else faults_of_json(book)
        yield from ((fault, _BUG) for fault in faults)
        found = search.in_text(text)
        short = search.in_fields(strings(book)) if kind == ".json" else 0
    yield from _identifiers(found, short)


def _document(
    content: bytes, kind: str, search: IdentifierSearch, policy: Policy
) -> Iterator[tuple[str, str]]:
    """A workbook or a document, which somebody put into the folder by hand."""
    reading = read_xlsx(content, policy) if kind == ".xlsx" else read_pdf(content, policy)
    yield from ((fault, _PLAIN) for fault in sorted(reading.faults))
    # A name may be broken by the format of its letters, or stand over two lines.
    joined = "".join(reading.texts)
    found = max(search.in_text("\n".join(reading.texts)), search.in_text("".join(joined.split())))
    yield from _identifiers(found, search.in_fields(reading.cells, numbers=False))


def _identifiers(found: int, short: int) -> Iterator[tuple[str, str]]:
    """Identifiers that occur."""
    if found:
        yield f"{found} identifiers of the data occur in this file.", _BUG
    if short:
        yield f"{short} short identifiers of the data are the whole of a field in this file.", _LONGER
