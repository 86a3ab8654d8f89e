"""Attacks share the drawn groups of the release tests, and the cities of the tests of questions."""

from __future__ import annotations

import sys
from pathlib import Path

for room in ("release", "analysis"):
    sys.path.append(str(Path(__file__).parents[1] / "unit" / room))
