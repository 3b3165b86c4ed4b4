"""Damage of every kind to every kind of file: one line or a network, soon, in little memory, and nothing is run.

The readers run in a process of their own whose memory is limited, where opening another file, starting a process or
connecting anywhere is an error of the test.
"""

import json
import random
import subprocess
import sys
import warnings
import zipfile

import h5py
import numpy as np
import pytest
import yaml

from tests.formats import keras1
from tests.formats.test_kinds import write_safetensors

READER = """\
import resource, sys, warnings
from contextlib import suppress
from pathlib import Path

from tui_cnn.core.analysis import analyze
from tui_cnn.formats.errors import FormatError
from tui_cnn.formats.keras.weights import open_weights, stored_counts
from tui_cnn.formats.models import find_network
from tui_cnn.formats.tensors import read_tensors
import tempfile

path = Path(sys.argv[1])
with suppress(FormatError):
    find_network(str(path))  # what is imported late is imported now
own = (str(path), "/dev/", "/proc/", tempfile.gettempdir() + "/tmp")
own += (sys.prefix, sys.base_prefix, *filter(None, sys.path))
strange = ("os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "subprocess", "socket", "pickle")
armed = False


def watch(event, args):
    if not armed:
        return
    opened = event == "open" and not isinstance(args[0], int) and not str(args[0]).startswith(own)
    if (opened and args[0] != tempfile.gettempdir()) or event.startswith(strange):
        raise SystemExit(f"{event} {args}")


def read():
    found = find_network(str(path))[0]
    analyze(found)
    stored_counts(path)
    with open_weights(path) as weights:
        for tensors in weights.layers.values():
            for tensor in tensors:
                weights.read(tensor)


sys.addaudithook(watch)
armed = True
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for size in iter(lambda: int.from_bytes(sys.stdin.buffer.read(4), "little"), 0):
    path.write_bytes(sys.stdin.buffer.read(size))
    for ask in (read, lambda: read_tensors(path)):
        try:
            ask()
        except FormatError as error:
            assert len(str(error).splitlines()) == 1, str(error)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert grown < 200_000, f"{grown} kB more"
"""


def damaged(data, generator):
    """Cut a file off, overwrite some of its bytes, or leave some out."""
    data = bytearray(data)
    kind = generator.random()
    if kind < 0.2:
        return bytes(data[: generator.randrange(len(data))])
    near = min(len(data), 4096) if generator.random() < 0.5 else len(data)
    for _ in range(generator.randint(1, 8)):
        at = generator.randrange(near)
        if kind < 0.9:
            data[at] = generator.choice([0, 1, 127, 128, 255, data[at] ^ 1, generator.randrange(256)])
        else:
            del data[at : at + generator.randint(1, 8)]
            data = data or bytearray(b"\0")
            near = min(near, len(data))
    return bytes(data)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """A small file of every kind."""
    directory = tmp_path_factory.mktemp("originals")
    text = json.dumps(keras1.sequential(keras1.convolution(4, batch_input_shape=[None, 8, 8, 3])))
    with h5py.File(directory / "m.h5", "w") as file:
        file.attrs["model_config"] = text
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"convolution2d_4"]
        group.create_group("convolution2d_4").attrs["weight_names"] = [b"k", b"z"]
        group["convolution2d_4/k"] = np.ones((3, 3, 3, 4), "f4")
        group.create_dataset("convolution2d_4/z", data=np.zeros(64, "f4"), chunks=(16,), compression="gzip")
    with h5py.File(directory / "latest.h5", "w", libver="latest") as file:
        file.attrs["model_config"] = text
        for number in range(20):
            file[f"layers/conv2d_{number}/vars/0"] = np.zeros(3, "f4")
            file.attrs[f"a{number}"] = np.arange(5)
    with h5py.File(directory / "m.weights.h5", "w") as file:
        file["layers/convolution2_d/vars/0"] = np.ones((3, 3, 3, 4), "f4")
    for name, packed in (("m.keras", zipfile.ZIP_STORED), ("packed.keras", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(directory / name, "w", packed) as archive:
            archive.writestr("config.json", text)
            archive.write(directory / "m.weights.h5", "model.weights.h5")
    (directory / "m.json").write_text(text)
    (directory / "m.yaml").write_text(yaml.dump(json.loads(text)))
    write_safetensors(directory / "m.safetensors", {"a": np.zeros((2, 3), "f4"), "b": np.zeros(4, "f2")})
    return directory


NAMES = ["m.h5", "latest.h5", "m.weights.h5", "m.keras", "packed.keras", "m.json", "m.yaml", "m.safetensors"]


@pytest.mark.parametrize("name", NAMES)
def test_damage(originals, tmp_path, name):
    generator = random.Random(name)
    data = (originals / name).read_bytes()
    (tmp_path / name).write_bytes(data)
    samples = [data, b"", *(damaged(data, generator) for _ in range(250))]
    given = b"".join(len(sample).to_bytes(4, "little") + sample for sample in samples if sample) + b"\0\0\0\0"
    command = [sys.executable, "-W", "error", "-c", READER, str(tmp_path / name)]
    ended = subprocess.run(command, input=given, capture_output=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
    assert ended.stderr == b""


values = [None, True, -1, 0, 10**30, 1e300, "", "x", "_CONSTANT_VALUE", [], [[]], {}, [["a", 0, 0]], {"class_name": 3}]


def places(data, path=()):
    """List the way to every value in some JSON."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def changed(data, path, value):
    """Copy JSON with another value in one place."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(data[path[0]], path[1:], value)
    return copy


def structures():
    """Models of Keras 1 and 2 with all that is translated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tf_keras
    layers = tf_keras.layers
    inner = tf_keras.Sequential([layers.Conv2D(4, 3, padding="same"), layers.LeakyReLU()])
    image = tf_keras.Input((8, 8, 3))
    x = layers.Concatenate()([inner(image), image * 2.0 + 1.0])
    model = tf_keras.Model(image, layers.GRU(2)(layers.TimeDistributed(layers.Flatten())(x - 0.5)))
    yield json.loads(model.to_json())
    merge = keras1.plain("Merge", "m", mode="concat", mode_type="raw", concat_axis=-1)
    operation = {"op": "ConcatV2", "name": "c", "attr": {}}
    concat = keras1.plain("TensorFlowOpLayer", "c", node_def=operation, constants={"2": -1})
    inputs = ["input_1", "convolution2d_3"]
    yield keras1.model([(keras1.convolution(3), ["input_1"]), (merge, inputs), (concat, inputs)], "m")


def test_wrong_values_anywhere(tmp_path):
    generator = random.Random(0)
    path = tmp_path / "m.json"
    samples = []
    for config in structures():
        everywhere = list(places(config))
        for _ in range(700):
            sample = config
            for _ in range(generator.randint(1, 2)):
                place = generator.choice(everywhere)
                try:
                    sample = changed(sample, place, generator.choice(values))
                except (KeyError, IndexError, TypeError):
                    continue
            samples.append(json.dumps(sample).encode())
    path.write_bytes(samples[0])
    given = b"".join(len(sample).to_bytes(4, "little") + sample for sample in samples) + b"\0\0\0\0"
    command = [sys.executable, "-W", "error", "-c", READER, str(path)]
    ended = subprocess.run(command, input=given, capture_output=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr.decode()[-3000:]
