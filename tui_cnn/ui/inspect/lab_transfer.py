"""Maps and filters of a trained network, taken along to the Lab, there to be convolved step by step."""

import numpy as np
import numpy.typing as npt

from tui_cnn.core import edits
from tui_cnn.core.layers import AnyLayer
from tui_cnn.formats.toml import loads_network
from tui_cnn.i18n import _
from tui_cnn.lab.scene import NamedArray
from tui_cnn.runs.inspection.replies import Activations, WeightsReply
from tui_cnn.ui.inspect.scene import Scene
from tui_cnn.ui.messages import LabTransfer


def take_map(scene: Scene, found: Activations) -> LabTransfer:
    """Take the map that is looked at, (height, width, 1)."""
    values = np.asarray(found.layers[scene.info.name].numpy(), np.float64)[..., [scene.channel]]
    name = _("{layer} map {number}").format(layer=scene.info.name, number=scene.channel)
    return LabTransfer({"image": "map"}, NamedArray(values, name))


def take_filter(
    scene: Scene, place: int, channel: int | None, found: Activations, weights: WeightsReply
) -> LabTransfer | None:
    """Take the chosen filter of the convolution at a place, and what it looks at; None if it is no such layer.

    `channel` is the input channel that is looked at; None: the sum of all is.
    """
    info = scene.opened.layers[place]
    layer = edits.layer_at(loads_network(scene.opened.network, ""), info.path)
    window = layer.window
    if window is None or layer.kernel_kind not in ("convolution", "depthwise"):
        return None
    arrays = next(each.weights for each in weights.layers if each.name == info.name)
    kernels = next(array.numpy() for array in arrays.values() if len(array.shape) == 4)
    if kernels.shape[:2] != window.kernel:  # several convolutions in one
        return None
    number = min(scene.channel, info.shape[-1] - 1)
    image = _input(scene, place, found)
    kernel, image = _of_filter(layer, np.asarray(kernels, np.float64), number, image)
    bias = float(arrays["bias"].numpy()[number]) if "bias" in arrays else None
    settings = {
        "image": "map",
        "kernel": "trained",
        "kernel_size": kernel.shape[:2],
        "filters": 1,
        "strides": window.strides,
        "padding": window.padding,
        "dilation_rate": window.dilation,
        "bias": bias,
        "relu": getattr(layer, "activation", "") == "relu",
        "turned": False,
    }
    name = _("{layer} filter {number}").format(layer=info.name, number=number)
    activation = getattr(layer, "activation", "linear")
    if activation not in ("linear", "relu"):
        name += _(", before {activation}").format(activation=activation)
    image_name = _name_of_input(scene, place)
    return LabTransfer(settings, NamedArray(image, image_name), NamedArray(kernel[..., None], name), channel)


def _input(scene: Scene, place: int, found: Activations) -> npt.NDArray[np.float64]:
    before = scene.opened.layers[place].source
    if before is not None:
        return np.asarray(found.layers[scene.opened.layers[before].name].numpy(), np.float64)
    image: npt.NDArray[np.float64] = scene.opened.scaling.apply(np.asarray(found.image.numpy(), np.float64))
    return image if image.ndim == 3 else image[..., None]


def _name_of_input(scene: Scene, place: int) -> str:
    before = scene.opened.layers[place].source
    return scene.subject.title if before is None else scene.opened.layers[before].name


def _of_filter(
    layer: AnyLayer,
    kernels: npt.NDArray[np.float64],
    number: int,
    image: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the kernels of one filter, (height, width, channels), and the channels that it looks at."""
    if layer.kernel_kind == "depthwise":
        channel, of_channel = divmod(number, kernels.shape[3])
        return kernels[:, :, [channel], of_channel], image[..., [channel]]
    depth = kernels.shape[2]  # less than that of the image where channels are split into groups
    first = number * image.shape[2] // depth // kernels.shape[3] * depth
    return kernels[..., number], image[..., first : first + depth]
