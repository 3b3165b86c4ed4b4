"""Worker processes that never outlive a test."""

import time
import zipfile
from contextlib import suppress

import psutil
import pytest

from tui_cnn.runs import launch
from tui_cnn.runs.snapshot import ACTIVE, Follower


def _command(process):
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # it has just ended
        return []


class Harmful:
    """Descriptions of models that do something when Keras builds them. That they do is seen first."""

    def __init__(self, kind, directory, keras):
        self._victim, self._path = directory / "victim", directory / "harmful.keras"
        touch = f"__import__('pathlib').Path({str(self._victim)!r}).touch()"
        inputs = keras.Input((28, 28, 1))
        if kind == "lambda":
            layer = keras.layers.Lambda(eval(f"lambda x: ({touch}, x)[1]"))
        else:

            @keras.saving.register_keras_serializable("harmful")
            class Custom(keras.layers.Layer):
                @classmethod
                def from_config(cls, config):
                    eval(touch)
                    return super().from_config(config)

                def call(self, inputs):
                    return inputs

            layer = Custom()
        keras.Model(inputs, layer(inputs)).save(self._path)
        self._victim.unlink(missing_ok=True)
        keras.saving.load_model(self._path, safe_mode=False)
        assert self.has_run()
        self._victim.unlink()

    def put_into(self, path):
        """Describe this model in the file of another one, whose weights it keeps."""
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(self._path) as own:
            members = {name: archive.read(name) for name in archive.namelist()} | {
                "config.json": own.read("config.json")
            }
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    def has_run(self):
        return self._victim.exists()


@pytest.fixture(params=["lambda", "registered class"])
def harmful(request, tmp_path, keras):
    yield Harmful(request.param, tmp_path, keras)
    keras.saving.get_custom_objects().pop("harmful>Custom", None)


class Runner:
    """Starts runs as the screen does, and ends their workers when the test is over."""

    def __init__(self):
        self._runs = []

    def start(self, network, recipe):
        return self.adopt(launch.start(network, recipe))

    def adopt(self, run):
        self._runs.append(run)
        return run

    def workers(self, run):
        """The processes that this one has started for a run."""
        return [child for child in psutil.Process().children(recursive=True) if str(run.path) in _command(child)]

    def wait(self, follower, condition):
        """Poll until the condition holds; the limit is only there to end a broken test."""
        deadline = time.monotonic() + 300
        while not condition(snapshot := follower.poll()):
            assert time.monotonic() < deadline, (snapshot, follower.run.log_file.read_text())
            time.sleep(0.02)
        return snapshot

    def wait_for_end(self, run):
        return self.wait(Follower(run), lambda snapshot: snapshot.state not in ACTIVE)

    def end(self):
        for run in self._runs:
            for process in self.workers(run):
                process.kill()
                with suppress(psutil.TimeoutExpired):  # a zombie that nobody reaps, where process 1 is no init
                    process.wait(60)


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    runner.end()
