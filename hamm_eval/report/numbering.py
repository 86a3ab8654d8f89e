"""Numbers of figures and tables, and hints at scrolling, written where releases left room for them."""

from __future__ import annotations

import re

from hamm_eval.report.wording import Wording

_PLACE = re.compile(r'<span class="he-number" data-count="(figure|table)"></span>')
_HINT = re.compile(r'(<p class="he-hint"[^>]*) data-count="(figure|table)">')


class Numbering:
    """Counts figures and tables through a page, or through a session in JupyterLab."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._counts = {"figure": 0, "table": 0}

    def fill(self, html: str) -> str:
        """The fragment with its numbers ("Abbildung 3", "Tabelle 2") and hints."""

        def number(match: re.Match[str]) -> str:
            counter = match[1]
            self._counts[counter] += 1
            words = self._wording.text(f"{counter}.number", n=self._counts[counter])
            return f'<span class="he-number">{words}</span>'

        def hint(match: re.Match[str]) -> str:
            return f"{match[1]}>{self._wording.text(f'{match[2]}.scroll_hint')}"

        return _HINT.sub(hint, _PLACE.sub(number, html))
