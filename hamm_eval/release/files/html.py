"""HTML: an allow-list of elements and attributes. No script, nothing from outside or unseen."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from html.parser import HTMLParser

from hamm_eval.release.files.png import faults_of_png

_PAGE = frozenset(["html", "head", "title", "body", "header", "nav", "main", "footer", "meta", "style"])
_FRAGMENT = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div",
    "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "li", "ol", "p", "pre", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_METAS = (
    {"charset": "utf-8"},
    {"name": "viewport", "content": "width=device-width, initial-scale=1"},
    {"name": "referrer", "content": "no-referrer"},
)
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; "
    "form-action 'none'"
)
"""The Content-Security-Policy that every page must bear: nothing is loaded, no script runs."""

_NAME = r"[A-Za-z0-9_-]+"
_ATTRIBUTES = {
    name: re.compile(pattern)
    for name, pattern in {
        "class": rf"({_NAME})?( {_NAME})*",
        "id": _NAME,
        "href": rf"#{_NAME}",
        "scope": "row|col|rowgroup|colgroup",
        "colspan": "[0-9]{1,3}",
        "rowspan": "[0-9]{1,3}",
        "width": "[0-9]{1,5}",
        "height": "[0-9]{1,5}",
        "tabindex": "-?[0-9]",
        "role": "[a-z]+",
        "lang": "[a-z]{2}",
        "aria-hidden": "true|false",
        "aria-level": "[1-6]",
        "aria-labelledby": _NAME,
        "data-count": "figure|table",
        "style": "text-align: ?(left|right|center);?",  # columns of a table in Markdown
    }.items()
}
_SPOKEN = frozenset({"alt", "aria-label"})
_IMAGE = "data:image/png;base64,"
_WORDS = _PAGE | _FRAGMENT | _ATTRIBUTES.keys() | frozenset({
    "audio", "base", "button", "content", "details", "embed", "form", "hidden", "iframe", "input",
    "link", "math", "name", "object", "onclick", "onerror", "onload", "script", "select", "src",
    "srcset", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
_CELLS = frozenset({"td", "th", "dt", "dd", "li", "caption", "code"})
# Browsers drop what an end tag or a tag without its end holds, and the parser here does not report it.
_DROPPED = re.compile(r"</(?![A-Za-z][A-Za-z0-9]*\s*>)|<[A-Za-z/!?][^<>]*(?=<|$)")


class HtmlReading(HTMLParser):
    """One reading of a page or a fragment.

    Parameters
    ----------
    html : str
    page : bool
        Whether it is a whole page; a fragment has no head and no style.
    styles : iterable of str
        The style sheets that a page may bear, whole.

    Attributes
    ----------
    faults : set of str
        Sentences that say what is not allowed; never its content.
    spoken : set of str
        Texts of attributes that are read out, not seen.
    attributes, headings, cells : list of str
        Values of attributes, texts of headings of rows and columns, and of cells: what a short identifier
        would be the whole of.
    """

    def __init__(self, html: str, *, page: bool = False, styles: Iterable[str] = ()) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: set[str] = set()
        self.spoken: set[str] = set()
        self.attributes: list[str] = []
        self.headings: list[str] = []
        self.cells: list[str] = []
        self._page = page
        self._styles = frozenset(style.strip() for style in styles)
        self._metas: list[dict[str, str]] = []
        self._style: list[str] | None = None
        self._text: list[str] = []
        self._open: list[tuple[str, list[str]]] = []
        self.feed(html)
        self.close()
        if _DROPPED.search(html):
            self.faults.add("There is a tag that browsers do not show.")
        if page and {"http-equiv": "Content-Security-Policy", "content": POLICY} not in self._metas:
            self.faults.add("This page lacks the Content-Security-Policy that forbids script and loading.")

    @property
    def text(self) -> str:
        """What is read on the page."""
        return " ".join("".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element and its attributes."""
        given = {name: value or "" for name, value in attrs}
        if tag not in _FRAGMENT and not (self._page and tag in _PAGE):
            self.faults.add(f"The element <{_known(tag)}> is not allowed.")
            return
        if len(given) < len(attrs):
            self.faults.add("An attribute stands twice.")
        if tag == "meta":
            self._metas.append(given)
            if given not in _METAS and given.get("http-equiv") != "Content-Security-Policy":
                self.faults.add("The page holds metadata of an unknown kind.")
            return
        if tag == "style":
            self._style = []
        if tag in _CELLS:
            self._open.append((tag, []))
        for name, value in given.items():
            self._attribute(tag, name, value)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        """One attribute: a name we know with a value of its form, a spoken text, or an image."""
        if tag == "img" and name == "src":
            self._image(value)
        elif name in _SPOKEN:
            self.spoken.add(" ".join(value.split()))
            self.attributes.append(value)
        elif name not in _ATTRIBUTES or not _ATTRIBUTES[name].fullmatch(value):
            what = "refers to something outside" if name in ("href", "src") else "is not allowed"
            self.faults.add(f"The attribute {_known(name)} of <{tag}> {what}.")
        elif name in ("class", "id"):
            self.attributes += value.split()

    def _image(self, source: str) -> None:
        """An image within the page, nameless and without metadata."""
        if not source.startswith(_IMAGE):
            self.faults.add("An image is not a nameless PNG within the page.")
            return
        try:
            content = base64.b64decode(source.removeprefix(_IMAGE), validate=True)
        except binascii.Error:
            self.faults.add("An image is damaged.")
            return
        self.faults.update(faults_of_png(content))

    def handle_endtag(self, tag: str) -> None:
        """The end of an element that may stand there, of a style sheet, or of a cell."""
        if tag not in _FRAGMENT and not (self._page and tag in _PAGE):
            self.faults.add(f"The element <{_known(tag)}> is not allowed.")
        if tag == "style" and self._style is not None:
            if "".join(self._style).strip() not in self._styles:
                self.faults.add("The page bears another style sheet than that of the report.")
            self._style = None
        if tag in _CELLS and any(name == tag for name, _ in self._open):
            while self._open:
                name, words = self._open.pop()
                (self.headings if name == "th" else self.cells).append(" ".join("".join(words).split()))
                if name == tag:
                    break

    def handle_data(self, data: str) -> None:
        """Text, or a style sheet."""
        if self._style is not None:
            self._style.append(data)
            return
        self._text.append(data)
        for _, words in self._open:
            words.append(data)

    def handle_comment(self, data: str) -> None:
        """Nobody sees a comment."""
        self.faults.add("There is a comment in it, which nobody sees.")

    def handle_decl(self, decl: str) -> None:
        """No other declaration than that of HTML."""
        if not self._page or decl.casefold() != "doctype html":
            self.faults.add("There is a declaration in it.")

    def unknown_decl(self, data: str) -> None:
        """CDATA and the like."""
        self.faults.add("There is a declaration in it.")

    def handle_pi(self, data: str) -> None:
        """A processing instruction."""
        self.faults.add("There is a processing instruction in it.")


def faults_of_page(page: HtmlReading, payloads: Iterable[HtmlReading]) -> tuple[str, ...]:
    """What of a page is not allowed.

    Parameters
    ----------
    page : HtmlReading
    payloads : iterable of HtmlReading
        What the run record let out: a text that is only read out must be a part of it, or be seen as well.
    """
    released = set().union(*(payload.spoken for payload in payloads))
    unseen = [words for words in page.spoken - released if words and words not in page.text]
    found = sorted(page.faults)
    if unseen:
        found.append("An attribute holds a text that is neither seen nor released.")
    return tuple(found)


def _known(name: str) -> str:
    """A name as a message may carry it: words of HTML are no data, any other may be."""
    return "data-*" if name.startswith("data-") else name if name in _WORDS else "(unknown)"
