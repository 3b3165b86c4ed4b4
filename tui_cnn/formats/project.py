"""What a project checks: `cnn-tui.toml`, or `[tool.cnn-tui]` of `pyproject.toml`."""

import re
from collections.abc import Iterable, Iterator
from os.path import normpath
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta

from tui_cnn.core.boards import BOARDS
from tui_cnn.core.checks import Severity
from tui_cnn.core.memory import OptimizerName
from tui_cnn.core.network import Axis
from tui_cnn.core.shape import Shape
from tui_cnn.formats.amounts import parse_amount
from tui_cnn.formats.errors import FormatError, Problem
from tui_cnn.formats.models import is_code
from tui_cnn.formats.reading import loads_toml, read_text
from tui_cnn.formats.toml_positions import Places, Steps
from tui_cnn.formats.validation import InvalidError, convert, nearest
from tui_cnn.i18n import _

OWN_FILE, SHARED_FILE = "cnn-tui.toml", "pyproject.toml"
_TABLE: Steps = ("tool", "cnn-tui")

T = TypeVar("T", bound=msgspec.Struct)

_Count = Annotated[int, Meta(ge=1)]
_Amount = Annotated[int, Meta(ge=0)] | str
"""A whole number, or one as on the command line: "100k"."""
_Text = Annotated[str, Meta(min_length=1)]


