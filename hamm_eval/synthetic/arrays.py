"""Records of arrays: the same positions of every column, and several records as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

from hamm_eval.synthetic.days import IntArray

R = TypeVar("R")


def take(record: R, index: IntArray) -> R:
    """A dataclass of arrays, or of mappings of arrays, at these positions of the first axis."""
    columns: dict[str, Any] = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        columns[field.name] = (
            {name: column[index] for name, column in value.items()}
            if isinstance(value, Mapping)
            else value[index]
        )
    return type(record)(**columns)


def join(records: Sequence[R]) -> R:
    """Records of one kind one after the other."""
    columns: dict[str, Any] = {}
    for field in fields(records[0]):  # type: ignore[arg-type]
        values = [getattr(record, field.name) for record in records]
        columns[field.name] = (
            {name: np.concatenate([v[name] for v in values]) for name in values[0]}
            if isinstance(values[0], Mapping)
            else np.concatenate(values)
        )
    return type(records[0])(**columns)
