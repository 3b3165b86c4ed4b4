"""From a key to the repainted screen, in the app, for a network of 100 layers, or of as many as are told.

Two figures for each kind of key: the processor's time, which a busy machine does not change much, and the time that
passed. The limits are for the 95th of 100: 30 ms of an edit, 15 ms of moving the cursor. Run it from the checkout:
`python -m tests.bench.edits [ROUNDS] [--layers N] [--profile]`.
"""

import asyncio
import cProfile
import gc
import os
import pstats
import sys
import tempfile
import time
from argparse import ArgumentParser
from statistics import quantiles

from tests.bench.analysis import deep
from tests.ui.driving import opened

SIZE = (120, 40)
LIMITS = {"edit": 30, "cursor": 15}
EDITS = [*"][=r}{smDuKJu", "u"] + ["u"] * 8
CURSOR = ["down", "down", "up", "down", "pagedown", "up", "pageup"]


async def strike(user, key):
    """Press a key; return the milliseconds of processor and of clock until nothing is left to do and all is painted."""
    cpu, clock = time.process_time(), time.perf_counter()
    user.send(key)
    await user.settle()
    return 1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - clock)


def percentile(values, per_cent):
    return quantiles(values, n=100, method="inclusive")[per_cent - 1]


async def main():
    parser = ArgumentParser()
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--layers", type=int, default=100)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    rounds, profile = asked.rounds, cProfile.Profile() if asked.profile else None
    slow = False
    async with opened(deep(asked.layers), size=SIZE, painted=True) as user:
        await user.pilot.pause(1.5)
        for key in [*["down"] * 31, "]"]:  # a first edit, after which there is always one to take back
            await strike(user, key)
        await user.pilot.pause(0.5)
        for kind, keys in (("edit", EDITS), ("cursor", CURSOR)):
            for key in keys:  # once that does not count
                await strike(user, key)
            gc.collect()
            if profile:
                profile.enable()
            taken = [await strike(user, key) for _ in range(rounds) for key in keys]
            if profile:
                profile.disable()
                pstats.Stats(profile).sort_stats("cumtime").print_stats(110)
                profile = cProfile.Profile()
            for name, values in zip(("processor", "clock"), zip(*taken, strict=True), strict=True):
                shares = "  ".join(f"{share} %: {percentile(values, share):5.1f}" for share in (50, 90, 95, 99))
                print(f"{kind:7} {len(values):4} keys  {name:10} {shares} ms   limit {LIMITS[kind]} at 95 %")
            slow |= percentile([cpu for cpu, _clock in taken], 95) > LIMITS[kind]
    sys.exit(slow)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:  # no copy that another session left is offered
        os.environ["CNN_TUI_HOME"] = home
        asyncio.run(main())
