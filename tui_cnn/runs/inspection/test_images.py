"""The test images of a run, which may be gone: its own record stands in for what else its data set would tell."""

import numpy as np

from tui_cnn.data.dataset import TestSet, load_test
from tui_cnn.data.files import DataError
from tui_cnn.data.fitting import fitted_shape
from tui_cnn.runs.directory import RunDirectory


def load_test_of(run: RunDirectory) -> TestSet:
    """Read the test images of a run; none where its data set cannot be read: the set says why then.

    Raises:
        FormatError: the recipe or the network of the run cannot be read.
        DataError: the data set cannot be read, and nothing else tells what its images were like.
    """
    recipe, network = run.recipe(), run.network()
    try:
        return load_test(recipe.directory, network.input_shape, recipe.fit)
    except DataError as error:
        traits = run.image_traits()
        if traits is None and len(network.input_shape) == 1:
            raise
        shape = traits.shape if traits else fitted_shape(None, network.input_shape)
        images, labels = np.zeros((0, *shape), np.uint8), np.zeros(0, np.int32)
        return TestSet(recipe.data, images, labels, run.output_names(), missing=str(error))
