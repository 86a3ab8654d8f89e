"""What a misspelt name was probably meant to be: the one place that messages ask."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LEAST_ALIKE = 0.6
_LEAST_OF_A_BEGINNING = 2


def nearest(name: str, among: Iterable[str]) -> str | None:
    """The one of `among` that is written most alike, whatever its case; None where none is alike.

    Examples
    --------
    >>> nearest("Sexx", ["age_group", "sex"])
    'sex'
    """
    by_case = {word.casefold(): word for word in among}
    found = difflib.get_close_matches(name.casefold(), by_case, n=1, cutoff=_LEAST_ALIKE)
    return by_case[found[0]] if found else None


def did_you_mean(name: str, among: Iterable[str], *, known: str = "Known") -> str:
    """What to do about a name that does not exist: the nearest one, or all that there are.

    Parameters
    ----------
    name : str
        As it was written: a key of a file or an argument of a call, never a value of the data.
    among : iterable of str
        The names that exist. One that begins as was written is taken to be meant before one that is alike.
    known : str
        What the list is announced by where no name is near.

    Returns
    -------
    str
        A sentence for an error's `todo`.

    Examples
    --------
    >>> did_you_mean("02_time", ["01_who", "02_time_to_integration"])
    'Did you mean 02_time_to_integration?'
    >>> did_you_mean("height", ["age", "sex"], known="Known keys")
    'Known keys: age, sex.'
    """
    words = list(among)
    begun = (word for word in words if len(name) >= _LEAST_OF_A_BEGINNING and word.startswith(name))
    near = next(begun, None) or nearest(name, words)
    return f"Did you mean {near}?" if near else f"{known}: {', '.join(words) or 'none'}."
