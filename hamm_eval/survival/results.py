"""What all results of this room have in common."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np


def write_protect(result: Any) -> None:
    """Make the public arrays of a frozen result read-only: frozen attributes alone do not."""
    for item in fields(result):
        value = getattr(result, item.name)
        if isinstance(value, np.ndarray) and not item.name.startswith("_"):
            value.setflags(write=False)
