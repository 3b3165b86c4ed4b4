"""IDX files made by hand, from the description of the format and not from the reader."""

import struct


def idx(values, shape, kind=0x08, letter="B"):
    """Write numbers as an IDX file of the given type."""
    header = bytes([0, 0, kind, len(shape)]) + b"".join(struct.pack(">I", size) for size in shape)
    return header + struct.pack(f">{len(values)}{letter}", *values)


def write_set(directory, *, train=(2, 0, 1), test=(1, 2), side=3, names=None, prefix=""):
    """Write a data set of tiny images: each is filled with its place in the set."""
    names = names or (
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    )
    for labels, images_name, labels_name in ((train, names[0], names[1]), (test, names[2], names[3])):
        pixels = [place for place in range(len(labels)) for _ in range(side * side)]
        (directory / f"{prefix}{images_name}").write_bytes(idx(pixels, (len(labels), side, side)))
        (directory / f"{prefix}{labels_name}").write_bytes(idx(labels, (len(labels),)))
    return directory
