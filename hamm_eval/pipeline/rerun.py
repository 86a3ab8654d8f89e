"""What can be told of a quarter that is published already, before its notebooks run once more."""

from __future__ import annotations

import json
from pathlib import Path

from hamm_eval.pipeline.digest import Inputs
from hamm_eval.pipeline.publish import MANIFEST, manifest_at
from hamm_eval.pipeline.registering import open_register, register_path
from hamm_eval.release.register import Publication

_INPUTS = {
    "data": "the data",
    "params": "the params file",
    "package": "hamm_eval",
    "lock": "the libraries",
    "notebooks": "the notebooks",
    "former": "the former quarter's report",
    "policy": "the policy file",
}


def warn_of_other_inputs(root: Path, out: Path, quarter: str, inputs: Inputs) -> str:
    """What to know before a published quarter is made of other inputs; "" where there is nothing to say.

    Other inputs may give the same figures, as after a new wording: whether they do is known only at the end.

    Parameters
    ----------
    root, out : Path
    quarter : str
    inputs : Inputs
        Of the run that is about to start.

    Returns
    -------
    str
        Sentences for whoever started the run.
    """
    if not register_path(root, out).exists():
        return ""
    with open_register(root, out) as register:
        published = register.published().get(quarter)
    if published is None or published.run_id == inputs.run_id:
        return ""
    changed = _changed(out, published, inputs)
    if changed == ():
        return ""  # the language of the report alone
    what = f" ({', '.join(changed)})" if changed else ""
    return (
        f"{quarter} is published already, from other inputs{what}. If a figure differs, this report will "
        "be refused at the end: corrections appear in the next quarter's report as restatements. "
        "To try things out, publish elsewhere with --out DIR."
    )


def _changed(out: Path, published: Publication, inputs: Inputs) -> tuple[str, ...] | None:
    """Which inputs differ from those of the published report; None where it no longer tells."""
    if manifest_at(out, published.quarter) != published.manifest:
        return None
    try:
        before = dict(json.loads((out / published.quarter / MANIFEST).read_bytes())["inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    now = inputs.digests()
    return tuple(name for key, name in _INPUTS.items() if before.get(key) != now.get(key))
