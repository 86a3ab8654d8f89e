"""``python -m hamm_eval.cli``."""

from __future__ import annotations

from hamm_eval.cli import main

if __name__ == "__main__":
    main()
