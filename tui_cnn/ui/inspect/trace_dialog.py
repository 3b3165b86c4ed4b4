"""How one number of the network came about; from each term one goes on to the number that it came from."""

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_cnn.core.layers.links import NETWORK_INPUT
from tui_cnn.i18n import _
from tui_cnn.insight.colours import Scale, scale_of
from tui_cnn.insight.terms import Terms
from tui_cnn.insight.trace import Trace, TracedCell, Tracer
from tui_cnn.insight.trace_text import cell_words, number, short_place, written_out
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection.replies import Activations
from tui_cnn.runs.inspection.requests import Activate
from tui_cnn.runs.inspection.tracing import input_bytes, pixel_of, scaled_words, tracer_of, values_of
from tui_cnn.ui.inspect.actions import TRACE
from tui_cnn.ui.inspect.answer_cache import AnswerCache, Question
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.toolkit.dialogs.dialog import SingleResult, frame
from tui_cnn.ui.toolkit.numbers import right
from tui_cnn.ui.toolkit.pictures.bars import Bar, BarRows, Bars
from tui_cnn.ui.toolkit.pictures.drawing import Drawing, scale_for
from tui_cnn.ui.toolkit.pictures.matrix import Matrix, MatrixContent
from tui_cnn.ui.toolkit.pictures.picture import Picture, Raster

_FIELD = 9
_PAGE = 10


