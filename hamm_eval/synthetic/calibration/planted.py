"""What is planted, as the tables of docs/synthetic-city.md: from the scenarios, so that none goes stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from hamm_eval.synthetic.calibration.markdown import depends_on, number, percent, steps, table
from hamm_eval.synthetic.calibration.parameters import parameters_table
from hamm_eval.synthetic.scenario import Effect, Scenario, load_scenario

MODEL_PAGE = Path("docs") / "synthetic-city.md"
WITH_EFFECTS = ("hamm", "null", "strong")  # the other scenarios differ in size alone


def effects_table(scenarios: Mapping[str, Scenario]) -> str:
    """Planted hazard ratios by scenario; every pair of a measure and an endpoint not named has none."""

    def ratios(effects: Iterable[Effect], cause: str, acts_on: str) -> str:
        """Hazard ratios of a pair, each with the day from which it holds."""
        for effect in effects:
            if (effect.cause, effect.acts_on) == (cause, acts_on):
                return ", ".join(
                    f"{number(ratio)} from day {day}" for day, ratio in sorted(effect.hazard_ratio.items())
                )
        return "1"

    pairs = dict.fromkeys((e.cause, e.acts_on) for s in scenarios.values() for e in s.effects)
    return table(
        ["cause", "acts on", *(f"`{name}`" for name in scenarios)],
        (
            [f"`{cause}`", f"`{acts_on}`", *(ratios(s.effects, cause, acts_on) for s in scenarios.values())]
            for cause, acts_on in pairs
        ),
    )


def endpoints_table(s: Scenario) -> str:
    """Endpoints with a hazard of their own."""
    return table(
        ["endpoint *e*", "ages", "h₀ₑ a month, from month", "cₑ", "kₑ", "rₑ", "bₑ", "x"],
        (
            [
                f"`{name}`",
                f"{law.min_age}–{law.max_age}",
                steps(law.monthly) if law.monthly else "completion of the measure of this name",
                *(number(x) for x in (law.frailty, law.worker, law.recognised, law.before)),
                depends_on(law.hazard),
            ]
            for name, law in s.endpoints.items()
        ),
    )


def measures_table(s: Scenario) -> str:
    """Measures: whom they are for, when they start, how they end."""
    return table(
        ["measure *m*", "ages", "until", "r₀ₘ a month, from month", "kₘ", "places a month", "completed", "x"],
        (
            [
                f"`{name}`",
                f"{law.min_age}–{law.max_age}",
                f"`{law.until}`" if law.until not in (None, name) else "–",
                steps(law.start.monthly),
                number(law.start.worker),
                ", ".join(f"{number(n)} from {day:%Y-%m}" for day, n in sorted(law.places.items()))
                or "no limit",
                percent(law.completed),
                depends_on(law.start),
            ]
            for name, law in s.measures.items()
        ),
    )


def planted_tables() -> dict[str, str]:
    """The generated tables of the page by the name of their place in it."""
    scenarios = {name: load_scenario(name) for name in WITH_EFFECTS}
    default = scenarios["hamm"]
    return {
        "effects": effects_table(scenarios),
        "endpoints": endpoints_table(default),
        "measures": measures_table(default),
        "parameters": parameters_table(default),
    }
