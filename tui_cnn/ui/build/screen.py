"""The Build screen: the stack, the settings of the selected layer, why its numbers are what they are, the findings."""

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.containers import Container
from textual.widget import Widget

from tui_cnn.core import edits
from tui_cnn.core.analysis import Analysis
from tui_cnn.core.network import Path, format_path
from tui_cnn.i18n import _
from tui_cnn.runs.layer_times import LayerTimes
from tui_cnn.search.marks import Marks
from tui_cnn.ui.build.actions import FORM, STACK
from tui_cnn.ui.build.checks import ChecksView
from tui_cnn.ui.build.formulas import FormulasView, numbers_of
from tui_cnn.ui.build.layer_panel import LayerPanel
from tui_cnn.ui.build.stack import StackView
from tui_cnn.ui.build.volume import VolumeView
from tui_cnn.ui.design import Design
from tui_cnn.ui.toolkit.help import Place, about_columns, about_fields, about_type
from tui_cnn.ui.toolkit.main_screen import MainScreen

_WIDE, _BROAD, _TALL = 100, 140, 32
"""Columns from which on there are two columns of panes, and three with the volume below them; rows that are many."""

_VOLUME, _STEP = 11, 4
"""Rows of the volume at least; and the steps in which the list of layers takes rows from it."""

_AROUND, _BESIDE, _BELOW = 5, 26, 8
"""Rows around the layers in their list; of the panes beside it where it is broad, and below it where it is narrow."""


class BuildScreen(MainScreen):
    """Where a network is designed: lays the widgets out, and shows in each what is selected in the stack."""

    MODE = "build"
    CSS_PATH = "screen.tcss"
    AUTO_FOCUS: ClassVar[str] = "#stack"

    _shown: tuple[Analysis, Path] | None = None
    _undoable = False

    def body(self) -> Iterator[Widget]:
        """Lay out the stack with its drawing and its findings, and the selected layer beside it."""
        self.panel = LayerPanel(id="settings-panel", classes="panel")
        self.stack = StackView(self.workspace.design.analysis, self.panel, id="stack", classes="panel")
        self.volume = VolumeView(id="volume", classes="panel")
        self.why = FormulasView(id="why", classes="panel")
        self.checks = ChecksView(self.stack, id="checks", classes="panel")
        layer = Container(self.panel, self.why, self.checks, id="layer-pane")
        yield Container(self.stack, self.volume, layer, id="build")

    def on_mount(self) -> None:
        """Show the columns that the user wants, and what the cursor is on."""
        self.stack.hidden_columns = frozenset(self.workspace.state.hidden_columns)
        self.workspace.subscribe(self, "varied", self._show_varied)
        self.workspace.subscribe(self, "layer_times", self._show_times)
        self.watch(self.stack, "cursor", self._show_selected, init=False)  # at once: all is painted together

    @property
    def shown_topics(self) -> tuple[str, ...]:
        """The type of the selected layer, and its numbers."""
        path = self.stack.path
        layers = (type(row.layer).__name__ for row in self.workspace.design.analysis.rows if row.path == path)
        return (next(layers, "Input"), "output", "parameters", "field", "memory")

    def place(self) -> Place:
        """The layer under the cursor, or the form that is open; then what the numbers of the stack mean."""
        path, network = self.stack.path, self.workspace.design.network
        try:
            layer = edits.layer_at(network, path) if path else None
        except IndexError:  # a line of the stack that is no layer
            layer = None
        scope = FORM if self.panel.form else STACK
        if layer is None:
            words = Text(_("The network: the input shape of one image (channels last) and the layers."))
            return Place((scope,), _("Input"), words, (about_columns(),))
        title = _("{kind}, layer {number}").format(kind=type(layer).__name__, number=format_path(path))
        return Place((scope,), title, about_type(layer), (about_fields(layer), about_columns()))

    def show_design(self, design: Design) -> None:
        """Show another network, with the cursor where it was edited; one that was merely saved stays as it is shown."""
        if self._shown and design.analysis is self._shown[0]:
            return
        self.checks.show(design.analysis.checks)
        self.stack.last_edit = design.history.present.label
        self.share_room()
        self.stack.show(design.analysis, design.select, opened=design.just_opened)
        undoable = design.history.past is not None
        if undoable != self._undoable:  # it makes the whole footer anew
            self._undoable = undoable
            self.refresh_bindings()

    def share_room(self) -> None:
        """Give the volume the rows that the list of layers does not need, up to as many as its width is good for.

        Only the network and the terminal decide, so that nothing moves while a layer is edited or folded.
        """
        rows, columns, analysis = self.size.height - 2, self.size.width, self.workspace.design.analysis
        broad, narrow = columns >= _BROAD, columns < _WIDE
        least, half = max(_VOLUME, rows // 3), rows // 2 - _AROUND
        listed = -(-len(analysis.rows) // _STEP) * _STEP
        if listed + _AROUND > rows - least:  # too many to be seen at once: they are shown folded
            listed = max(len(analysis.network.layers), half)
        free = rows - (max(listed + _AROUND, _BESIDE) if broad else listed + _AROUND + _BELOW * narrow)
        widest = columns if broad or narrow else columns * 3 // 5
        self.volume.display = free >= _VOLUME or self.size.height >= _TALL
        self.volume.styles.height = max(least, min(free, widest // 4))

    def commit_pending(self) -> None:
        """Apply what stands in the form."""
        self.panel.commit()

    def _show_selected(self) -> None:
        """Show the layer under the cursor; where its form was open for another layer, apply that first."""
        path = self.stack.path
        if self.panel.form is not None and self.panel.edited != path:
            self.panel.commit(path)
        analysis = self.workspace.design.analysis
        if self._shown and self._shown[0] is analysis and self._shown[1] == path:
            return
        self._shown = (analysis, path)
        self.panel.show(analysis, path)
        self.volume.show(analysis, path)
        title, numbers = numbers_of(self.stack.line, analysis)
        self.why.show(title, numbers)
        self.checks.show_about(path)

    def _show_varied(self, marks: Marks) -> None:
        """Show what varies in a search: signs in the stack, values in the panel of the layer."""
        self.stack.varied = frozenset(mark.path for mark in marks if mark.path is not None)
        self.panel.show_varied(marks)

    def _show_times(self, times: LayerTimes) -> None:
        """Show what layers were measured to take."""
        self.stack.times = times

    @on(VolumeView.Pointed)
    def _go_to_pointed(self, event: VolumeView.Pointed) -> None:
        self.stack.go_to(event.path)
        self.stack.focus()
