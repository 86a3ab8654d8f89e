"""How the states of a path are shown: what they find, everybody's place month by month, the numbers."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import ReleasedShare, ReleasedStates
from hamm_eval.report.figures.state_areas import state_areas
from hamm_eval.report.findings import NO_BREAK, YEAR
from hamm_eval.report.markup import (
    Column,
    Content,
    Row,
    count_note,
    dash_note,
    figure,
    join,
    note,
    read_box,
    table,
    with_interval,
)
from hamm_eval.report.tables.effect import reasons
from hamm_eval.report.wording import Wording

TOLD = 3  # states that a title names


def states_title(release: ReleasedStates, wording: Wording) -> str:
    """The finding: where most people stand at the horizon nearest to a year."""
    path = wording.path(release.path)
    if release.withheld or not release.horizons:
        return wording.text("states.title_withheld", path=path)
    day = min(release.horizons, key=lambda at: (abs(at - YEAR), at))
    shares = release.shares[release.times.index(day)]
    known = [
        (share, state)
        for share, state in zip(shares, release.states, strict=True)
        if share.value or share.bound
    ]
    largest = sorted(known, key=lambda pair: -(pair[0].value or 1.0))[:TOLD]
    told = wording.join(
        wording.text(
            "states.title_share", state=wording.state(release.path, state), value=wording.share_alone(share)
        )
        for share, state in largest
    )
    return wording.text("states.title", path=path, months=wording.months(day), shares=told)


def states_fragment(release: ReleasedStates, wording: Wording) -> Markup:
    """Areas that add up to everyone, and the numbers at the horizons."""
    title = states_title(release, wording)
    if release.withheld or not release.horizons:
        heading = Markup('<p class="he-finding">{}</p>').format(title)
        return join([heading, reasons(((release.withheld or "not_estimable", {}),), wording)])
    origin = wording.path_origin(release.path)
    said = (
        [wording.text("transitions.read_areas", origin=origin)]
        if _between(release, wording)
        else [wording.text("states.read", origin=origin), wording.text("states.read_end")]
    )
    box = read_box(wording, *said)
    picture = state_areas(release, _alternative(release, wording), wording)
    return join([figure(title, picture, box, note(_closing(release, wording))), _table(release, wording)])


def _closing(release: ReleasedStates, wording: Wording) -> str:
    """What the closing of a case means for the path."""
    if _between(release, wording):
        return f"{wording.text('transitions.read')} {wording.text('transitions.conclude')}"
    known = wording.params.states_over_time.get(release.path) if wording.params else None
    return wording.text(f"states.closing_{known.closing}") if known else ""


def _between(release: ReleasedStates, wording: Wording) -> bool:
    """Whether the path is what follows an exit from a system."""
    return wording.params is not None and release.path in wording.params.transitions_between_systems


def _table(release: ReleasedStates, wording: Wording) -> Markup:
    """States by horizons, with how many are still known."""
    columns = [Column(wording.text("states.column_state"), numeric=False)]
    columns += [
        Column(
            wording.text("curves.column_months", months=wording.months(day)),
            group=wording.text("states.column_months"),
        )
        for day in release.horizons
    ]
    at = [release.times.index(day) for day in release.horizons]
    rows = [
        Row(
            _capital(wording.state(release.path, state)),
            tuple(_cell(release.shares[i][k], wording) for i in at),
        )
        for k, state in enumerate(release.states)
    ]
    rows.append(
        Row(wording.text("states.row_known"), tuple(wording.count(release.known[i]) for i in at), strong=True)
    )
    return table(
        wording.text("table.caption.states", path=wording.path(release.path)),
        columns,
        rows,
        count_note(wording, [release.known[i] for i in at]),
        dash_note(wording, rows),
    )


def _cell(share: ReleasedShare, wording: Wording) -> Content:
    """A share with its interval, or a dash."""
    if share.value is None or share.lower is None or share.upper is None:
        return wording.share_alone(share)
    interval = wording.text(
        "units.range", lower=wording.number(100 * share.lower), upper=wording.percent(share.upper)
    )
    return with_interval(wording.percent(share.value), interval.replace(" ", NO_BREAK))


def _alternative(release: ReleasedStates, wording: Wording) -> str:
    """The figure in words, with its numbers."""
    said = []
    for day in release.horizons:
        shares = release.shares[release.times.index(day)]
        values = wording.join(
            wording.text(
                "states.title_share",
                state=wording.state(release.path, state),
                value=wording.share_alone(share),
            )
            for share, state in zip(shares, release.states, strict=True)
            if share.value is not None or share.bound
        )
        months = wording.months(day)
        key = "states.alt_at_one" if months == 1 else "states.alt_at"
        said.append(wording.text(key, months=months, values=values))
    return wording.text("states.alt", path=wording.path(release.path), rows=" ".join(said))


def _capital(words: str) -> str:
    """A name where it stands alone."""
    return words[:1].upper() + words[1:]
