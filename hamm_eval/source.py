"""Where an export lies: a folder, a workbook or a database, chosen in params."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from hamm_eval.yaml_models import FrozenModel

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _relative(path: Path) -> Path:
    """Folders are relative to the project, so that a report does not depend on the machine."""
    if path.is_absolute():
        raise ValueError("Write the path relative to the folder that holds params/")
    return path


def _variable(name: str) -> str:
    """An address holds a password: params name the variable, and the environment holds the address."""
    if not _VARIABLE.fullmatch(name):
        raise ValueError(
            "Name the environment variable that holds the address, as HAMM_EVAL_DATABASE, not the address"
        )
    return name


RelativePath = Annotated[Path, AfterValidator(_relative)]


class Postgresql(FrozenModel):
    """A schema of a PostgreSQL database that holds one table each.

    Parameters
    ----------
    url_from : str
        Name of the environment variable that holds the address, ``postgresql://user:password@host/database``:
        it stands in no file and in no message.
    schema : str
    """

    model_config = ConfigDict(populate_by_name=True)

    url_from: Annotated[str, AfterValidator(_variable)]
    schema_name: Annotated[str, Field(alias="schema", min_length=1)] = "public"


class Source(FrozenModel):
    """Where the export lies and how to read it: exactly one of `folder`, `workbook` and `postgresql`."""

    folder: RelativePath | None = None
    workbook: RelativePath | None = None
    postgresql: Postgresql | None = None
    mapping: RelativePath | None = None
    free_text: tuple[str, ...] = ()
    synthetic: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if sum(place is not None for place in (self.folder, self.workbook, self.postgresql)) != 1:
            raise ValueError("Name exactly one of folder, workbook and postgresql")
        return self

    def place(self, root: Path) -> Path | Postgresql:
        """What to read: a path below the project's root, or a database."""
        path = self.folder or self.workbook
        if path is not None:
            return root / path
        assert self.postgresql is not None  # by the validator
        return self.postgresql

    def folder_of(self, root: Path) -> Path | None:
        """The folder in which the export lies; None for a database."""
        if self.folder is not None:
            return root / self.folder
        return (root / self.workbook).parent if self.workbook is not None else None
