"""Searches in words: what one will take, the states of its trials, the values of what varies."""

from collections.abc import Iterator
from typing import Any

from tui_cnn.i18n import _, ngettext
from tui_cnn.search.limits import NO_ERRORS
from tui_cnn.search.plan import SearchPlan
from tui_cnn.search.survey import Parallel, Survey
from tui_cnn.ui.toolkit.numbers import duration, threads
from tui_cnn.visible import visible


def survey_lines(plan: SearchPlan, found: Survey, at_a_time: Parallel) -> Iterator[str]:
    """Describe what a search will take with so many trials at a time."""
    if found.candidates is None:
        yield _("candidates: unlimited, since a range is continuous")
    else:
        yield _("candidates: {count:,}").format(count=found.candidates)
    counted = _("networks that fit the limits: {fitting:,} of {examined:,}")
    if found.sampled:
        counted = _("networks that fit the limits: {fitting:,} of a sample of {examined:,}")
    yield counted.format(fitting=found.fitting, examined=found.examined)
    for limit, count in found.excluded.items():
        if limit == NO_ERRORS:
            yield _("  with an error: {count:,} ({example})").format(count=count, example=visible(found.example))
        else:
            yield _("  excluded by {limit}: {count:,}").format(limit=limit, count=count)
    yield _("at a time: {jobs}, {threads}").format(
        jobs=ngettext("{count} trial", "{count} trials", at_a_time.jobs).format(count=at_a_time.jobs),
        threads=threads(at_a_time.threads),
    )
    trials = plan.trials or found.candidates
    if found.candidates is not None and trials is not None:
        trials = min(trials, found.candidates if found.sampled else _all_fitting(found))
    if found.seconds is None or trials is None:
        yield _("time: not known before this machine has trained or measured more")
    else:
        time = duration(trials * found.seconds / at_a_time.jobs)
        line = ngettext(
            "time: about {time} for {count:,} trial, unless it is pruned",
            "time: about {time} for {count:,} trials, unless some are pruned",
            trials,
        )
        yield line.format(time=time, count=trials)


def _all_fitting(found: Survey) -> int:
    """Count the candidates that fit: each network that does has as many as the others."""
    assert found.candidates is not None
    return found.candidates // max(1, found.examined) * found.fitting


def trial_state(state: str) -> str:
    """Name the state of a trial."""
    names = {
        "queued": _("queued"),
        "running": _("running"),
        "paused": _("paused"),
        "finished": _("finished"),
        "pruned": _("pruned"),
        "stopped": _("stopped"),
        "failed": _("failed"),
        "interrupted": _("interrupted"),
    }
    return names.get(state, state)


def value_text(value: Any) -> str:
    """Write a value of what varies as in a form: `3×3`, `yes`, `0.0012`."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case float():
            return f"{value:.3g}"
        case list():
            return "×".join(map(value_text, value))
        case _:
            return visible(str(value))


def short_keys(keys: tuple[str, ...]) -> dict[str, str]:
    """Name what varies by its field alone, where no other has that name."""
    fields = [key.rpartition(".")[2] for key in keys]
    return {key: field if fields.count(field) == 1 else key for key, field in zip(keys, fields, strict=True)}
