"""Reading back what was published: the former quarter for comparison, the same run for JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path

from hamm_eval.errors import ReleaseRefused
from hamm_eval.params import Language, Params
from hamm_eval.pipeline.digest import digest_inputs
from hamm_eval.pipeline.plan import plan_run
from hamm_eval.release.json import from_json
from hamm_eval.release.released import Release
from hamm_eval.vocabulary import Quarter

RESULTS = "results.json"
FORMER = "former-results.json"
"""Name of the former quarter's results in a run's private folder: an input of the run."""


def former_results(out: Path, quarter: Quarter) -> bytes:
    """The former quarter's published results; nothing where there is no such report."""
    try:
        return (out / str(quarter.previous) / RESULTS).read_bytes()
    except OSError:
        return b""


def releases_in(results: bytes) -> tuple[Release, ...]:
    """The releases of a published ``results.json``; none where it is empty.

    Raises
    ------
    ReleaseRefused
        The file is not what a run of this version publishes.
    """
    if not results:
        return ()
    try:
        return tuple(from_json(entry["release"]) for entry in json.loads(results)["releases"])
    except (ValueError, KeyError, TypeError):
        raise ReleaseRefused(
            "The results published earlier cannot be read.",
            where=RESULTS,
            todo="They may be from another version: publish that quarter again, or move its report away.",
        ) from None


def results_of_same_run(
    out: Path, params: Params, path: Path, root: Path, language: Language, *, content: str = ""
) -> bytes:
    """Results that a run of the very same inputs has published; nothing where there are none.

    `content` is the digest of what was read, as `digest_inputs` takes it.
    """
    try:
        results = (out / str(params.quarter) / RESULTS).read_bytes()
        published = str(json.loads(results)["run_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return b""
    inputs = digest_inputs(
        params,
        path,
        root,
        plan_run(params, path, root),
        language,
        former_results(out, params.quarter),
        content=content,
    )
    return results if inputs.run_id == published else b""
