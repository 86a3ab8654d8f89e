"""The city's published figures beside those of the synthetic city.

`python -m hamm_eval.synthetic.calibration` writes docs/calibration.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hamm_eval.errors import UsageError
from hamm_eval.project import find_root
from hamm_eval.synthetic.days import day_number
from hamm_eval.synthetic.export import HAMM_SEED, simulate_city
from hamm_eval.synthetic.households import FREE, NO_PROSPECT, PROSPECT, RECOGNISED, REQUIRED
from hamm_eval.synthetic.people import BoolArray
from hamm_eval.synthetic.plausibility import Output, arrivals, outputs
from hamm_eval.synthetic.scenario import Scenario, load_scenario
from hamm_eval.synthetic.world import World

PAGE = Path("docs") / "calibration.md"
SEEDS = tuple(range(1, 21))
MOST_DISTANT = 3.0  # standard deviations

HOUSEHOLD_SHARES = {
    "single": 60,
    "single_parent": 11,
    "couple_with_children": 21,
    "couple_without_children": 8,
}
TOLERATED_ORIGINS = {
    "balkan": 63,
    "near_east": 17,
    "asia": 10,
    "africa": 3,
    "north_africa": 2,
    "russia": 1,
    "unclear": 4,
}
TOLERATED_STAYS = {(0, 3): 62, (3, 6): 18, (6, 10): 16, (10, 20): 4}
STATUS_PERSONS = {RECOGNISED: 1236, PROSPECT: 180, NO_PROSPECT: 529, REQUIRED: 196}
EU_PERSONS = {("bulgaria", 0): 1934, ("bulgaria", 1): 2023, ("romania", 0): 970, ("romania", 1): 1080}
# Figures of the same source that nothing may be calibrated to, and why.
UNUSABLE_COUNTS = {
    "unlabelled values of a chart, which add up to no stated total": (
        158, 170, 115, 86, 124, 102, 621, 421, 444, 114,
    ),
    "persons with a migration background: said to be 34 % of the inhabitants, it is 29.7 %": (53369,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the city's, and the synthetic one in the same unit (persons, or per cent).

    `count` of `of` persons or households is what the world holds; `of` is None for a plain count.
    """

    what: str
    published: float
    synthetic: float
    unit: str
    count: int
    of: int | None = None


def _share(what: str, published: float, count: int, of: int) -> Figure:
    """A figure in per cent."""
    return Figure(what, published, 100 * count / of, "%", count, of)


def figures(world: World) -> Iterator[Figure]:
    """Every published figure that the synthetic city is calibrated to."""
    s, homes = world.scenario, world.households
    day = day_number(s.reference_day)
    here, status = homes.present(day), homes.status_on(day)
    refugees = here & (homes.status != FREE)

    def persons(which: BoolArray) -> int:
        """Persons in these households."""
        return int(homes.size[which].sum())

    def counted(what: str, published: int, which: BoolArray) -> Figure:
        """A figure in persons."""
        return Figure(what, published, persons(which), "persons", persons(which))

    yield counted("refugees", 2141, refugees)
    for name, count in STATUS_PERSONS.items():
        yield counted(name.replace("_", " "), count, refugees & (status == name))
    priority = refugees & np.isin(status, [RECOGNISED, PROSPECT])
    required = refugees & (status == REQUIRED)
    yield counted("priority integration", 1416, priority)
    yield counted("priority return", 725, refugees & ~priority)
    for name, share in HOUSEHOLD_SHARES.items():
        those = int((priority & (homes.household_type == name)).sum())
        what = f"priority integration, of the households: {name.replace('_', ' ')}"
        yield _share(what, share, those, int(priority.sum()))
    for name, share in TOLERATED_ORIGINS.items():
        what = f"required to leave, from: {name.replace('_', ' ')}"
        yield _share(what, share, persons(required & (homes.origin == name)), persons(required))
    years = (day - homes.arrival) / 365.25
    for (low, high), share in TOLERATED_STAYS.items():
        those = persons(required & (years >= low) & (years < high))
        yield _share(f"required to leave, here {low} to under {high} years", share, those, persons(required))
    days = (s.eu_citizens.counted_first, s.reference_day)
    for (nation, which), count in EU_PERSONS.items():
        there = homes.present(day_number(days[which])) & (homes.origin == nation)
        yield counted(f"EU citizens, {nation.title()}, {days[which]:%d.%m.%Y}", count, there)


def distance(published: float, found: Sequence[float], unit: str) -> float:
    """Largest distance of other seeds from the published figure, in their standard deviations.

    0 where every seed is exactly on it: the same count, or the same whole per cent.

    Examples
    --------
    >>> distance(60, [59.9, 59.9], "%"), distance(10, [11, 11], "persons")
    (0.0, inf)
    >>> round(distance(10, [9, 10, 11], "persons"), 1)
    1.0
    """
    values = np.asarray(found, dtype=float)
    if (np.round(values) == published).all() if unit == "%" else (values == published).all():
        return 0.0
    spread = float(values.std(ddof=1))
    return float(np.abs(values - published).max()) / spread if spread > 1e-9 else float("inf")


