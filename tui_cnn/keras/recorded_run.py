"""The directory of a run that is recorded: found again by its name, or made, with what is told of it once."""

from contextlib import suppress

import msgspec

from tui_cnn.atomic import write_atomic
from tui_cnn.core.network import Network
from tui_cnn.data.images import are_light_on_black
from tui_cnn.formats.toml import dumps_network, dumps_toml
from tui_cnn.keras.fit_call import FitCall
from tui_cnn.keras.images import GivenImages
from tui_cnn.runs.dated import slug
from tui_cnn.runs.directory import ImageTraits, RunDirectory, list_runs
from tui_cnn.runs.lock import is_held
from tui_cnn.runs.origin import Origin, make_foreign, read_origin
from tui_cnn.runs.recorded_images import as_images, save_images

_LOOKED_AT = 256


def find_recorded(name: str, network: Network | None = None) -> RunDirectory | None:
    """Find the newest run that was recorded under a name, unless it is still going on; None: there is none.

    `network`: it must have been this one.
    """
    for run in list_runs():
        with suppress(Exception):  # a damaged one is none
            origin = read_origin(run)
            if origin is None or origin.file or run.name != slug(name) or is_held(run.lock_file):
                continue
            if network is not None and run.network_file.read_text("utf-8") != dumps_network(network):
                continue
            return run
    return None


def make_recorded(
    name: str,
    network: Network | None,
    origin: Origin,
    call: FitCall,
    test: GivenImages | None,
    class_names: tuple[str, ...],
) -> RunDirectory:
    """Make it, with a recipe as far as it is known, the test images, and what its images are like.

    Raises:
        RunError, OSError: it cannot be written.
    """

    def fill(run: RunDirectory) -> None:
        if network is not None:
            _describe_images(run, origin, call, test)
        if class_names:
            write_atomic(run.classes_file, msgspec.json.encode(class_names))

    return make_foreign(name, network, origin, fill)


def _describe_images(run: RunDirectory, origin: Origin, call: FitCall, test: GivenImages | None) -> None:
    given = call.some_images(_LOOKED_AT)
    scaled = test.scaled if test is not None else None
    looked_at = scaled or (as_images(given) if given is not None else None)
    if scaled is not None and test is not None and test.labels is not None:
        save_images(run, scaled.images, test.labels)
    _write_recipe(run, origin, looked_at.scale if looked_at is not None else None)
    if looked_at is not None:
        height, width, channels = looked_at.images.shape[1:]
        traits = ImageTraits((height, width, channels), are_light_on_black(looked_at.images))
        write_atomic(run.images_file, msgspec.json.encode(traits))


def _write_recipe(run: RunDirectory, origin: Origin, scale: str | None) -> None:
    known = {
        "epochs": origin.epochs,
        "batch_size": origin.batch_size,
        "learning_rate": origin.learning_rate,
        "scale": scale,
        "data": str(run.recorded_images_file),
    }
    run.recipe_file.write_text(dumps_toml({name: value for name, value in known.items() if value}), "utf-8")
