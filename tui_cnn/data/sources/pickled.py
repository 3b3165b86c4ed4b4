"""A reader of pickles that runs nothing: it builds bytes, texts, numbers, lists, dictionaries, tuples and NumPy arrays.

A pickle is a program for a machine with a stack (Python's `pickletools` describes all its instructions). Python's own
reader imports what a pickle names and calls it. This one knows the few names that arrays are made of and does itself
what they stand for; all else is refused. What it builds takes memory in proportion to the file.
"""

import pickletools
import re
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from tui_cnn.data.files import DataError, naming
from tui_cnn.i18n import _

Values = npt.NDArray[Any]

_LARGEST = 1 << 30
"""Bytes of a file; the largest of CIFAR has 155 MB."""
_TYPE = re.compile(r"[|<>=]?[biuf][1-8]")


def read_pickled(path: Path) -> dict[str, Any]:
    """Read a pickled dictionary whose keys are texts.

    Raises:
        DataError: the file cannot be read, is no pickle of a dictionary, or has anything in it but data.
    """
    with naming(path):
        if path.stat().st_size > _LARGEST:
            raise DataError(_("is too large to be a batch of CIFAR"))
        content = path.read_bytes()
        try:
            table = _of_kind(_Machine().run(content), dict)
            return {text(key): found.value if isinstance(found, _Array) else found for key, found in table.items()}
        except DataError:
            raise
        except Exception:  # a damaged program may do anything wrong: too little on the stack, a list for a number, …
            raise DataError(_("is not a pickle of data, or is damaged; download it again")) from None


def text(value: object) -> str:
    """Return a text; Python 2 stored them as bytes.

    Raises:
        TypeError: it is neither.
    """
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(_of_kind(value, str))


class _Name:
    """A name of a function or class that the pickle would have imported."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Type:
    """The type of an array's elements; its byte order comes later."""

    def __init__(self, code: str) -> None:
        if not _TYPE.fullmatch(code):
            raise DataError(_("has an array of Python objects, which is not read"))
        self.dtype = np.dtype(code)

    def build(self, state: tuple[Any, ...]) -> None:
        order = text(state[1])
        self.dtype = self.dtype.newbyteorder(order if order in "<>=|" else "=")  # type: ignore[arg-type]


class _Array:
    """An array; its shape and values come later."""

    value: Values

    def build(self, state: tuple[Any, ...]) -> None:
        _version, shape, kind, fortran, values = state
        self.value = _array(values, kind, shape, "F" if fortran else "C")


def _array(values: Any, kind: Any, shape: Any, order: Literal["C", "F"]) -> Values:
    sizes = [_of_kind(size, int) for size in _of_kind(shape, tuple)]
    array: Values = np.frombuffer(_of_kind(values, bytes | bytearray), _of_kind(kind, _Type).dtype)
    return array.reshape(sizes, order=order)


def _frombuffer(values: Any, kind: Any, shape: Any, order: Any) -> _Array:
    array = _Array()
    array.value = _array(values, kind, shape, "F" if text(order) == "F" else "C")
    return array


def _scalar(kind: Any, value: Any) -> Any:
    return _array(value, kind, (), "C").item()


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "numpy.dtype": lambda code, *_flags: _Type(text(code)),
    "numpy.core.multiarray._reconstruct": lambda *_class_shape_code: _Array(),
    "numpy.core.multiarray.scalar": _scalar,
    "numpy.core.numeric._frombuffer": _frombuffer,
    "__builtin__.bytes": lambda: b"",
    "_codecs.encode": lambda value, _encoding: _of_kind(value, str).encode("latin-1"),
}
"""What stands for the calls that NumPy's arrays are stored as. Whatever they are given is checked: no more memory."""
_CLASSES = frozenset(("numpy.ndarray",))


class _Machine:
    """The stack of a pickle, and what it remembers."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def run(self, content: bytes) -> object:
        """Follow the instructions; return what is on the stack in the end."""
        for instruction, argument, _place in pickletools.genops(content):
            self._step(instruction.name, argument)
        return self._stack.pop()

    def _step(self, name: str, argument: Any) -> None:
        stack = self._stack
        match name:
            case "PROTO" | "FRAME" | "STOP":
                pass
            case "STRING" | "BINSTRING" | "SHORT_BINSTRING":
                stack.append(argument.encode("latin-1"))
            case "BINBYTES" | "SHORT_BINBYTES" | "BINBYTES8" | "BYTEARRAY8":
                stack.append(argument)
            case "UNICODE" | "BINUNICODE" | "SHORT_BINUNICODE" | "BINUNICODE8":
                stack.append(argument)
            case "INT" | "BININT" | "BININT1" | "BININT2" | "LONG" | "LONG1" | "LONG4" | "FLOAT" | "BINFLOAT":
                stack.append(argument)
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name])
            case "MARK":
                self._below.append(stack)
                self._stack = []
            case "POP":
                stack.pop()
            case "POP_MARK":
                self._since_mark()
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self._memo[argument] = stack[-1]
            case "MEMOIZE":
                self._memo[len(self._memo)] = stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                stack.append(self._memo[argument])
            case "EMPTY_LIST" | "EMPTY_DICT" | "EMPTY_TUPLE":
                stack.append({"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}[name]())
            case "LIST" | "TUPLE" | "DICT":
                self._gather(name)
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(name[-1])
                if len(stack) < count:
                    raise ValueError
                stack[-count:] = [tuple(stack[-count:])]
            case "APPEND" | "APPENDS":
                items = self._since_mark() if name == "APPENDS" else [stack.pop()]
                _of_kind(self._stack[-1], list).extend(items)
            case "SETITEM" | "SETITEMS":
                items = self._since_mark() if name == "SETITEMS" else [stack.pop(-2), stack.pop()]
                _fill(_of_kind(self._stack[-1], dict), items)
            case "GLOBAL" | "STACK_GLOBAL":
                module, found = argument.split(" ") if name == "GLOBAL" else (stack.pop(-2), stack.pop())
                stack.append(_known(f"{module}.{found}"))
            case "REDUCE":
                arguments = _of_kind(stack.pop(), tuple)
                stack.append(_FUNCTIONS[_of_kind(stack.pop(), _Name).name](*arguments))
            case "BUILD":
                state = _of_kind(stack.pop(), tuple)
                if not isinstance(stack[-1], _Type | _Array):
                    raise ValueError
                stack[-1].build(state)
            case _:
                raise DataError(_("has the pickle instruction {name}, which data does not need").format(name=name))

    def _since_mark(self) -> list[Any]:
        """Take all that is above the last mark."""
        items, self._stack = self._stack, self._below.pop()
        return items

    def _gather(self, name: str) -> None:
        items = self._since_mark()
        made: Any = tuple(items) if name == "TUPLE" else items
        if name == "DICT":
            made = {}
            _fill(made, items)
        self._stack.append(made)


def _known(name: str) -> _Name:
    """Return the name of a function or class, as NumPy before its version 2 has it."""
    known = name.replace("numpy._core.", "numpy.core.", 1)
    if known not in _FUNCTIONS and known not in _CLASSES:
        message = _("would run {name}, which is not data; it was not run, and the file is not used")
        raise DataError(message.format(name=name))
    return _Name(known)


def _of_kind(value: Any, kind: type | UnionType) -> Any:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _fill(target: dict[Any, Any], items: list[Any]) -> None:
    """Set keys and values; only texts are keys: tuples and numbers can be made so that to hash them takes forever."""
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[_of_kind(key, str | bytes)] = value
