"""HDF5 files that somebody made to do harm, each written by h5py."""

import h5py
import numpy as np

CONFIG = '{"class_name": "Sequential", "config": {"layers": []}}'
KERNEL = "model_weights/conv2d/kernel:0"


def base(path):
    """Begin a model's file; return it and the group of its layer."""
    file = h5py.File(path, "w")
    file.attrs["model_config"] = CONFIG
    layer = file.create_group("model_weights/conv2d")
    file["model_weights"].attrs["layer_names"] = [b"conv2d"]
    layer.attrs["weight_names"] = [b"kernel:0"]
    return file, layer


def external_link(layer, victim):
    layer["kernel:0"] = h5py.ExternalLink(victim, "/x")


def soft_circle(layer, _victim):
    layer["kernel:0"] = h5py.SoftLink("/" + KERNEL)


def hard_circle(layer, _victim):
    layer["kernel:0"] = layer


def many_circles(layer, _victim):
    for number in range(100):
        layer[f"kernel:{number}"] = layer


def virtual(layer, victim):
    layout = h5py.VirtualLayout(shape=(10,), dtype="f8")
    layout[:] = h5py.VirtualSource(victim, "x", shape=(10,))
    layer.create_virtual_dataset("kernel:0", layout)


def external_storage(layer, victim):
    layer.create_dataset("kernel:0", shape=(10,), dtype="f8", external=[(victim, 0, 80)])


def shape_bomb(layer, _victim):
    layer.create_dataset("kernel:0", shape=(2**40,), dtype="f4", chunks=(2**20,))


def packed_bomb(layer, _victim):
    layer.create_dataset("kernel:0", data=np.zeros(2**25, "f4"), chunks=(2**23,), compression="gzip")


def deep(layer, _victim):
    for _ in range(500):
        layer = layer.create_group("kernel:0")


MADE = {
    function.__name__: function
    for function in (
        *(external_link, soft_circle, hard_circle, many_circles, virtual, external_storage),
        *(shape_bomb, packed_bomb, deep),
    )
}


def write(name, path, victim):
    """Write one of the files; `victim` is a file that it would have us read."""
    with h5py.File(victim, "w") as file:
        file["x"] = np.arange(10.0)
    file, layer = base(path)
    with file:
        MADE[name](layer, victim)
