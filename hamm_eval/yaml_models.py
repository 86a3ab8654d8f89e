"""YAML files as frozen pydantic models: all problems at once, each with its path and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from hamm_eval.errors import ParamsError, Problem, UsageError
from hamm_eval.nearest import did_you_mean


class FrozenModel(BaseModel):
    """Base of everything read from YAML: immutable, unknown keys refused, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two places of a file that do not fit together: the place to mend, what is wrong, what to do."""

    place: tuple[str | int, ...]
    what: str
    todo: str


def load_yaml_model(
    path: Path,
    model: type[Model],
    *,
    contradictions: Callable[[Model], Iterable[Contradiction]] | None = None,
) -> Model:
    """Read one YAML file into a model.

    Parameters
    ----------
    path : Path
    model : type of FrozenModel
    contradictions : callable, optional
        What a single field cannot tell: called with the model once every field is sound.

    Raises
    ------
    UsageError
        The file is not there or cannot be read.
    ParamsError
        Everything that is wrong, each problem with file, line and YAML path; never a value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise UsageError(
            "There is no such file, or it cannot be read.", where=str(path), todo="Name a YAML file."
        ) from None
    except UnicodeDecodeError:
        raise ParamsError("The file is not UTF-8.", where=str(path), todo="Save it as UTF-8.") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ParamsError(
            "This is not valid YAML.", where=f"{path}:{line}", todo="Check indentation and colons."
        ) from None
    except ValueError:
        # PyYAML builds dates with the standard library, whose message carries the value.
        raise ParamsError("A date in this file does not exist.", where=str(path)) from None
    problems = [*_duplicate_keys(node, path)]
    try:
        value = model.model_validate(content if content is not None else {})
    except ValidationError as error:
        problems += [
            _problem(path, node, model, dict(item))
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise ParamsError.of(problems, f"{path.name} cannot be used:") from None
    if contradictions is not None:
        problems += [
            Problem(found.what, _where(path, node, found.place), found.todo)
            for found in contradictions(value)
        ]
    if problems:
        raise ParamsError.of(problems, f"{path.name} cannot be used:")
    return value


def refuse_contradictions(path: Path, found: Iterable[Contradiction]) -> None:
    """Refuse a file that was read before for what only shows beside the data.

    Raises
    ------
    ParamsError
        One problem a contradiction, with file, line and YAML path; nothing where there is none.
    """
    contradictions = tuple(found)
    if contradictions:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        problems = [Problem(one.what, _where(path, node, one.place), one.todo) for one in contradictions]
        raise ParamsError.of(problems, f"{path.name} cannot be used:")


def _duplicate_keys(node: yaml.Node | None, path: Path, at: str = "") -> Iterator[Problem]:
    """Keys written twice: YAML keeps the last one without a word."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = f"{at}.{key.value}".lstrip(".")
            if key.value in seen:
                yield Problem(
                    "This key is written twice.", f"{path}:{key.start_mark.line + 1}: {name}", "Keep one."
                )
            seen.add(key.value)
            yield from _duplicate_keys(value, path, name)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield from _duplicate_keys(value, path, f"{at}[{i}]")


def _line(node: yaml.Node | None, place: tuple[Any, ...]) -> int:
    """Line of the deepest node on the way to `place` that the file holds."""
    line = 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
            if not found:
                continue  # a branch of a union: pydantic names it, the file does not hold it
            line = found[0][0].start_mark.line + 1
            node = found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _model_at(model: type[BaseModel], place: tuple[Any, ...]) -> Any:
    """The model that `place` leads to."""
    here: Any = model
    for step in place:
        fields = getattr(here, "model_fields", None)
        if fields is not None and step in fields:
            here = _inner_model(fields[step].annotation)
    return here


def _keys_at(model: type[BaseModel], place: tuple[Any, ...]) -> list[str]:
    """Known keys of the model that `place` lies in."""
    return list(getattr(_model_at(model, place), "model_fields", {}))


def _description(model: type[BaseModel], place: tuple[Any, ...]) -> str:
    """What the model says of the key at `place`; "" where it says nothing."""
    field = getattr(_model_at(model, place[:-1]), "model_fields", {}).get(place[-1])
    return (field.description or "") if field is not None else ""


def _inner_model(annotation: Any) -> Any:
    """The model inside ``tuple[X, ...]``, ``dict[str, X]`` or ``X | None``."""
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return annotation
    for argument in get_args(annotation):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def _where(path: Path, node: yaml.Node | None, place: tuple[Any, ...]) -> str:
    """File, line and YAML path of a place."""
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")
    return f"{path}:{_line(node, place)}: {name}" if name else str(path)


def _problem(path: Path, node: yaml.Node | None, model: type[BaseModel], item: dict[str, Any]) -> Problem:
    """One pydantic error as a problem with path and line, and no value."""
    place = tuple(item["loc"])
    where = _where(path, node, place)
    if item["type"] == "extra_forbidden":
        advice = did_you_mean(str(place[-1]), _keys_at(model, place[:-1]), known="Known keys")
        return Problem("This key is unknown.", where, advice)
    if item["type"] == "missing":
        return Problem("This key is missing.", where, _description(model, place) or "Add it.")
    if item["type"] in ("enum", "literal_error"):
        return Problem("Not one of the allowed words.", where, f"Allowed: {item['ctx']['expected']}.")
    if item["type"].startswith("date_"):
        return Problem("This is no day.", where, "Write year, month and day, as 2017-06-30.")
    return Problem(item["msg"].removeprefix("Value error, ").rstrip(".") + ".", where)
