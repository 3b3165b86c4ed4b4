"""A model that was checked: its numbers, and its findings with their places in the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tui_cnn.cli.checking.budgets import Budget, compare
from tui_cnn.cli.checking.rules import BUDGET, UNREADABLE, UNUSED_IGNORE
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import Check, FindingGroup, Severity, TrainingContext, grouped
from tui_cnn.core.memory import Memory, memory
from tui_cnn.core.network import Network, format_path
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.kinds import is_ours
from tui_cnn.formats.project import Budgets, IgnoredFinding, ListedModel, Project
from tui_cnn.formats.reading import read_text
from tui_cnn.formats.tensors import TensorList
from tui_cnn.formats.toml_positions import Places, steps_to
from tui_cnn.i18n import _
from tui_cnn.runs.machine import machine_memory

SEVERITIES: dict[Severity, int] = {"info": 0, "warning": 1, "error": 2}


class Location(NamedTuple):
    """A place in a file, from line and column one; None where they are not known. `-` is the standard input."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


class Finding(NamedTuple):
    """What was found, the same in each of `layers`, which are numbers as people count them, each with its place.

    `fails`: it makes the exit status 1. `reason` is why the project ignores it, if it does.
    """

    code: str
    severity: Severity
    message: str
    places: tuple[Location, ...] = ()
    layers: tuple[str, ...] = ()
    fails: bool = False
    reason: str = ""

    @property
    def place(self) -> Location | None:
        """The first of its places."""
        return self.places[0] if self.places else None


class CheckedModel(NamedTuple):
    """A model, and what was found in it.

    `analysis` and `needs` are None where there is no network: the file cannot be read (`error`), or has only `tensors`.
    `checks` are those of `findings` that are about the network, each layer by itself; so are `accepted` those of
    `ignored`, with their reasons. `file` is None for a preset.
    """

    name: str
    file: str | None
    analysis: Analysis | None = None
    needs: Memory | None = None
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    ignored: tuple[Finding, ...] = ()
    accepted: tuple[tuple[Check, str], ...] = ()
    budgets: tuple[Budget, ...] = ()
    tensors: TensorList | None = None
    error: FormatError | None = None

    @property
    def reported(self) -> tuple[Finding, ...]:
        """The findings, and the budgets that are not met as findings."""
        places = (Location(self.file),) if self.file is not None else ()
        if self.file is not None and self.file.endswith(".toml"):
            places = (Location(self.file, 1, 1),)
        unmet = (Finding(BUDGET, "error", one.problem, places, fails=True) for one in self.budgets if not one.met)
        return (*unmet, *self.findings)

    @property
    def fails(self) -> bool:
        """Whether something in it makes the exit status 1 or 2."""
        return any(finding.fails for finding in self.reported)


class Demands(NamedTuple):
    """What a model is checked for: how it will be trained, its budgets, and what the project ignores."""

    training: TrainingContext
    budgets: Budgets = Budgets()
    fail_on: Severity = "error"
    ignored: tuple[IgnoredFinding, ...] = ()


def demands_of(project: Project, listed: ListedModel) -> Demands:
    """Return what a project demands of one of its models."""
    training = TrainingContext(
        listed.classes, project.batch_size or 32, project.optimizer or "adam", machine_memory(), project.steps
    )
    budgets = project.budgets.overridden(listed.budgets)
    return Demands(training, budgets, project.fail_on or "error", (*listed.ignored, *project.ignored))


def check_network(
    name: str, network: Network, file: str | None, places: Callable[[], Places | None], demands: Demands
) -> tuple[CheckedModel, frozenset[IgnoredFinding]]:
    """Check a network, and return which of the ignored findings it has.

    `places` are those of its TOML, None without; they are asked for where something is found.
    """
    analysis = analyze(network, demands.training)
    needs = memory(analysis, demands.training.batch_size, demands.training.optimizer)
    names = {row.path: row.name for row in analysis.rows}
    kept: list[Check] = []
    accepted: list[tuple[Check, str]] = []
    used = set()
    for check in analysis.checks:
        ignored = [one for one in demands.ignored if _is_meant(one, check, names.get(check.path))]
        used.update(ignored)
        if ignored:
            accepted.append((check, ignored[0].reason))
        else:
            kept.append(check)
    place = _placing(network, file, places() if file is not None and analysis.checks else None)
    checked = CheckedModel(
        name,
        file,
        analysis,
        needs,
        tuple(kept),
        tuple(_finding(group, place, demands.fail_on) for group in grouped(kept)),
        tuple(_ignored(accepted, place)),
        tuple(accepted),
        tuple(compare(analysis, needs, demands.budgets)),
    )
    return checked, frozenset(used)


def unread_model(name: str, file: str | None, error: FormatError) -> CheckedModel:
    """Return what is known of a model that cannot be read: why, and where in its file, if it is one."""
    findings = (
        Finding(
            UNREADABLE,
            "error",
            problem.message,
            (Location(file, problem.line, problem.column),) if file is not None else (),
            fails=True,
        )
        for problem in error.problems
    )
    return CheckedModel(name, file, findings=tuple(findings), error=error)


def unused_ignores(project: Project, unused: Iterable[IgnoredFinding], fail_on: Severity) -> CheckedModel | None:
    """Report which findings a project ignores in vain, with their places in its file; None without such."""
    file = display_path(project.file)
    message = _("the ignored finding “{code}” was not found; remove the entry")
    findings = tuple(
        Finding(
            UNUSED_IGNORE,
            "warning",
            message.format(code=one.code),
            (Location(file, one.line, one.column),),
            fails=SEVERITIES["warning"] >= SEVERITIES[fail_on],
        )
        for one in unused
    )
    return CheckedModel(file, file, findings=findings) if findings else None


def display_path(path: Path) -> str:
    """Write the path of a file from here, where it is below."""
    try:
        here = Path.cwd()
    except OSError:  # it was deleted
        return path.as_posix()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _is_meant(ignored: IgnoredFinding, check: Check, name: str | None) -> bool:
    return ignored.code == check.code and ignored.layer in (None, name, format_path(check.path))


_Placing = Callable[[Check], Location | None]


def _placing(network: Network, file: str | None, places: Places | None) -> _Placing:
    """Return what finds the place of a check: of the field that its fix changes, or else of its layer."""
    if file is None:
        return lambda check: None
    if places is None:
        return lambda check: Location(file)

    def place(check: Check) -> Location:
        steps = steps_to(network.layers, check.path)
        fields = [name for path, name in check.fix.fields if path == check.path] if check.fix else []
        return Location(file, *places[(*steps, *fields[:1])])

    return place


def places_in(source: Path | None) -> Places | None:
    """Read a file once more for its places, if it is TOML; a pipe cannot be."""
    if source is None or not source.is_file() or not is_ours(source):
        return None
    try:
        return Places(read_text(source))
    except FormatError:  # it was changed in this moment
        return None


def _finding(group: FindingGroup, place: _Placing, fail_on: Severity, reason: str = "") -> Finding:
    places = (place(check) for check in group.checks)
    return Finding(
        group.checks[0].code,
        group.severity,
        str(group),
        tuple(one for one in places if one is not None),
        tuple(format_path(check.path) for check in group.checks if check.path),
        not reason and SEVERITIES[group.severity] >= SEVERITIES[fail_on],
        reason,
    )


def _ignored(accepted: Sequence[tuple[Check, str]], place: _Placing) -> Iterator[Finding]:
    for reason in dict.fromkeys(reason for _check, reason in accepted):
        for group in grouped(check for check, own in accepted if own == reason):
            yield _finding(group, place, "error", reason)
