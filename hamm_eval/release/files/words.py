"""What words and numbers of a file that no release stands behind may not say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hamm_eval.release.policy import Policy

PATH = "It holds the path of a folder: it names users, offices or people."
_PATH = re.compile(
    r"(?<![A-Za-z])[A-Za-z]:[\\/]\w|\\\\\w+\\|file:/|(?<![\w/.])~?/(home|Users|root|mnt|media|srv|opt|tmp|var)/",
    re.IGNORECASE,
)


def holds_path(text: str) -> bool:
    """Whether a text names a folder of somebody's computer.

    Examples
    --------
    >>> [holds_path(text) for text in ("C:/Users/x", "file:///x", "/home/x", "Frauen/Männer", "https://x")]
    [True, True, True, False, False]
    """
    return _PATH.search(text) is not None


def small_counts(numbers: Iterable[float], policy: Policy) -> int:
    """How many numbers are whole and so small that a policy hides such counts.

    Examples
    --------
    >>> small_counts([0, 3, 7, 8, 0.5, 45], Policy.strict())
    2
    """
    least = 0 if policy.sensitive_throughout else 1
    return sum(least <= value <= policy.largest_hidden_count and value == int(value) for value in numbers)


def small_count_fault(many: int, policy: Policy) -> str:
    """The sentence that says so."""
    return f"{many} numbers are no larger than {policy.largest_hidden_count}: counts like these are hidden."