class TraceDialog(SingleResult[Scene | None]):
    """The number of the scene's cell, and then that of each term which is followed, down to a pixel.

    Dismissed with the scene of a number that is to be shown in its map.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *TRACE.bindings(),
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
        Binding("pageup", f"walk(-{_PAGE})", show=False),
        Binding("pagedown", f"walk({_PAGE})", show=False),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
    ]

    def __init__(self, answers: AnswerCache, scene: Scene) -> None:
        super().__init__()
        self._answers, self._scene = answers, scene
        self._tracer: Tracer | None = None
        cell = (
            (scene.row, scene.column, scene.channel)
            if scene.has_maps
            else (*[0] * (len(scene.info.shape) - 1), scene.channel)
        )
        self._path: list[tuple[TracedCell, int | None, int]] = [(TracedCell(scene.info.name, cell), None, 0)]
        """The numbers that were come through, each with the selected group, by its rank, and tap."""
        self._trace: Trace | None = None
        self._order: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._rows = BarRows(())

    def compose(self) -> ComposeResult:
        """Lay out the way, the sum, its terms, and the window of one channel."""
        with frame("", _("↑ ↓ channel   ← → term   Enter follow   Esc return   m map"), "-trace"):
            yield Static(id="trail", classes="line", markup=False)
            yield Static(id="sums", markup=False)
            with Horizontal(id="parts"):
                yield Bars(id="terms")
                with Vertical(id="window"):
                    yield Static(id="window-title", classes="line", markup=False)
                    yield Matrix(id="values")
                    yield Static(_("× weights"), id="weights-title", classes="line", markup=False)
                    yield Matrix(id="weights")
                    yield Static(_("= products"), id="products-title", classes="line", markup=False)
                    yield Matrix(id="products")
                yield Picture(id="pixel")

    def on_mount(self) -> None:
        """Begin with the number of the scene."""
        self._load()

    def action_go_back(self) -> None:
        """Follow the selected term to where it comes from."""
        if self._trace is None or self._trace.terms is None:
            return
        _place, rank, tap = self._path[-1]
        origin = self._trace.origin(int(self._order[rank or 0]), tap)
        if origin is None:
            self.notify(_("This is padding: it comes from no number."))
            return
        self._path.append((origin, None, 0))
        self._load()

    def action_return(self) -> None:
        """Return to the number before; from the first one to the maps."""
        if len(self._path) == 1:
            self.dismiss(None)
            return
        self._path.pop()
        self._load()

    def action_show_map(self) -> None:
        """Close, and show the number in its map; that of the input is the image."""
        place = self._path[-1][0]
        layer = next((at for at, info in enumerate(self._scene.opened.layers) if info.name == place.layer), None)
        if layer is not None:
            scene = self._scene.at(layer=layer)
            row, column = place.cell[:2] if scene.has_maps else (0, 0)
            self.dismiss(scene.at(channel=place.cell[-1], row=row, column=column))

    def action_walk(self, by: int) -> None:
        """Select another channel; where there is only one, another row of the window."""
        if self._trace is None or self._trace.terms is None:
            return
        _place, rank, tap = self._path[-1]
        shape = self._trace.terms.values.shape
        if len(self._order) == 1:
            self._select(0, tap + by * (shape[-1] if len(shape) > 2 else 1))
            return
        there = max(0, min((rank or 0) + by, len(self._order) - 1))
        self._select(there, self._trace.main_tap(int(self._order[there])))

    def action_step(self, by: int) -> None:
        """Select another term of the channel."""
        if self._trace is not None and self._trace.terms is not None:
            _place, rank, tap = self._path[-1]
            self._select(rank or 0, tap + by)

    @on(Bars.Selected, "#terms")
    def _select_group(self, event: Bars.Selected) -> None:
        if self._trace is not None:
            self._select(event.index, self._trace.main_tap(int(self._order[event.index])))

    @on(Bars.Opened, "#terms")
    @on(Matrix.Opened)
    def _open(self, _event: Drawing.Opened) -> None:
        self.action_go_back()

    @on(Matrix.Selected)
    def _select_tap(self, event: Matrix.Selected) -> None:
        row, column = event.cell
        columns = event.drawing.numbers.values.shape[1] if isinstance(event.drawing, Matrix) else 1
        self._select(self._path[-1][1] or 0, row * columns + column)

    def _select(self, rank: int, tap: int) -> None:
        assert self._trace is not None
        assert self._trace.terms is not None
        taps = self._trace.terms.values[0].size
        self._path[-1] = self._path[-1][0], rank, max(0, min(tap, taps - 1))
        self._show_terms()

    @work(exclusive=True)
    async def _load(self) -> None:
        """Ask for what the newest number needs, and show it."""
        place, scene = self._path[-1][0], self._scene
        try:
            if self._tracer is None:
                self._tracer = tracer_of(scene.opened, await self._answers.answer(scene.kernels))
            question = scene.activate
            if scene.is_large:
                layers = self._tracer.needs(place.layer)
                request = Activate(source=scene.source, image=scene.subject.image, layers=layers)
                question = Question(request, Activations)
            found = await self._answers.answer(question)
        except RunError as error:
            self.query_one("#sums", Static).update(str(error))
            return
        trace = self._tracer.trace(place, values_of(scene.opened, found))
        self._trace = trace
        self._order = np.zeros(0, np.int64) if trace.terms is None else trace.order()
        if trace.terms is not None and self._path[-1][1] is None:
            unit = trace.terms.constants.get("unit")  # of a softmax: its own logit first
            rank = 0 if unit is None else int(np.flatnonzero(self._order == int(unit))[0])
            self._path[-1] = place, rank, trace.main_tap(int(self._order[rank]))
        self._show(trace, found)

    def _show(self, trace: Trace, found: Activations) -> None:
        """Show a number, and its terms."""
        place, dialog = trace.place, self.query_one("#dialog")
        kind = f" ({trace.kind})" if trace.kind and trace.kind.lower() != place.layer else ""
        name = _("Input") if place.layer == NETWORK_INPUT else short_place(place).partition(" ")[0]
        name = _("logit of {layer}").format(layer=place.layer) if place.before else name
        words = f"{name}{kind} · {cell_words(place)} = {number(trace.value)}"
        dialog.border_title = Content(words)
        self.query_one("#trail", Static).update(self._trail())
        is_pixel = place.layer == NETWORK_INPUT
        lines = [scaled_words(self._scene.opened, found, trace)] if is_pixel else written_out(trace)
        self.query_one("#sums", Static).update("\n".join(lines))
        terms = trace.terms
        dialog.set_class(is_pixel, "-pixel")
        dialog.set_class(terms is not None and terms.values[0].size > 1, "-windows")
        dialog.set_class(terms is not None and self._is_single(terms), "-single")
        if is_pixel:
            row, column, _channel = pixel_of(self._scene.opened, found, place.cell)
            raster = Raster(input_bytes(found), None, [((row, column, row, column), "cursor")])
            self.query_one("#pixel", Picture).show(raster)
        self._rows = BarRows(()) if terms is None else self._rows_of(trace)
        self._show_terms()

    def _trail(self) -> str:
        """Name the numbers that were come through: as many of the last as there is room for."""
        names = [short_place(place) for place, _rank, _tap in self._path]
        room = self.query_one("#dialog").content_region.width
        begin = next(
            (at for at in range(len(names)) if cell_len(" ← ".join(["…"] * (at > 0) + names[at:])) <= room),
            len(names) - 1,
        )
        return " ← ".join(["…"] * (begin > 0) + names[begin:])

    def _show_terms(self) -> None:
        trace = self._trace
        bars = self.query_one("#terms", Bars)
        bars.display = trace is not None and trace.terms is not None and not self._is_single(trace.terms)
        if trace is None or trace.terms is None:
            return
        _place, rank, tap = self._path[-1]
        bars.show(self._rows, rank or 0)
        if trace.terms.values[0].size > 1:
            self._show_window(trace, int(self._order[rank or 0]), tap)

    @staticmethod
    def _is_single(terms: Terms) -> bool:
        """Whether there is one channel only, with a window, so that a list of channels says nothing."""
        return len(terms.values) == 1 and terms.values[0].size > 1

    def _rows_of(self, trace: Trace) -> BarRows:
        """Write a line for each group, the largest first."""
        terms = trace.terms
        assert terms is not None
        sums, products = terms.sums, terms.products
        largest = float(np.nanmax(np.abs(sums), initial=0.0)) or 1.0
        single = products[0].size == 1
        names = self._scene.opened.class_names if self._is_last(trace.place.layer) and terms.rule == "softmax" else ()

        def line(group: int) -> Bar:
            numbers = [number(float(sums[group]))]
            if single:
                value = right(number(float(terms.values[group].item())), _FIELD)
                product = right(numbers[0], _FIELD)
                numbers = [value]
                if terms.weights is not None:
                    weight = right(number(float(terms.weights[group].item())), _FIELD)
                    numbers = [f"{value} × {weight} = {product}"]
                elif terms.rule == "softmax":
                    numbers = [f"{value}   e^ {right(product.strip(), _FIELD + 2)}"]
            origin = trace.origin(group, 0) if single else None
            title = _("channel {number}").format(number=int(terms.numbers[group]))
            if single:
                title = short_place(origin) if origin else _("padding")
            if names:
                title = names[group]
            share = abs(float(sums[group])) / largest
            return Bar(title, share, numbers[0], bar_tone="bar" if sums[group] >= 0 else "bad")

        count = len(self._order)
        heading = _("{count:,} terms, the largest first") if single else _("{count:,} channels, the largest first")
        lines = [line(int(group)) for group in self._order]
        heading = heading.format(count=count) if count > 1 else ""
        return BarRows(lines, heading, text_first=True, widest_name=26, longest=30)

    def _is_last(self, layer: str) -> bool:
        return self._scene.opened.layers[-1].name == layer

    def _show_window(self, trace: Trace, group: int, tap: int) -> None:
        """Show the numbers under the window, the kernel, and their products, as rows."""
        terms = trace.terms
        assert terms is not None
        origin = trace.origin(group, tap)
        values = _as_rows(terms.values[group])
        cell = divmod(tap, values.shape[1])
        where = short_place(origin) if origin else _("padding")
        self.query_one("#window-title", Static).update(_("values · {place}").format(place=where))
        self._matrix("#values", values, cell)
        for name in ("weights", "products"):
            shown = terms.weights is not None
            self.query_one(f"#{name}").display = self.query_one(f"#{name}-title").display = shown
        if terms.weights is not None:
            self._matrix("#weights", _as_rows(terms.weights[group]), cell)
            self._matrix("#products", _as_rows(terms.products[group]), cell)

    def _matrix(self, selector: str, values: npt.NDArray[Any], cell: tuple[int, int]) -> None:
        signed = bool(np.nan_to_num(values).min(initial=0.0) < 0)
        scale: Scale = scale_for(self.app, scale_of(values, signed=signed), grey=self._scene.grey)
        content = MatrixContent(values, _text, scale, widest_cell=_FIELD + 2, most_lines=1)
        matrix = self.query_one(selector, Matrix)
        matrix.styles.max_height = len(values)
        matrix.show(content, cell)


def _text(value: float) -> str:
    return "·" if np.isnan(value) else number(value)


def _as_rows(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Lay taps out in two axes: those of a sequence as a row, those of a volume one slice below the other."""
    return np.asarray(values.reshape(-1, values.shape[-1]), np.float64)
