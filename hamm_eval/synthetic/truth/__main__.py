"""`python -m hamm_eval.synthetic.truth [NAME ...]` simulates the stored truths anew; some minutes each."""

from __future__ import annotations

import os
import sys

from hamm_eval.synthetic.truth.stored import NAMES, renew

if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        print(f"Written: {renew(name, workers=os.cpu_count() or 1)}")
