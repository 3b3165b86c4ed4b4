"""Textual's private parts: used in one module, and everything works without them."""

import ast
import asyncio
import gc
import inspect
import pkgutil
import sys
import weakref
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from textwrap import dedent
from types import ModuleType

import pytest
from rich.console import Console
from textual import events
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import OptionList, SelectionList, Static

import tui_cnn
from tests.ui import records
from tests.ui.driving import opened
from tui_cnn.ui.toolkit import textual_adapter
from tui_cnn.ui.toolkit.diff_renderer import TerminalBuffer

ADAPTER = textual_adapter.__name__


def is_private(name):
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))


@cache
def private_names(cls):
    """The private names that a class of Textual has, or gives to itself."""
    tree = ast.parse(dedent(inspect.getsource(cls)))
    given = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    return {name for name in given | set(vars(cls)) if is_private(name)}


def modules():
    for found in pkgutil.walk_packages(tui_cnn.__path__, "tui_cnn."):
        if not found.name.startswith("tui_cnn.worker") and found.name not in (ADAPTER, "tui_cnn.__main__"):
            yield import_module(found.name)


def private_imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "textual":
            yield from (f"{node.module}.{name.name}" for name in node.names if is_private(f"{node.module}.{name.name}"))
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("textual.") and is_private(name.name))


def private_uses(cls):
    """The private names of Textual that a subclass of one of its classes uses, overrides or takes for its own."""
    bases = [base for base in cls.__mro__ if base.__module__.partition(".")[0] == "textual"]
    private = set().union(*map(private_names, bases))
    for node in ast.walk(ast.parse(dedent(inspect.getsource(cls)))):
        name = getattr(node, "attr", None) or (getattr(node, "name", None) if isinstance(node, ast.stmt) else None)
        if name in private:
            yield name


def test_no_other_module_uses_what_textual_keeps_private():
    used = {}
    for module in modules():
        names = list(private_imports(ast.parse(inspect.getsource(module))))
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and "tui_cnn.ui" in cls.__module__:
                names += private_uses(cls)
        if names:
            used[module.__name__] = names
    assert used == {}


def test_the_test_finds_what_is_used():
    assert "_display" in private_uses(textual_adapter.AdaptedApp)
    assert list(private_imports(ast.parse("from textual.keys import _character_to_key"))) == [
        "textual.keys._character_to_key"
    ]


@pytest.fixture
def without(monkeypatch):
    monkeypatch.setattr(textual_adapter, "enabled", False)


@pytest.mark.usefixtures("without")
async def test_designing_works_without():
    async with opened(painted=True) as user:
        await user.press("down", "a")
        await user.sees("Add a layer")
        await user.choose("dropout")
        await user.sees("Dropout", "9 layers")
        await user.press("u")
        await user.sees("8 layers")
        await user.press("enter", "ctrl+up", "escape")
        await user.press("question_mark")
        await user.sees("Help", "Conv2D")
        await user.press("escape", "ctrl+p", "escape")
        await user.resize(80, 24)
        await user.sees("8 layers")


@pytest.mark.usefixtures("without")
async def test_runs_are_shown_without():
    run = records.make_run()
    records.write(run, records.started(), *records.trained(5), records.finished())
    async with opened(painted=True) as user:
        await user.press("5")
        await user.sees(run.id)
        await user.press("enter")
        await user.sees("test accuracy")
        await user.press("4")
        await user.press("pagedown", "1")
        await user.sees("8 layers")


@pytest.mark.usefixtures("without")
async def test_notices_pile_up_and_go_without():
    async with opened() as user:
        for number in range(5):
            user.app.notify(f"notice {number}")
        user.app.notify("notice 0")
        await user.settle()
        assert user.notices == [*(f"notice {number}" for number in range(5)), "notice 0"]


def test_a_release_without_the_private_module(monkeypatch):
    monkeypatch.setitem(sys.modules, "textual._compositor", ModuleType("textual._compositor"))
    spec = spec_from_file_location("adapter_without_a_compositor", textual_adapter.__file__)
    adapter = module_from_spec(spec)
    spec.loader.exec_module(adapter)
    assert not isinstance(LayoutUpdate([], Region()), adapter.LayoutUpdate)


def test_an_update_of_another_form_is_written_whole():
    update = LayoutUpdate([[Strip.blank(4)]], Region(0, 0, 4, 1))
    whole = update.render_segments(Console())
    update.region = (0, 0)
    update.render_segments = lambda _console: whole
    assert textual_adapter.DifferingCells(update, TerminalBuffer()).render_segments(Console()) == whole


async def test_what_fails_after_the_last_screen_has_closed_is_no_failure():
    async with opened() as user:
        stack, called = user.app._screen_stacks["build"], asyncio.Event()
        screens = stack.copy()
        stack.clear()  # so it is while those of other modes are closing

        def late():
            called.set()
            return user.app.screen

        user.app.call_next(late)
        await called.wait()
        await asyncio.sleep(0)
        stack.extend(screens)
        assert user.app._exception is None


