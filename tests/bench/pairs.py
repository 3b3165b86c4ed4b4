"""Two things timed in turns, so that both meet the same machine."""

import sys
from statistics import median


def environment(directory):
    """Let Python keep its bytecode in `directory`, as an installed program has it beside its modules."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(directory), "CNN_TUI_HOME": str(directory)}


def in_turns(sides, times):
    """Measure each side, a name and a function, so many times; return what each gave."""
    given = {name: [] for name, _ in sides}
    for number in range(times):
        for name, measure in sides if number % 2 else reversed(sides):
            given[name].append(measure())
    return given


def report(title, ours, theirs, pairs, limit):
    """Time both sides `pairs` times, after one run that does not count; print medians and their ratio."""
    times = {name: measured[1:] for name, measured in in_turns([ours, theirs], pairs + 1).items()}
    width = max(map(len, times))
    print(f"{title}, {pairs} pairs")
    for name, measured in times.items():
        middle, least, most = (1e3 * value for value in (median(measured), min(measured), max(measured)))
        print(f"  {name:{width}}  median {middle:,.2f} ms  ({least:,.2f} to {most:,.2f})")
    ratio = median(times[ours[0]]) / median(times[theirs[0]])
    print(f"  ratio {ratio:.3f}, limit {limit}")
    sys.exit(ratio > limit)
