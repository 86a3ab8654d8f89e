"""The command line, one file a command.

Nothing of science is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

from hamm_eval.cli.application import app, main

__all__ = ["app", "main"]
