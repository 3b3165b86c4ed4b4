"""The data set that a run will be trained on: its classes, its images, what is wrong with it; and choosing another."""

from pathlib import Path
from threading import Lock
from typing import ClassVar, Literal

import msgspec
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_cnn.core.adapting import adapted
from tui_cnn.core.network import Network
from tui_cnn.data.examination import Examined, Report
from tui_cnn.data.files import DataError
from tui_cnn.data.input_options import FITS
from tui_cnn.i18n import _, ngettext
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.preview import Previewer
from tui_cnn.runs.recipe import TUTORIAL, Recipe
from tui_cnn.ui.design import input_for
from tui_cnn.ui.toolkit.dialogs.file_picker import ask_data
from tui_cnn.ui.toolkit.numbers import bar
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.gallery import Gallery
from tui_cnn.ui.toolkit.textual_adapter import after_layout
from tui_cnn.ui.train.actions import DATA
from tui_cnn.ui.train.contact_sheet import AlikeSheet, AugmentedSheet, ContactSheet, FittedSheet, batch_of
from tui_cnn.ui.train.data_reader import read_data
from tui_cnn.ui.workspace import workspace_of

Sheet = Literal["images", "input", "augmented", "alike", "unused"]
_SHEETS: tuple[Sheet, ...] = ("images", "input", "augmented", "alike", "unused")
_AUGMENTED = 24
"""Images that are augmented to look at."""
_BAR = 30
_EDGES = 4
"""Cells of an upper edge that are no title."""


