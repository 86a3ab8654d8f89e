"""Numbers and tables of the generated pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hamm_eval.synthetic.scenario import Hazard, LogNormal


def number(value: float, digits: int = 3) -> str:
    """A number without needless zeros, with a true minus."""
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".").replace("-", "−") if value % 1 else f"{value:,.0f}"


def percent(share: float) -> str:
    """A share in per cent."""
    return f"{number(100 * share, 2)} %"


def signed(value: float) -> str:
    """A log hazard ratio."""
    return f"{value:+.2f}".replace("-", "−")


def steps(rates: Mapping[int, float]) -> str:
    """Rates per month, each with the month from which it holds."""
    return ", ".join(f"{number(rate)} from {month}" for month, rate in sorted(rates.items()))


def log_normal(law: LogNormal) -> str:
    """A delay in months."""
    return f"median {number(law.median)}, σ {number(law.sigma)}"


def span(days: Sequence[float]) -> str:
    """From, to."""
    return f"{number(days[0])} to {number(days[1])}"


def depends_on(law: Hazard) -> str:
    """What a hazard depends on."""
    return ", ".join(name.replace("_", " ") for name, levels in law.terms.items() if levels) or "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
