"""What is known of a model, its training, and what Keras tells of it: read without knowing which Keras it is of."""

import math
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tui_cnn.core import edits
from tui_cnn.core.network import Network
from tui_cnn.errors import UserError
from tui_cnn.formats.keras.model_objects import read_model_object
from tui_cnn.i18n import _
from tui_cnn.keras.fit_call import FitCall
from tui_cnn.runs.origin import Origin


def find_network(model: Any, name: str) -> tuple[Network | None, str]:
    """Express a model as a network of that name; or say why it cannot be."""
    try:
        return edits.rename(read_model_object(model).network, name), ""
    except UserError as error:
        return None, str(error)
    except Exception as error:  # to_json calls what a person has written for their layers
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        return None, _("the model cannot be described: {reason}").format(reason=reason)


def find_origin(model: Any, call: FitCall, epochs: int | None, no_network: str) -> Origin:
    """Gather what is known of a training."""
    optimizer = getattr(model, "optimizer", None)
    loss = getattr(model, "loss", None)
    return Origin(
        program=program_of(model),
        no_network=no_network,
        optimizer=type(optimizer).__name__ if optimizer is not None else "",
        loss=loss if isinstance(loss, str) else _name(loss),
        learning_rate=learning_rate(model),
        batch_size=call.batch_size,
        epochs=epochs,
    )


def _name(loss: Any) -> str:
    """Name a loss that is an object or a function, not a dictionary of several."""
    if loss is None or isinstance(loss, Mapping | list | tuple):
        return ""
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", ""))


def package_of(model: Any) -> str:
    """Return `keras` or `tf_keras`: which of them the model is of, by the classes it is made of."""
    packages = (kind.__module__.partition(".")[0] for kind in type(model).__mro__)
    return next((package for package in packages if package in ("keras", "tf_keras")), "keras")


def backend_of(model: Any) -> str:
    """Return what computes: `tensorflow`, `jax`, `torch`."""
    if package_of(model) == "tf_keras":
        return "tensorflow"
    with suppress(Exception):
        return str(sys.modules["keras"].backend.backend())
    return ""


def version_of(module: str) -> str:
    """Return the version of a module that the program has loaded; empty: it has not."""
    return str(getattr(sys.modules.get(module), "__version__", ""))


def program_of(model: Any) -> str:
    """Name what trains: `Keras 3.15.1, jax 0.10`."""
    package, backend = package_of(model), backend_of(model)
    name = "tf-keras" if package == "tf_keras" else "Keras"
    named = (f"{name} {version_of(package)}", f"{backend} {version_of(backend)}")
    return ", ".join(part.strip() for part in named if part.strip())


def learning_rate(model: Any) -> float | None:
    """Read the rate of the next update; None: not known."""
    rate = getattr(getattr(model, "optimizer", None), "learning_rate", None)
    with suppress(Exception):  # it may be of any kind that a person gives
        if callable(rate) and not hasattr(rate, "shape"):
            rate = rate(model.optimizer.iterations)
        read = number(rate.numpy() if rate is not None and hasattr(rate, "numpy") else rate)
        return None if read is None else float(f"{read:.7g}")  # a float32 has no more digits
    return None


def precision_of(model: Any) -> Any:
    """Return what the layers compute with; where that is none of the names that we have, float32."""
    policy = getattr(getattr(model, "dtype_policy", None), "name", "") or getattr(model, "_dtype", "")
    return policy if policy in ("mixed_bfloat16", "mixed_float16") else "float32"


def number(value: Any) -> float | None:
    """Read a number; None: it is none, or not finite."""
    if value is None:
        return None
    with suppress(Exception):
        read = float(value)
        return read if math.isfinite(read) else None
    return None
