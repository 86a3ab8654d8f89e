"""What is said of a lost kernel: memory only where something took the process down."""

from __future__ import annotations

import pytest

from hamm_eval.pipeline.kernel_end import KernelEnd


@pytest.mark.parametrize(
    ("code", "how", "memory"),
    [
        (-9, "ended by SIGKILL", True),
        (-11, "ended by SIGSEGV", True),
        (-250, "ended by signal 250", True),
        (0, "ended with exit code 0", False),
        (1, "ended with exit code 1", False),
        (None, "alive", False),
    ],
)
def test_memory_is_suspected_only_where_a_signal_ended_it(code, how, memory):
    end = KernelEnd("02_time", 3, code)
    assert end.how == how
    assert ("memory" in end.advice) is memory
    assert end.advice.endswith("The former report is untouched; run it again.")
