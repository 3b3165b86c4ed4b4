"""A trained model's file as a run, so that all that looks at runs can look at it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tui_cnn.config import expanded
from tui_cnn.core.analysis import Analysis, analyze
from tui_cnn.core.shape import format_shape
from tui_cnn.data.dataset import load, summarize
from tui_cnn.data.fitting import fitted_shape
from tui_cnn.data.input_options import PixelScale
from tui_cnn.data.scaling import Scaling
from tui_cnn.formats.export import require_buildable
from tui_cnn.formats.models import read_model
from tui_cnn.formats.reading import read_text
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory, make_run
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.events import Imported, encode
from tui_cnn.runs.export import export_file
from tui_cnn.runs.inspection.ends import between_ends, choices_of, class_count
from tui_cnn.runs.preflight import suits
from tui_cnn.runs.recipe import Recipe, located
from tui_cnn.runs.snapshot import Follower
from tui_cnn.visible import visible


def import_model(file: Path, recipe: Recipe, class_names: Sequence[str] = (), output: str = "") -> RunDirectory:
    """Make a run of a `.keras`, `.h5` or `.onnx` file: its network, and its weights as the best.

    Nothing in the file is run.
    Of the recipe only the data, the fit and the scale of the pixels mean something: nobody knows how the model was
    trained. `class_names` name its classes in their order, where these are not the classes of the data set; they are
    kept in the run's directory. Of several outputs the run has one, and of several inputs one takes the image, see
    `between_ends`; the run says which.

    Raises:
        FormatError: the file cannot be read, or the network cannot be built.
        DataError: the images do not fit the network.
        RunError: it has no weights, or not those of its layers; it has no such output; there are more or fewer
            names than classes; or the scale is not for its channels.
    """
    recipe = located(recipe)
    ends = between_ends(read_model(file).network, output)
    network = ends.network
    analysis = analyze(network)
    require_buildable(analysis)
    check_description(file, analysis, recipe.scale, class_names)
    shape = network.input_shape
    fitted_shape(summarize(recipe.directory).image_shape, shape, recipe.fit)
    learned = Scaling(recipe.scale)
    if learned.needs_statistics:
        learned = load(recipe.directory, shape, recipe.fit).scaling(recipe.scale)

    def fill(run: RunDirectory) -> None:
        if learned.mean:
            run.scaling_file.write_bytes(msgspec.json.encode(learned))
        if class_names:
            run.classes_file.write_bytes(msgspec.json.encode(tuple(class_names)))
        export_file(network, file, "keras", run.best_file)
        imported = Imported(file=str(file.absolute()), output=ends.output, same=ends.same, zeros=ends.zeros)
        run.events_file.write_bytes(encode(imported))

    return make_run(network, recipe, fill)


def choices(run: RunDirectory) -> list[str]:
    """Say which of several inputs and outputs were chosen for an imported run, a line for each."""
    imported = Follower(run).poll().imported
    return [] if imported is None else choices_of(imported)


def check_description(file: Path, analysis: Analysis, scale: PixelScale, class_names: Sequence[str]) -> None:
    """Make sure that what a person says of a model's file can be: its scale, and the names of its outputs, if any.

    Raises:
        RunError: there are more or fewer names than outputs; or the scale is not for its channels.
    """
    outputs, shape = class_count(analysis.output_shape or ()), analysis.network.input_shape
    if class_names and not outputs:
        raise RunError(_("{file}: its output is not a list of classes; leave the class names out").format(file=file))
    if class_names and len(class_names) != outputs:
        message = _("{file}: has {outputs:,} outputs, but there are {names:,} class names; give one for each output")
        raise RunError(message.format(file=file, outputs=outputs, names=len(class_names)))
    if not suits(scale, shape):
        message = _("{file}: scale {scale} is for 3 channels, but its input is {shape}; choose another scale")
        raise RunError(message.format(file=file, scale=scale, shape=format_shape(shape)))


def scale_is_known(file: Path, output: str = "") -> bool:
    """Tell whether a model, up to that output, scales its pixels itself, so that it takes them as they are.

    Raises:
        FormatError: it cannot be read.
        RunError: it has no such output.
    """
    return between_ends(read_model(file).network, output).scales_pixels


def read_class_names(text: str) -> tuple[str, ...]:
    """Read the names of a model's outputs: from a file, a line each, or as they are typed, with commas between.

    What has no comma is the path of a file.

    Raises:
        FormatError: the file cannot be read.
        RunError: a name is empty.
    """
    if "," in text:
        names = [name.strip() for name in text.split(",")]
    else:
        names = [line.strip() for line in read_text(expanded(text)).strip().split("\n")]
    if "" in names:
        message = _("{text}: class name {number} is empty; give a name for each output of the model")
        raise RunError(message.format(text=text, number=names.index("")))
    return tuple(map(visible, names))
