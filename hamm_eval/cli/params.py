"""``hamm-eval params``: a params file checked, or the schema of such files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hamm_eval.cli.console import errors_for_people, say
from hamm_eval.errors import UsageError

if TYPE_CHECKING:
    from hamm_eval.params import Params


def check_params(
    file: Annotated[Path | None, typer.Argument(help="A params file to check.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Write the JSON Schema that editors use.")] = False,
) -> None:
    """Check a params file and the notebooks that it names, or write the schema of such files."""
    with errors_for_people():
        from hamm_eval.cohort.check_params import load_checked_params
        from hamm_eval.params import json_schema

        if (file is None) != schema:
            raise UsageError("Name a params file, or ask for the schema with --schema.")
        if file is None:
            say(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        else:
            params = load_checked_params(file)
            looked = _look_for_notebooks(params, file)
            say(f"{file}: {params.quarter}, no problem found{looked}.")


def _look_for_notebooks(params: Params, file: Path) -> str:
    """Refuse what a report would refuse of the lists of notebooks; what to add where there is no project."""
    from hamm_eval.pipeline.plan import plan_run
    from hamm_eval.project import find_root

    try:
        root = find_root(file.resolve().parent)
    except UsageError:
        # A draft may lie anywhere; a report is made within a project only.
        return "; notebooks were not looked for, as there is no folder params/ here or above"
    plan_run(params, file, root)
    return ""
