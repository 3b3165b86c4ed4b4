"""Where the links of the lessons lead."""

from typing import TYPE_CHECKING, cast

from tui_cnn.ui.lesson_links import LessonLink, LinkError, ModelLink, ViewLink, parse_link

if TYPE_CHECKING:
    from tui_cnn.ui.app import CnnTui
    from tui_cnn.ui.inspecting.taking import Brought
    from tui_cnn.ui.screens.inspect import InspectScreen


async def bring(app: "CnnTui", brought: "Brought") -> None:
    """Go to the Lab, and put something of a trained network on its bench."""
    from tui_cnn.ui.screens.lab import LabScreen

    await app.switch_mode("lab")
    await cast("LabScreen", app.screen).bring(brought)


async def follow(app: "CnnTui", text: str) -> None:
    """Go where a link leads, or say why it leads nowhere."""
    from tui_cnn.ui.screens.lab import LabScreen

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
        cast("InspectScreen", app.screen).show_view(link.view)
        return
    await app.switch_mode("lab")
    lab = cast("LabScreen", app.screen)
    if isinstance(link, LessonLink):
        lab.open_lesson(link.name)
    else:
        await lab.show_link(link)
