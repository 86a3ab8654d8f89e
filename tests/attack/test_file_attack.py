"""Names hidden in a file that is about to be published: each is read from the file, and each stops it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from file_samples import ENTRY, NAME, PAYLOAD, STYLE, image, notebook, page, png, published, results

from hamm_eval.errors import Problem
from hamm_eval.release.files import scan_files

SECRET = "Aziza Haddad"
ID = "H-000417"


def scan(files: dict[str, bytes], *identifiers: str) -> tuple[Problem, ...]:
    return scan_files(files, [ENTRY], identifiers, styles=[STYLE])


def in_text(content: bytes) -> str:
    return content.decode()


def in_images(content: bytes) -> str:
    """Whatever the chunks of all images on a page hold, unpacked."""
    found = []
    for source in re.findall(rb"base64,([A-Za-z0-9+/=]+)", content):
        whole = base64.b64decode(source)
        found.append(whole.decode("latin-1"))
        for at in range(len(whole)):
            if whole[at : at + 2] == b"x\x9c":
                try:
                    found.append(zlib.decompressobj().decompress(whole[at:]).decode("latin-1"))
                except zlib.error:
                    continue
    return " ".join(found)


PAGES: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "data_attribute": (page(f'<p data-person="{SECRET}">Nichts</p>'), in_text),
    "title": (page(f'<p title="{SECRET}">Nichts</p>'), in_text),
    "alt": (page(image(png(), alt=SECRET)), in_text),
    "aria_label": (page(f'<div role="region" aria-label="{SECRET}">Nichts</div>'), in_text),
    "hidden": (page(f"<p hidden>{SECRET}</p>"), in_text),
    "not_displayed": (page(f'<p style="display:none">{SECRET}</p>'), in_text),
    "comment": (page(f"<!-- {SECRET} -->"), in_text),
    "declaration": (page(f"<![CDATA[{SECRET}]]>"), in_text),
    "instruction": (page(f"<?person {SECRET}?>"), in_text),
    "class": (page(f'<p class="{SECRET.replace(" ", "é")}">x</p>').replace("é", "@"), lambda c: SECRET
              if SECRET.replace(" ", "@").encode() in c else ""),
    "script": (page(f"<script>const person = '{SECRET}'</script>"), in_text),
    "handler": (page(f'<p onclick="alert(\'{SECRET}\')">x</p>'), in_text),
    "template": (page(f"<template>{SECRET}</template>"), in_text),
    "input": (page(f'<input value="{SECRET}">'), in_text),
    "vector_image": (page(f"<svg><desc>{SECRET}</desc></svg>"), in_text),
    "style": (page("x", style=f"{STYLE} /* {SECRET} */"), in_text),
    "second_style": (page(f"<style>p::after{{content:'{SECRET}'}}</style>"), in_text),
    "meta": (page("x", head=f'<meta name="author" content="{SECRET}">'), in_text),
    "link": (page(f'<a href="https://example.org/?of={SECRET}">x</a>'), in_text),
    "outside_image": (page(f'<img src="https://example.org/{SECRET}.png" alt="">'), in_text),
    "image_name": (page(image(png()).replace("image/png;", f"image/png;name={SECRET};")), in_text),
    "image_text": (page(image(png((b"tEXt", b"Title\0" + SECRET.encode())))), in_images),
    "image_international": (page(image(png((b"iTXt", b"Title\0\0\0\0\0" + SECRET.encode())))), in_images),
    "image_packed": (page(image(png((b"zTXt", b"T\0\0" + zlib.compress(SECRET.encode()))))), in_images),
    "image_exif": (page(image(png((b"eXIf", b"MM\0*" + SECRET.encode())))), in_images),
    "image_private": (page(image(png((b"prVt", SECRET.encode())))), in_images),
    "image_appended": (page(image(png(behind=SECRET.encode()))), in_images),
    "image_long_chunk": (page(image(png((b"gAMA", SECRET.encode())))), in_images),
    "image_chunk_twice": (page(image(png((b"sRGB", b"\0"), (b"cHRM", SECRET.encode().ljust(32)),
                                         (b"cHRM", bytes(32))))), in_images),
    "image_unused_palette": (page(image(png((b"PLTE", SECRET.encode())))), in_images),
    "image_more_rows": (page(image(png(pixels=b"\0\x80" + SECRET.encode()))), in_images),
    "image_behind_pixels": (page(image(png(packed=zlib.compress(b"\0\x80") + SECRET.encode()))), in_images),
    "end_tag": (page(f'<p>Nichts</p data-person="{SECRET}">'), in_text),
    "end_of_unknown": (page("<p>Nichts</aziza-haddad>"), lambda c: SECRET
                       if b"aziza-haddad" in c else ""),
    "open_tag": (page("x") + f"<p class='{SECRET}", in_text),
    "open_comment": (page("x") + f"<!-- {SECRET}", in_text),
}  # fmt: skip


def test_what_has_nothing_to_hide_is_published() -> None:
    assert scan(published(), ID, "12", "P12") == ()


@pytest.mark.parametrize("name", PAGES)
def test_a_name_that_nobody_sees_stops_the_page(name: str) -> None:
    html, read = PAGES[name]
    content = html.encode()
    # Without the scan: whoever opens the file's source reads the name.
    assert SECRET in read(content)
    # With it, although nobody told that this is a name.
    problems = scan({"index.html": content})
    assert problems
    assert {problem.where for problem in problems} == {"index.html"}
    assert not any("Aziza" in str(problem) for problem in problems)


def test_a_page_without_its_policy_could_load_from_outside() -> None:
    loose = page("x", policy="default-src *")
    assert "default-src *" in loose
    assert scan({"index.html": loose.encode()})
    assert scan({"index.html": b"<!DOCTYPE html><html><body>x</body></html>"})


def test_a_text_for_screen_readers_passes_where_it_is_released_or_seen() -> None:
    seen = '<div role="region" tabindex="0" aria-label="Wer zählt?"><p>Wer zählt?</p></div>'
    assert scan({"index.html": page(PAYLOAD + seen).encode()}) == ()
    assert scan({"index.html": page(PAYLOAD + seen.replace("<p>Wer zählt?</p>", "")).encode()})


@pytest.mark.parametrize(
    "markup",
    [
        f"<td>{ID}</td>",
        "<td>H-00<b>04</b>17</td>",
        "<td>H&#45;000417</td>",
        "<td>H-0004\u00ad17</td>",
        "<td>base64, H000417</td>",
        "<td>data:image/png;base64,H000417</td>",
        '<td class="H-000417">x</td>',
    ],
)
def test_an_identifier_stops_the_page_however_it_is_written(markup: str) -> None:
    files = {"index.html": page(f"<table><tr>{markup}</tr></table>").encode()}
    assert scan(files) == ()
    (problem,) = scan(files, "H000417" if "base64" in markup else ID, "H-000418")
    assert problem.what == "1 identifiers of the data occur in this file."


def test_a_short_identifier_stops_the_page_where_it_is_the_whole_of_a_field() -> None:
    def found(markup: str, *identifiers: str) -> int:
        return len(scan({"index.html": page(f"<table><tr>{markup}</tr></table>").encode()}, *identifiers))

    assert found("<th>P12</th>", "P12") == found("<td>P12</td>", "P12") == 1
    assert found("<th>117</th>", "117") == found('<td class="P12">x</td>', "P12") == 1
    # A word that holds it by chance, and a count, are none.
    assert found("<td>P123 of P12</td>", "P12") == found("<td>117</td>", "117") == 0


def changed(change: Callable[[Any], None]) -> bytes:
    book = json.loads(notebook())
    change(book)
    return json.dumps(book).encode()


def put(*path: Any, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for step in path[:-1]:
            book = book[step]
        book[path[-1]] = value

    return change


OUTPUT = ("cells", 1, "outputs", 0)


@pytest.mark.parametrize(
    "change",
    [
        put("metadata", "papermill", value={"parameters": SECRET}),
        put("metadata", "widgets", value=SECRET),
        put("signature", value=SECRET),
        put("cells", 0, "attachments", value={"plan.png": {"text/plain": SECRET}}),
        put("cells", 0, "metadata", "note", value=SECRET),
        put("cells", 0, "source", value=f"<!-- {SECRET} -->"),
        put("cells", 0, "source", value=f"![x](https://example.org/{SECRET}.png)"),
        put("cells", 0, "source", value=f"<img src=x onerror='say(\"{SECRET}\")'>"),
        put("cells", 0, "source", value=f"<p hidden>{SECRET}</p>"),
        put("cells", 0, "source", value=f"<p onclick=say({ID})>{SECRET}</p>"),
        put("cells", 0, "source", value=f"<template>{SECRET}</template>"),
        put(
            "cells", 0, "source", value=f'<meta http-equiv=refresh content="0;https://example.org/{SECRET}">'
        ),
        put("cells", 0, "source", value=f"[//]: # ({SECRET})"),
        put("cells", 0, "source", value=f"![x][1]\n\n[1]: https://example.org/{SECRET}.png"),
        put(*OUTPUT, "data", "text/html", value=f"<p>{SECRET}</p>"),
        put(*OUTPUT, "data", "image/png", value=SECRET),
        put(*OUTPUT, "data", "application/vnd.jupyter.widget-view+json", value={"model_id": SECRET}),
        put(*OUTPUT, "data", "text/plain", value=SECRET),
        put(*OUTPUT, "metadata", "note", value=SECRET),
        put(*OUTPUT, "transient", value={"display_id": SECRET}),
        put(*OUTPUT, "output_type", value="execute_result"),
        put("cells", 1, "outputs", value=[{"output_type": "stream", "name": "stdout", "text": SECRET}]),
        put("cells", 1, "outputs", value=[{"output_type": "error", "ename": "KeyError", "evalue": SECRET}]),
    ],
)
def test_a_notebook_with_anything_but_released_outputs_is_stopped(change: Callable[[Any], None]) -> None:
    content = changed(change)
    assert content != notebook()
    problems = scan({f"{NAME}.ipynb": content})
    assert problems
    assert not any("Aziza" in str(problem) for problem in problems)


def test_results_with_anything_but_releases_are_stopped() -> None:
    def found(change: Callable[[Any], None]) -> tuple[Problem, ...]:
        content = results()
        change(content)
        return scan({"results.json": json.dumps(content).encode()}, "P12")

    assert found(lambda content: None) == ()
    assert found(put("note", value=f"{SECRET}: geduldet, über Würzburg"))
    assert found(put("releases", 0, "note", value=SECRET))
    assert found(put("releases", 0, "release", "note", value=SECRET))
    assert found(put("releases", 0, "release", "kind", value=SECRET))
    assert found(put("releases", 0, "release", "rows", 0, value="P12"))
    assert scan({"results.json": b'{"a": "x", "a": "y"}'})
    assert scan({"results.json": b"[1]"})


@pytest.mark.parametrize("name", ["people.csv", "report.svg", "report.docx", "page.html.bak", "notes"])
def test_a_file_of_an_unknown_type_is_not_published(name: str) -> None:
    (problem,) = scan({name: SECRET.encode()})
    assert problem.where == name


def test_what_the_record_holds_is_looked_through_too() -> None:
    from dataclasses import replace

    careless = replace(ENTRY, html=f"<p title='{SECRET}'>120</p>")
    problems = scan_files({}, [careless], [], styles=[])
    assert [problem.where for problem in problems] == [ENTRY.id]
    assert "Aziza" not in str(problems[0])
