"""Links of the lessons: each names a state of the program.

`lab:convolution?kernel=sobel-x&padding=same` is a page of the Lab, `train:fashion-cnn?limit=500&epochs=40` a recipe.
"""

from collections.abc import Collection
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl

from tui_cnn.formats.fields import rebuild
from tui_cnn.formats.models import find_network
from tui_cnn.formats.validation import InvalidError, nearest
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink, LinkError, parse_lab_link
from tui_cnn.runs.recipe import TUTORIAL, Recipe
from tui_cnn.ui.inspect.actions import VIEWS
from tui_cnn.ui.messages import OpenLesson, ShowLabLink, ShowView
from tui_cnn.ui.workspace import Workspace


class ModelLink(NamedTuple):
    """A preset, on the Build or the Train screen; there with a recipe, where the link has settings of one."""

    mode: Literal["build", "train"]
    model: str
    recipe: Recipe | None = None


class ViewLink(NamedTuple):
    """A view of the Inspect screen."""

    view: str


class LessonLink(NamedTuple):
    """Another lesson."""

    name: str


Link = LabLink | ModelLink | ViewLink | LessonLink


def parse_link(link: str) -> Link:
    """Read a link.

    Raises:
        LinkError: it leads nowhere.
    """
    scheme, _colon, rest = link.partition(":")
    if scheme in ("build", "train") and rest:
        return _model_link(link, "build" if scheme == "build" else "train", rest)
    if scheme == "inspect":
        views = [view.name for view in VIEWS]
        if rest not in views:
            raise LinkError(f"{link}: " + _("unknown view") + nearest(rest, views))
        return ViewLink(rest)
    if scheme == "lesson" and rest:
        return LessonLink(rest)
    if scheme != "lab":
        raise LinkError(f"{link}: " + _("a link must start with lab:, build:, train:, inspect: or lesson:"))
    return parse_lab_link(link)


def _model_link(link: str, mode: Literal["build", "train"], rest: str) -> ModelLink:
    model, mark, query = rest.partition("?")
    if not mark or mode == "build":
        return ModelLink(mode, rest)
    values = dict(parse_qsl(query, keep_blank_values=True))
    known = [name for name in Recipe.__struct_fields__ if name != "data"]  # a lesson names no path of a person's disk
    for name in values:
        if name not in known:
            raise LinkError(f"{link}: " + _("unknown setting “{name}”").format(name=name) + nearest(name, known))
    try:
        return ModelLink(mode, model, rebuild(TUTORIAL, values))
    except InvalidError as error:
        raise LinkError(f"{link}: {error}") from None


def check_link(text: str, lesson_names: Collection[str]) -> None:
    """Find out whether a link leads somewhere, among lessons of these names.

    Raises:
        LinkError: it cannot be read, or there is no such lesson.
        FormatError: there is no such model, or it cannot be read.
    """
    match parse_link(text):
        case ModelLink(_mode, model):
            find_network(model)
        case LessonLink(name) if name not in lesson_names:
            raise LinkError(f"{text}: " + _("unknown lesson") + nearest(name, list(lesson_names)))


def follow(workspace: Workspace, text: str) -> None:
    """Go where a link leads, or report why it leads nowhere."""
    try:
        link = parse_link(text)
    except LinkError as error:
        workspace.report(error)
        return
    match link:
        case ModelLink():
            workspace.open_model(link.model, link.mode, link.recipe)
        case ViewLink():
            workspace.send("inspect", ShowView(link.view))
        case LessonLink():
            workspace.send("lab", OpenLesson(link.name))
        case LabLink():
            workspace.send("lab", ShowLabLink(text))
