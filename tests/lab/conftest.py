"""TensorFlow, which says what is right."""

import pytest


@pytest.fixture(scope="session")
def tf(keras):
    import tensorflow

    return tensorflow
