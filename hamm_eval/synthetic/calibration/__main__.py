"""`python -m hamm_eval.synthetic.calibration [FILE]` writes docs/calibration.md, some seconds."""

from __future__ import annotations

import sys
from pathlib import Path

from hamm_eval.project import find_root
from hamm_eval.synthetic.calibration.page import PAGE, write_page

if __name__ == "__main__":
    print(f"Written: {write_page(Path(sys.argv[1]) if sys.argv[1:] else find_root(Path.cwd()) / PAGE)}")
