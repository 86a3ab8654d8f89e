"""`python -m hamm_eval.synthetic.calibration` renews what is generated of the pages on the synthetic city.

It writes docs/calibration.md and the tables of docs/synthetic-city.md.
"""

from __future__ import annotations

from pathlib import Path

from hamm_eval.project import find_root
from hamm_eval.synthetic.calibration.page import PAGE, calibration_page
from hamm_eval.synthetic.calibration.planted import MODEL_PAGE, planted_tables
from hamm_eval.synthetic.marked import with_tables


def renew(root: Path) -> None:
    """Write both pages of a clone; some seconds."""
    (root / PAGE).write_text(calibration_page(), encoding="utf-8", newline="\n")
    model = root / MODEL_PAGE
    text = with_tables(model.read_text(encoding="utf-8"), planted_tables())
    model.write_text(text, encoding="utf-8", newline="\n")
    print(f"Written: {root / PAGE}, {model}")


if __name__ == "__main__":
    renew(find_root(Path.cwd()))
