"""A trained model's file as a run, so that all that looks at runs can look at it."""

import shutil
from pathlib import Path

from tui_cnn.core.analysis import analyze
from tui_cnn.data.dataset import summarize
from tui_cnn.data.fitting import fitted_shape
from tui_cnn.formats.export import require_buildable
from tui_cnn.formats.keras.reading import read_keras
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Imported, encode
from tui_cnn.runs.export import export_file
from tui_cnn.runs.preflight import several_ends
from tui_cnn.runs.recipe import Recipe


def import_model(file: Path, recipe: Recipe) -> RunDirectory:
    """Make a run of a `.keras` or `.h5` file: its network, and its weights as the best. Nothing in the file is run.

    Of the recipe only the data and the scale of the pixels mean something: nobody knows how the model was trained.

    Raises:
        FormatError: the file cannot be read, or the network cannot be built.
        DataError: the images do not fit the network.
        RunError: it has no weights, or not those of its layers, or several inputs or outputs.
    """
    network = read_keras(file).network
    analysis = analyze(network)
    require_buildable(analysis)
    if ends := several_ends(analysis):
        message = _("{file}: has {ends}; only models with one input and one output can be inspected")
        raise RunError(message.format(file=file, ends=ends))
    fitted_shape(summarize(recipe.directory).image_shape, network.input_shape, recipe.fit)
    run = make_run(network, recipe)
    try:
        export_file(file, "keras", run.best_file)
        run.events_file.write_bytes(encode(Imported(file=str(file.absolute()))))
    except BaseException:
        shutil.rmtree(run.path, ignore_errors=True)
        raise
    return run


def scale_is_known(file: Path) -> bool:
    """Tell whether a model scales its pixels itself, so that it takes them as they are.

    Raises:
        FormatError: it cannot be read.
    """
    layers = read_keras(file).network.layers
    return bool(layers) and layers[0].scales_pixels
