"""Reading back what was published: the former quarter for comparison, the same run for JupyterLab."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from pathlib import Path

from hamm_eval.errors import ReleaseRefused, UsageError
from hamm_eval.params import Language, Params
from hamm_eval.pipeline.digest import digest_inputs
from hamm_eval.pipeline.plan import plan_run
from hamm_eval.pipeline.publish import MANIFEST
from hamm_eval.pipeline.registering import earlier_curves
from hamm_eval.release.json import from_json
from hamm_eval.release.known_curves import NOTHING_EARLIER, EarlierCurves
from hamm_eval.release.released import Release
from hamm_eval.report.release_report.content import PublishedQuarter, PublishedRelease
from hamm_eval.vocabulary import Quarter

RESULTS = "results.json"
FORMER = "former-results.json"
"""Name of the former quarter's results in a run's private folder: an input of the run."""

EARLIER_CURVES = "earlier-curves.json"
"""Name of what earlier quarters have told of curves in a run's private folder: an input of the run."""


def earlier_curves_bytes(root: Path, out: Path, quarter: str) -> bytes:
    """What the quarters before one have told of curves, as a run stores it."""
    told = earlier_curves(root, out, quarter).to_json()
    return json.dumps(told, sort_keys=True).encode("utf-8") if told else b""


def curves_in(content: bytes) -> EarlierCurves:
    """What `earlier_curves_bytes` stored."""
    return EarlierCurves.from_json(json.loads(content)) if content else NOTHING_EARLIER


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


def published_quarters(out: Path) -> tuple[PublishedQuarter, ...]:
    """Every quarter that is published in a folder, in order.

    Raises
    ------
    UsageError
        No quarter is published there.
    ReleaseRefused
        What is published is not what a run of this version publishes.
    """
    found = []
    for folder in sorted(out.iterdir()) if out.is_dir() else ():
        with suppress(UsageError):
            quarter = Quarter.parse(folder.name)
            if (folder / RESULTS).is_file():
                found.append(_published(folder, quarter))
    if not found:
        raise UsageError(
            "No quarter is published in this folder.", where=str(out), todo="Run hamm-eval report first."
        )
    return tuple(found)


def _published(folder: Path, quarter: Quarter) -> PublishedQuarter:
    """One published quarter, as its results and its manifest say."""
    results = (folder / RESULTS).read_bytes()
    releases = releases_in(results)
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        policy = manifest["policy"]
        notebooks = [str(entry["notebook"]) for entry in json.loads(results)["releases"]]
        return PublishedQuarter(
            quarter=quarter,
            data_cut=dt.date.fromisoformat(manifest["data_cut"]),
            run_id=str(manifest["run_id"]),
            policy=str(policy["name"]),
            policy_digest=str(policy["digest"]),
            policy_file=str(policy.get("file", "")),
            releases=tuple(map(PublishedRelease, notebooks, releases)),
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise ReleaseRefused(
            "The manifest published earlier cannot be read.",
            where=f"{folder.name}/{MANIFEST}",
            todo="It may be from another version: publish that quarter again.",
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
        former_results(out, params.quarter) + earlier_curves_bytes(root, out, str(params.quarter)),
        content=content,
    )
    return results if inputs.run_id == published else b""