class DataPage(Vertical, can_focus=True):
    """Shows the data set of a recipe; the classes at the left, images or problems at the right."""

    BINDINGS: ClassVar[list[BindingType]] = [*DATA.bindings()]
    DEFAULT_CSS = """
    DataPage {
        height: 100%;
        & #reading { height: 1fr; }
        & #looked { height: 1fr; display: none; }
        & #left { width: 38; }
        & #data-classes-panel { height: 1fr; }
        & #facts-panel { height: auto; max-height: 60%; }
        & #sheet-panel { width: 1fr; height: 100%; }
        & #sheet { height: 1fr; }
        & #unused { height: 1fr; display: none; }
        &.-unused #sheet { display: none; }
        &.-unused #unused { display: block; }
        &.-read #looked { display: block; }
        &.-read #reading { display: none; }
    }
    """

    class RecipeChanged(Message):
        """Another data set, or another way to fit its images, was chosen."""

        def __init__(self, recipe: Recipe) -> None:
            super().__init__()
            self.recipe = recipe

    class Left(Message):
        """Back to the settings."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._recipe = TUTORIAL
        self._examined: Examined | None = None
        self._read: str | None = None  # the data of the recipe that is examined, or being so
        self._shown: str | None = None  # the data that the sheet and the class were chosen for
        self._reading = Lock()
        self._previewing = Lock()
        self._sheet: Sheet = "images"
        self._label: int | None = None
        self._previewer = Previewer()
        self._step = 0
        self._title = ""

    def compose(self) -> ComposeResult:
        """Lay out the classes, the facts, and the sheet of images."""
        yield Static(id="reading", classes="panel", markup=False)
        with Horizontal(id="looked"):
            with Vertical(id="left"):
                with VerticalScroll(id="data-classes-panel", classes="panel", can_focus=False):
                    yield Bars(id="data-classes")
                with VerticalScroll(id="facts-panel", classes="panel", can_focus=False) as facts:
                    facts.border_title = _("Images")
                    yield Static(id="facts", markup=False)
            with Vertical(id="sheet-panel", classes="panel"):
                yield Gallery(id="sheet")
                with VerticalScroll(id="unused", can_focus=False):
                    yield Static(id="files", markup=False)

    def show(self, recipe: Recipe) -> None:
        """Show the data set of a recipe."""
        fit_changed = recipe.fit != self._recipe.fit
        self._recipe = recipe
        if recipe.data != self._read:
            if recipe.data != self._shown:
                self._label, self._sheet = None, "images"
            self._read, self._examined, self._shown = recipe.data, None, recipe.data
            self._show_message(_("Reading the images …"))
            self._examine(recipe.data, recipe.directory)
        elif fit_changed and self._examined is not None:
            self._draw()

    def release(self) -> None:
        """Let go of the images, which may take much memory, until the data set is shown again."""
        self._read = self._examined = None
        self.query_one("#sheet", Gallery).show(None)

    @work(thread=True, group="examine")
    def _examine(self, data: str, path: Path | None) -> None:
        def progress(done: int, images: int) -> None:
            self.app.call_from_thread(self._show_progress, data, done, images)

        with self._reading:
            if data != self._read:  # another one was chosen meanwhile
                return
            try:
                examined = read_data(path, progress)
            except (DataError, OSError) as error:
                self.app.call_from_thread(self._take, data, str(error))
            else:
                self.app.call_from_thread(self._take, data, examined)
                workspace_of(self).use_data(data)

    def _take(self, data: str, found: Examined | str) -> None:
        if data != self._read or not self.is_mounted:
            return
        if isinstance(found, str):
            self._show_message(f"✗ {found}\n\n" + _("o open another data set"))
            return
        self._examined = found
        self.add_class("-read")
        self._show_report(found.report)
        self._draw()

    def _show_message(self, text: str) -> None:
        self.remove_class("-read")
        self.query_one("#reading", Static).update(text)

    def _show_progress(self, data: str, done: int, images: int) -> None:
        if data == self._read and self._examined is None:
            line = f"{bar(done / max(1, images), _BAR)}  {done:,} / {images:,}"
            about = _("Reading the images for the first time; later they load faster.")
            self._show_message(f"{about}\n\n{line}")

    def _show_report(self, report: Report) -> None:
        title = self.query_one("#data-classes-panel")
        title.border_title = Content(report.name)
        title.border_subtitle = ngettext("{count} class", "{count} classes", len(report.class_names)).format(
            count=len(report.class_names)
        )
        totals = [sum(counts) for counts in zip(*report.counts.values(), strict=True)]
        most = max(totals, default=1)
        bars = [Bar(_("all classes"), 0.0, f"{sum(totals):,}", tone="dim")]
        bars += [Bar(name, total / most, f"{total:,}") for name, total in zip(report.class_names, totals, strict=True)]
        self.query_one("#data-classes", Bars).show(BarRows(bars, widest_name=18), 0)
        self.query_one("#facts", Static).update(_facts(report))
        unused = [*report.unreadable, *report.skipped]
        lines = [f"{each.key}: {each.reason}" for each in unused] or [_("All files are used.")]
        self.query_one("#files", Static).update("\n".join(lines))

    def _draw(self) -> None:
        """Show the sheet that is wanted."""
        examined = self._examined
        if examined is None:
            return
        self.set_class(self._sheet == "unused", "-unused")
        gallery = self.query_one("#sheet", Gallery)
        of_class = self._name_of(self._label)
        sheet: ContactSheet | FittedSheet | AlikeSheet | None = None
        match self._sheet:
            case "images":
                sheet = ContactSheet(examined, self._label)
                title = _("Images · {name}").format(name=of_class)
            case "input":
                title, sheet = self._as_input(examined, of_class)
            case "augmented":
                title = _("Augmented · loading TensorFlow …")
                self._augment(examined, self._recipe, self._label, self._step)
            case "alike":
                sheet, leaks = AlikeSheet(examined), len(examined.report.leaks)
                count = len(examined.report.alike)
                pairs = ngettext("{count} pair", "{count} pairs", count).format(count=f"{count:,}")
                title = _("Near-duplicates · {pairs}, {leaks} across splits").format(pairs=pairs, leaks=f"{leaks:,}")
            case _:
                count = len(examined.report.unreadable) + len(examined.report.skipped)
                title = _("Unused files · {count}").format(count=f"{count:,}")
        gallery.show(sheet.tiles() if sheet else None)
        self._name_sheet(title)

    def _name_sheet(self, title: str) -> None:
        """Write the title, and which of the views it is: before it where the lower edge is left out, if it fits."""
        self._title = title
        panel, place, count = self.query_one("#sheet-panel"), _SHEETS.index(self._sheet) + 1, len(_SHEETS)
        numbered = f"{place}/{count} {title}"
        short = not panel.styles.border_bottom[0] and cell_len(numbered) <= panel.size.width - _EDGES
        panel.border_title = Content(numbered if short else title)
        panel.border_subtitle = _("view {place} of {count}: v").format(place=place, count=count)

    def on_resize(self) -> None:
        """Name the view where the new size has room for it."""
        after_layout(self, lambda: self._name_sheet(self._title))

    def _name_of(self, label: int | None) -> str:
        if label is None or self._examined is None:
            return _("all classes")
        return self._examined.report.class_names[label]

    def _as_input(self, examined: Examined, of_class: str) -> tuple[str, FittedSheet | None]:
        shape, places = workspace_of(self).design.network.input_shape, ContactSheet(examined, self._label).places
        size = "×".join(map(str, shape))
        try:
            sheet = FittedSheet(examined, places, shape, self._recipe.fit)
        except DataError as error:
            return str(error), None
        title = _("Network input {size} · {fit} · {name}").format(size=size, fit=self._recipe.fit, name=of_class)
        return title, sheet

    @work(thread=True, group="augment", exclusive=True)
    def _augment(self, examined: Examined, recipe: Recipe, label: int | None, step: int) -> None:
        """Have images changed as a batch is, and show them; the first time TensorFlow must be loaded."""
        shape = workspace_of(self).design.network.input_shape
        try:
            images, names = batch_of(examined, label, shape, recipe.fit, _AUGMENTED)
            with self._previewing:
                images = self._previewer.preview(images, recipe, step, shape)
        except (DataError, RunError) as error:
            self.app.call_from_thread(workspace_of(self).report, error)
            return
        self.app.call_from_thread(self._show_augmented, recipe, label, AugmentedSheet(images, names))

    def _show_augmented(self, recipe: Recipe, label: int | None, sheet: AugmentedSheet) -> None:
        if (recipe, label, self._sheet) == (self._recipe, self._label, "augmented") and self.is_mounted:
            self.query_one("#sheet", Gallery).show(sheet.tiles())
            title = _("Augmented · {kinds} · {name}").format(kinds=recipe.augmentation, name=self._name_of(label))
            if recipe.augmentation == "none":
                title = _("Augmented · none; set augmentation")
            self._name_sheet(title)

    def on_hide(self) -> None:
        """Keep no images that nobody sees."""
        self.release()

    def on_unmount(self) -> None:
        """End the process that augments."""
        self._previewer.close()

    def action_leave_data(self) -> None:
        """Go back to the settings."""
        self._previewer.close()
        self._shown = None
        self.post_message(self.Left())

    def action_next_sheet(self) -> None:
        """Show the next view."""
        self._sheet = _SHEETS[(_SHEETS.index(self._sheet) + 1) % len(_SHEETS)]
        self._draw()

    def action_walk_classes(self, by: int) -> None:
        """Go to the next class, or the one before."""
        if self._examined is not None:
            count = len(self._examined.report.class_names) + 1
            self._select((0 if self._label is None else self._label + 1) + by, count)

    def action_page_sheet(self, by: int) -> None:
        """Bring other images into view."""
        if self._sheet == "augmented":  # the same images, changed otherwise
            self._step = max(0, self._step + by)
            self._draw()
        else:
            self.query_one("#sheet", Gallery).page(by)

    def action_change_fit(self) -> None:
        """Fit images in the next way, and show them so."""
        fit = FITS[(FITS.index(self._recipe.fit) + 1) % len(FITS)]
        self._sheet = "input"
        self.post_message(self.RecipeChanged(msgspec.structs.replace(self._recipe, fit=fit)))

    def action_adapt_network(self) -> None:
        """Give the network the input and the output that the data needs."""
        if self._examined is None:
            return
        workspace, report = workspace_of(self), self._examined.report
        shape = input_for(report.sizes, is_grey=report.grey == report.images)
        classes = len(report.class_names)

        def change(network: Network) -> Network:
            return adapted(network, shape, classes)

        before = workspace.design
        workspace.edit(_("adapt to the data"), change, (0,))
        size = "×".join(map(str, shape))
        if workspace.design is before:
            self.notify(
                _("The network already fits this data: input {size}, {classes} classes.").format(
                    size=size, classes=classes
                )
            )
        else:
            self.notify(
                _("Network: input {size}, {classes} classes. u in Build undoes it.").format(size=size, classes=classes)
            )

    @work
    async def action_choose_data(self) -> None:
        """Ask for a data set."""
        path = await ask_data(self.app)
        if path is not None:
            self.post_message(self.RecipeChanged(msgspec.structs.replace(self._recipe, data=path)))

    @on(Bars.Selected, "#data-classes")
    def _class_clicked(self, event: Bars.Selected) -> None:
        event.stop()
        self._select(event.index, len(event.drawing.rows.bars) if isinstance(event.drawing, Bars) else 1)

    def _select(self, index: int, count: int) -> None:
        index = max(0, min(index, count - 1))
        self._label = index - 1 if index else None
        self._sheet = self._sheet if self._sheet in ("images", "input", "augmented") else "images"
        self.query_one("#data-classes", Bars).select((index, 0))
        self._draw()


def _facts(report: Report) -> Table:
    """List what is known of the images."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim")
    table.add_column()
    names = {"train": _("train"), "validation": _("validation"), "test": _("test")}
    for part, counts in report.counts.items():
        count, name = sum(counts), names[part]
        table.add_row(name, f"{count:,}" if count else "—")
    table.add_row(_("size"), report.sizes.extent)
    colour = _("grey") if report.grey == report.images else "RGB"
    if 0 < report.grey < report.images:
        colour = _("{count} of {all} grey").format(count=f"{report.grey:,}", all=f"{report.images:,}")
    table.add_row(_("colour"), colour)
    table.add_row(_("mean"), " ".join(f"{value:.0f}" for value in report.mean))
    table.add_row(_("std. dev."), " ".join(f"{value:.0f}" for value in report.deviation))
    if empty := report.counts["train"].count(0):
        line = ngettext("⚠ {count} empty class", "⚠ {count} empty classes", empty)
        table.add_row(_("balance"), Text(line.format(count=f"{empty:,}"), style="yellow"))
    elif report.imbalance > 1:
        table.add_row(_("balance"), _("largest {times:.1f} × smallest").format(times=report.imbalance))
    if report.alike:
        leaks = len(report.leaks)
        across = Text(f"⚠ {leaks:,} " + _("across splits"), style="yellow") if leaks else Text(f"{len(report.alike):,}")
        table.add_row(_("duplicates"), across)
    if report.unreadable:
        table.add_row(_("unreadable"), Text(f"⚠ {len(report.unreadable):,}", style="yellow"))
    return table
