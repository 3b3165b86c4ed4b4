"""What a search has come to: the best, how many trials, the time left; and what it looks for."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.i18n import _, ngettext
from tui_cnn.search.plan import SearchPlan
from tui_cnn.ui.search.reader import Shown
from tui_cnn.ui.search.search_list import STATE_COLOURS, search_state
from tui_cnn.ui.toolkit.headline import Headline, HeadlineNumber, clock
from tui_cnn.ui.toolkit.numbers import duration, short_count, whole_parts
from tui_cnn.ui.toolkit.runs import share
from tui_cnn.visible import visible

_GAP = "   "


class SearchSummary(Vertical):
    """Large digits where there is room, and a few lines."""

    DEFAULT_CSS = """
    SearchSummary {
        & #headline-row { height: auto; layout: vertical; }
        & #numbers { width: auto; height: 4; margin-right: 2; }
        & #numbers HeadlineNumber { margin-right: 3; }
        & #best-accuracy Digits { color: $text-primary; text-style: bold; }
        & #about-search { width: 1fr; height: auto; }
    }
    """

    def __init__(self, *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._shown: Shown | None = None

    def compose(self) -> ComposeResult:
        """Lay out the numbers beside the lines."""
        with Container(id="headline-row"):
            with Horizontal(id="numbers"):
                for name in ("best-accuracy", "ended-trials", "time-left"):
                    yield HeadlineNumber(id=name)
            yield Static(id="about-search")

    def show(self, shown: Shown | None) -> None:
        """Show a search as it stands."""
        if shown is not self._shown:
            self._shown = shown
            self._write()

    def on_resize(self) -> None:
        """Write more where there is more room."""
        self.call_after_refresh(self._write)

    def _write(self) -> None:
        shown = self._shown
        if shown is None:
            return
        about = self.query_one("#about-search", Static)
        self.border_title = Content.styled(visible(shown.snapshot.search.id), "bold")
        brief = not self.query_one("#numbers").display
        for number, headline in zip(self.query(HeadlineNumber), headlines(shown), strict=True):
            number.show(headline)
        width = max(10, about.size.width)
        lines = [_state_line(shown, width), *(_numbers_line(shown, width) if brief else ())]
        lines += [Content.styled(line, "$text-error") for line in _problems(shown)]
        if shown.snapshot.plan is not None:
            lines += [Content.styled(whole_parts(line, width, _GAP), "dim") for line in aims(shown.snapshot.plan)]
        about.update(Content("\n").join(lines))


def headlines(shown: Shown) -> tuple[Headline, Headline, Headline]:
    """Return the three numbers that matter most."""
    ended, history = ended_trials(shown), shown.snapshot.history
    best = share(shown.best.accuracy) if shown.best else "—"
    trials = ngettext("of {count:,} trial", "of {count:,} trials", shown.planned or 0).format(count=shown.planned or 0)
    if history.state == "running" and shown.seconds_left is not None:
        time = Headline(clock(shown.seconds_left), _("time left"))
    else:
        time = Headline(clock(history.elapsed), _("time"))
    number = f" {_('by trial {number}').format(number=shown.best.number)}" if shown.best else ""
    return (
        Headline(best, _("best validation") + number),
        Headline(f"{ended:,}", trials if shown.planned else _("trials ended")),
        time,
    )


def ended_trials(shown: Shown) -> int:
    """Count the trials that have ended."""
    return sum(trial.record.ended is not None for trial in shown.trials)


def _state_line(shown: Shown, width: int) -> Content:
    history = shown.snapshot.history
    state = Content.styled(f"● {search_state(history.state)}", f"$text-{STATE_COLOURS[history.state]}")
    counts = {
        _("finished"): sum(trial.state == "finished" for trial in shown.trials),
        _("pruned"): sum(trial.state == "pruned" for trial in shown.trials),
        _("failed"): sum(trial.state == "failed" for trial in shown.trials),
        _("running") if history.state == "running" else _("interrupted"): sum(
            trial.record.ended is None for trial in shown.trials
        ),
    }
    parts = [f"{count:,} {name}" for name, count in counts.items() if count]
    if history.state == "running" and history.started is not None:
        jobs = history.started.jobs
        parts.append(ngettext("{count} at a time", "{count} at a time", jobs).format(count=jobs))
    if history.finished is not None and history.state == "finished" and history.finished.reason == "exhausted":
        parts.append(_("no more candidates fit the limits"))
    room = max(0, width - state.cell_length - len(_GAP))
    return Content.assemble(state, _GAP, whole_parts(_GAP.join(parts), room, _GAP))


def _numbers_line(shown: Shown, width: int) -> Iterator[Content]:
    best, trials, time = headlines(shown)
    parts = [
        Content.assemble((best.digits, "bold $text-primary"), f" {best.label}"),
        Content.assemble((trials.digits, "bold"), f" {trials.label}"),
        Content.assemble((time.digits, "bold"), f" {time.label}"),
    ]
    while parts and sum(part.cell_length for part in parts) + len(_GAP) * (len(parts) - 1) > width:
        parts.pop()
    yield Content(_GAP).join(parts)


def _problems(shown: Shown) -> Iterator[str]:
    if shown.problem:
        yield visible(shown.problem)
    history = shown.snapshot.history
    if history.state == "failed" and history.failed is not None:
        yield visible(history.failed.error)


def aims(plan: SearchPlan) -> Iterator[str]:
    """Describe in lines what a search looks for, and how."""
    goals = ", ".join(plan.goals)
    limits = ", ".join(plan.limits) or _("no limits")
    yield _GAP.join((_("goals: {goals}").format(goals=goals), limits))
    budget = plan.budget
    parts: list[str] = [plan.brain]
    if plan.trials is not None:
        parts.append(ngettext("{count:,} trial", "{count:,} trials", plan.trials).format(count=plan.trials))
    if budget.minutes is not None:
        parts.append(duration(60 * budget.minutes))
    if budget.epochs is not None:
        parts.append(
            ngettext("{count} epoch in all", "{count} epochs in all", budget.epochs).format(
                count=short_count(budget.epochs)
            )
        )
    parts.append(
        ngettext("{count} epoch each", "{count} epochs each", plan.recipe.epochs).format(count=plan.recipe.epochs)
    )
    if len(plan.seeds) > 1:
        parts.append(ngettext("{count} seed", "{count} seeds", len(plan.seeds)).format(count=len(plan.seeds)))
    if plan.pruning.kind != "none":
        parts.append(plan.pruning.kind)
    yield _GAP.join(parts)
