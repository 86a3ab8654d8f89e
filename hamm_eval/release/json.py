"""Releases as JSON and back, exactly: what the run record, results.json and later quarters store."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hamm_eval.errors import ReleaseRefused
from hamm_eval.release import released
from hamm_eval.release.released import Release
from hamm_eval.release.released.base import told_fields

_KINDS: dict[str, type[Release]] = {
    member.kind: member
    for member in vars(released).values()
    if isinstance(member, type) and issubclass(member, Release) and member is not Release
}


def to_json(release: Release) -> dict[str, Any]:
    """A release as JSON-ready objects, its kind first.

    Examples
    --------
    >>> from hamm_eval.release.released import ReleasedTruth
    >>> truth = ReleasedTruth(id="truth:all", definition_digest="0", policy="strict")
    >>> to_json(truth)["kind"], from_json(to_json(truth)) == truth
    ('truth', True)
    """
    return {"kind": release.kind, **_encode(release)}


def from_json(content: Mapping[str, Any]) -> Release:
    """The release that `to_json` wrote.

    Raises
    ------
    ReleaseRefused
        An unknown kind, or fields that its kind does not have.
    """
    kind = _KINDS.get(str(content.get("kind")))
    if kind is None:
        raise ReleaseRefused(
            "This is not a release of a known kind.",
            where="kind",
            todo=f"Known: {', '.join(_KINDS)}. Was it written by a newer version?",
        )
    fields = {name: value for name, value in content.items() if name != "kind"}
    release = _decode(fields, kind, kind.kind)
    assert isinstance(release, Release)
    return release


def _encode(value: Any) -> Any:
    """Dataclasses to objects, tuples to lists, numbers as they are."""
    if dataclasses.is_dataclass(value):
        return {field.name: _encode(getattr(value, field.name)) for field in told_fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Resolved types of a dataclass' fields."""
    return get_type_hints(kind)


def _decode(value: Any, hint: Any, place: str) -> Any:
    """The value as its field's type wants it: objects to dataclasses, lists to tuples."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (hint,) = [option for option in get_args(hint) if option is not type(None)]
        return _decode(value, hint, place)
    if dataclasses.is_dataclass(hint):
        assert isinstance(hint, type)
        return _decode_fields(value, hint, place)
    if origin is tuple:
        options = get_args(hint)
        if len(options) == 2 and options[1] is Ellipsis:
            options = (options[0],) * len(value)
        return tuple(_decode(item, option, place) for item, option in zip(value, options, strict=True))
    return value


def _decode_fields(value: Any, kind: type, place: str) -> Any:
    """A dataclass from its object; missing or unknown fields are refused by name."""
    fields = {field.name: field for field in told_fields(kind)}
    unknown = sorted(set(value) - set(fields)) if isinstance(value, Mapping) else ["(not an object)"]
    missing = [
        name
        for name, field in fields.items()
        if name not in value
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if unknown or missing:
        raise ReleaseRefused(
            f"The fields of a stored release do not fit its kind: {', '.join([*unknown, *missing])}.",
            where=place,
            todo="It was written by another version: run the report again.",
        )
    hints = _hints(kind)
    return kind(**{name: _decode(item, hints[name], f"{place}.{name}") for name, item in value.items()})
