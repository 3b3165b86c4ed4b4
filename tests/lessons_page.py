"""The tables of docs/lessons.md are those of the declarations; `python -m tests.lessons_page` writes them again."""

from itertools import groupby
from pathlib import Path

from tui_cnn.formats.fields import fields, format_value
from tui_cnn.formats.presets import preset_names
from tui_cnn.lab.links import PAGES
from tui_cnn.lab.questions.spec import KINDS
from tui_cnn.runs.recipe import TUTORIAL, Recipe
from tui_cnn.ui.inspect.actions import VIEWS

PAGE = Path(__file__).parents[1] / "docs" / "lessons.md"
BEGIN = "<!-- tables: made from the declarations; the tests check what stands here -->\n"
END = "<!-- end of tables -->\n"


def tables():
    """Write the kinds of questions, and what can be set in a link."""
    parts = ["## Kinds of questions", table(("kind", "links", "it asks", "options"), kinds())]
    parts += ["## Settings of `lab:` links"]
    for name, struct in PAGES.items():
        parts.append(f"### `lab:{name}`")
        if struct is None:
            parts.append("Pairs of networks to train and compare; nothing can be set.")
        else:
            parts += [summary(struct), table(("setting", "values", "default", "meaning"), settings(struct))]
    parts += [
        "## Settings of `train:` links",
        table(("setting", "values", "default", "meaning"), settings(Recipe, TUTORIAL)),
    ]
    parts += ["## Networks", f"Files, and the presets {listed(preset_names())}."]
    parts += ["## Views of Inspect", listed([view.name for view in VIEWS]) + "."]
    return "\n" + "\n\n".join(parts) + "\n\n"


def kinds():
    """Yield a row for each kind, those of one page together."""
    for name, kind in sorted(KINDS.items(), key=lambda item: order(item[1].places[0])):
        links = ", ".join(f"`lab:{place}`" if place in PAGES else f"`{place}:`" for place in kind.places)
        options = [
            f"`{option}=`" + (" (required)" if of.is_required else "") + f" {of.meaning}"
            + (f": {listed(of.words)}" if of.words else "")
            for option, of in kind.options.items()
        ]  # fmt: skip
        yield f"`{name}`", links, summary(kind.make).removeprefix("Ask ").rstrip("."), "; ".join(options)


def order(place):
    return [*PAGES, "build", "train", "inspect"].index(place)


def settings(struct, start=None):
    """Yield a row for each setting; those of the same values and meaning share one.

    The defaults are those of the fields, or what stands in `start`.
    """

    def default(field):
        return format_value(field, getattr(start, field.name, field.start))

    shown = (field for field in fields(struct) if field.name != "data")  # a lesson names no path of a person's disk
    for (written, meaning), group in groupby(shown, lambda field: (values(field), field.description)):
        alike = [*group]
        yield listed(field.name for field in alike), written, listed(map(default, alike)), meaning


def values(field):
    """Write what a setting may be."""
    bounds = [f"{word} {bound:g}" for word, bound in (("from", field.least), ("to", field.most)) if bound is not None]
    match field.kind:
        case "choice":
            written = listed(field.choices)
        case "several":
            written = "`none`, or some of " + listed(field.choices) + ", joined with +"
        case "flag":
            written = "`yes`, `no`"
        case "pair":
            written = " ".join(["one number or two, such as 2x3,", *bounds]).rstrip(",")
        case "whole":
            written = " ".join(["whole number", *bounds])
        case "number":
            written = " ".join(["number", *bounds])
        case _:
            written = "text"
    return written + (", or empty" if field.optional else "")


def listed(words):
    return ", ".join(f"`{word}`" for word in words if word)


def summary(declared):
    return declared.__doc__.partition("\n")[0]


def table(heading, rows):
    body = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join([f"| {' | '.join(heading)} |", "|---" * len(heading) + "|", *(f"| {row} |" for row in body)])


if __name__ == "__main__":
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + tables() + END + rest.partition(END)[2], "utf-8")
