"""In both themes of our own, text can be read: its contrast with what is behind it is at least 4.5 (WCAG 2, AA)."""

from collections import defaultdict

import pytest
from rich.cells import cell_len
from textual.color import Color

from tests.ui import records
from tests.ui.driving import opened
from tests.ui.records import BROKEN
from tui_cnn.core.layers import Family
from tui_cnn.ui.toolkit import colours
from tui_cnn.ui.toolkit.colours import DARK, LIGHT

LEGIBLE = 4.5
THEMES = (DARK.name, LIGHT.name)
GROUNDS = ("background", "surface", "panel")
MEANINGS = (
    *(f"family-{family}" for family in Family.__args__),
    *("better", "worse", "text-primary", "text-accent", "text-warning", "text-success", "text-error"),
    *("foreground", "footer-key-foreground"),
)


def contrast(one, other):
    """The formula of WCAG 2, written anew: the app's own is what is tested."""

    def luminance(colour):
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def illegible(app):
    """The words of the topmost dialog or of the screen on the theme's grounds that are too faint, by their colours."""
    region = next((panel.region for panel in app.screen.query("#dialog, #--container")), app.screen.region)
    grounds = {Color.parse(app.theme_variables[name]).hex for name in GROUNDS}
    found = defaultdict(list)
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for text, style, _control in strip:
            if region.contains(x, y) and any(map(str.isalnum, text)):
                colour, ground = map(Color.from_rich_color, (style.color, style.bgcolor))
                if ground.hex in grounds and (ratio := contrast(colour, ground)) < LEGIBLE:
                    found[colour.hex, ground.hex, round(ratio, 2)].append(text.strip())
            x += cell_len(text)
    return dict(found)


async def show(user, theme):
    user.app.theme = theme
    await user.settle()


def test_the_formula():
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
async def test_what_has_a_meaning_can_be_read(theme):
    async with opened() as user:
        await show(user, theme)
        variables = user.app.theme_variables
        faint = {
            (name, ground): round(ratio, 2)
            for name in MEANINGS
            for ground in GROUNDS
            if (ratio := contrast(*(Color.parse(variables[each]) for each in (name, ground)))) < LEGIBLE
        }
        assert faint == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("keys", "sign"),
    [
        ((), "layers"),
        (("enter",), "kernel_size"),
        (("a",), "Add a layer"),
        (("question_mark",), "Help"),
        (("comma",), "Settings"),
        (("S",), "Save the network as"),
        (("E",), "Export the network as"),
        (("ctrl+o",), "Open a network"),
        (("ctrl+p",), "Go to the Lab"),
        (("d", "ctrl+q"), "Unsaved changes"),
        (("2",), "epochs"),
        (("5",), "0001"),
    ],
)
async def test_text_can_be_read(theme, keys, sign):
    records.write(
        records.make_run("20260101-120000-a-0001"), records.started(), *records.trained(5), records.finished()
    )
    async with opened(size=(120, 40)) as user:
        await show(user, theme)
        await user.press(*keys)
        await user.sees(sign)
        await user.settle()
        assert illegible(user.app) == {}


@pytest.mark.parametrize("theme", THEMES)
async def test_findings_can_be_read(theme):
    async with opened(BROKEN, size=(120, 40)) as user:
        await show(user, theme)
        await user.sees("✗")
        assert illegible(user.app) == {}


async def test_faint_text_is_found():
    async with opened(size=(120, 40)) as user:
        await show(user, LIGHT.name)
        await user.press("a")
        await user.sees("Add a layer")
        user.app.screen.query_one("#about").styles.color = "#9a9a9a"
        await user.settle()
        (words,) = illegible(user.app).values()
        assert words[0].startswith("Slides filters")


async def test_a_faint_colour_is_found(monkeypatch):
    monkeypatch.setattr(colours, "_LEGIBLE", 1.0)
    monkeypatch.setitem(colours._FAMILIES, "dense", ("#f0984a", "#f0984a"))
    async with opened() as user:
        await show(user, LIGHT.name)
        variables = user.app.theme_variables
        assert contrast(*(Color.parse(variables[name]) for name in ("family-dense", "surface"))) < LEGIBLE
