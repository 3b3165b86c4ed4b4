"""A chain of windows as a program: the formula in Python, and layers of TensorFlow and Keras that say their shapes.

Each program runs as it stands, leaves the shapes in `output`, (rows, columns, channels) each, the image first, and
prints them as the bench does.
"""

from tui_cnn.lab.code import Library
from tui_cnn.lab.settings import SizesSettings
from tui_cnn.lab.sizes import Slide, chain, read_windows

_NOTE = "output.append(x.shape[1:])\n"
_PRINT = 'print(" → ".join("×".join(map(str, shape)) for shape in output))\n'


def sizes_code(settings: SizesSettings, library: Library) -> str:
    """Write a chain as a program.

    Raises:
        WindowError: one of its windows has no place.
    """
    slides = read_windows(settings.windows)
    channels = [link.channels for link in chain(settings.n, slides, settings.channels)]
    shape = f"{settings.n}, {settings.n}, {settings.channels}"
    match library:
        case "TensorFlow":
            image = f"import tensorflow as tf\n\nx = tf.zeros([1, {shape}])  # a batch of one image\n"
            windows = [_tf_window(slide, given) for slide, given in zip(slides, channels, strict=False)]
        case "Keras":
            image = f"import keras\n\nx = keras.Input(({shape}))\n"
            windows = [_keras_window(slide) for slide in slides]
        case _:
            return _formula(settings, slides)
    return f"{image}output = [x.shape[1:]]\n\n" + "".join(f"{each}\n{_NOTE}\n" for each in windows) + _PRINT


def _formula(settings: SizesSettings, slides: tuple[Slide, ...]) -> str:
    windows = "".join(
        f"    ({slide.f}, {slide.p!r}, {slide.s}, {slide.dilation}, {None if slide.is_pooling else slide.filters}),\n"
        for slide in slides
    )
    return (
        "from math import ceil, floor\n\n"
        "# taps f, zeros p on each side, stride s, dilation d, filters;\n"
        "# pooling has no filters, and keeps the channels\n"
        f"windows = [\n{windows}]\n"
        f"n, channels, field, step = {settings.n}, {settings.channels}, 1, 1\n"
        f"output = [(n, n, channels)]\n{_FORMULA}{_PRINT}"
    )


_FORMULA = """\
for f, p, s, d, filters in windows:
    reach = (f - 1) * d + 1
    if p == "same":
        n = ceil(n / s)
    else:
        n = floor((n + 2 * p - reach) / s) + 1
    channels = filters or channels
    field, step = field + (reach - 1) * step, step * s
    output.append((n, n, channels))
    print(f"{n}×{n}×{channels}: receptive field {field}, step {step}")
"""


def _tf_window(slide: Slide, channels: int) -> str:
    options = f'strides={slide.s}, padding="{"SAME" if slide.p == "same" else "VALID"}"'
    p = 0 if slide.p == "same" else slide.p
    pad = f"x = tf.pad(x, [[0, 0], [{p}, {p}], [{p}, {p}], [0, 0]])\n" if p else ""
    if slide.is_pooling:
        return f"{pad}x = tf.nn.max_pool2d(x, {slide.f}, {options})"
    kernel = f"tf.zeros([{slide.f}, {slide.f}, {channels}, {slide.filters}])"
    dilations = f", dilations={slide.d}" if slide.d > 1 else ""
    return f"{pad}x = tf.nn.conv2d(x, {kernel}, {options}{dilations})"


def _keras_window(slide: Slide) -> str:
    p = 0 if slide.p == "same" else slide.p
    pad = f"x = keras.layers.ZeroPadding2D({p})(x)\n" if p else ""
    same = ', padding="same"' if slide.p == "same" else ""
    if slide.is_pooling:
        return f"{pad}x = keras.layers.MaxPooling2D({slide.f}, strides={slide.s}{same})(x)"
    strides, taken = (f", strides={slide.s}" if slide.s > 1 else ""), ""
    if slide.s > 1 and slide.d > 1:
        pad += "# Keras refuses a stride and a dilation in one layer\n"
        strides, taken = "", f"[:, ::{slide.s}, ::{slide.s}]"
    dilation = f", dilation_rate={slide.d}" if slide.d > 1 else ""
    return f"{pad}x = keras.layers.Conv2D({slide.filters}, {slide.f}{strides}{same}{dilation})(x){taken}"
