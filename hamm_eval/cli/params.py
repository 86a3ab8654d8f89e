"""``hamm-eval params``: a params file checked, or the schema of such files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hamm_eval.cli.console import errors_for_people, say
from hamm_eval.errors import UsageError


def check_params(
    file: Annotated[Path | None, typer.Argument(help="A params file to check.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Write the JSON Schema that editors use.")] = False,
) -> None:
    """Check a params file, or write the schema of such files."""
    with errors_for_people():
        from hamm_eval.cohort.check_params import load_checked_params
        from hamm_eval.params import json_schema

        if (file is None) != schema:
            raise UsageError("Name a params file, or ask for the schema with --schema.")
        if file is None:
            say(json.dumps(json_schema(), indent=2, ensure_ascii=False))
        else:
            say(f"{file}: {load_checked_params(file).quarter}, no problem found.")
