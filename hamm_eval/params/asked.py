"""What params ask under a key, or what keys there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from hamm_eval.errors import UsageError

Question = TypeVar("Question")


def asked_under(questions: Mapping[str, Question], key: str, *, what: str, where: str) -> Question:
    """The question of that name.

    Parameters
    ----------
    questions : mapping of key to question
        One section of params.
    key : str
    what : str
        What such a question is called, as "path".
    where : str
        The section's YAML path.

    Raises
    ------
    UsageError
        Params do not ask for it: names the keys that there are.
    """
    if key not in questions:
        raise UsageError(
            f"There is no such {what} in params.",
            where=where,
            todo=f"Known: {', '.join(questions) or 'none'}.",
        )
    return questions[key]
