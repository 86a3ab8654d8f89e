"""Checks on public data as tables of docs/verification.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hamm_eval.effects import DesignFailure, assess_design

WORDS = {
    "balance": "{covariate} differs by {value:.2f} standard deviations (limit {limit:.2f})",
    "effective_share": "effective {arm} rows {value:.0%} of all (limit {limit:.0%})",
    "effective_n": "{value:.0f} effective {arm} rows (limit {limit:.0f})",
    "overlap": "{value:.1%} without their like in the other arm (limit {limit:.0%})",
    "weight_share": "one {arm} row carries {value:.1%} of the weight (limit {limit:.0%})",
    "events_per_parameter": "{value:.1f} events a parameter in the {model} model (limit {limit:.0f})",
    "variance_ratio": "variance ratio of {covariate} {value:.2f}",
    "fewer_effective_controls": "the controls weigh as {value:.0f} persons, the treated as {limit:.0f}",
}


@dataclass(frozen=True)
class Number:
    """A figure with its interval in the words of its scale: how it is written, and where no effect lies."""

    value: float
    lower: float | None = None
    upper: float | None = None
    form: str = "{:.2f}"
    unit: str = ""
    none: float = 0.0

    @property
    def excludes_none(self) -> bool:
        return self.lower is not None and (self.lower > self.none or self.upper < self.none)

    def __str__(self) -> str:
        def written(number: float) -> str:
            text = self.form.format(number)
            return text if any(digit in "123456789" for digit in text) else text.lstrip("-+")

        interval = "" if self.lower is None else f" ({written(self.lower)} to {written(self.upper)})"
        return f"{written(self.value)}{self.unit}{interval}".replace("-", "−")


@dataclass(frozen=True)
class Row:
    """One estimator on public data.

    `of` is the figure, published or R's, of this very estimator: what is found must lie `within` of it. An
    experiment that an observational estimate is held against is no such figure.
    """

    estimator: str
    held_against: str
    found: Number
    design: str
    test: str
    of: float
    within: float
    more: str = ""


@dataclass(frozen=True)
class Group:
    """A question asked of a data set: the naive answer, and the rows that answer it."""

    title: str
    naive: str
    naively: Number
    rows: tuple[Row, ...]
    more: str = ""


def told(failures: tuple[DesignFailure, ...]) -> str:
    return "; ".join(
        WORDS[f.key].format(
            value=abs(f.value), limit=f.limit, covariate=f.covariate, arm=f.arm, model=f.model
        )
        for f in failures
    )


def verdict(effect: Any) -> str:
    """What the checks of the design say of an estimate, the limits that fail with their figures."""
    found = assess_design(effect)
    if found.reasons:
        return f"**withheld**: {told(found.reasons)}"
    return f"shown with a warning: {told(found.warnings)}" if found.warnings else "shown"


def of_effect(effect: Any, form: str, unit: str = "", scale: float = 1.0) -> Number:
    return Number(scale * effect.value, scale * effect.lower, scale * effect.upper, form, unit)


def of_ratio(fit: Any, place: int) -> Number:
    ratio, lower, upper = (float(getattr(fit, name)[place]) for name in ("hazard_ratio", "lower", "upper"))
    return Number(ratio, lower, upper, none=1.0)


HEADS = ("analysis", "held against", "result (95 % interval)", "design", "test")


def named(test: str) -> str:
    """A test as words that a narrow column can break, with its file behind a link."""
    file, name = test.split("::")
    short = file.removeprefix("test_effects_").removesuffix(".py")
    return f"[{short}](../tests/reference/{file}): {name.removeprefix('test_').replace('_', ' ')}"


def table(group: Group) -> str:
    """The question as a line, and a table that begins with the naive answer."""
    claim = "claims an effect" if group.naively.excludes_none else "sees no effect"
    lines = [
        f"**{group.title}**",
        "",
        f"| {' | '.join(HEADS)} |",
        "|" + "---|" * len(HEADS),
        f"| *naive: {group.naive}* | | {group.naively}{group.more} | *{claim}* | |",
    ]
    for row in group.rows:
        cells = (row.estimator, row.held_against, f"{row.found}{row.more}", row.design, named(row.test))
        lines.append(f"| {' | '.join(cells)} |")
    return re.sub(r"(?<=\d)%", " %", "\n".join(lines))
