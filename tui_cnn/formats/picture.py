"""A network's picture for papers and slides: boxes in perspective with what each is written below, as SVG or PNG."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tui_cnn.core.analysis import Analysis
from tui_cnn.core.layers import Block, Family
from tui_cnn.core.network import Path
from tui_cnn.core.receptive_field import format_field
from tui_cnn.core.rows import Row
from tui_cnn.core.shape import format_shape
from tui_cnn.formats import volume
from tui_cnn.formats.numbers_table import TableRow, lines, total
from tui_cnn.formats.shapes import INK, Circle, Polygon, Polyline, Shape, Sheet, Text, to_png, to_svg
from tui_cnn.formats.volume import Arrangement, Element, Fork, Merge, Solid
from tui_cnn.i18n import _

QUIET, WIRE, BEAM, BROKEN = "#6a737d", "#a3acb6", "#57606a", "#c22f2f"

COLOURS: dict[Family | None, str] = {
    None: "#aeb9c5",
    "convolution": "#6aaef2",
    "pooling": "#83c779",
    "dense": "#f0a45f",
    "normalization": "#b99aec",
    "activation": "#edcf57",
    "regularization": "#ee93b6",
    "reshaping": "#62c8c4",
    "augmentation": "#c4a985",
    "container": "#a5b3c2",
    "opaque": "#ee8a82",
}
"""The front of a box by the family of its layer, on white; None is the input."""

_FIELD = "#e5484d"
"""The receptive field on the input."""


_MARGIN, _HEADING, _FOOT, _NARROWEST, _WIDEST = 28, 52, 62, 560, 1480
_BETWEEN_ROWS, _BRACKET = 30, 24
_LINE = 12.5
_LETTERS = 17
"""So many letters of the settings stand in a line."""

_SIGNS = {
    "add": "+",
    "subtract": "-",
    "multiply": "×",
    "average": "ø",
    "maximum": "max",
    "minimum": "min",
    "concatenate": "||",
}


def dumps_svg(analysis: Analysis) -> str:
    """Draw a network from the image to the classes, with shapes, parameters and totals; long ones go on below."""
    return to_svg(_Drawer(analysis).sheet())


def dumps_png(analysis: Analysis) -> bytes:
    """Draw what the SVG has."""
    return to_png(_Drawer(analysis).sheet())


class _Drawer:
    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        described = zip(analysis.rows, lines(analysis), strict=True)
        self._rows: dict[Path, tuple[Row, TableRow]] = {row.path: (row, line) for row, line in described}
        self._scale = volume.DrawingScale(height=132, channel=3.1, thinnest=5, gap=13, label=self._room)

    def sheet(self) -> Sheet:
        elements = volume.boxes(self._analysis)
        rows = volume.arrange_rows(elements, self._scale, _WIDEST)
        groups = any(element.group for element in elements)
        width = max(_NARROWEST, *(row.width + 2 * _MARGIN for row in rows))
        shapes: list[Shape] = [Text(_MARGIN, 33, self._analysis.network.name, 19, INK, bold=True, anchor="start")]
        y = float(_HEADING)
        for index, row in enumerate(rows):
            left = (width - row.width) / 2 if len(rows) == 1 else _MARGIN
            placed = row.moved(left, y + row.above)
            shapes += self._row(placed, begins=index == 0)
            y += row.above + row.below + (_BRACKET if groups else 0)
            shapes += self._brackets(placed, y - _BRACKET + 6)
            y += _BETWEEN_ROWS if index < len(rows) - 1 else 0
        height = y + _FOOT
        shapes += self._foot(width, height)
        return Sheet(self._analysis.network.name, round(width + 0.5), round(height + 0.5), tuple(shapes))

    def _row(self, row: Arrangement, *, begins: bool) -> Iterator[Shape]:
        for before, mark in pairwise([None, *row.marks]):
            match mark:
                case volume.Wire(points):
                    yield Polyline(points, WIRE, 1.1)
                case Merge():
                    yield from self._merge(mark)
                case Solid():
                    yield from self._solid(mark)
                    if isinstance(before, Solid):
                        yield from _beam(before, mark)
        region = self._seen()
        if begins and row.solids and region is not None:
            yield Polygon(row.solids[0].region(*region), None, _FIELD, 1.4)

    def _solid(self, solid: Solid) -> Iterator[Shape]:
        box = solid.box
        row, line = self._rows.get(box.path, (None, None))
        broken = row is not None and row.error is not None
        colour, edge = COLOURS[box.family], BROKEN if broken else shaded(COLOURS[box.family], 0.55)
        about = self._about(row, line) if row and line else ""
        if broken:
            yield Polygon(solid.front, "#ffffff", edge, 1.6, about)
        else:
            yield Polygon(solid.side, shaded(colour, 0.78), edge)
            yield Polygon(solid.top, shaded(colour, 1.22), edge)
            yield Polygon(solid.front, colour, edge, about=about)
            for family, front, top in solid.slices():
                tint = COLOURS[family]
                yield Polygon(top, shaded(tint, 1.22), edge, 0.4)
                yield Polygon(front, tint, edge, 0.4)
        for number, (text, size, colour, bold) in enumerate(self._label(box)):
            yield Text(solid.middle, solid.label_y + 14 + _LINE * number, text, size, colour, bold)

    def _merge(self, merge: Merge) -> Iterator[Shape]:
        row, _line = self._rows[merge.fork.path]
        yield Circle(merge.x, merge.y, merge.radius, BROKEN if row.error else shaded(COLOURS["container"], 0.6))
        sign = _SIGNS[merge.fork.merge]
        yield Text(merge.x, merge.y + 4.4, sign, 13 if len(sign) == 1 else 8.5, INK, bold=True)
        for number, (text, size, colour, bold) in enumerate(self._label(merge.fork)):
            x, y = merge.x + merge.radius + 3, merge.y + 14 + _LINE * number
            yield Text(x, y, text, size, colour, bold, anchor="start")

    def _label(self, element: Element) -> list[tuple[str, float, str, bool]]:
        """List the lines below a box or a merge: text, size, colour, bold."""
        if isinstance(element, Fork):
            line = self._rows[element.path][1]
            return [(element.merge, 10, INK, True), (line.output, 10, INK, False), *self._slices(element)]
        if not element.path:
            shape = format_shape(self._analysis.network.input_shape)
            return [(_("Input"), 10.5, INK, True), (shape, 10, INK, False), *self._slices(element)]
        row, line = self._rows[element.path]
        label = [(_shorten(line.layer, 26), 10.5, INK, True)]
        settings = (line.settings,) if row.layer.family == "opaque" else row.settings
        label += [(text, 9.5, QUIET, False) for text in _wrapped(settings)]
        label.append((line.output, 10, INK, False))
        if line.parameters not in ("", "0"):
            label.append((_("{count} parameters").format(count=line.parameters), 9, QUIET, False))
        return label + self._slices(element)

    def _slices(self, element: Element) -> list[tuple[str, float, str, bool]]:
        label: list[tuple[str, float, str, bool]] = []
        for path, family in element.slices:
            name, settings = self._rows[path][1].layer, self._rows[path][0].settings
            text = _shorten(f"+ {name} {' '.join(settings)}".rstrip(), 26)
            label.append((text, 9, shaded(COLOURS[family], 0.6), False))
        return label

    def _room(self, element: Element) -> tuple[float, float]:
        label = self._label(element)
        letters = max(len(text) * size * (0.6 if bold else 0.54) for text, size, _colour, bold in label)
        return letters + 4, 8 + _LINE * len(label)

    def _about(self, row: Row, line: TableRow) -> str:
        parts = [line.layer, line.settings, line.output, _("{count} parameters").format(count=line.parameters or 0)]
        if row.field is not None:
            parts.append(f"{_('RF')} {format_field(row.field)}")
        return " · ".join(part for part in parts if part)

    def _seen(self) -> tuple[float, float, float, float] | None:
        """Return what a cell of the last feature map sees of the image."""
        row = self._analysis.last_map
        return volume.field_region(row, self._analysis) if row else None

    def _brackets(self, row: Arrangement, y: float) -> Iterator[Shape]:
        """Name the blocks below what stands in them."""
        spans: dict[Path, tuple[float, float]] = {}
        for mark in row.marks:
            match mark:
                case Solid():
                    group, left, right = mark.box.group, mark.x, mark.x + mark.width + mark.depth
                case Merge():
                    group, left, right = mark.fork.group, mark.begin, mark.x + mark.radius
                case _:
                    continue
            if group:
                begin, end = spans.get(group, (left, right))
                spans[group] = (min(begin, left), max(end, right))
        for path, (left, right) in spans.items():
            block = self._rows[path][0].layer
            assert isinstance(block, Block)
            yield Polyline(((left, y), (left, y + 4), (right, y + 4), (right, y)), WIRE)
            name = _shorten(block.name or _("block"), max(3, int((right - left) / 5)))
            yield Text((left + right) / 2, y + 16, " ".join((name, *block.settings())), 10, QUIET)

    def _foot(self, width: float, height: float) -> Iterator[Shape]:
        summed = total(self._analysis)
        text = _("{label}: {params} parameters, {macs} MACs (multiply-accumulates per image)")
        written = text.format(label=summed.layer, params=summed.parameters, macs=summed.macs)
        yield Text(_MARGIN, height - 38, written, 11.5, INK, bold=True, anchor="start")
        x = float(_MARGIN)
        families = {row.layer.family for row in self._analysis.rows if not row.muted} - {"container"}
        names = family_names()
        last_map = self._analysis.last_map
        entries = [(COLOURS[family], names[family]) for family in names if family in families]
        if last_map is not None and self._seen():
            seen = _("receptive field of layer {name}: {field}")
            entries.append((_FIELD, seen.format(name=last_map.name, field=format_field(last_map.field))))
        for colour, name in entries:
            if x + 20 + 6.2 * len(name) > width:
                break
            corners = ((x, height - 26), (x + 10, height - 26), (x + 10, height - 16), (x, height - 16))
            outline = colour == _FIELD
            yield Polygon(corners, None if outline else colour, colour if outline else shaded(colour, 0.55), 1.2)
            yield Text(x + 15, height - 17, name, 10, QUIET, anchor="start")
            x += 32 + 5.6 * len(name)


def family_names() -> dict[Family, str]:
    """Name the families of layers."""
    return {
        "convolution": _("convolution"),
        "pooling": _("pooling"),
        "dense": _("dense"),
        "normalization": _("normalization"),
        "activation": _("activation"),
        "regularization": _("regularization"),
        "reshaping": _("reshaping"),
        "augmentation": _("augmentation"),
        "container": _("branches"),
        "opaque": _("opaque"),
    }


def shaded(colour: str, by: float) -> str:
    """Make a colour `#rrggbb` darker (below 1) or lighter (above it)."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    mixed = (part * by if by <= 1 else part + (255 - part) * min(1.0, 2 * (by - 1)) for part in parts)
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def _beam(before: Solid, after: Solid) -> Iterator[Shape]:
    """Draw the window on the image that it slides over, and that what it covers becomes one point."""
    if after.box.window is None or before.box.shape is None or len(before.box.shape) != 3:
        return
    high, wide = (max(0.06, share) for share in after.box.window)
    top, left = (1 - high) * 0.5, (1 - wide) * 0.5
    corners = before.region(top, left, top + high, left + wide)
    point = (after.x, after.y + after.height * 0.5)
    yield Polygon(corners, None, BEAM, 0.7)
    if point[0] > max(x for x, _y in corners):
        for corner in (corners[1], corners[2]):
            yield Polyline((corner, point), BEAM, 0.6, dashed=True)


def _wrapped(settings: Sequence[str]) -> list[str]:
    """Write settings in as many lines as they need."""
    written: list[str] = []
    for setting in settings:
        joined = f"{written[-1]} · {setting}" if written else setting
        if written and len(joined) <= _LETTERS:
            written[-1] = joined
        else:
            written.append(setting)
    return [_shorten(text, 26) for text in written]


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)] + "…"
