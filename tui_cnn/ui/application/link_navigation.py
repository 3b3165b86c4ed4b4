"""Going where the links of the lessons lead."""

from tui_cnn.ui.application.links import LessonLink, ModelLink, ViewLink, parse_link
from tui_cnn.ui.lab.links import LabLink, LinkError
from tui_cnn.ui.messages import OpenLesson, ShowLabLink, ShowView
from tui_cnn.ui.workspace import Workspace


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
