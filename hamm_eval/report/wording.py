"""Every visible word and number: texts in German and English, formats of the language by Babel.

Releases carry keys; this is the one place where keys become words. The texts stand in
``texts/de.yaml`` and ``texts/en.yaml`` with the same keys; names of endpoints, groups and measures
come from params.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import yaml
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from hamm_eval.errors import UsageError
from hamm_eval.release.policy import Policy, policy_of
from hamm_eval.vocabulary import Quarter

if TYPE_CHECKING:
    from hamm_eval.params import Params
    from hamm_eval.release.released import Cell, Interval, Release, ReleasedShare

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
DAYS_PER_MONTH = 30.4375
NARROW_NO_BREAK = "\u202f"
MINUS = "\u2212"
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_STRONG = re.compile(r"\*\*(.+?)\*\*")


@cache
def load_texts(language: str) -> Mapping[str, str]:
    """All texts of one language, keys joined by dots."""
    source = files("hamm_eval.report").joinpath("texts", f"{language}.yaml")
    return dict(_flat(yaml.safe_load(source.read_text(encoding="utf-8"))))


def _flat(node: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    """Leaves of a nested mapping with dotted keys."""
    for key, value in node.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        else:
            yield name, str(value)


class Wording:
    """Words and number formats of one language.

    Parameters
    ----------
    language : "de" or "en"
    params : Params or None
        Names of endpoints, groups, levels and measures, and the release policy they ask for; without it keys
        stand for themselves and the policy is the strict one.

    Raises
    ------
    UsageError
        No texts in this language.

    Examples
    --------
    >>> german = Wording("de")
    >>> german.percent(0.314), german.number(-1234.5, digits=1)
    ('31\u202f%', '−1.234,5')
    >>> german.quarter(Quarter.parse("2017-Q2"))
    '2. Quartal 2017'
    >>> german.date(dt.date(2017, 6, 30))
    '30. Juni 2017'
    """

    def __init__(self, language: str, params: Params | None = None) -> None:
        if language not in LANGUAGES:
            raise UsageError(
                "There are no report texts in this language.",
                where="language",
                todo=f"Choose one of: {', '.join(LANGUAGES)}.",
            )
        self.language: Language = language
        self.params = params
        self.policy = policy_of(params) if params else Policy.strict()
        self._texts = load_texts(language)
        self._locale = _LOCALES[language]

    def for_group(self, group: str) -> Wording:
        """The words of a target group's params; these where it is the cohort of the report."""
        if not group or self.params is None:
            return self
        return Wording(self.language, self.params.for_group(group))

    @property
    def synthetic_mark(self) -> str:
        """What every picture and table bears: that data are generated, that it is not for passing on.

        Nothing on real data under the strict policy.
        """
        marks = [self.text("page.internal_mark")] if self.internal else []
        if self.params is not None and self.params.source.synthetic:
            marks.append(self.text("page.synthetic_mark", city=self.params.city))
        return " · ".join(marks)

    @property
    def internal(self) -> bool:
        """Whether what is shown is not for passing on."""
        return self.policy.name == "internal"

    # --- words -------------------------------------------------------------------------------

    def has(self, key: str) -> bool:
        """Whether a text with this key exists."""
        return key in self._texts

    def text(self, key: str, **values: object) -> str:
        """The text of `key`, plain, with its ``{placeholders}`` filled."""
        return _STRONG.sub(r"\1", self._texts[key]).format_map(values)

    def of_counts(self, key: str, **values: object) -> str:
        """A text that says how counts are shown: that they are rounded, or exact."""
        return self.text(f"{key}_exact" if self.policy.exact else key, **values)

    def markup(self, key: str, **values: object) -> Markup:
        """The text of `key` as HTML: values escaped, ``**strong**`` set in bold."""
        template = _STRONG.sub(r"<strong>\1</strong>", str(escape(self._texts[key])))
        return Markup(template).format(**values)

    def join(self, items: Iterable[str], by: Literal["and", "or"] = "and") -> str:
        """Enumerate: "a, b und c", "a, b oder c"."""
        style: Literal["standard", "or"] = "standard" if by == "and" else "or"
        return format_list(list(items), style=style, locale=self._locale)

    def endpoint(self, key: str) -> str:
        """Name of an endpoint."""
        known = (
            (self.params.endpoints.get(key) or self.params.access_to_systems.get(key))
            if self.params
            else None
        )
        return getattr(known.label, self.language) if known else self._named("endpoints", key)

    def target_group(self, key: str) -> str:
        """Name of a target group."""
        known = self.params.target_groups.get(key) if self.params else None
        return getattr(known.label, self.language) if known else key.replace("_", " ")

    def system(self, key: str) -> str:
        """Name of a mainstream system."""
        asked = self.params.access_to_systems.values() if self.params else ()
        known = next((question.systems[key] for question in asked if key in question.systems), None)
        return getattr(known.label, self.language) if known else key.replace("_", " ")

    def randomised(self, release: Release) -> bool:
        """Whether params say that lots were drawn for the question that a release answers."""
        asked = self.params.measure_effectiveness if self.params else {}
        question = asked.get(release.id.partition(":")[2])
        return question is not None and question.assignment == "randomised"

    def measure(self, key: str) -> str:
        """Name of a support measure."""
        known = self.params.measures.get(key) if self.params else None
        return getattr(known.label, self.language) if known else self._named("measures", key)

    def cause(self, key: str) -> str:
        """Name of what competes with an endpoint, which may be an endpoint itself."""
        return (
            self.endpoint(key) if self.params and key in self.params.endpoints else self._named("causes", key)
        )

    def path(self, key: str) -> str:
        """Name of a path through several states, or of what follows an exit."""
        known = (
            (self.params.states_over_time.get(key) or self.params.transitions_between_systems.get(key))
            if self.params
            else None
        )
        return getattr(known.label, self.language) if known else key.replace("_", " ")

    def path_origin(self, key: str) -> str:
        """From when the time of a path counts, to stand after "since" and "from"."""
        known = self.params.transitions_between_systems.get(key) if self.params else None
        return getattr(known.origin, self.language) if known else self.text("origins.case_opened")

    def state(self, path: str, key: str) -> str:
        """Name of one state of a path."""
        known = self.params.states_over_time.get(path) if self.params else None
        if known is not None and key in known.states:
            return getattr(known.states[key].label, self.language)
        between = self.params.transitions_between_systems.get(path) if self.params else None
        if between is not None and key in between.into:
            return getattr(between.into[key].label, self.language)
        if between is not None and key == "none":
            return getattr(between.none, self.language)
        return self._named("states", key)

    def dimension(self, key: str) -> str:
        """Name of what the levels of a table or a curve are levels of."""
        known = (self.params.groups.get(key) or self.params.volunteers.get(key)) if self.params else None
        name = getattr(known.label, self.language) if known else self._named("dimensions", key)
        return name[:1].upper() + name[1:]

    def level(self, dimension: str, level: str) -> str:
        """Name of one level; levels that come from the data (a provider) stand for themselves."""
        known = self.params.groups.get(dimension) if self.params else None
        if known is not None and level in known.levels:
            return getattr(known.levels[level], self.language)
        for place in (f"levels.{dimension}.{level}", f"levels.any.{level}"):
            if self.has(place):
                return self.text(place)
        named = {
            "endpoint": self.endpoint,
            "measure": self.measure,
            "combination": lambda parts: " + ".join(self.level("measure", part) for part in parts.split("+")),
            "column": self.column,
            "quarter": lambda quarter: self.quarter(Quarter.parse(quarter)),
            "step": self.step,
            "system": self.system,
        }.get(dimension)
        if named is not None:
            return named(level)
        return level.replace("_", " ")

    def step(self, key: str) -> str:
        """Name of a step of a flow that concerns one covariate: ``unknown:covariate``."""
        step, _, covariate = key.partition(":")
        if covariate and self.has(f"levels.step.{step}"):
            return self.text(f"levels.step.{step}", covariate=self.dimension(covariate))
        return key.replace("_", " ")

    def level_name(self, dimension: str, level: str) -> str:
        """Name of one level where it stands alone, in a table or a figure: it begins with a capital."""
        name = self.level(dimension, level)
        return name[:1].upper() + name[1:]

    def column(self, name: str) -> str:
        """A column of the case file, ``table.column``: its table and its name in the export's language."""
        from hamm_eval.casefile.tables import BY_NAME

        table, _, column = name.partition(".")
        place = self.level("table", table)
        if self.language != "de" or table not in BY_NAME:
            return f"{place}: {column.replace('_', ' ')}"
        return f"{place}: {BY_NAME[table].column(column).german}"

    def covariate(self, factor: str, level: str = "") -> str:
        """Name of a covariate, with its level where it has one."""
        if not level:
            return self.dimension(factor)
        return f"{self.dimension(factor)}: {self.level(factor, level)}"

    def _named(self, place: str, key: str) -> str:
        """A text that may be missing: then the key, readable."""
        return self.text(f"{place}.{key}") if self.has(f"{place}.{key}") else key.replace("_", " ")

    # --- numbers -----------------------------------------------------------------------------

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """A decimal number with a true minus; `signed` writes the plus too."""
        shown = round(float(value), digits) + 0.0
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        text = format_decimal(abs(shown), format=pattern, locale=self._locale)
        sign = MINUS if shown < 0 else ("+" if signed and shown > 0 else "")
        return f"{sign}{text}"

    def percent(self, share: float, digits: int = 0) -> str:
        """A share 0..1 as percent; in German a narrow no-break space before the sign."""
        gap = NARROW_NO_BREAK if self.language == "de" else ""
        return f"{self.number(share * 100, digits)}{gap}%"

    def points(self, share: float, *, signed: bool = True) -> str:
        """A difference of shares in percentage points."""
        shown = self.number(share * 100, signed=signed)
        one = abs(round(share * 100)) == 1
        return self.text("units.point" if one else "units.points", n=shown)

    def money(self, amount: float) -> str:
        """An amount in whole euros."""
        return self.text("units.money", n=self.number(amount))

    def percent_range(self, interval: Interval) -> str:
        """An interval of shares: "28 bis 34 %"; "" where it may not be shown."""
        if interval.lower is None or interval.upper is None:
            return ""
        return self.text(
            "units.range", lower=self.number(interval.lower * 100), upper=self.percent(interval.upper)
        )

    def points_range(self, lower: float, upper: float) -> str:
        """An interval of a difference of shares: "−2 bis +11"."""
        return self.text(
            "units.range",
            lower=self.number(lower * 100, signed=True),
            upper=self.number(upper * 100, signed=True),
        )

    def count(self, cell: Cell | None) -> str:
        """A published count, "≤7" where it is hidden."""
        if cell is None:
            return self.text("symbols.none")
        if not cell.recorded:
            return self.text("symbols.not_recorded")
        if cell.value is None:
            return self.text("symbols.linked") if cell.linked else self.hidden
        return self.number(cell.value)

    @property
    def hidden(self) -> str:
        """The symbol of a hidden count."""
        return self.text("symbols.hidden", largest=self.policy.largest_hidden_count)

    @property
    def nearly_all(self) -> str:
        """The symbol of a share above the ceiling of rule 3."""
        return self.text("symbols.over_95", percent=self.percent(self.policy.share_ceiling / 100))

    def share_alone(self, share: ReleasedShare) -> str:
        """A released share without a count beside it, a dash where it is hidden."""
        if share.bound:
            return self.nearly_all
        if share.linked:
            return self.text("symbols.linked")
        return self.text("symbols.none") if share.value is None else self.percent(share.value)

    def share(self, cell: Cell) -> str:
        """The published share of a cell, "" where there is none."""
        if cell.share_bound == "over_95":
            return self.nearly_all
        if cell.share is None:
            return ""
        # A few of many are not none, and nearly all are not all.
        if cell.value and cell.share < 0.005:
            return self.text("symbols.under", percent=self.percent(0.01))
        if 0.995 <= cell.share < 1:
            return self.text("symbols.over", percent=self.percent(0.99))
        return self.percent(cell.share)

    def months(self, days: float) -> int:
        """Whole months, as horizons are named."""
        return round(days / DAYS_PER_MONTH)

    # --- dates -------------------------------------------------------------------------------

    def date(self, day: dt.date) -> str:
        """A date in words: "30. Juni 2017"."""
        return format_date(day, format="long", locale=self._locale)

    def quarter(self, quarter: Quarter) -> str:
        """A quarter in words: "2. Quartal 2017"."""
        return self.text("units.quarter", number=quarter.number, year=quarter.year)
