"""Runs a report and, once it has begun to publish, kills itself at the n-th thing it does.

Usage: killed_run.py PARAMS MOMENT (0: never)
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hamm_eval.pipeline import run_report

EVENTS = {"open", "os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}


def main(params: str, moment: int) -> None:
    """Run the report; an audit hook sees every file operation of the process."""
    publishing = False
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal publishing, seen
        if event not in EVENTS or not moment:
            return
        publishing = publishing or (event == "os.mkdir" and ".partial" in str(arguments[0]))
        seen += publishing
        if seen == moment:
            seen += 1
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    run_report(Path(params))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
