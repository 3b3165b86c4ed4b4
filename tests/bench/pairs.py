"""Two things timed in turns, so that both meet the same machine."""

import sys
from statistics import median


def environment(directory):
    """Let Python keep its bytecode in `directory`, as an installed program has it beside its modules."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(directory), "CNN_TUI_HOME": str(directory)}


def report(title, ours, theirs, pairs, limit):
    """Time both sides `pairs` times, after one run that does not count; print medians and their ratio."""
    sides = [ours, theirs]
    times = {name: [] for name, _ in sides}
    for number in range(pairs + 1):
        for name, measure in sides if number % 2 else reversed(sides):
            seconds = measure()
            if number:
                times[name].append(seconds)
    width = max(map(len, times))
    print(f"{title}, {pairs} pairs")
    for name, measured in times.items():
        middle, least, most = (1e3 * value for value in (median(measured), min(measured), max(measured)))
        print(f"  {name:{width}}  median {middle:,.2f} ms  ({least:,.2f} to {most:,.2f})")
    ratio = median(times[ours[0]]) / median(times[theirs[0]])
    print(f"  ratio {ratio:.3f}, limit {limit}")
    sys.exit(ratio > limit)
