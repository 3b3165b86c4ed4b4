"""The stepper against TensorFlow, every intermediate sum included, and the worked examples of the notes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tui_cnn.insight.filters import classical_filters
from tui_cnn.lab.convolution import Convolution
from tui_cnn.lab.scene import NOTES, colours, sample_images
from tui_cnn.lab.windows import WindowError, windows

FILTERS = {classic.word: classic.kernel for classic in classical_filters()}
VERTICAL = FILTERS["vertical-edge"][..., None, None]
whole = st.integers(-9, 9).map(float)


@st.composite
def convolutions(draw):
    """Convolutions on small whole numbers, whose sums are exact in any order."""
    depth, count = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    image = draw(arrays.arrays(float, (draw(st.integers(1, 7)), draw(st.integers(1, 7)), depth), elements=whole))
    kernels = draw(
        arrays.arrays(float, (draw(st.integers(1, 4)), draw(st.integers(1, 4)), depth, count), elements=whole)
    )
    steps = st.tuples(st.integers(1, 3), st.integers(1, 3))
    strides, dilation = draw(st.sampled_from([(draw(steps), (1, 1)), ((1, 1), draw(steps))]))
    return Convolution(
        image,
        kernels,
        tuple(draw(st.lists(whole, min_size=count, max_size=count))) if draw(st.booleans()) else (),
        strides,
        draw(st.sampled_from(["valid", "same", 0, 1, 2])),
        dilation,
        draw(st.booleans()),
        draw(st.booleans()),
    )


def tensorflows(tf, convolution):
    """The same by tf.nn.convolution, which takes no number of zeros: they are put there first."""
    image, padding = convolution.image[None], convolution.padding
    if isinstance(padding, int):
        image, padding = np.pad(image, ((0, 0), (padding, padding), (padding, padding), (0, 0))), "valid"
    kernels = convolution.kernels[::-1, ::-1] if convolution.true else convolution.kernels
    strides, dilations = list(convolution.strides), list(convolution.dilation)
    made = tf.nn.convolution(image, kernels.copy(), strides=strides, padding=padding.upper(), dilations=dilations)
    made = made + np.array(convolution.bias or [0.0])
    return (tf.nn.relu(made) if convolution.relu else made)[0].numpy()


@given(convolutions())
@settings(max_examples=150)
def test_what_tensorflow_gives(tf, convolution):
    try:
        ours = convolution.output()
    except WindowError:
        zeros = 0 if convolution.padding == "valid" else convolution.padding
        reach = [(f - 1) * d + 1 for f, d in zip(convolution.kernels.shape, convolution.dilation, strict=False)]
        assert any(r > n + 2 * zeros for r, n in zip(reach, convolution.image.shape, strict=False))
        return
    theirs = tensorflows(tf, convolution)
    np.testing.assert_array_equal(ours, theirs)
    for index in range(convolution.steps):
        for number in range(convolution.kernels.shape[3]):
            step = convolution.step(index, number)
            assert step.value == theirs[step.row, step.column, number]
            assert step.products.sum() == step.channel_sums.sum() == step.total - step.bias
            assert (step.patch * convolution.turned[..., number] == step.products).all()


@given(convolutions())
@settings(max_examples=50)
def test_each_channel_by_itself(tf, convolution):
    """The sum of a channel's products is TensorFlow's convolution of this channel alone."""
    plain = convolution._replace(bias=(), relu=False)
    try:
        steps = [plain.step(index) for index in range(plain.steps)]
    except WindowError:
        return
    for channel in range(plain.image.shape[2]):
        alone = plain._replace(
            image=plain.image[..., [channel]], kernels=np.ascontiguousarray(plain.kernels[:, :, [channel], :1])
        )
        theirs = tensorflows(tf, alone)[..., 0].ravel()
        assert [step.channel_sums[channel] for step in steps] == list(theirs)


def test_the_example_of_the_notes():
    convolution = Convolution(NOTES, VERTICAL)
    assert convolution.output()[..., 0].tolist() == [
        [-5, -4, 0, 8],
        [-10, -2, 2, 3],
        [0, -2, -4, -7],
        [-3, -2, -3, -16],
    ]
    first = convolution.step(0)
    assert first.products[..., 0].tolist() == [[3, 0, -1], [1, 0, -8], [2, 0, -2]]
    assert first.total == -5
    assert convolution.windows.down.formula() == "floor((6 + 2·0 - 3) / 1) + 1 = 4"


def test_bright_and_dark_edges():
    """White on the left gives a bright stripe in the middle, white on the right a dark one."""
    made = sample_images()
    assert Convolution(made["white-left"], VERTICAL).output()[0, :, 0].tolist() == [0, 30, 30, 0]
    assert Convolution(made["white-right"], VERTICAL).output()[0, :, 0].tolist() == [0, -30, -30, 0]
    horizontal = FILTERS["horizontal-edge"][..., None, None]
    corners = Convolution(made["corners"], horizontal).output()[..., 0]
    assert corners.tolist() == [[0, 0, 0, 0], [30, 10, -10, -30], [30, 10, -10, -30], [0, 0, 0, 0]]


def test_channels_and_filters():
    """7×7×3 with two 3×3×3 filters is 5×5×2; ten filters have (27 + 1)·10 parameters."""
    two = Convolution(colours(), np.ones((3, 3, 3, 2)), (0.0, 0.0))
    assert two.output().shape == (5, 5, 2)
    assert Convolution(colours(), np.ones((3, 3, 3, 10)), (0.0,) * 10).parameters() == "(3·3·3 + 1)·10 = 280"
    assert Convolution(colours(), np.ones((5, 5, 3, 8)), (0.0,) * 8).parameters() == "(5·5·3 + 1)·8 = 608"


def test_true_convolution_turns_the_kernel():
    """Against NumPy's own, which is the mathematician's, along each row."""
    kernel = np.array([1.0, 2.0, -3.0]).reshape(1, 3, 1, 1)
    ours = Convolution(NOTES, kernel, true=True).output()[..., 0]
    assert ours.tolist() == [np.convolve(row, [1, 2, -3], "valid").tolist() for row in NOTES[..., 0]]


def test_the_cosine_is_one_where_patch_and_kernel_point_the_same_way():
    sobel = FILTERS["sobel-x"]
    assert Convolution(5 * sobel[..., None], sobel[..., None, None]).step(0).cosine == pytest.approx(1)
    crossed = FILTERS["sobel-y"][..., None]
    assert Convolution(crossed, sobel[..., None, None]).step(0).cosine == pytest.approx(0)
    assert Convolution(np.zeros((3, 3, 1)), sobel[..., None, None]).step(0).cosine is None


@pytest.mark.parametrize(
    ("image", "kernels", "message"),
    [
        (
            np.ones((2, 5, 1)),
            np.ones((3, 3, 1, 1)),
            "a window of 3 does not fit into 2 pixels with 0 zeros on each side",
        ),
        (np.ones((5, 5, 3)), np.ones((3, 3, 1, 1)), "a kernel with 1 channels does not fit an image with 3 channels"),
    ],
)
def test_what_does_not_fit_is_said(image, kernels, message):
    with pytest.raises(WindowError) as refused:
        Convolution(image, kernels).output()
    assert str(refused.value) == message


def test_the_place_over_a_pixel_and_the_pixels_under_a_place():
    laid = windows(np.zeros((6, 6, 1)), (3, 3), (2, 2), 1)
    assert [laid.down.place_over(position) for position in range(8)] == [0, 0, 0, 1, 2, 2, 2, 2]
    mask = laid.mask(1, 0)
    assert np.argwhere(mask).min(axis=0).tolist() == [2, 0]
    assert np.argwhere(mask).max(axis=0).tolist() == [4, 2]
    assert (~laid.border).sum() == 36
    assert not laid.border[1:-1, 1:-1].any()
