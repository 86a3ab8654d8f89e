"""One tree of errors, each with an exit code. Imports nothing of the package.

A message names what is wrong, where, and what to do. It never carries a data
value: messages reach logs, notebooks and consoles, and the data are about
refugees. Values go to a private findings file, never into an exception.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where, and what to do about it.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence, without any data value.
    where : str
        A file with line and column, a YAML path, an argument's name.
    todo : str
        What the reader can do now.
    """

    what: str
    where: str = ""
    todo: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.todo}" if self.todo else ""
        return f"{place}{self.what}{advice}"


class HammEvalError(Exception):
    """Anything this library refuses or cannot do. Exit code 1 unless a subclass says otherwise."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.problems: tuple[Problem, ...] = (Problem(what, where, todo),)
        super().__init__(str(self.problems[0]))

    @classmethod
    def of(cls, problems: Iterable[Problem], heading: str = "") -> HammEvalError:
        """One error for many problems, so that all of them are seen at once.

        What is to be done about several problems that follow one another is said once, below them.
        """
        found = tuple(problems)
        lines = [heading] if heading else []
        mark = "- " if heading or len(found) > 1 else ""
        for todo, alike in groupby(found, key=lambda problem: problem.todo):
            together = tuple(alike)
            if todo and len(together) > 1:
                lines += [f"{mark}{Problem(problem.what, problem.where)}" for problem in together]
                lines.append(f"  {todo}")
            else:
                lines += [f"{mark}{problem}" for problem in together]
        error = cls("\n".join(lines))
        error.problems = found
        return error


class UsageError(HammEvalError):
    """The command line or the call is wrong."""

    exit_code = 2


class ParamsError(UsageError):
    """A params or mapping file is wrong; each problem has its YAML path and line."""


class InputError(HammEvalError, ValueError):
    """Data cannot be used: an array, a column, an export. Names positions, never values."""

    exit_code = 3


class IntakeRefused(InputError):
    """An export was refused by its checks."""


class NotEstimable(InputError):
    """The data given cannot carry the estimate that was asked for; says why."""


class ReleaseRefused(HammEvalError):
    """Something would leave that has not passed the release gate."""

    exit_code = 4


class NotebookFailed(HammEvalError):
    """A notebook did not run to its end."""

    exit_code = 5


class QuarterLocked(HammEvalError):
    """Another run is writing the same quarter."""

    exit_code = 6
