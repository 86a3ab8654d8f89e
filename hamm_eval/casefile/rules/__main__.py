"""Print docs/rules.md."""

from __future__ import annotations

import sys

from hamm_eval.casefile.rules.page import rules_page

if __name__ == "__main__":
    sys.stdout.write(rules_page())
