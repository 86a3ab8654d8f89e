"""Numbers printed in the literature against the stored R results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PUBLISHED = json.loads((Path(__file__).parent / "PUBLISHED.json").read_text(encoding="utf-8"))


def identify(entry):
    return f"{entry['dataset']}-{entry['result']}-{entry['path']}"


@pytest.mark.parametrize("entry", PUBLISHED, ids=identify)
def test_stored_results_are_the_published_ones(entry, reference):
    value = reference(entry["dataset"])[entry["result"]]
    for key in entry["path"].split("/"):
        value = value[int(key)] if isinstance(value, list) else value[key]
    assert value == pytest.approx(entry["published"], abs=entry["tolerance"])
