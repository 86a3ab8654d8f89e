"""Reading scenarios: the default one, its variations by name, and files of one's own."""

from __future__ import annotations

from pathlib import Path

from hamm_eval.errors import UsageError
from hamm_eval.synthetic.scenario.model import Scenario, Size
from hamm_eval.synthetic.scenario.support import Effect
from hamm_eval.yaml_models import FrozenModel, load_yaml_model

DEFAULT = Path(__file__).parents[1] / "scenario.yaml"
VARIATIONS = Path(__file__).parents[1] / "scenarios"


class Variation(FrozenModel):
    """What a named scenario changes of the default one; what is not named stays."""

    size: Size | None = None
    effects: tuple[Effect, ...] | None = None


def scenario_names() -> tuple[str, ...]:
    """Names of the scenarios that come with the package, the default one first.

    Examples
    --------
    >>> scenario_names()
    ('hamm', 'national', 'null', 'strong', 'tiny')
    """
    return ("hamm", *sorted(path.stem for path in VARIATIONS.glob("*.yaml")))


def load_scenario(source: str | Path = "hamm") -> Scenario:
    """Read and validate a scenario.

    Parameters
    ----------
    source : str or path
        Name of one that comes with the package, or a YAML file of one's own.

    Raises
    ------
    UsageError
        There is no scenario of this name, or no such file.
    ParamsError
        Everything that is wrong in the file.
    """
    if isinstance(source, Path) or source.endswith((".yaml", ".yml")):
        return load_yaml_model(Path(source), Scenario)
    if source not in scenario_names():
        raise UsageError(
            "There is no scenario of this name.",
            where="scenario",
            todo=f"Name one of {', '.join(scenario_names())}, or a YAML file.",
        )
    default = load_yaml_model(DEFAULT, Scenario)
    if source == default.name:
        return default
    variation = load_yaml_model(VARIATIONS / f"{source}.yaml", Variation)
    changed = {name: getattr(variation, name) for name in variation.model_fields_set}
    # Validated anew, not only copied: an effect may name what the default does not have.
    return Scenario.model_validate({**dict(default), **changed, "name": source})
