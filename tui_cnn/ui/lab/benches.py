"""The benches of the Lab: a page for each, with its form, and the pictures that they need."""

from asyncio import Lock
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
from textual import on, work
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from tui_cnn.data import idx
from tui_cnn.data.errors import DataError
from tui_cnn.data.fashion_mnist import DIRECTORY
from tui_cnn.data.files import find_files
from tui_cnn.lab.scene import LabArrays, NamedArray
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings, SizesSettings, WeightsSettings
from tui_cnn.lab.windows import Image
from tui_cnn.ui.lab.convolution import ConvolutionStepper
from tui_cnn.ui.lab.form import LabForm
from tui_cnn.ui.lab.links import PageName, parse_lab_link
from tui_cnn.ui.lab.pairs import Pairs
from tui_cnn.ui.lab.pooling import PoolingStepper
from tui_cnn.ui.lab.size_chain import Chain
from tui_cnn.ui.lab.tabs import LabTabs
from tui_cnn.ui.lab.weights import Weights
from tui_cnn.ui.messages import ShowInLab, ShowLabLink
from tui_cnn.ui.toolkit.form import StructForm
from tui_cnn.ui.toolkit.main_screen import MainScreen


class LabBenches(MainScreen):
    """One page is shown at a time."""

    _tests: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._turning = Lock()

    def benches(self) -> Widget:
        """Lay out the first page; the others are made when they are turned to."""
        return Vertical(LabTabs(), ContentSwitcher(_page("convolution"), initial="convolution"), id="benches")

    @property
    def page(self) -> PageName:
        """The page that is shown."""
        return cast("PageName", self.query_one(ContentSwitcher).current)

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """The page that is shown."""
        return (self.page,)

    @property
    def bench(self) -> Widget:
        """The bench of this page, which takes the keys."""
        return self.query_one(f"#{self.page}-bench")

    @property
    def form(self) -> LabForm | None:
        """The form of this page, if it has one."""
        return next(iter(self.query(f"#{self.page}-form").results(LabForm)), None)

    async def show_page(self, page: PageName) -> None:
        """Turn to a page."""
        self.remove_class("-editing", "-reading")
        pages = self.query_one(ContentSwitcher)
        async with self._turning:  # a link and a key may want the same page
            if not pages.query(f"#{page}"):
                await pages.add_content(_page(page))
        pages.current = page
        self.query_one(LabTabs).show(page)
        self.bench.focus()

    @on(ShowInLab)
    async def _show_transfer(self, event: ShowInLab) -> None:
        """Show a map or a filter of a trained network on the convolution page, with its window at the first place."""
        transfer = event.transfer
        await self.show_page("convolution")
        bench = self.query_one(ConvolutionStepper)
        typed = bench.typed
        kept = typed._replace(map=transfer.map or typed.map, trained=transfer.trained or typed.trained)
        settings = msgspec.structs.replace(bench.settings, **transfer.settings)
        self.set_bench(settings, kept)
        self.query_one("#convolution-form", LabForm).put(settings)
        bench.place, bench.running = 0, False

    @on(ShowLabLink)
    async def _show_link(self, event: ShowLabLink) -> None:
        """Set a page up as a link says; what was typed by hand makes way."""
        link = parse_lab_link(event.link)
        await self.show_page(link.page)
        if link.settings is not None:
            self.set_bench(link.settings, self._taken)
            if self.form is not None:
                self.form.put(link.settings)
        if isinstance(bench := self.bench, ConvolutionStepper | PoolingStepper):
            bench.running = False
            bench.place = link.place

    def set_bench(self, settings: msgspec.Struct, typed: LabArrays | None = None) -> None:
        """Put settings on the bench of this page."""
        offered = self.check_action("next_filter", ())
        match self.bench, settings:
            case ConvolutionStepper() as convolution, ConvolutionSettings():
                kept = convolution.typed if typed is None else typed
                convolution.set(settings, kept._replace(fashion=self._fashion(settings)))
            case PoolingStepper() as pooling, PoolingSettings():
                pooling.set(settings, self._typed._replace(fashion=self._fashion(settings)))
            case Weights() as weights, WeightsSettings():
                weights.set(settings)
            case Chain() as chain, SizesSettings():
                chain.set(settings)
        if self.check_action("next_filter", ()) != offered:
            self.refresh_bindings()

    def put_file(self, bench: ConvolutionStepper | PoolingStepper, picture: NamedArray) -> None:
        """Put a picture of the user's own on a bench."""
        convolution = self.query_one(ConvolutionStepper)
        convolution.set(convolution.settings, convolution.typed._replace(file=picture))
        settings = msgspec.structs.replace(bench.settings, image="file")
        self.set_bench(settings)
        bench.place, bench.running = 0, False
        if self.form is not None:
            self.form.put(settings)

    @property
    def _typed(self) -> LabArrays:
        """What was typed and taken, for all benches."""
        return self.query_one(ConvolutionStepper).typed

    @property
    def _taken(self) -> LabArrays:
        """What was taken from a file or a trained network: it stays when a lesson sets the bench up."""
        return LabArrays(file=self._typed.file, map=self._typed.map, trained=self._typed.trained)

    @on(StructForm.Changed)
    def _form_changed(self, event: StructForm.Changed) -> None:
        event.stop()
        value = event.form.value  # a link may have set the form anew since it told of a change
        if value is not None and event.form is self.form:
            self.set_bench(value)

    @on(ConvolutionStepper.Changed)
    def _cell_typed(self, event: ConvolutionStepper.Changed) -> None:
        self.query_one("#convolution-form", LabForm).put(event.settings)

    def _fashion(self, settings: ConvolutionSettings | PoolingSettings) -> Image | None:
        """Return a test picture, 0 to 255; None until they are read."""
        if settings.image != "fashion":
            return None
        if self._tests is None:
            self._read_tests()
            return None
        picture: Image = self._tests[settings.index % len(self._tests)].astype(np.float64)[..., None]
        return picture

    @work(thread=True, exclusive=True, group="tests")
    def _read_tests(self) -> None:
        data = self.workspace.data
        try:
            tests = idx.read(find_files(Path(data).expanduser() if data else DIRECTORY).test_images)
        except DataError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=10, markup=False)
        else:
            self.app.call_from_thread(self._have_tests, tests)

    def _have_tests(self, tests: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
        self._tests = tests
        for convolution in self.query(ConvolutionStepper):
            typed = convolution.typed._replace(fashion=self._fashion(convolution.settings))
            convolution.set(convolution.settings, typed)
        for pooling in self.query(PoolingStepper):
            pooling.set(pooling.settings, pooling.typed._replace(fashion=self._fashion(pooling.settings)))


def _page(name: PageName) -> Widget:
    """Make a page: a bench, and a form where there are settings."""
    bench: Widget
    form: list[Widget] = []
    match name:
        case "convolution":
            bench = ConvolutionStepper(ConvolutionSettings(), id="convolution-bench")
            form = [LabForm(ConvolutionSettings(), id="convolution-form")]
        case "pooling":
            bench = PoolingStepper(PoolingSettings(), id="pooling-bench")
            form = [LabForm(PoolingSettings(), id="pooling-form")]
        case "sizes":
            bench = Chain(SizesSettings(), id="sizes-bench")
        case "weights":
            bench = Weights(WeightsSettings(), id="weights-bench")
            form = [LabForm(WeightsSettings(), id="weights-form")]
        case "pairs":
            bench = Pairs(id="pairs-bench")
    return Vertical(bench, *form, id=name)
