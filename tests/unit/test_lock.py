"""The lock: complete, hashed, and free of addresses."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from small_project import ROOT

LOCKS = ("requirements.lock", "requirements-uv.lock")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)(?P<marker> ;[^\\]*)?", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins() -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for match in PIN.finditer((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        found.setdefault(match["name"], []).append(Version(match["version"]))
    return found


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    texts = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    return [Requirement(text) for text in (*texts, *(text for extra in extras.values() for text in extra))]


@pytest.mark.parametrize("requirement", wanted(), ids=lambda requirement: requirement.name)
def test_the_lock_satisfies_pyproject(requirement: Requirement) -> None:
    versions = pins()[canonicalize_name(requirement.name)]
    assert all(version in requirement.specifier for version in versions)


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_stands_in_the_lock(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|://|--(extra-)?index|--find-links|@ ", text)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    for block in blocks:
        assert PIN.match(block), block[:60]
        assert HASH.search(block), block[:60]


def test_uv_is_pinned_where_the_lock_command_looks() -> None:
    asked = Requirement((ROOT / "requirements-uv.in").read_text(encoding="utf-8").strip())
    assert str(asked.specifier).startswith("==")
    assert f"uv{asked.specifier}" in (ROOT / "requirements-uv.lock").read_text(encoding="utf-8")
