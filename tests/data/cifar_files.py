"""CIFAR's files made by hand, from the description on Krizhevsky's page and not from the reader.

"The first byte is the label of the first image, which is a number in the range 0-9. The next 3072 bytes are the values
of the pixels of the image. The first 1024 bytes are the red channel values, the next 1024 the green, and the final 1024
the blue. The values are stored in row-major order." CIFAR-100: "each image has two label bytes (coarse and fine)".
"""

import struct

import numpy as np

NAMES_10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
NAMES_100 = tuple(f"fine {number}" for number in range(100))


def planes(image):
    """The 3,072 bytes of an image (32, 32, 3): all red, all green, all blue, row by row."""
    values = [image[row][column][channel] for channel in range(3) for row in range(32) for column in range(32)]
    return bytes(values)


def write_binary_10(directory, batches, test, names=NAMES_10):
    """Batches: lists of (label, image)."""
    for number, batch in enumerate(batches, 1):
        content = b"".join(bytes([label]) + planes(image) for label, image in batch)
        (directory / f"data_batch_{number}.bin").write_bytes(content)
    (directory / "test_batch.bin").write_bytes(b"".join(bytes([label]) + planes(image) for label, image in test))
    (directory / "batches.meta.txt").write_text("\n".join(names) + "\n\n")


def write_binary_100(directory, train, test):
    """As the coarse label another number than the fine one."""
    for name, batch in (("train", train), ("test", test)):
        content = b"".join(bytes([label // 5, label]) + planes(image) for label, image in batch)
        (directory / f"{name}.bin").write_bytes(content)
    (directory / "fine_label_names.txt").write_text("\n".join(NAMES_100))
    (directory / "coarse_label_names.txt").write_text("\n".join(f"coarse {number}" for number in range(20)))


def text_2(value):
    """A text as Python 2 pickled it."""
    content = value if isinstance(value, bytes) else value.encode()
    if len(content) < 256:
        return b"U" + bytes([len(content)]) + content
    return b"T" + struct.pack("<i", len(content)) + content


def list_2(items):
    """A list as Python 2 pickled it: `](…e`."""
    return b"](" + b"".join(text_2(item) if isinstance(item, str) else b"K" + bytes([item]) for item in items) + b"e"


def array_2(array):
    """An array of bytes, (n, m), as NumPy's first version pickled it in Python 2, with the protocol 2."""
    rows, columns = array.shape
    return (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\0\x85U\x01b\x87Rq\x03(K\x01"
        + (b"M" + struct.pack("<H", rows) + b"M" + struct.pack("<H", columns) + b"\x86")
        + b"cnumpy\ndtype\nq\x04U\x02u1K\0K\x01\x87Rq\x05(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
        + (b"\x89" + text_2(array.tobytes()) + b"tb")
    )


def python_2(**entries):
    """A dictionary as Python 2 pickled it with the protocol 2; its values are pickled already."""
    return b"\x80\x02}q\0(" + b"".join(text_2(key) + value for key, value in entries.items()) + b"u."


def batch_2(batch, key="labels"):
    """A batch of (label, image) as the Python version of CIFAR has it."""
    data = np.array([list(planes(image)) for _label, image in batch], np.uint8)
    names = [f"image_{number}.png" for number in range(len(batch))]
    return python_2(
        batch_label=text_2("training batch 1 of 5"),
        **{key: list_2([label for label, _image in batch])},
        data=array_2(data),
        filenames=list_2(names),
    )


def write_python_10(directory, batches, test):
    """Batches: lists of (label, image)."""
    for number, batch in enumerate(batches, 1):
        (directory / f"data_batch_{number}").write_bytes(batch_2(batch))
    (directory / "test_batch").write_bytes(batch_2(test))
    meta = python_2(
        num_cases_per_batch=b"M\x10\x27", label_names=list_2(NAMES_10), num_vis=b"M" + struct.pack("<H", 3072)
    )
    (directory / "batches.meta").write_bytes(meta)


def write_python_100(directory, train, test):
    """With the key that CIFAR-100 has for its labels."""
    (directory / "train").write_bytes(batch_2(train, "fine_labels"))
    (directory / "test").write_bytes(batch_2(test, "fine_labels"))
    (directory / "meta").write_bytes(python_2(fine_label_names=list_2(NAMES_100)))
