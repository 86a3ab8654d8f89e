"""What is published beside the page: the results for machines, the digests of all that went in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hamm_eval.params import Language, Params
from hamm_eval.pipeline.digest import Inputs, digest_bytes
from hamm_eval.pipeline.facts import versions
from hamm_eval.release.policy import policy_of
from hamm_eval.release.record import Entry

FORMAT = 1


def results_json(params: Params, inputs: Inputs, entries: Iterable[Entry]) -> bytes:
    """All releases of the run: the figures of the page, and nothing else."""
    return _json(
        {
            "format": FORMAT,
            "quarter": str(params.quarter),
            "data_cut": params.data_cut.isoformat(),
            "run_id": inputs.run_id,
            "releases": [
                {"notebook": entry.notebook, "order": entry.order, "id": entry.id, "release": entry.release}
                for entry in entries
            ],
        }
    )


def manifest_json(params: Params, inputs: Inputs, language: Language, files: Mapping[str, bytes]) -> bytes:
    """Digests of inputs and of every published file; no clock time, so that equal runs are equal bytes."""
    policy = policy_of(params)
    return _json(
        {
            "format": FORMAT,
            "quarter": str(params.quarter),
            "data_cut": params.data_cut.isoformat(),
            "language": language,
            "run_id": inputs.run_id,
            "inputs": inputs.digests(),
            "policy": {"name": policy.name, "digest": policy.digest, "file": inputs.policy},
            "versions": versions(),
            "files": {name: digest_bytes(content) for name, content in sorted(files.items())},
        }
    )


def _json(content: Mapping[str, Any]) -> bytes:
    """Sorted and indented: a difference between two runs is a difference of lines."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()
