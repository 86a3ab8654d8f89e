"""Pages with tables that are generated between marks."""

from __future__ import annotations

import re
from collections.abc import Mapping


def with_tables(page: str, tables: Mapping[str, str]) -> str:
    r"""The page with every table between its marks written anew.

    Raises
    ------
    ValueError
        A table has no place in the page, or several.

    Examples
    --------
    >>> print(with_tables("<!-- ages: begin -->\nold\n<!-- ages: end -->", {"ages": "new"}))
    <!-- ages: begin -->
    new
    <!-- ages: end -->
    """
    for name, rows in tables.items():
        marks = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
        found = re.compile(f"{marks[0]}.*?{marks[1]}", re.DOTALL)
        if len(found.findall(page)) != 1:
            raise ValueError(f"the page has no single place for the table {name}")
        before, after = found.split(page)
        page = f"{before}{marks[0]}{rows}\n{marks[1]}{after}"
    return page
