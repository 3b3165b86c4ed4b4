"""Links of the lessons: what they say is checked, and every one of them leads to the state that it names."""

import asyncio
from urllib.parse import parse_qsl

import pytest
from msgspec.structs import replace

from tests.ui.driving import opened
from tests.ui.lab.following import LINK_SIZES, LINKS, follow_all
from tui_cnn.formats.fields import fields, format_value
from tui_cnn.formats.models import find_network
from tui_cnn.lab.learning import MOST_STEPS, learning
from tui_cnn.lab.lessons import lessons
from tui_cnn.lab.links import LabLink, LinkError, lab_link, parse_lab_link
from tui_cnn.lab.pooling import moved
from tui_cnn.lab.scene import LabArrays, convolution
from tui_cnn.lab.settings import (
    ConvolutionSettings,
    LearningSettings,
    PhotoSettings,
    PoolingSettings,
    SizesSettings,
    WeightsSettings,
)
from tui_cnn.lab.sizes import chain, read_windows
from tui_cnn.runs.recipe import TUTORIAL, Recipe
from tui_cnn.ui.application.links import LessonLink, ModelLink, ViewLink, parse_link
from tui_cnn.ui.inspect.actions import VIEWS
from tui_cnn.ui.lab.lesson import LessonPanel
from tui_cnn.ui.lab.weights import WeightsCalculator
from tui_cnn.ui.train.recipe_form import RecipeForm


def test_what_a_link_says():
    link = parse_link("lab:convolution?image=white-left&kernel=sobel-x&padding=2&strides=2&relu=yes&place=3")
    settings = ConvolutionSettings(image="white-left", kernel="sobel-x", padding="2", strides=(2, 2), relu=True)
    assert link == LabLink("convolution", settings, 2)
    assert parse_link("lab:sizes?n=39&windows=3,5s2") == LabLink("sizes", SizesSettings(n=39, windows="3,5s2"))
    assert parse_link("lab:weights") == LabLink("weights", WeightsSettings())
    assert parse_link("lab:learning?initializer=he-normal&rate=0.5&place=11") == LabLink(
        "learning", LearningSettings(initializer="he-normal", rate=0.5), 10
    )
    assert parse_link("lab:photo?first=canny-thinning&sigma=2&place=2") == LabLink(
        "photo", PhotoSettings(first="canny-thinning", sigma=2.0), 1
    )
    assert parse_link("lab:pairs") == LabLink("pairs", None)
    assert parse_link("build:lenet-5") == ModelLink("build", "lenet-5")
    assert parse_link("train:fashion-dnn") == ModelLink("train", "fashion-dnn")
    few = replace(TUTORIAL, limit=500, epochs=40, validation=0.5, augmentation="flip+shift")
    link = parse_link("train:fashion-cnn?limit=500&epochs=40&validation=0.5&augmentation=flip+shift")
    assert link == ModelLink("train", "fashion-cnn", few)
    assert parse_link("inspect:kernels") == ViewLink("kernels")
    assert parse_link("lesson:padding") == LessonLink("padding")


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://example.org", "a link must start with lab:, build:, train:, inspect: or lesson:"),
        ("build:", "a link must start with"),
        ("inspect:kernel", "unknown view; did you mean “kernels”?"),
        ("lab:convolutions", "did you mean “convolution”?"),
        ("lab:convolution?kernels=blur", "did you mean “kernel”?"),
        ("lab:convolution?kernel=sobelx", "kernel cannot be 'sobelx'; did you mean “sobel-x”?"),
        ("lab:convolution?side=99", "side must be a whole number, at most 64, not 99"),
        ("lab:learning?rate=0", "rate must be"),
        ("train:fashion-cnn?limits=5", "unknown setting “limits”; did you mean “limit”?"),
        ("train:fashion-cnn?data=/etc", "unknown setting “data”"),
        ("train:fashion-cnn?epochs=0", "epochs must be a whole number, at least 1"),
        ("train:fashion-cnn?epochs=many", "epochs must be"),
        ("train:fashion-cnn?augmentation=turn", "augmentation"),
        ("lab:photo?first=cany", "did you mean “canny”?"),
        ("lab:photo?sigma=6", "sigma must be"),
        ("lab:pairs?n=3", "unknown setting “n”"),
        ("lab:pooling?place=0", "place must be a number, 1 or more"),
    ],
)
def test_what_is_wrong_with_a_link(link, told):
    with pytest.raises(LinkError) as refused:
        parse_link(link)
    assert str(refused.value).startswith(link)
    assert told in str(refused.value)


