"""All links of the lessons are followed, in whatever language: each leads to the state that it names."""

from tests.ui.driving import opened
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.settings import ConvolutionSettings, LearningSettings, PhotoSettings, PoolingSettings
from tui_cnn.ui.application.links import ModelLink, ViewLink, parse_link
from tui_cnn.ui.train.recipe_form import RecipeForm

LINKS = sorted({step.link for lesson in lessons() for step in lesson.tries})
LINK_SIZES = ((80, 24), (120, 40), (200, 55))
"""Columns and lines."""


async def follow_all(sizes):
    """Follow them one after the other at each size, in one program: a page of the Lab is made once.

    Nothing else is opened: what a question does behind its answer is in `test_questions.py`.
    """
    async with opened(size=sizes[0]) as user:
        for size in sizes:
            await user.resize(*size)
            for link in LINKS:
                user.app.follow_link(link)
                await arrives(user, parse_link(link))
                assert user.notices == [], f"{link} at {size}: {user.notices}"


async def arrives(user, link):
    """Wait until the screen, the page and the settings of a link are shown."""
    if isinstance(link, ViewLink):
        await user.until(
            lambda: user.app.current_mode == "inspect" and user.app.screen.current_view.SCOPE.name == link.view
        )
        return
    if isinstance(link, ModelLink):
        await user.until(lambda: (user.app.current_mode, user.network.name) == link[:2])
        if link.recipe:
            await user.until(lambda: user.app.screen.query_one(RecipeForm).recipe == link.recipe)
            await user.until(lambda: user.app.screen.query_one("#field-limit").region.height)  # what is set can be seen
        return
    await user.until(lambda: user.app.current_mode == "lab")
    lab, settings = user.app.screen, link.settings
    await user.until(lambda: lab.page == link.page and lab.bench.has_focus)
    if settings is not None:
        await user.until(lambda: lab.bench.settings == settings)
        await user.until(lambda: lab.bench.form is None or lab.bench.form.value == settings)
    if isinstance(settings, ConvolutionSettings | PoolingSettings | LearningSettings):
        await user.until(lambda: lab.bench.place == link.place)
    if isinstance(settings, PhotoSettings):
        await user.until(lambda: lab.bench.chosen == link.place)
