"""The lessons: short texts in Markdown that ship with the program, each with things to try."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tui_cnn.assets import ROOT
from tui_cnn.core.layers import LAYER_TYPES

DIRECTORY = ROOT / "lessons"

_TRY = re.compile(r"^- \[(?P<words>[^\]]+)\]\((?P<link>[^)\s]+)\)(?P<rest>.*)$")


class Try(NamedTuple):
    """Something to try: its text, and the link to the state of the program in which to do it."""

    words: str
    link: str


class Lesson(NamedTuple):
    """A lesson: the name that it is asked for by, its title, its text in Markdown, and what to try."""

    name: str
    title: str
    text: str
    tries: tuple[Try, ...]


@cache
def lessons(language: str = "en") -> tuple[Lesson, ...]:
    """Read all lessons of a language, in their order.

    Raises:
        OSError: they cannot be read.
    """
    return tuple(read_lesson(path) for path in sorted((DIRECTORY / language).glob("*.md")))


def read_lesson(path: Path) -> Lesson:
    """Read a lesson from `NN-name.md`: a title, paragraphs, and under the last heading a list of links."""
    head, _line, rest = path.read_text("utf-8").partition("\n")
    text, _heading, tries = rest.rpartition("\n## ")
    matches = (_TRY.match(line) for line in re.sub(r"\n  +", " ", tries).splitlines())
    return Lesson(
        path.stem.partition("-")[2],
        head.removeprefix("# ").strip(),
        text.strip(),
        tuple(Try(match["words"] + match["rest"], match["link"]) for match in matches if match),
    )


_LAYERS = {name: kind.lesson for name, kind in LAYER_TYPES.items() if kind.lesson} | {"Input": "images"}

_FIELDS = {
    "input_shape": "images",
    "image": "images",
    "filters": "channels",
    "groups": "channels",
    "kernel": "filters",
    "kernel_size": "filters",
    "bank": "filters",
    "turned": "convolution",
    "padding": "padding",
    "zeros": "padding",
    "strides": "stride",
    "stride": "stride",
    "dilation_rate": "stride",
    "activation": "layer",
    "use_bias": "layer",
    "bias": "layer",
    "relu": "layer",
    "kind": "pooling",
    "pool_size": "pooling",
    "units": "why-not-dense",
    "epochs": "training",
    "batch_size": "training",
    "learning_rate": "training",
    "optimizer": "training",
}

_NUMBERS = {
    "output": "stride",
    "parameters": "parameters",
    "MACs": "parameters",
    "FLOPs": "parameters",
    "memory": "images",
    "field": "receptive-field",
    "accuracy": "training",
    "loss": "training",
}

_PLACES = {
    "convolution": "convolution",
    "pooling": "pooling",
    "sizes": "stride",
    "weights": "parameters",
    "pairs": "training",
    "maps": "channels",
    "kernels": "filters",
    "why": "receptive-field",
    "moves": "pooling",
    "evaluation": "training",
    "comparison": "training",
    "history": "filters",
    "pad": "images",
}

_TOPICS = _LAYERS | _FIELDS | _NUMBERS | _PLACES

_OTHERWISE = "shape-of-a-cnn"


def lessons_of(topics: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the lessons that topics belong to, each once, in their order; at least one.

    A topic is a layer's type, a field of a form, a kind of number, a page of the Lab or a view of the Inspect screen.
    """
    return tuple(dict.fromkeys(_TOPICS[topic] for topic in topics if topic in _TOPICS)) or (_OTHERWISE,)
