"""What words and numbers of a file that no release stands behind may not say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from hamm_eval.release.policy import Policy

PATH = "It holds the path of a folder: it names users, offices or people."
_PATH = re.compile(
    r"(?<![A-Za-z])[A-Za-z]:[\\/]\w|\\\\\w+\\|file:/|(?<![\w/.])~?/(home|Users|root|mnt|media|srv|opt|tmp|var)/",
    re.IGNORECASE,
)


@dataclass(slots=True)
class FileReading:
    """One reading of a file that somebody put beside the report.

    Attributes
    ----------
    faults : set of str
        Sentences that say what is not allowed; never its content.
    texts : list of str
        All text of whatever part: where identifiers are looked for.
    cells : list of str
        Texts of cells or words of pages: what a short identifier would be the whole of.
    """

    faults: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)

    def judge_paths(self) -> None:
        """A fault where any text names a folder of somebody's computer."""
        if any(map(holds_path, self.texts)):
            self.faults.add(PATH)


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
