"""How ratings from two perspectives are shown: what is said, what the silent could change, who is kinder."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from hamm_eval.release.released import (
    Cell,
    Interval,
    ReleasedAgreement,
    ReleasedRatings,
    ReleasedResponses,
    ReleasedShare,
    ReleasedTwoPerspectives,
    excludes_zero,
)
from hamm_eval.report.figures.opinions import opinions
from hamm_eval.report.figures.silent import silent
from hamm_eval.report.findings import NO_BREAK
from hamm_eval.report.markup import (
    Column,
    Content,
    Row,
    caution,
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
from hamm_eval.vocabulary import RATINGS


def two_perspectives_title(release: ReleasedTwoPerspectives, wording: Wording) -> str:
    """The finding: how many of either side hold the measure to be effective."""
    measure = wording.measure(release.measure)
    told = [side for side in release.ratings if side.effective.value is not None or side.effective.bound]
    if len(told) == len(release.ratings):
        worker, refugee = (wording.share_alone(side.effective) for side in told)
        return wording.text("two_perspectives.title", measure=measure, worker=worker, refugee=refugee)
    if told:
        side = wording.text(f"two_perspectives.of_side.{told[0].perspective}")
        value = wording.share_alone(told[0].effective)
        return wording.text("two_perspectives.title_one", measure=measure, value=value, side=side)
    linked = any(side.effective.linked for side in release.ratings)
    return wording.text(
        "two_perspectives.title_linked" if linked else "two_perspectives.title_withheld", measure=measure
    )


def two_perspectives_fragment(release: ReleasedTwoPerspectives, wording: Wording) -> Markup:
    """Both distributions, the silent side, agreement."""
    title = two_perspectives_title(release, wording)
    cells = [cell for side in release.ratings for cell in (*side.cells, side.given)]
    if all(cell.value is None for cell in cells):
        return join(
            [
                Markup('<p class="he-finding">{}</p>').format(title),
                reasons(((_nothing_shown(cells), {}),), wording),
            ]
        )
    hidden = any(cell.value is None for cell in cells)
    read = (wording.text("two_perspectives.read"), wording.text("two_perspectives.read_persons"))
    return join(
        [
            figure(
                title,
                opinions(release, title, wording),
                read_box(wording, *read),
                note(wording.text("two_perspectives.read_hidden", largest=wording.hidden) if hidden else ""),
            ),
            _ratings(release, wording),
            *_silent(release, wording),
            _responses(release, wording),
            _agreement(release.agreement, wording),
        ]
    )


def _nothing_shown(cells: Sequence[Cell]) -> str:
    """Why no rating is shown."""
    return "linked" if any(cell.linked for cell in cells) else "group_too_small"


def _ratings(release: ReleasedTwoPerspectives, wording: Wording) -> Markup:
    """The numbers of the figure: persons by rating, and how many of them hold the measure to be effective."""
    columns = [
        Column(wording.text("two_perspectives.column_side"), numeric=False),
        Column(wording.text("two_perspectives.column_given")),
        *(
            Column(wording.number(rating), group=wording.text("two_perspectives.column_ratings"))
            for rating in RATINGS
        ),
        Column(wording.text("two_perspectives.column_effective")),
    ]
    rows = [
        Row(
            wording.level_name("perspective", side.perspective),
            (
                wording.count(side.given),
                *(wording.count(cell) for cell in side.cells),
                _effective(side.effective, wording),
            ),
        )
        for side in release.ratings
    ]
    cells = [cell for side in release.ratings for cell in (*side.cells, side.given)]
    caption = wording.text("table.caption.two_perspectives_ratings", measure=wording.measure(release.measure))
    return table(caption, columns, rows, count_note(wording, cells), dash_note(wording, rows))


def _effective(share: ReleasedShare, wording: Wording) -> Content:
    """The share of 4 and 5 with its range, or a dash."""
    if share.value is None:
        return wording.share_alone(share)
    at = Interval(value=share.value, lower=share.lower, upper=share.upper)
    return with_interval(wording.percent(share.value), wording.percent_range(at).replace(" ", NO_BREAK))


def _silent(release: ReleasedTwoPerspectives, wording: Wording) -> list[Markup]:
    """What the silent could change: figure, how to read it, what weights say and why that is not enough."""
    told = [side for side in release.ratings if side.lowest is not None and side.highest is not None]
    if not told:
        return []
    widest = max(told, key=lambda side: (side.highest or 0.0) - (side.lowest or 0.0))
    title = wording.text(
        "two_perspectives.silent_title",
        side=wording.text(f"two_perspectives.of_side.{widest.perspective}"),
        low=wording.number(100 * (widest.lowest or 0.0)),
        high=wording.percent(widest.highest or 0.0),
    )
    shifts = [wording.number(-100 * shift) for shift, _ in told[0].shifted]
    read = wording.text("two_perspectives.silent_read", shifts=wording.join(shifts))
    weights = [sentence for side in release.ratings if (sentence := _weighted(side, wording))]
    if weights:
        names = wording.join(wording.dimension(key) for key in release.weighted_by)
        weights.insert(0, wording.text("two_perspectives.weighted_by", characteristics=names))
        weights.append(wording.text("two_perspectives.weighted_not_enough"))
    return [
        figure(
            title,
            silent(release, title, wording),
            caution(wording.text("two_perspectives.silent_caution")),
            read_box(wording, read),
            note(*weights),
        )
    ]


def _weighted(side: ReleasedRatings, wording: Wording) -> str:
    """The weighted share in a sentence, or why there is none."""
    name = wording.text(f"two_perspectives.of_side.{side.perspective}")
    if side.weighted is not None and side.weighted.value is not None:
        return wording.text(
            "two_perspectives.weighted",
            side=name,
            share=wording.percent(side.weighted.value),
            range=wording.percent_range(side.weighted),
        )
    key = f"two_perspectives.weighted_missing.{side.weighted_missing}"
    return wording.text(key, side=name) if wording.has(key) else ""


def _responses(release: ReleasedTwoPerspectives, wording: Wording) -> Markup:
    """Who answered, by perspective and group; groups beside each other, for a row each would take a page."""
    columns = [Column(wording.text("two_perspectives.column_who"), numeric=False)]
    columns += [
        Column(
            wording.level_name(of.dimension, of.level)
            if of.dimension
            else wording.text("two_perspectives.all"),
            group=wording.dimension(of.dimension) if of.dimension else "",
        )
        for of in release.responses
    ]
    persons = tuple(wording.count(of.persons) for of in release.responses)
    rows = [Row(wording.text("two_perspectives.column_persons"), persons)]
    rows += [
        Row(
            wording.text(
                "two_perspectives.rated_by", side=wording.level_name("perspective", side.perspective)
            ),
            tuple(_answered(of, at, wording) for of in release.responses),
        )
        for at, side in enumerate(release.ratings)
    ]
    cells = [cell for of in release.responses for cell in (of.persons, *of.given)]
    caption = wording.text(
        "table.caption.two_perspectives_responses", measure=wording.measure(release.measure)
    )
    return table(caption, columns, rows, count_note(wording, cells), dash_note(wording, rows))


def _answered(of: ReleasedResponses, side: int, wording: Wording) -> Content:
    """The share that answered; the count alone tells less."""
    if of.persons.linked or of.given[side].linked:
        return wording.text("symbols.linked")
    return wording.share(of.given[side]) or wording.text("symbols.none")


def _agreement(release: ReleasedAgreement, wording: Wording) -> Markup:
    """How far both sides agree, in sentences; the reason where that is not told."""
    heading = Markup('<p class="he-finding">{}</p>').format(_agreement_title(release, wording))
    if release.withheld:
        return join([heading, reasons(((release.withheld, {}),), wording)])
    sentences = [_higher(release, wording), _difference(release, wording), _kappa(release, wording)]
    said = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences if sentence)
    small = [
        wording.text("two_perspectives.pairs", n=wording.number(release.pairs)),
        wording.text(f"two_perspectives.clustered.{release.clustered_by}"),
        wording.text("two_perspectives.few_clusters") if release.few_clusters else "",
        wording.text("two_perspectives.rebuilt"),
    ]
    return join([heading, Markup('<ul class="he-list">{}</ul>').format(said), note(*small)])


def direction(release: ReleasedAgreement) -> str:
    """Which side rates higher as far as the interval tells: "worker", "refugee", "unclear" or "withheld"."""
    at = release.difference
    if release.withheld or at is None or at.value is None:
        return "withheld"
    if not excludes_zero(at):
        return "unclear"
    return "refugee" if at.value > 0 else "worker"


def _agreement_title(release: ReleasedAgreement, wording: Wording) -> str:
    """Who rates higher, if anybody does."""
    return wording.text(f"two_perspectives.agreement_{direction(release)}")


def _higher(release: ReleasedAgreement, wording: Wording) -> Markup | str:
    """Of a hundred pairs, in how many who rates higher."""
    if len(release.higher) != 3 or any(share.value is None for share in release.higher):
        return ""
    worker, same, refugee = (_share(share, wording) for share in release.higher)
    return wording.markup("two_perspectives.higher", worker=worker, same=same, refugee=refugee)


def _share(share: ReleasedShare, wording: Wording) -> str:
    """A share with its range."""
    span = wording.percent_range(Interval(value=share.value, lower=share.lower, upper=share.upper))
    value = wording.percent(share.value or 0.0)
    return f"{value} ({span})" if span else value


def _difference(release: ReleasedAgreement, wording: Wording) -> Markup | str:
    """Mean difference in points of the scale, and the same in odds."""
    at = release.difference
    if at is None or at.value is None or at.lower is None or at.upper is None:
        return ""
    sentence = wording.markup(
        f"two_perspectives.difference_{direction(release)}",
        value=wording.number(abs(at.value), 2),
        lower=wording.number(at.lower, 2, signed=True),
        upper=wording.number(at.upper, 2, signed=True),
    )
    odds = release.odds
    if odds is None or odds.value is None or odds.lower is None or odds.upper is None:
        return sentence
    told = wording.markup(
        "two_perspectives.odds",
        value=wording.number(odds.value, 2),
        range=wording.text(
            "units.ratio_range", lower=wording.number(odds.lower, 2), upper=wording.number(odds.upper, 2)
        ),
    )
    return Markup(" ").join([sentence, told])


def _kappa(release: ReleasedAgreement, wording: Wording) -> Markup:
    """Kappa in words: as by chance, or more than that."""
    at = release.kappa
    if at is None or at.value is None or at.lower is None or at.upper is None:
        return wording.markup("two_perspectives.kappa_withheld")
    assert release.kappa_rounding is not None
    word = "beyond_chance" if at.lower > 0 else "as_chance"
    said = wording.markup(
        f"two_perspectives.kappa_{word}",
        value=wording.number(at.value, 2),
        lower=wording.number(at.lower, 2),
        upper=wording.number(at.upper, 2),
    )
    off = wording.number(release.kappa_rounding, 2)
    return Markup(" ").join([said, wording.markup("two_perspectives.kappa_rounding", off=off)])