@pytest.mark.parametrize("link", [link for link in LINKS if link.startswith("lab:")])
def test_a_link_is_written_as_it_is_read(link):
    assert parse_lab_link(lab_link(*parse_lab_link(link))) == parse_lab_link(link)


def test_a_link_leaves_out_what_only_the_program_has():
    settings = ConvolutionSettings(image="own", kernel="trained", side=9, strides=(2, 1), bias=None)
    link = lab_link("convolution", settings, 4)
    assert link == "lab:convolution?side=9&strides=2x1&bias=&place=5"
    assert parse_lab_link(link).settings == ConvolutionSettings(side=9, strides=(2, 1), bias=None)
    assert lab_link("pairs", None) == "lab:pairs"


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_a_lesson_is_sound(link):
    match parse_link(link):
        case LabLink(_, ConvolutionSettings() as settings, place):
            assert place < convolution(settings, LabArrays()).steps or settings.image == "fashion"
        case LabLink(_, PoolingSettings() as settings, place):
            assert place < moved(settings, LabArrays()).pooling.steps or settings.image == "fashion"
        case LabLink(_, LearningSettings() as settings, place):
            assert place < MOST_STEPS
            assert learning(settings, LabArrays()).rank
        case LabLink(_, PhotoSettings() as settings, place):
            assert place < settings.results
            shown = settings.methods[: settings.results]
            assert len(set(shown)) == len(shown), "no filter twice"
        case LabLink(_, SizesSettings() as settings, _place):
            chain(settings.n, read_windows(settings.windows))
        case LabLink(_, WeightsSettings() as settings, _place):
            assert settings in [example for _name, example in WeightsCalculator.EXAMPLES] or "receptive" in _lesson(
                link
            )
        case LessonLink(name):
            assert name in [lesson.name for lesson in lessons()]
        case ViewLink(view):
            assert view in [scope.name for scope in VIEWS]
        case ModelLink(_mode, model, recipe):
            find_network(model)
            for name, text in parse_qsl(link.partition("?")[2].replace("+", "%2B")):
                field = next(field for field in fields(Recipe) if field.name == name)
                assert format_value(field, getattr(recipe, name)) == text, "questions compare what is written"


def _lesson(link):
    return next(lesson.name for lesson in lessons() if link in [step.link for step in lesson.tries])


async def test_every_link_leads_somewhere():
    """At each size; in Korean: `tests/ui/test_korean.py`."""
    await follow_all(LINK_SIZES)


async def test_a_link_leaves_the_data_and_the_machine_as_they_are():
    async with opened(size=(120, 40)) as user:
        await user.press("2")
        form = user.app.screen.query_one(RecipeForm)
        form.set_recipe(Recipe(threads=1, augmentation="flip", batch_size=8))
        user.app.follow_link("train:lenet-5?limit=500")
        await user.until(lambda: form.recipe == replace(TUTORIAL, threads=1, limit=500))


async def test_a_dialog_that_opens_meanwhile_is_no_harm():
    async with opened() as user:
        await user.press("4")
        for link in ("lab:convolution?kernel=box-blur", "lesson:padding", "lesson:stride"):
            user.app.follow_link(link)
            user.app.action_settings()
            await user.settle()
            await user.press("escape")
        assert user.app.screen_stack[0].query_one(LessonPanel).lesson.name == "stride"


async def test_a_link_and_a_key_may_turn_to_the_same_page():
    async with opened() as user:
        await user.press("4")
        lab = user.app.screen
        await asyncio.gather(lab.action_page("weights"), lab.action_page("weights"))
        assert len(user.app.screen.query("#weights")) == 1
        assert user.app.screen.page == "weights"
