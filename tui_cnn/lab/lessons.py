"""The lessons: short texts in Markdown that ship with the program, each with things to try."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tui_cnn.assets import ROOT
from tui_cnn.core.layers import ALL_TYPES

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


_TOPICS = {
    "images": "Input input_shape image memory pad",
    "channels": "filters groups maps",
    "filters": "kernel kernel_size bank kernels history",
    "convolution": "turned convolution",
    "padding": "padding zeros",
    "stride": "strides stride dilation_rate output sizes",
    "layer": "activation use_bias bias relu",
    "pooling": "kind pool_size pooling moves",
    "parameters": "parameters MACs FLOPs weights",
    "why-not-dense": "units",
    "receptive-field": "field why",
    "training": "epochs batch_size learning_rate optimizer accuracy loss pairs evaluation comparison",
}
"""The lessons with the fields, kinds of number, pages of the Lab and views of Inspect that they explain."""

_LESSONS = {name: kind.lesson for name, kind in ALL_TYPES.items() if kind.lesson} | {
    topic: lesson for lesson, topics in _TOPICS.items() for topic in topics.split()
}


def lessons_of(topics: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the lessons that topics belong to, each once, in their order; at least one.

    A topic is a layer's type, a field of a form, a kind of number, a page of the Lab or a view of the Inspect screen.
    """
    return tuple(dict.fromkeys(_LESSONS[topic] for topic in topics if topic in _LESSONS)) or ("shape-of-a-cnn",)
