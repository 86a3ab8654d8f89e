"""The truth of the synthetic city, by simulating potential outcomes in a world many times its size."""

from __future__ import annotations

from hamm_eval.synthetic.truth.simulate import simulate_truth
from hamm_eval.synthetic.truth.stored import truth_text, write_truth

__all__ = ["simulate_truth", "truth_text", "write_truth"]
