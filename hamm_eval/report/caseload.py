"""How caseload is shown: by quarter as a figure with its numbers, and how the pace goes with it."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedCaseload, ReleasedCaseloadModel, ReleasedTerm
from hamm_eval.report.figures.caseload import caseload_bars
from hamm_eval.report.fragments import model_fragment
from hamm_eval.report.markup import Column, Content, Row, count_note, figure, join, read_box, table
from hamm_eval.report.tables.distribution import quantile_name
from hamm_eval.report.wording import Wording

FACTOR = "caseload"


def caseload_title(release: ReleasedCaseload, wording: Wording) -> str:
    """The finding: the median in the last quarter that has one."""
    known = [
        (row, middle)
        for row, (_, middle, _) in zip(release.spread.rows, release.spread.values, strict=True)
        if middle is not None
    ]
    if not known:
        return wording.text("caseload.title_none")
    row, middle = known[-1]
    return wording.text("caseload.title", quarter=wording.level("quarter", row), cases=wording.number(middle))


def caseload_fragment(release: ReleasedCaseload, wording: Wording) -> Markup:
    """Figure and numbers, where there are any."""
    title = caseload_title(release, wording)
    step = wording.number(wording.policy.count_rounding)
    parts: list[Content] = []
    if any(value is not None for line in release.spread.values for value in line):
        rows = " ".join(
            _in_words(row, line, wording)
            for row, line in zip(release.spread.rows, release.spread.values, strict=True)
        )
        alt = wording.text("caseload.alt", title=title, rows=rows)
        box = read_box(wording, wording.text("caseload.read", step=step))
        parts.append(figure(title, caseload_bars(release, alt, wording), box))
    return join([*parts, _numbers(release, wording)])


def _in_words(row: str, line: tuple[float | None, ...], wording: Wording) -> str:
    """One quarter for those who cannot see the figure."""
    low, middle, high = (
        wording.text("quantiles.too_few") if value is None else wording.number(value) for value in line
    )
    quarter = wording.level("quarter", row)
    return wording.text("caseload.alt_row", quarter=quarter, low=low, middle=middle, high=high)


def _numbers(release: ReleasedCaseload, wording: Wording) -> Markup:
    """Quartiles, all open files, and files per full-time equivalent where these are known."""
    spread = release.spread
    with_full_time = any(value is not None for value in release.per_full_time)
    group = wording.text("caseload.column_spread")
    columns = [Column(wording.dimension("quarter"), numeric=False)]
    columns += [Column(_capital(quantile_name(at, wording)), group=group) for at in spread.probabilities]
    columns.append(Column(wording.text("caseload.column_open")))
    if with_full_time:
        columns.append(Column(wording.text("caseload.column_full_time")))
    rows = []
    for row, line, cell, per in zip(
        spread.rows, spread.values, release.open_cases, release.per_full_time, strict=True
    ):
        cells: list[Content] = [
            wording.text("quantiles.too_few") if value is None else wording.number(value) for value in line
        ]
        cells.append(wording.count(cell))
        if with_full_time:
            cells.append(wording.text("symbols.none") if per is None else wording.number(per))
        rows.append(Row(wording.level_name("quarter", row), tuple(cells)))
    return table(
        wording.text("caseload.caption"),
        columns,
        rows,
        count_note(wording, release.open_cases, "cases"),
        wording.text("caseload.full_time_stated" if with_full_time else "caseload.full_time_unknown"),
    )


def _capital(words: str) -> str:
    """With a capital at the head of a column."""
    return words[:1].upper() + words[1:]


def caseload_model_title(release: ReleasedCaseloadModel, wording: Wording) -> str:
    """The finding: whether the pace goes with the caseload."""
    return _finding(release, "title", wording)


def caseload_model_fragment(release: ReleasedCaseloadModel, wording: Wording) -> Markup:
    """The ratio in a sentence, then the model it comes from."""
    title = caseload_model_title(release, wording)
    if _term(release) is None:
        return model_fragment(release.model, wording, title=title)
    headline = Markup('<p class="he-headline">{}</p>').format(_finding(release, "sentence", wording))
    more = wording.text("caseload.model_note", cases=wording.number(release.per_cases))
    if release.few_workers:
        more = f"{more} {wording.text('caseload.few_workers')}"
    return join([headline, model_fragment(release.model, wording, title=title, more=more)])


def _term(release: ReleasedCaseloadModel) -> ReleasedTerm | None:
    """The term of the caseload; None where the model is withheld."""
    return next((term for term in release.model.terms if term.factor == FACTOR), None)


def _finding(release: ReleasedCaseloadModel, form: str, wording: Wording) -> str:
    """Slower, faster or not to be told, as a title or with its numbers."""
    term = _term(release)
    endpoint = wording.endpoint(release.model.endpoint)
    if term is None:
        return wording.text("caseload.model_title_withheld", endpoint=endpoint)
    which = "slower" if term.upper < 1 else "faster" if term.lower > 1 else "unclear"
    return wording.text(
        f"caseload.model_{form}_{which}",
        endpoint=endpoint,
        cases=wording.number(release.per_cases),
        ratio=wording.number(term.ratio, 2),
        lower=wording.number(term.lower, 2),
        upper=wording.number(term.upper, 2),
    )
