"""Running someone's own code that makes a model: only this process does, and only where it was asked for."""

import inspect
import os
import sys
import threading
import traceback
from functools import reduce
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

import tui_cnn
from tui_cnn.core import edits
from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape, of_size
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.model_objects import is_keras_model, read_model_object
from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.runs.model_code import BuiltModel

_LONGEST = 200


class _CodeError(Exception):
    """What is wrong with the code, in one line."""


def main(model: str, directory: str, answer: Path, shape: Shape | None) -> int:
    """Make the model that `module:function` gives, and write what it is as a file; return the exit status."""
    _end_with_starter()
    os.chdir(directory)
    sys.path[: not sys.flags.safe_path] = [directory]  # in place of our own: as `python -m` there has it
    try:
        built = _built(model, shape)
    except (_CodeError, FormatError) as error:
        built = BuiltModel(problem=error.problem if isinstance(error, FormatError) else str(error))
    except BaseException as error:  # whatever their code raises: also what ends a program
        built = BuiltModel(problem=_raised(error, directory))
    answer.write_bytes(msgspec.json.encode(built))
    return 0


def _end_with_starter() -> None:
    """End where the starter does, which holds the other end of the standard input; their code has none."""
    held = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def wait() -> None:
        os.read(held, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _built(model: str, shape: Shape | None) -> BuiltModel:
    module_name, _colon, path = model.partition(":")
    made = _made(_found(_imported(module_name), path), path)
    if isinstance(made, Network):
        return BuiltModel(edits.set_input_shape(made, of_size(made.input_shape, shape)) if shape else made)
    if is_keras_model(made):
        network, notes = read_model_object(made, shape)
        return BuiltModel(network, notes)
    message = _("returned an object of type {kind}; it must return a model of Keras or a Network")
    raise _CodeError(message.format(kind=type(made).__name__))


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # it is one that the module imports
        message = _("no module “{name}” in {directory}; check the name, or run this where the module is")
        raise _CodeError(message.format(name=error.name, directory=Path.cwd())) from None


def _found(module: ModuleType, path: str) -> Any:
    try:
        return reduce(getattr, path.split("."), module)
    except AttributeError:
        message = _("{module} has no “{name}”").format(module=module.__name__, name=path)
        known = [name for name, value in vars(module).items() if inspect.isfunction(value) and name[0] != "_"]
        raise _CodeError(message + (nearest(path, known) if known else "")) from None


def _made(value: Any, path: str) -> Any:
    """Call a function; what is a model already is taken as it is."""
    if isinstance(value, Network) or is_keras_model(value):
        return value
    if not callable(value):
        message = _("“{name}” is an object of type {kind}, not a function that returns a model")
        raise _CodeError(message.format(name=path, kind=type(value).__name__))
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):  # it does not say what it takes
        return value()
    try:
        signature.bind()
    except TypeError:
        message = _("“{name}” needs arguments: {signature}; specify a function that can be called without")
        raise _CodeError(message.format(name=path, signature=_shortened(str(signature)))) from None
    return value()


def _raised(error: BaseException, directory: str) -> str:
    """Say in a line what their code raised, and where in their files."""
    kind = type(error).__name__
    try:
        first = next(iter(str(error).strip().splitlines()), "")
    except BaseException:  # it is their class
        first = ""
    if isinstance(error, SystemExit):
        text = _("the code ended the process: sys.exit({status})").format(status=_shortened(first))
    else:
        text = f"{kind}: {_shortened(first)}" if first else kind
    place = _place(error, Path(directory))
    return f"{text} ({place})" if place else text


def _place(error: BaseException, directory: Path) -> str:
    """Return file and line of the innermost step in a file of theirs; of what is no Python, where that is."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shown(Path(error.filename), directory)}:{error.lineno}"
    ours, steps = Path(tui_cnn.__file__).parent, traceback.extract_tb(error.__traceback__)
    for step in reversed(steps):
        file = Path(step.filename)
        is_installed = {"site-packages", "dist-packages"} & {*file.parts}
        if file.is_relative_to(directory) and not is_installed and not file.is_relative_to(ours):
            return f"{_shown(file, directory)}:{step.lineno}"
    return ""


def _shown(file: Path, directory: Path) -> str:
    return str(file.relative_to(directory) if file.is_relative_to(directory) else file)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
