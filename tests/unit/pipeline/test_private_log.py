from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hamm_eval.pipeline.private_log import log_exception


def fail() -> None:
    try:
        int("Amira Haddad")
    except ValueError as error:
        raise RuntimeError("Amira Haddad") from error


@pytest.mark.parametrize("inside", [True, False])
def test_types_and_frames_are_kept_and_texts_are_not(tmp_path: Path, inside: bool) -> None:
    if inside:
        (tmp_path / "params").mkdir()
    with pytest.raises(RuntimeError) as raised:
        fail()

    log = log_exception(raised.value, tmp_path)

    text = log.read_text(encoding="utf-8")
    assert "Haddad" not in text
    assert "builtins.RuntimeError" in text
    assert "builtins.ValueError" in text
    assert "test_private_log.py" in text
    assert ": fail" in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    assert log.is_relative_to(tmp_path) == inside
