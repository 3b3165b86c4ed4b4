"""A document that is being edited: what it is, and what is found in its text as it stands, saved or not."""

import re
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from tui_cnn.cli.checking.models import Finding, check_network, demands_of
from tui_cnn.cli.checking.rules import UNREADABLE, link, rules
from tui_cnn.core import network as networks
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.checks import Severity
from tui_cnn.core.network import Network
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.project import (
    OWN_FILE,
    SHARED_FILE,
    ListedModel,
    Project,
    find_project,
    loads_project,
)
from tui_cnn.formats.reading import LARGEST
from tui_cnn.formats.toml import loads_network
from tui_cnn.formats.toml_positions import Places, Steps, positions
from tui_cnn.i18n import _
from tui_cnn.visible import visible

LANGUAGE = "cnn-tui"
"""The language that an editor may call a network's TOML."""

_OF_A_NETWORK = re.compile(r"^[ \t]*(?:\[\[[ \t]*layers\b|input_shape[ \t]*=)", re.MULTILINE)
_OF_A_PROJECT = re.compile(r"^[ \t]*\[{1,2}[ \t]*tool[ \t]*\.[ \t]*[\"']?cnn-tui\b", re.MULTILINE)

Kind = Literal["network", "project", "other"]


class Diagnostic(NamedTuple):
    """What is wrong in a text, from one offset to another; `page` is where its code is explained."""

    start: int
    end: int
    severity: Severity
    code: str
    message: str
    page: str = ""


class Document:
    """The text of a file, which need not be saved; without a path it never was.

    It is a network's if its language is called so, or if it has a table of `layers` or an `input_shape`; the file of a
    project by its name, and `pyproject.toml` if it has our table. In any other TOML nothing is said.
    """

    def __init__(self, text: str, path: Path | None = None, language: str = "") -> None:
        self.given = text
        self.text = text.removeprefix("\ufeff") if len(text) <= LARGEST else ""
        self._path = path
        self.kind = _kind(self.text, path, language)

    @cached_property
    def network(self) -> Network | FormatError:
        """The network, or why it is none."""
        try:
            return loads_network(self.text, self._source)
        except FormatError as error:
            return error

    @cached_property
    def analysis(self) -> Analysis | None:
        """The numbers of the network, where it is one."""
        return analyze(self.network) if self.kind == "network" and isinstance(self.network, Network) else None

    @cached_property
    def _positions(self) -> dict[Steps, int]:
        return positions(self.text)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def layer_at(self, offset: int) -> networks.Path | None:
        """Return the path of the layer that is written at an offset, where the text is that of a network."""
        if not isinstance(self.network, Network):
            return None
        before = [(start, len(steps), steps) for steps, start in self._positions.items() if start <= offset]
        return _path(max(before, key=lambda one: one[:2])[2])

    def diagnostics(self) -> list[Diagnostic]:
        """Find what is wrong, as `cnn-tui check` does: with the budgets and the ignored findings of the project."""
        if self.kind == "project" and self._path is not None:
            try:
                loads_project(self.text, self._path, rules())
            except FormatError as error:
                return self._problems(error)
        return self._of_network() if self.kind == "network" else []

    def _of_network(self) -> list[Diagnostic]:
        if isinstance(self.network, FormatError):
            return self._problems(self.network)
        project, found = self._project(), list[Diagnostic]()
        if isinstance(project, FormatError):
            message = _("the project file cannot be read, so nothing is ignored: {reason}").format(reason=project)
            found, project = [Diagnostic(*self._span(1, 1), "warning", UNREADABLE, message)], Project(Path())
        listed = project.listed(self._source) or ListedModel(self._source, self._source)
        file = (
            self._source if self._source.endswith(".toml") else f"{self._source}.toml"
        )  # the places are those of TOML
        checked, _used = check_network(
            listed.name, self.network, file, lambda: Places(self.text), demands_of(project, listed)
        )
        page = project.checks_url or ""
        return found + [one for finding in checked.reported for one in self._of(finding, page)]

    def _project(self) -> Project | FormatError:
        """Find the project that the file is in; a text without a file is in none."""
        try:
            found = find_project(self._path.parent, rules()) if self._path else None
        except FormatError as error:
            return error
        return found or Project(Path())

    def _of(self, finding: Finding, page: str) -> list[Diagnostic]:
        """Put a finding to each of its places."""
        spans = [self._span(place.line or 1, place.column or 1) for place in finding.places]
        text, page = visible(finding.message), link(finding.code, page)
        return [Diagnostic(start, end, finding.severity, finding.code, text, page) for start, end in spans]

    def _problems(self, error: FormatError) -> list[Diagnostic]:
        """Put each problem of a text that cannot be read to its place."""
        return [
            Diagnostic(*self._span(one.line or 1, one.column or 1), "error", UNREADABLE, visible(one.message))
            for one in error.problems
        ]

    def _span(self, line: int, column: int) -> tuple[int, int]:
        """Return the offsets of what begins at a place, a header, a key with its value, or a layer, in its line.

        At the end of a line that is the letter before.
        """
        first = self._lines[min(line, len(self._lines)) - 1]
        end = self.text.find("\n", first)
        end = len(self.text) if end < 0 else end
        start = max(first, min(first + column - 1, end - 1))
        found = _WHOLE.match(self.text, start, end)
        return start, found.end() if found else end

    @property
    def _source(self) -> str:
        return str(self._path) if self._path else _("unsaved network")


_WHOLE = re.compile(
    r"\[\[[^\]\n]*\]\]|\[[^\]\n]*\](?=[ \t]*(?:#|\Z))"  # a header
    r"|\{[^{}\n]*\}?"  # a layer in a line
    r"|[\w\".'-]+[ \t]*=[ \t]*(?:\"[^\"\n]*\"?|'[^'\n]*'?|\[[^\[\]\n]*\]|[^\s,#}\]]+)?"  # a key and its value
    r"|[^\s,\]}]+"
)


def _kind(text: str, path: Path | None, language: str) -> Kind:
    if path is not None and path.name == OWN_FILE:
        return "project"
    if path is not None and path.name == SHARED_FILE:
        return "project" if _OF_A_PROJECT.search(text) else "other"
    return "network" if language == LANGUAGE or _OF_A_NETWORK.search(text) else "other"


def _path(steps: Steps) -> networks.Path | None:
    """Return the path of the innermost layer on a way into a network."""
    found: list[int] = []
    rest = list(steps)
    while rest:
        holder, *numbers = rest[:3] if rest[0] == "branches" else rest[:2]
        if holder not in ("layers", "branches") or len(numbers) != (2 if holder == "branches" else 1):
            break
        if not all(isinstance(number, int) for number in numbers):
            break
        found += [number for number in numbers if isinstance(number, int)]
        rest = rest[1 + len(numbers) :]
    return tuple(found) or None
