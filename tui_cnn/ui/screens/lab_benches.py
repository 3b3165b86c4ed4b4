"""The benches of the Lab: a page for each, with its form, and the pictures that they need."""

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
from tui_cnn.lab.scene import Typed
from tui_cnn.lab.settings import ConvolutionSettings, PoolingSettings, SizesSettings, WeightsSettings
from tui_cnn.lab.windows import Image
from tui_cnn.ui.lesson_links import LabLink, PageName
from tui_cnn.ui.screens.base import MainScreen
from tui_cnn.ui.widgets.form import StructForm
from tui_cnn.ui.widgets.lab_chain import Chain
from tui_cnn.ui.widgets.lab_convolution import ConvolutionStepper
from tui_cnn.ui.widgets.lab_form import LabForm
from tui_cnn.ui.widgets.lab_pairs import Pairs
from tui_cnn.ui.widgets.lab_pooling import PoolingStepper
from tui_cnn.ui.widgets.lab_tabs import LabTabs
from tui_cnn.ui.widgets.lab_weights import Weights


class LabBenches(MainScreen):
    """One page is shown at a time."""

    _tests: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None = None

    def benches(self) -> Widget:
        """Lay out the pages."""
        convolution, pooling, weights = ConvolutionSettings(), PoolingSettings(), WeightsSettings()
        pages = ContentSwitcher(
            Vertical(
                ConvolutionStepper(convolution, id="convolution-bench"),
                LabForm(convolution, id="convolution-form"),
                id="convolution",
            ),
            Vertical(PoolingStepper(pooling, id="pooling-bench"), LabForm(pooling, id="pooling-form"), id="pooling"),
            Vertical(Chain(SizesSettings(), id="sizes-bench"), id="sizes"),
            Vertical(Weights(weights, id="weights-bench"), LabForm(weights, id="weights-form"), id="weights"),
            Vertical(Pairs(id="pairs-bench"), id="pairs"),
            initial="convolution",
        )
        return Vertical(LabTabs(), pages, id="benches")

    @property
    def page(self) -> PageName:
        """The page that is shown."""
        return cast("PageName", self.query_one(ContentSwitcher).current)

    @property
    def topic(self) -> str:
        """The page that is shown."""
        return self.page

    @property
    def bench(self) -> Widget:
        """The bench of this page, which takes the keys."""
        return self.query_one(f"#{self.page}-bench")

    @property
    def form(self) -> LabForm | None:
        """The form of this page, if it has one."""
        return next(iter(self.query(f"#{self.page}-form").results(LabForm)), None)

    def show_page(self, page: PageName) -> None:
        """Turn to a page."""
        self.remove_class("-editing", "-reading")
        self.query_one(ContentSwitcher).current = page
        self.query_one(LabTabs).show(page)
        self.bench.focus()

    def show_link(self, link: LabLink) -> None:
        """Set a page up as a link says; what was typed by hand makes way."""
        self.show_page(link.page)
        if link.settings is not None:
            self.set_bench(link.settings, Typed())
            if self.form is not None:
                self.form.put(link.settings)
        if isinstance(bench := self.bench, ConvolutionStepper | PoolingStepper):
            bench.running = False
            bench.place = link.place

    def set_bench(self, settings: msgspec.Struct, typed: Typed | None = None) -> None:
        """Put settings on the bench of this page."""
        offered = self.check_action("next_filter", ())
        match self.bench, settings:
            case ConvolutionStepper() as convolution, ConvolutionSettings():
                kept = convolution.typed if typed is None else typed
                convolution.set(settings, kept._replace(fashion=self._fashion(settings)))
            case PoolingStepper() as pooling, PoolingSettings():
                pooling.set(settings, Typed(fashion=self._fashion(settings)))
            case Weights() as weights, WeightsSettings():
                weights.set(settings)
            case Chain() as chain, SizesSettings():
                chain.set(settings)
        if self.check_action("next_filter", ()) != offered:
            self.refresh_bindings()

    @on(StructForm.Changed)
    def _form_changed(self, event: StructForm.Changed) -> None:
        event.stop()
        if event.value is not None and event.form is self.form:
            self.set_bench(event.value)

    @on(ConvolutionStepper.Changed)
    def _typed(self, event: ConvolutionStepper.Changed) -> None:
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
        data = self.cnn_tui.data
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
            pooling.set(pooling.settings, Typed(fashion=self._fashion(pooling.settings)))
