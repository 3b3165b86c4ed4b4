"""Floating-point operations, in the convention that one means."""

from typing import Literal

from tui_cnn.core.rows import Totals

Convention = Literal["macs", "2xmacs", "tf"]
"""`macs`: one for each multiply-accumulate; `2xmacs`: two; `tf`: what TensorFlow's profiler counts."""


def flops(totals: Totals, convention: Convention) -> int:
    """Count the operations for one image."""
    match convention:
        case "macs":
            return totals.macs
        case "2xmacs":
            return 2 * totals.macs
        case "tf":
            return totals.tf_flops
