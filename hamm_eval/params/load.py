"""Params from their file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from hamm_eval.params.contradictions import contradictions_between
from hamm_eval.params.quarter import Params
from hamm_eval.project import find_root
from hamm_eval.yaml_models import Contradiction, load_yaml_model


def load_params(
    path: Path, *, contradictions: Callable[[Params], Iterable[Contradiction]] | None = None
) -> Params:
    """Read and check one params file, and its policy file; `ParamsError` names everything wrong at once.

    Parameters
    ----------
    path : Path
    contradictions : callable, optional
        What rooms above find wrong besides, as words that the tables do not know.

    Raises
    ------
    UsageError
        The file is not there or cannot be read.
    ParamsError
        Everything that is wrong, each problem with file, line and YAML path.
    """

    def all_found(params: Params) -> Iterator[Contradiction]:
        yield from contradictions_between(params)
        if contradictions is not None:
            yield from contradictions(params)

    params = load_yaml_model(path, Params, contradictions=all_found)
    if params.release.policy_file is None:
        return params
    release = params.release.with_file(find_root(path.resolve().parent))
    return params.model_copy(update={"release": release})


def json_schema() -> dict[str, Any]:
    """JSON Schema of a params file, for editors."""
    return Params.model_json_schema()
