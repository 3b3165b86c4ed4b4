"""The test images of a run, which may be gone: its own record stands in for what else its data set would tell."""

import numpy as np

from tui_cnn.core.analysis import analyze
from tui_cnn.data.dataset import TestSet, load_test
from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fitted_shape
from tui_cnn.i18n import _
from tui_cnn.runs.directory import RunDirectory
from tui_cnn.runs.origin import check_inspectable
from tui_cnn.runs.recorded_images import load_images


def load_test_of(run: RunDirectory) -> TestSet:
    """Read the test images of a run: of its data set, or those recorded with it.

    There are none where these cannot be read, or there are none: the set says why then.

    Raises:
        FormatError: the recipe or the network of the run cannot be read.
        DataError: the data set cannot be read, and nothing else tells what its images were like.
        RunError: the run was not trained here, and has nothing to look into.
    """
    check_inspectable(run)
    recipe, network = run.recipe(), run.network()
    try:
        if not run.origin_file.exists():
            return load_test(recipe.directory, network.input_shape, recipe.fit)
        recorded = load_images(run, (analyze(network).output_shape or (0,))[-1])
        if recorded is None:
            raise DataError(_("No test images were recorded; give them to the Recorder: test=(images, labels)"))
        return recorded
    except DataError as error:
        traits = run.image_traits()
        if traits is None and len(network.input_shape) == 1:
            raise
        shape = traits.shape if traits else fitted_shape(None, network.input_shape)
        images, labels = np.zeros((0, *shape), np.uint8), np.zeros(0, np.int32)
        return TestSet(recipe.data, images, labels, run.output_names(), missing=str(error))
