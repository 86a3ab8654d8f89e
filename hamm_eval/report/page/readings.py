"""What stands once a section: how figures that are alike are read, and by what clock a target group lives."""

from __future__ import annotations

import re

from hamm_eval.report.wording import Wording

_PIECE = re.compile(
    r'<h2\b|<span class="he-number">(?P<number>[^<]*)</span>'
    r'|<div class="he-read"><p><strong>(?P<head>[^<]*)</strong>(?P<words>.*?)</p></div>'
    r'|<p class="he-group-of"><strong>(?P<group>[^<]*)</strong>[^<]*</p>',
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
        Where the same words stood before in the section, the box names the figure or table they stand under;
        over a further result of a target group its name is enough.
    """
    first: dict[tuple[str, str], str] = {}
    groups: set[str] = set()
    number = ""

    def replace(match: re.Match[str]) -> str:
        nonlocal number
        if match["group"] is not None:
            known = match[0] in groups
            groups.add(match[0])
            return f'<p class="he-group-of"><strong>{match["group"]}</strong></p>' if known else match[0]
        if match["head"] is None:
            number = match["number"] or ""
            if not number:
                first.clear()
                groups.clear()
            return match[0]
        box = match["head"], match["words"]
        if first.setdefault(box, number) == number:
            return match[0]
        alike = wording.text("page.read_alike", number=first[box])
        return f'<div class="he-read he-alike"><p><strong>{match["head"]}</strong> {alike}</p></div>'

    return _PIECE.sub(replace, html)
