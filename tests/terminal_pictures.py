"""A terminal as a picture: its cells as HTML, which Chromium draws; blocks are areas, so that no gap shows."""

from html import escape

CELL = (9, 18)
"""Pixels of a cell."""

_MARGIN = 12
_PAGE = """<!doctype html><meta charset="utf-8"><style>
html, body {{ margin: 0; background: #0d1117; }}
#terminal {{ position: relative; margin: {margin}px; width: {width}px; height: {height}px;
  font: 14.95px/{line}px "DejaVu Sans Mono", "Noto Sans Mono CJK KR", monospace; white-space: pre; }}
span {{ position: absolute; height: {line}px; overflow: hidden; }}
</style><div id="terminal">{cells}</div>"""

_AREAS = {
    "█": "linear-gradient(FG, FG)",
    "▀": "linear-gradient(FG 50%, BG 50%)",
    "▌": "linear-gradient(to right, FG 50%, BG 50%)",
    "▐": "linear-gradient(to right, BG 50%, FG 50%)",
    **{sign: f"linear-gradient(to top, FG {step}/8, BG {step}/8)" for step, sign in enumerate("▁▂▃▄▅▆▇", 1)},
    **{sign: f"linear-gradient(to right, FG {8 - step}/8, BG {8 - step}/8)" for step, sign in enumerate("▉▊▋▌▍▎▏", 1)},
}
"""Signs that are areas of a cell, as backgrounds."""

_BASIC = ("000000", "cd3131", "0dbc79", "e5e510", "2472c8", "bc3fbc", "11a8cd", "e5e5e5")


def size_of(columns, rows):
    """Return the pixels of a picture, width and height."""
    return columns * CELL[0] + 2 * _MARGIN, rows * CELL[1] + 2 * _MARGIN


def page(cells):
    """Write the cells of a `Grid` as a page."""
    spans = []
    for row, line in enumerate(cells):
        for left, text, style in _runs(line):
            spans.append(_span(row, left, text, style))
    width, height = len(cells[0]) * CELL[0], len(cells) * CELL[1]
    return _PAGE.format(margin=_MARGIN, width=width, height=height, line=CELL[1], cells="".join(spans))


def _runs(line):
    """Yield the column, the text and the style of cells that are written together; areas stand alone."""
    begun, text, width, style = 0, "", 0, None
    for column, (sign, half, own) in enumerate(line):
        if half:
            width += 1
            continue
        alike = (own == style and text and text[0] not in _AREAS) or (text and own == style and sign == text[0])
        if not alike or (sign in _AREAS) != (text[:1] in _AREAS):
            if text:
                yield begun, (text, width), style
            begun, text, width, style = column, "", 0, own
        text += sign
        width += 1
    if text:
        yield begun, (text, width), style


def _span(row, left, written, style):
    text, width = written
    front, back, css = _colours(style)
    place = f"left:{left * CELL[0]}px;top:{row * CELL[1]}px;width:{width * CELL[0]}px"
    if text[0] in _AREAS:
        area = _AREAS[text[0]].replace("FG", front).replace("BG", back)
        for eighth in range(1, 8):
            area = area.replace(f"{eighth}/8", f"{12.5 * eighth}%")
        return f'<span style="{place};background:{area}"></span>'
    if not text.strip() and back == "transparent":
        return ""
    return f'<span style="{place};color:{front};background:{back};{css}">{escape(text)}</span>'


def _colours(style):
    """Return the colours of the text and of what is behind it, and further CSS."""
    numbers = [int(number or 0) for number in style.split(";")] if style else []
    front, back, css, faint, turned = "#c9d1d9", "transparent", "", False, False
    while numbers:
        match numbers.pop(0):
            case 1:
                css += "font-weight:bold;"
            case 2:
                faint = True
            case 3:
                css += "font-style:italic;"
            case 4:
                css += "text-decoration:underline;"
            case 7:
                turned = True
            case 38:
                front, numbers = _colour(numbers)
            case 48:
                back, numbers = _colour(numbers)
            case number if 30 <= number <= 37:
                front = "#" + _BASIC[number - 30]
            case number if 40 <= number <= 47:
                back = "#" + _BASIC[number - 40]
    if turned:
        front, back = (back if back != "transparent" else "#0d1117"), front
    return front, back, css + ("opacity:.66;" if faint else "")


def _colour(numbers):
    if numbers[0] == 2:
        return "rgb({},{},{})".format(*numbers[1:4]), numbers[4:]
    return "#c9d1d9", numbers[2:]