class Budgets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits on what a network costs; None: no limit. Memory is that of a training step, in bytes.

    Flash and RAM are those in int8, in bytes.
    """

    max_params: int | None = None
    max_macs: int | None = None
    max_memory: int | None = None
    min_receptive_field: int | None = None
    output_shape: Shape | None = None
    max_flash: int | None = None
    max_ram: int | None = None

    @classmethod
    def of_board(cls, name: str | None) -> "Budgets":
        """Return the limits of a board of `BOARDS`; of None, none."""
        return cls(max_flash=BOARDS[name].flash, max_ram=BOARDS[name].ram) if name else cls()

    def overridden(self, other: "Budgets") -> "Budgets":
        """Return these limits with those of `other` in place of them, where it has some."""
        return msgspec.structs.replace(self, **{name: value for name, value in _fields(other) if value is not None})


def _fields(budgets: Budgets) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(budgets, name)) for name in budgets.__struct_fields__)


class IgnoredFinding(NamedTuple):
    """A finding that a project accepts: its code, the reason, perhaps the layer (its name or number), and the place."""

    code: str
    reason: str
    layer: str | None
    line: int
    column: int


class ListedModel(NamedTuple):
    """A model of a project: its name there, the file or preset, and what holds for it alone."""

    name: str
    model: str
    budgets: Budgets = Budgets()
    ignored: tuple[IgnoredFinding, ...] = ()
    input_shape: Shape | None = None
    classes: int | None = None


class Project(NamedTuple):
    """What a project checks, and what holds for all its models; `file` is where that is written."""

    file: Path
    models: tuple[ListedModel, ...] = ()
    budgets: Budgets = Budgets()
    ignored: tuple[IgnoredFinding, ...] = ()
    fail_on: Severity | None = None
    batch_size: int | None = None
    optimizer: OptimizerName | None = None
    steps: int | None = None
    checks_url: str | None = None

    def listed(self, model: str) -> ListedModel | None:
        """Return the listed model of that name, or else the one that is this very file or preset."""
        for one in self.models:
            if one.name == model:
                return one
        if not self.models:
            return None
        path = _written_out(model)
        return next((one for one in self.models if one.model == model or _written_out(one.model) == path), None)


def _written_out(path: str) -> str:
    """Return the whole path of a file, whichever way to it was written."""
    return normpath(Path(path).absolute())


def find_project(directory: Path, known_codes: Iterable[str]) -> Project | None:
    """Read the project file of a directory, or of the nearest one above it; None if there is none.

    A `pyproject.toml` without the table is passed over.

    Raises:
        FormatError: it cannot be read, or something in it is wrong.
    """
    for folder in (directory, *directory.parents):
        if _is_file(folder / OWN_FILE):
            return read_project(folder / OWN_FILE, known_codes)
        shared = folder / SHARED_FILE
        if _is_file(shared) and _has_table(shared):
            return read_project(shared, known_codes)
    return None


def _is_file(path: Path) -> bool:
    """Tell whether a file is there; not in a directory above that may not be looked into."""
    try:
        return path.is_file()
    except OSError:
        return False


def _has_table(path: Path) -> bool:
    """Tell whether the file of a project in Python has our table; one that is broken is not ours to complain about."""
    try:
        text = read_text(path)
        return "cnn-tui" in text and "cnn-tui" in loads_toml(text, path).get("tool", {})
    except (FormatError, TypeError):
        return False


def read_project(path: Path, known_codes: Iterable[str]) -> Project:
    """Read a project file; `known_codes` are those of the checks.

    Raises:
        FormatError: it cannot be read, or something in it is wrong: each problem with its place.
    """
    return loads_project(read_text(path), path, known_codes)


def loads_project(text: str, path: Path, known_codes: Iterable[str]) -> Project:
    """Read the text of the project file at `path`; otherwise as `read_project`."""
    data: Any = loads_toml(text, path)
    table: Steps = _TABLE if path.name == SHARED_FILE else ()
    for step in table:
        data = data.get(step, {}) if isinstance(data, dict) else {}
    reader = _Reader(Places(text), table, sorted(known_codes))
    project = reader.project(path, data)
    if reader.problems:
        raise FormatError(path, *sorted(reader.problems, key=lambda one: (one.line or 0, one.column or 0)))
    return project


def page_url(text: str) -> str:
    """Return the address of a page on the web.

    Raises:
        InvalidError: it is none.
    """
    if not re.fullmatch(r"https?://[^\s()<>\"'`|]+", text):
        message = _("“{value}” is not the address of a page; use for example https://example.org/checks.md")
        raise InvalidError(message.format(value=text[:80]))
    return text


_Limits = Annotated[dict[str, Any], Meta(description="Limits on what a network costs")]
_Ignored = Annotated[list[Any], Meta(description="Findings that are accepted, each with a reason")]


class IgnoreTable(msgspec.Struct, forbid_unknown_fields=True):
    """A finding that is ignored, as it is written."""

    code: Annotated[str, Meta(min_length=1, max_length=64, description="Code of the finding")]
    reason: Annotated[str, Meta(min_length=1, pattern=r"\S", description="Why it is accepted")]
    layer: Annotated[
        str | Annotated[int, Meta(ge=1)] | None, Meta(description="Name or number of the layer; empty: every layer")
    ] = None


class LimitsTable(msgspec.Struct, forbid_unknown_fields=True):
    """Budgets, as they are written."""

    max_params: Annotated[_Amount | None, Meta(description="Maximum number of parameters, such as 100k.")] = None
    max_macs: Annotated[
        _Amount | None, Meta(description="Maximum number of multiply-accumulates (MACs), such as 5M.")
    ] = None
    max_memory: Annotated[_Amount | None, Meta(description="Maximum training-step memory in bytes, such as 2GB.")] = (
        None
    )
    min_receptive_field: Annotated[
        _Count | None, Meta(description="Minimum receptive field of the last feature map, in pixels.")
    ] = None
    output_shape: Annotated[
        _Count | Annotated[tuple[_Count, ...], Meta(min_length=1)] | None,
        Meta(description="Required output shape, such as 10."),
    ] = None
    max_flash: Annotated[_Amount | None, Meta(description="Maximum size of the network in int8, such as 256kB.")] = None
    max_ram: Annotated[_Amount | None, Meta(description="Maximum memory for activations in int8, such as 64kB.")] = None
    board: Annotated[
        str | None,
        Meta(
            description="Board whose flash and RAM are the limits in int8.",
            extra_json_schema={"enum": list(BOARDS)},
        ),
    ] = None


class ModelTable(msgspec.Struct, forbid_unknown_fields=True):
    """A model of a project, as it is written; its parts are tables of their own."""

    model: Annotated[_Text, Meta(description="A file, from here, or a preset")]
    budgets: _Limits = {}
    ignore: _Ignored = []
    input_shape: Annotated[
        Annotated[tuple[Axis, ...], Meta(min_length=2, max_length=4)] | None,
        Meta(description="Image size to use instead of the model's own: [224, 224], or [224, 224, 3]"),
    ] = None
    classes: Annotated[_Count | None, Meta(description="Check that the output has this many classes.")] = None


class ProjectTable(msgspec.Struct, forbid_unknown_fields=True):
    """A project file; `models` are names of files, or a `ModelTable` each."""

    models: Annotated[dict[str, Any], Meta(description="Models to check, each under a name: a file or a table")] = {}
    budgets: _Limits = {}
    ignore: _Ignored = []
    fail_on: Annotated[
        Literal["error", "warning", "info"] | None,
        Meta(description="Lowest severity that makes the exit status 1.  [error]"),
    ] = None
    batch_size: Annotated[_Count | None, Meta(description="Batch size for the training-step memory.  [32]")] = None
    optimizer: Annotated[
        OptimizerName | None,
        Meta(description="Optimizer for the training-step memory.  [adam]"),
    ] = None
    steps: Annotated[_Count | None, Meta(description="Check that this many training steps are enough.")] = None
    checks_url: Annotated[str | None, Meta(description="Address of the page with the explanations of checks")] = None


class _Reader:
    """Reads the parts of a project; what is wrong is collected in `problems`."""

    def __init__(self, places: Places, table: Steps, codes: list[str]) -> None:
        self.problems: list[Problem] = []
        self._places, self._table, self._codes = places, table, codes

    def project(self, path: Path, data: Any) -> Project:
        """Read all of it."""
        found = self._part(data, (), ProjectTable)
        if found is None:
            return Project(path)
        models = [self._model(name, path.parent, part, ("models", name)) for name, part in found.models.items()]
        return Project(
            path,
            tuple(model for model in models if model is not None),
            self._budgets(found.budgets, ("budgets",)),
            self._ignored(found.ignore, ("ignore",)),
            found.fail_on,
            found.batch_size,
            found.optimizer,
            found.steps,
            self._page(found.checks_url),
        )

    def _page(self, text: str | None) -> str | None:
        try:
            return None if text is None else page_url(text)
        except InvalidError as error:
            self._wrong(f"checks_url: {error}", ("checks_url",))
            return None

    def _model(self, name: str, folder: Path, data: Any, steps: Steps) -> ListedModel | None:
        found = self._part({"model": data} if isinstance(data, str) else data, steps, ModelTable)
        if found is None:
            return None
        if is_code(found.model, folder):
            message = _("“{model}” is code, which is run only from the command line: cnn-tui check {model}")
            self._wrong(message.format(model=found.model), steps if isinstance(data, str) else (*steps, "model"))
            return None
        return ListedModel(
            name,
            _beside(folder, found.model),
            self._budgets(found.budgets, (*steps, "budgets")),
            self._ignored(found.ignore, (*steps, "ignore")),
            found.input_shape,
            found.classes,
        )

    def _budgets(self, data: dict[str, Any], steps: Steps) -> Budgets:
        limits = self._part(data, steps, LimitsTable)
        if limits is None:
            return Budgets()
        amounts: dict[str, int | None] = {}
        for name in ("max_params", "max_macs", "max_memory", "max_flash", "max_ram"):
            value = getattr(limits, name)
            try:
                amounts[name] = parse_amount(value) if isinstance(value, str) else value
            except InvalidError as error:
                self._wrong(f"{name}: {error}", (*steps, name))
        board = limits.board
        if board is not None and board not in BOARDS:
            problem = _("unknown board “{name}”").format(name=board) + nearest(board, list(BOARDS))
            self._wrong(problem, (*steps, "board"))
            board = None
        shape = limits.output_shape
        own = Budgets(
            **amounts,
            min_receptive_field=limits.min_receptive_field,
            output_shape=(shape,) if isinstance(shape, int) else shape,
        )
        return Budgets.of_board(board).overridden(own)

    def _ignored(self, data: list[Any], steps: Steps) -> tuple[IgnoredFinding, ...]:
        found = []
        for number, part in enumerate(data):
            one = self._part(part, (*steps, number), IgnoreTable)
            if one is None:
                continue
            if one.code not in self._codes:
                problem = _("unknown check “{code}”").format(code=one.code) + nearest(one.code, self._codes)
                self._wrong(problem, (*steps, number, "code"))
            layer = None if one.layer is None else str(one.layer)
            found.append(IgnoredFinding(one.code, one.reason, layer, *self._places[*self._table, *steps, number]))
        return tuple(found)

    def _part(self, data: Any, steps: Steps, kind: type[T]) -> T | None:
        """Convert one table; None if something in it is wrong."""
        try:
            return convert(data, kind)
        except InvalidError as error:
            self._wrong(str(error), (*steps, *error.steps))
            return None

    def _wrong(self, problem: str, steps: Steps) -> None:
        self.problems.append(Problem(problem, *self._places[*self._table, *steps]))


def _beside(folder: Path, model: str) -> str:
    """Return the model's file as it is found from here, or the name of a preset unchanged."""
    path = folder / model
    if not Path(model).suffix and len(Path(model).parts) == 1 and not path.exists():
        return model
    absolute, here = path.absolute(), Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)
