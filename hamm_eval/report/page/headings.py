"""Headings of a section: one level down, with anchors, and collected for the contents."""

from __future__ import annotations

import re

from markupsafe import escape

_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1\s*>", re.DOTALL)
_ANCHOR_LINK = re.compile(r'<a\b[^>]*class="anchor-link"[^>]*>.*?</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def settle(html: str, anchor: str, whose: str = "") -> tuple[str, list[tuple[str, str]]]:
    """Headings of a notebook's body made headings of a section.

    The page has one first-level heading, so a notebook's ``h1`` becomes ``h2`` and so on. Links beside
    headings, which editors want and readers do not, go.

    Parameters
    ----------
    html : str
    anchor : str
        Beginning of the anchors, the notebook's name.
    whose : str
        Whom the section is about, where it is not the cohort: said before every question heading.

    Returns
    -------
    html, contents : str and list of (anchor, words)
        `words` of the question headings (former ``h1``), HTML without tags.

    Examples
    --------
    >>> settle("<h1 id='x'>Who?</h1><h2>More</h2>", "01_who")
    ('<h2 id="01_who-1">Who?</h2><h3>More</h3>', [('01_who-1', 'Who?')])
    >>> settle("<h1>Who?</h1>", "01_who-tolerated", "Tolerated")[1]
    [('01_who-tolerated-1', 'Tolerated: Who?')]
    """
    said = str(escape(whose))
    contents: list[tuple[str, str]] = []

    def replace(match: re.Match[str]) -> str:
        level, inner = int(match[1]), match[2].strip()
        if level > 1:
            lower = min(level + 1, 6)
            return f"<h{lower}>{inner}</h{lower}>"
        name = f"{anchor}-{len(contents) + 1}"
        words = _TAG.sub("", inner)
        contents.append((name, f"{said}: {words}" if said else words))
        before = f'<span class="he-whose">{said}:</span> ' if said else ""
        return f'<h2 id="{name}">{before}{inner}</h2>'

    return _HEADING.sub(replace, _ANCHOR_LINK.sub("", html)), contents
