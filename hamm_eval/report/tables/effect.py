"""The numbers behind an effect, and the reasons where none is shown."""

from __future__ import annotations

from markupsafe import Markup

from hamm_eval.release.released import Interval, ReleasedEffect
from hamm_eval.report.follow_up import competing
from hamm_eval.report.markup import Column, Content, Row, caution, count_note, table
from hamm_eval.report.tables.terms import covariate_name
from hamm_eval.report.wording import Wording

_ARM_KEYS = {"treated": "effect.with", "control": "effect.without", "controls": "effect.without"}


def effect_table(release: ReleasedEffect, wording: Wording) -> Markup:
    """Both risks, the difference under both clusterings, departures, the negative control."""
    rows = [
        Row(
            wording.text("effect.row_treated"),
            (f"{wording.count(release.treated)} / {wording.count(release.controls)}", ""),
        )
    ]
    if release.effective_treated is not None and release.effective_controls is not None:
        both = f"{wording.number(release.effective_treated)} / {wording.number(release.effective_controls)}"
        rows.append(Row(wording.text("effect.row_effective"), (both, "")))
    if release.risk_treated is not None and release.risk_control is not None:
        both = f"{wording.percent(release.risk_treated)} / {wording.percent(release.risk_control)}"
        rows.append(Row(wording.text("effect.row_risks"), (both, "")))
    rows += _differences(release, wording)
    if release.detectable is not None:
        cell = wording.points(release.detectable, signed=False)
        rows.append(Row(wording.text("effect.row_detectable"), (cell, "")))
    columns = [
        Column(wording.text("effect.column_what"), numeric=False),
        Column(wording.text("effect.column_value")),
        Column(wording.text("effect.column_interval")),
    ]
    caption = wording.text("table.caption.effect", measure=wording.measure(release.measure))
    return table(caption, columns, rows, count_note(wording, [release.treated, release.controls]))


def _differences(release: ReleasedEffect, wording: Wording) -> list[Row]:
    """Every difference that is shown."""
    named: list[tuple[str, Interval | None, str]] = [
        (wording.text("effect.row_difference"), release.difference, ""),
        (
            wording.text("effect.row_by_worker"),
            release.difference_by_worker,
            f"by_worker_{release.by_worker_withheld}",
        ),
        (
            wording.text("effect.row_departure", causes=competing(release.endpoint, wording)),
            release.departure,
            release.departure_withheld,
        ),
    ]
    if release.negative_control_endpoint:
        endpoint = wording.endpoint(release.negative_control_endpoint)
        heading = wording.text("effect.row_negative", endpoint=endpoint)
        reason = release.negative_control_withheld
        named.append((heading, release.negative_control, f"control_{reason}" if reason else ""))
    return [row for name, at, reason in named if (row := _difference(name, at, reason, wording)) is not None]


def _difference(name: str, at: Interval | None, reason: str, wording: Wording) -> Row | None:
    """A difference, or in words why it is not told; None where nothing is said of it."""
    if at is not None and at.value is not None:
        return Row(name, (wording.points(at.value), points_range(at, wording)))
    place = f"effect.not_told.{reason}"
    return Row(name, (wording.text(place), "")) if reason and wording.has(place) else None


def control_warning(release: ReleasedEffect, wording: Wording) -> Markup:
    """Directly under an effect: the comparison also finds a difference where there can be none."""
    if release.difference is None or not release.control_differs:
        return Markup("")
    endpoint = wording.endpoint(release.negative_control_endpoint)
    return caution(wording.text("effect.control_differs", endpoint=endpoint))


def points_range(interval: Interval | None, wording: Wording) -> str:
    """An interval of percentage points, signed; "" where it may not be shown."""
    if interval is None or interval.lower is None or interval.upper is None:
        return ""
    return wording.text(
        "units.range",
        lower=wording.number(interval.lower * 100, signed=True),
        upper=wording.points(interval.upper),
    )


def reasons(release_reasons: tuple[tuple[str, object], ...], wording: Wording) -> Markup:
    """Why a result is withheld and what would help, each reason once."""
    why = reason_sentences(release_reasons, wording)
    helps = dict.fromkeys(wording.text(f"withheld.{_known(key, wording)}_help") for key, _ in release_reasons)
    return Markup(
        '<div class="he-withheld"><p class="he-withheld-head">{}</p><ul>{}</ul>'
        '<p class="he-withheld-head">{}</p><ul>{}</ul></div>'
    ).format(
        wording.text("effect.withheld_heading"),
        _items(dict.fromkeys(why)),
        wording.text("effect.withheld_help"),
        _items(helps),
    )


def reason_sentences(release_reasons: tuple[tuple[str, object], ...], wording: Wording) -> list[str]:
    """Each reason once, as a sentence."""
    known = [(_known(key, wording), detail) for key, detail in release_reasons]
    return list(
        dict.fromkeys(
            wording.text(f"withheld.{key}", **_in_words(detail, key, wording)) for key, detail in known
        )
    )


def _known(key: str, wording: Wording) -> str:
    """The reason's key, or that of a reason without words of its own."""
    return key if wording.has(f"withheld.{key}") else "generic"


def _items(sentences: dict[str, None]) -> Markup:
    """List items."""
    return Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)


def _in_words(detail: object, key: str, wording: Wording) -> dict[str, Content]:
    """Displayed figures of a reason in the formats of the language."""
    given = dict(detail) if isinstance(detail, dict) or hasattr(detail, "keys") else {}  # type: ignore[call-overload]
    words: dict[str, Content] = dict.fromkeys(("covariate", "arm", "value", "limit", "model"), "")
    for name, value in given.items():
        if name == "covariate":
            words[name] = covariate_name(str(value), wording)
        elif name == "arm" and value in _ARM_KEYS:
            words[name] = wording.text(_ARM_KEYS[str(value)])
        elif isinstance(value, int | float):
            shown = abs(value) if key == "balance" else value
            as_share = key in {"overlap", "weight_share", "effective_share"}
            words[name] = (
                wording.percent(shown) if as_share else wording.number(shown, 2 if key == "balance" else 0)
            )
        else:
            words[name] = str(value)
    return words
