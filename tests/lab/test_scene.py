"""What is set and typed in the Lab becomes the arrays that are shown."""

import msgspec
import numpy as np
import pytest

from tui_cnn.lab.pooling import Pooling, kept_pixels, moved
from tui_cnn.lab.scene import NOTES, LabArrays, convolution, image_of, type_pixel, type_weight
from tui_cnn.lab.settings import KERNEL_NAMES, ConvolutionSettings, ImageName, PoolingSettings
from tui_cnn.lab.sizes import Slide, read_windows, write_windows

FASHION = LabArrays(fashion=np.arange(784.0).reshape(28, 28, 1))


@pytest.mark.parametrize("name", ImageName.__args__)
def test_every_picture_can_be_convolved_with_every_kernel(name):
    for kernel in KERNEL_NAMES:
        settings = ConvolutionSettings(image=name, kernel=kernel, padding="same", filters=3)
        made = convolution(settings, FASHION)
        assert made.output().shape == (*image_of(settings, FASHION).shape[:2], 3)


def test_each_map_has_its_own_kernel():
    for name in KERNEL_NAMES:
        made = convolution(ConvolutionSettings(kernel=name, padding="same", filters=2), LabArrays())
        assert name in ("own", "trained") or (made.kernels[..., 0] != made.kernels[..., 1]).any()


def test_seven_by_seven_with_two_filters():
    made = convolution(ConvolutionSettings(image="colours", side=7, filters=2), LabArrays())
    assert made.output().shape == (5, 5, 2)
    assert made.parameters() == "(3·3·3 + 1)·2 = 56"


def test_no_bias_no_parameter():
    assert convolution(ConvolutionSettings(bias=None), LabArrays()).parameters() == "3·3·1·1 = 9"


def test_typing_makes_the_picture_and_the_kernel_ones_own():
    settings, typed = type_pixel(ConvolutionSettings(), LabArrays(), (0, 0, 0), 8)
    assert settings.image == "own"
    expected = NOTES.copy()
    expected[0, 0] = 8
    assert (image_of(settings, typed) == expected).all()
    assert NOTES[0, 0] == 3
    settings, typed = type_weight(settings, typed, (0, 0, 0, 0), 2)
    assert convolution(settings, typed).step(0).total == -5 + 8 - 3 + 8  # 8·2 in the place of 3·1
    larger = msgspec.structs.replace(settings, side=7, kernel_size=(2, 2), filters=2)
    again = convolution(larger, typed)
    assert again.output().shape == (6, 6, 2)
    assert (again.image[:6, :6] == expected).all()
    assert (again.kernels[..., 0, 1] == [[2, 0], [1, 0]]).all()


def test_what_a_move_changes():
    """A point that stays in its window of 2×2 changes no maximum, and vanishes from every other pixel."""
    point = np.zeros((6, 6, 1))
    point[2, 2] = 9
    settings = PoolingSettings(image="own", down=1, right=1)
    found = moved(settings, LabArrays(image=point))
    assert not found.pooled_changed.any()
    assert found.strided_changed.sum() == 1
    across = moved(msgspec.structs.replace(settings, down=2), LabArrays(image=point))
    assert across.pooled_changed.sum() == 2
    assert moved(PoolingSettings(kind="global-max"), LabArrays()).strided is None


def test_what_is_kept_of_what_was_seen():
    image = np.arange(16.0).reshape(4, 4, 1)
    seen, left = kept_pixels(Pooling(image), 2)
    assert seen[..., 0].tolist() == [[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert np.argwhere(left[..., 0]).tolist() == [[1, 1], [1, 3]]
    seen, left = kept_pixels(Pooling(np.stack([image[..., 0], -image[..., 0]], -1), "depth-max"), 1)
    assert (seen[0, 0].tolist(), left[0, 0].tolist(), seen.sum()) == ([1, 1], [1, 0], 2)


def test_a_chain_is_written_as_it_is_read():
    slides = (Slide(3), Slide(5, s=2), Slide(3, 1), Slide(7, 3, 2))
    assert write_windows(slides) == "3,5s2,3p1,7p3s2"
    assert read_windows("3,5s2,3p1,7p3s2") == slides
    slides = (Slide(3, "same", 1, 2, 16), Slide(2, s=2, is_pooling=True), Slide(5, 2, 3, filters=6))
    assert write_windows(slides) == "3samed2c16,pool2s2,5p2s3c6"
    assert read_windows("3samed2c16,pool2s2,5p2s3c6") == slides
    assert read_windows("0s0d0c0") == (Slide(1),), "no window without pixels"


def test_more_channels_and_filters_than_were_typed_repeat_the_last():
    kernels = np.arange(8.0).reshape(1, 2, 2, 2)
    settings = ConvolutionSettings(image="colours", side=5, kernel="own", kernel_size=(1, 2), filters=3)
    made = convolution(settings, LabArrays(kernels=kernels)).kernels
    assert made.shape == (1, 2, 3, 3)
    assert (made[:, :, :2, :2] == kernels).all()
    assert (made[:, :, 2, :2] == kernels[:, :, 1]).all()
    assert (made[..., 2] == made[..., 1]).all()


def test_a_line_of_ones_picks_its_direction_out_of_the_street():
    """The posts stand in columns 3, 13 and 24, the wires lie in rows 5 and 21."""
    posts, wires = (
        convolution(ConvolutionSettings(image="street", kernel=kernel), LabArrays()).output()[..., 0]
        for kernel in ("long-vertical-line", "long-horizontal-line")
    )
    assert sorted(posts.mean(axis=0).argsort()[-3:] + 3) == [3, 13, 24]
    assert sorted(wires.mean(axis=1).argsort()[-2:] + 3) == [5, 21]
