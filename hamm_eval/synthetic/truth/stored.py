"""The truths that come with the package, simulated once for the scenarios by name.

`python -m hamm_eval.synthetic.truth` simulates them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hamm_eval.synthetic.scenario import Scenario, load_scenario
from hamm_eval.synthetic.truth.simulate import simulate_truth

FOLDER = Path(__file__).parent / "stored"
NAMES = ("hamm", "null", "strong")  # the others differ in size alone and share the first one's
# A truth that is not stored is simulated while its city is written, in half a minute instead of many.
UNSTORED_SCALE = 100.0


def as_json(truth: dict[str, Any]) -> str:
    """One row of a list in a line, so that a difference between two truths can be read."""
    parts = []
    for name, value in truth.items():
        if isinstance(value, list):
            rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in value)
            parts.append(f' "{name}": [\n{rows}\n ]')
        else:
            parts.append(f' "{name}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def truth_text(scenario: Scenario, *, workers: int = 1) -> str:
    """The truth of a scenario as text: a stored one if it is of this model, else simulated now.

    Then in a smaller world than the scenario asks for, as its ``scale`` says: the Monte-Carlo errors that
    stand beside the effects are about four times those of the stored truths.
    """
    for path in sorted(FOLDER.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        if json.loads(text)["scenario_digest"] == scenario.digest:
            return text
    scale = min(UNSTORED_SCALE, scenario.truth.scale)
    return as_json(simulate_truth(scenario, scale=scale, workers=workers))


def write_truth(path: Path, scenario: Scenario, *, workers: int = 1) -> None:
    """Write the truth of a scenario."""
    path.write_text(truth_text(scenario, workers=workers), encoding="utf-8", newline="\n")


def renew(name: str, *, workers: int = 1) -> Path:
    """Simulate the truth of a scenario that comes with the package, and store it."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    text = as_json(simulate_truth(load_scenario(name), workers=workers))
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
