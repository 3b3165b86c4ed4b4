"""Weights, and nothing else, out of a `.keras` file that anyone may have made.

The file's own description of the model is never built: a `Lambda` in it could run code. The model is ours; Keras'
reader of weights takes arrays of numbers from the HDF5 part, and refuses links to other files in it.
"""

import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import h5py
import keras

from tui_cnn.core.network import snake_case
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError

_MEMBER = "model.weights.h5"


def load_weights(model: keras.Model, path: Path, missing: str) -> None:
    """Put the weights in a file into `model`, and the state of its optimizer where it has one.

    Raises:
        RunError: the file is not there (then the text is `missing`), is damaged, or is of another network.
    """
    try:
        names = _places(model)
        in_file = _names(path)
        expected, found = _ranked(names), _ranked({place: in_file.get(place, "") for place in names})
        if strange := [name for place, name in names.items() if found[place] != expected[place]]:
            message = _("{file}: has the weights of another network: its layer “{name}” is missing or in another place")
            raise RunError(message.format(file=path, name=strange[0]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("error", "Skipping variable loading")  # the optimizer would begin anew
            model.load_weights(path)
    except FileNotFoundError:
        raise RunError(missing) from None
    except RunError:
        raise
    # Neither Keras, nor HDF5, nor zip has an error of its own for a damaged file: what is inside comes through.
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise RunError(_("{file}: its weights cannot be read: {reason}").format(file=path, reason=reason)) from None


def _places(model: keras.Model) -> dict[str, str]:
    """Return where in the file Keras looks for each layer that has weights, and the layer's name."""
    counts: Counter[str] = Counter()
    places = {}
    for layer in model.layers:
        stem = snake_case(type(layer).__name__)
        place = f"{stem}_{counts[stem]}" if counts[stem] else stem
        counts[stem] += 1
        if layer.weights:
            places[place] = layer.name
    return places


def _ranked(names: dict[str, str]) -> dict[str, str | int]:
    """Put the rank among its kind in place of each name that Keras makes up: it counts on from model to model."""
    numbers = {}
    for place, name in names.items():
        kind = re.sub(r"_\d+$", "", place)
        if made_up := re.fullmatch(rf"{re.escape(kind)}(?:_(\d+))?", name):
            numbers[place] = (kind, int(made_up[1] or 0))
    ordered = sorted(numbers.values())
    return {place: ordered.index(numbers[place]) if place in numbers else name for place, name in names.items()}


def _names(path: Path) -> dict[str, str]:
    """Read which layer is where in the file; Keras writes the name of each beside its weights."""
    with zipfile.ZipFile(path) as archive:
        if _MEMBER not in archive.namelist():
            raise RunError(_("{file}: has no {member}, so it is not a Keras 3 model").format(file=path, member=_MEMBER))
        with archive.open(_MEMBER) as member, h5py.File(member, "r") as file:
            layers = file.get("layers", getlink=True)
            if not isinstance(layers, h5py.HardLink):
                return {}
            group = file["layers"]
            return {place: _name(group, place) for place in group}


def _name(group: h5py.Group, place: str) -> str:
    if not isinstance(group.get(place, getlink=True), h5py.HardLink):
        return ""
    layer = group[place]
    if not isinstance(layer, h5py.Group) or not isinstance(layer.get("vars", getlink=True), h5py.HardLink):
        return ""
    return str(layer["vars"].attrs.get("name", ""))
