"""How a figure is read stands once a section: the figures after it that are read alike point to the first."""

from __future__ import annotations

import re

from hamm_eval.report.wording import Wording

_PIECE = re.compile(
    r'<h2\b|<span class="he-number">(?P<number>[^<]*)</span>'
    r'|<div class="he-read"><p><strong>(?P<head>[^<]*)</strong>(?P<words>.*?)</p></div>',
    re.DOTALL,
)


def once_a_section(html: str, wording: Wording) -> str:
    """The numbered page with every box "So lesen Sie ..." once a section (``h2``).

    Parameters
    ----------
    html : str
        With its numbers filled in.
    wording : Wording

    Returns
    -------
    str
        Where the same words stood before in the section, the box names the figure or table they stand under.
    """
    first: dict[tuple[str, str], str] = {}
    number = ""

    def replace(match: re.Match[str]) -> str:
        nonlocal number
        if match["head"] is None:
            number = match["number"] or ""
            if not number:
                first.clear()
            return match[0]
        box = match["head"], match["words"]
        if first.setdefault(box, number) == number:
            return match[0]
        alike = wording.text("page.read_alike", number=first[box])
        return f'<div class="he-read"><p><strong>{match["head"]}</strong> {alike}</p></div>'

    return _PIECE.sub(replace, html)