async def test_lines_keep_no_parts_of_themselves():
    others = (
        lines_alive()
    )  # of other tests, some of which switch the adapter off; held, so that no new one is where it was
    async with opened(painted=True) as user:
        await user.press("down", "2", "1")
        known = {id(line) for line in others}
        lines = [line for line in lines_alive() if id(line) not in known]
        assert len(lines) > 100
        caches = {getattr(line, name) for line in lines for name in Strip.__slots__ if name.endswith("_cache")}
        assert [cache for cache in caches if isinstance(cache, FIFOCache) and len(cache)] == []
        assert sum(isinstance(cache, FIFOCache) for cache in caches) == 1


async def test_what_was_looked_for_and_is_gone_is_let_go():
    async with opened() as user:
        screen, made = user.app.screen, []
        for number in range(200):
            widget = Static(id=f"looked-for-{number}")
            await screen.mount(widget)
            assert screen.query_one(f"#looked-for-{number}") is widget
            made.append(weakref.ref(widget))
            await widget.remove()
        del widget
        await user.settle()
        gc.collect()
        assert sum(each() is not None for each in made) < 50  # Textual holds all 200


def test_functions_keep_few_results():
    for number in range(5_000):
        Region(number, 0, 9, 9).intersection(Region(0, 0, 99, 99))
    assert Region.intersection.cache_info().currsize < 1_000
    assert Region(1, 2, 9, 9).intersection(Region(0, 0, 5, 5)) == Region(1, 2, 4, 3)


def lines_alive():
    gc.unfreeze()  # an app that has loaded its screens, a second after it began, freezes what there is
    lines = [each for each in gc.get_objects() if isinstance(each, Strip)]
    gc.freeze()  # or each search for garbage would go through all that the tests have loaded
    return lines


@pytest.mark.parametrize("kind", [OptionList, SelectionList])
async def test_a_page_key_in_a_list_that_has_no_room_does_nothing(kind):
    async with opened() as user:
        await user.app.mount(listed := kind(*[("one", 1), ("two", 2)] if kind is SelectionList else ["one", "two"]))
        await user.settle()
        listed.highlighted = 1
        listed.styles.height = 0
        await user.settle()
        listed.action_page_up()
        listed.action_page_down()
        assert listed.highlighted == 1


def styled_anew(app):
    """The parts of the screen that look different once Textual styles all of it anew."""
    nodes = list(app.screen.walk_children(with_self=True))
    before = [dict(node.styles.base.get_rules()) for node in nodes]
    App.refresh_css(app, animate=False)
    return [node for node, rules in zip(nodes, before, strict=True) if dict(node.styles.base.get_rules()) != rules]


@pytest.mark.parametrize("keys", [("1", "down", "enter"), ("2",), ("4",), ("comma",)], ids=" ".join)
async def test_when_the_focus_moves_all_looks_as_if_all_were_styled_anew(keys):
    async with opened(size=(120, 40)) as user:
        await user.press(*keys)
        for key in ("tab", "tab", "down", "down", "up", "shift+tab", "tab", "tab", "tab"):
            await user.press(key)
            assert styled_anew(user.app) == [], key


async def test_screens_look_as_if_all_were_styled_anew():
    async with opened(size=(120, 40)) as user:
        for key in ("2", "3", "4", "5", "6", "1", "question_mark", "escape", "ctrl+o", "escape", "4"):
            await user.press(key)
            assert styled_anew(user.app) == [], key
        for change in (
            lambda: setattr(user.app, "theme", "textual-light"),
            lambda: user.app.post_message(events.AppBlur()),
            lambda: user.app.post_message(events.AppFocus()),
            lambda: setattr(user.app, "theme", "dracula"),
        ):
            change()
            await user.settle()
            for key in ("1", "2", "3", "question_mark", "escape", "4"):
                await user.press(key)
                assert styled_anew(user.app) == [], key
            await user.resize(80, 24)
            await user.press("1")
            assert styled_anew(user.app) == []
            await user.resize(120, 40)


async def test_a_screen_that_comes_back_looks_as_the_app_does_meanwhile():
    async with opened(size=(120, 40)) as user:
        await user.press("2", "1")
        user.app.stylesheet.add_source("CnnTui.-tried Label { text-style: italic; }", ("here", "here"))
        user.app.add_class("-tried")
        await user.settle()
        await user.press("2")
        assert styled_anew(user.app) == []


async def test_a_step_to_the_next_field_styles_only_the_two(monkeypatch):
    async with opened(size=(120, 40)) as user:
        await user.press("2", "down")
        styled, apply = [], type(user.app.stylesheet).apply
        monkeypatch.setattr(
            type(user.app.stylesheet), "apply", lambda *args, **more: (styled.append(args[1]), apply(*args, **more))
        )
        await user.press("down")
        assert 0 < len(styled) < 25