def _figure_row(figure: Figure, others: Sequence[Figure]) -> str:
    """A published figure, the default seed's, the others'."""
    found = [other.synthetic for other in others]
    mean, spread = float(np.mean(found)), float(np.std(found, ddof=1))
    away = distance(figure.published, found, figure.unit)
    last = "exact" if away == 0 else f"{away:.1f}"
    difference = figure.synthetic - figure.published
    if figure.of is None:
        cells = f"{figure.published:,} | {figure.count:,} | {difference:+,.0f} | {mean:,.1f} | {spread:,.1f}"
    else:
        ours = f"{figure.synthetic:.1f} % ({figure.count:,} of {figure.of:,})"
        cells = f"{figure.published} % | {ours} | {difference:+.2f} | {mean:.2f} % | {spread:.2f}"
    return f"| {figure.what} | {cells.replace('+0 ', '0 ').replace('-', '−')} | {last} |"


def _output_row(output: Output, others: Sequence[Output]) -> str:
    """A figure of the model's own."""
    found = [other.value for other in others]
    mean, spread = float(np.mean(found)), float(np.std(found, ddof=1))
    unit = " %" if output.unit == "%" else ""
    numbers = (f"{x:,.{output.digits}f}{unit}" for x in (output.value, mean))
    return f"| {output.what} | {' | '.join(numbers)} | {spread:,.{output.digits}f} |"


def calibration_page(scenario: Scenario | None = None) -> str:
    """The page docs/calibration.md, simulated anew: the default city and twenty others."""
    s = scenario or load_scenario()
    found: list[list[Figure]] = []
    shown: list[list[Output]] = []
    months: list[str] = []
    for seed in (HAMM_SEED, *SEEDS):
        world, tables = simulate_city(s, seed=seed)
        found.append(list(figures(world)))
        shown.append(list(outputs(world, tables)))
        if seed == HAMM_SEED:
            months = [f"| {name} | {came:,} | {stayed:,} |" for name, came, stayed in arrivals(world)]
    table = [_figure_row(one, others) for one, *others in zip(*found, strict=True)]
    exact = sum(row.endswith("| exact |") for row in table)
    unusable = [
        f"- {', '.join(f'{n:,}' for n in numbers)}: {why};" for why, numbers in UNUSABLE_COUNTS.items()
    ]
    return TEXT.format(
        seed=HAMM_SEED,
        seeds=f"{SEEDS[0]} to {SEEDS[-1]}",
        others=len(SEEDS),
        exact=exact,
        all=len(table),
        figures="\n".join(table),
        outputs="\n".join(_output_row(one, others) for one, *others in zip(*shown, strict=True)),
        months="\n".join(months),
        unusable="\n".join(unusable),
    )


TEXT = """# Calibration of the synthetic city

Generated by `python -m hamm_eval.synthetic.calibration`; a test fails where it is out of date. What the model
is: [the synthetic city](synthetic-city.md). **No conclusion about Hamm may be drawn from any figure on this
page**: those of the first table were put in, the others come out of an invented model.

## Published figures

31 May 2017 unless said; shares are published as whole per cent. Default seed: {seed}; {others} other seeds:
{seeds}. The last column is the largest distance of another seed from the published figure, in standard
deviations over seeds (at most 3 are allowed); *exact*: every seed has the same count, or the same whole
per cent. {exact} of {all} figures are exact, for the world is conditioned on them. The truth is simulated under
the same condition: blocks of the size of ten cities, each count times ten.

| figure | published | default seed | difference | other seeds: mean | standard deviation | largest distance |
|---|---:|---:|---:|---:|---:|---:|
{figures}

## What the model makes of it

Not published, not conditioned on and no finding: a check that the model is plausible. Refugees present on
31 May 2017 unless said; standard deviations over the other seeds.

| model output | default seed | other seeds: mean | standard deviation |
|---|---:|---:|---:|
{outputs}

Refugees by month of arrival, default seed. Arrivals are all who are in the records, also those who had left
by 31 May 2017. (Nobody who was required to leave had: arrivals of the early years are too few.)

| month | arrivals | of them present on 31 May 2017 |
|---|---:|---:|
{months}

## Published figures that are not used

The same source holds figures that are unusable. Nothing is calibrated to them; a test looks for them:

{unusable}
- any count or cost of measures: the tables of the source carry no text. Names, places and costs of measures
  in the scenario are invented.

Inhabitants, area and number of nations are not modelled.
"""


def write_page(path: Path) -> Path:
    """Write the page."""
    if not path.parent.is_dir():
        raise UsageError("There is no such folder.", where=str(path.parent), todo="Run it from a clone.")
    path.write_text(calibration_page(), encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    print(f"Written: {write_page(Path(sys.argv[1]) if sys.argv[1:] else find_root(Path.cwd()) / PAGE)}")
