"""Where the links of the lessons lead."""

from typing import TYPE_CHECKING, cast

from tui_cnn.ui.lesson_links import LessonLink, LinkError, ModelLink, ViewLink, parse_link

if TYPE_CHECKING:
    from tui_cnn.ui.app import CnnTui
    from tui_cnn.ui.inspecting.taking import Brought
    from tui_cnn.ui.screens.inspect import InspectScreen
    from tui_cnn.ui.screens.lab import LabScreen


async def bring(app: "CnnTui", brought: "Brought") -> None:
    """Go to the Lab, and put something of a trained network on its bench."""
    await (await _lab(app)).bring(brought)


async def follow(app: "CnnTui", text: str) -> None:
    """Go where a link leads, or say why it leads nowhere."""
    try:
        link = parse_link(text)
    except LinkError as error:
        app.notify(str(error), severity="error", markup=False)
        return
    if isinstance(link, ModelLink):
        app.action_open_model(link.model, link.mode)
        return
    if isinstance(link, ViewLink):
        await app.switch_mode("inspect")
        cast("InspectScreen", app.screen_stack[0]).show_view(link.view)
        return
    lab = await _lab(app)
    if isinstance(link, LessonLink):
        lab.open_lesson(link.name)
    else:
        await lab.show_link(link)


async def _lab(app: "CnnTui") -> "LabScreen":
    """Go to the Lab; a dialog may have opened over it meanwhile."""
    await app.switch_mode("lab")
    return cast("LabScreen", app.screen_stack[0])
