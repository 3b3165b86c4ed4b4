"""Links of the lessons: each names a state of the program, as `lab:convolution?kernel=sobel-x&padding=same` does."""

from typing import Literal, NamedTuple

from tui_cnn.formats.validation import nearest
from tui_cnn.i18n import _
from tui_cnn.lab.links import LabLink, LinkError, parse_lab_link
from tui_cnn.ui.inspect.actions import VIEWS
from tui_cnn.ui.messages import OpenLesson, ShowLabLink, ShowView
from tui_cnn.ui.workspace import Workspace


class ModelLink(NamedTuple):
    """A preset, on the Build or the Train screen."""

    mode: Literal["build", "train"]
    model: str


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
        return ModelLink("build" if scheme == "build" else "train", rest)
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


def follow(workspace: Workspace, text: str) -> None:
    """Go where a link leads, or report why it leads nowhere."""
    try:
        link = parse_link(text)
    except LinkError as error:
        workspace.report(error)
        return
    match link:
        case ModelLink():
            workspace.open_model(link.model, link.mode)
        case ViewLink():
            workspace.send("inspect", ShowView(link.view))
        case LessonLink():
            workspace.send("lab", OpenLesson(link.name))
        case LabLink():
            workspace.send("lab", ShowLabLink(text))
