"""`python -m tui_cnn.worker train RUN_DIR`: train the run in that directory, from its beginning or its checkpoint.

`python -m tui_cnn.worker test RUN_DIR`: test the best weights of a run that finished without a test.
`python -m tui_cnn.worker prewarm RUNTIME`: load TensorFlow, configured by the JSON, and wait on the standard input
for the directory of a run to train.
`python -m tui_cnn.worker probe`: measure how fast this machine trains the parts of networks.
`python -m tui_cnn.worker export keras|h5|onnx FILE`: build the network that comes as TOML on standard input, write it.
`python -m tui_cnn.worker export-trained keras|h5|onnx SOURCE FILE`: write the network of a run with its best weights,
or the network that comes as TOML on standard input with those of a model's file.

`python -m tui_cnn.worker preview`: change images as a training would, in frames of msgpack, until the input ends.
`python -m tui_cnn.worker load-weights SOURCE NAME FILE`: write the weights of a model that fit the network which comes
as TOML on standard input, and say which.

`python -m tui_cnn.worker rates`: train for some steps with rising rates, as JSON on standard input asks for.

`python -m tui_cnn.worker convolution-speed one|all`: time one convolution, on one core or on all, in lines of JSON.

`python -m tui_cnn.worker layer-profile`: time each layer of a network, as JSON on standard input asks for.

`python -m tui_cnn.worker quantize`: convert a run's network to int8 and test it, as JSON on standard input asks for.

`python -m tui_cnn.worker model-code MODULE:FUNCTION DIRECTORY FILE SHAPE`: import a person's module from a directory,
call its function, and describe the model that it gives in a file of JSON; SHAPE is `28x28x1`, or empty.

`python -m tui_cnn.worker inspect`: answer questions about trained networks, in frames of msgpack, until the input ends.

`python -m tui_cnn.worker fork SOCKET`: load TensorFlow, and fork a worker for each request that comes through a socket.

Exit status: 0 trained to the end, or stopped on command; 1 the training failed, and the run's events say why; 2 bad
usage; 3 the run cannot be trained now, because another worker is at it or it is finished.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui_cnn.confinement import is_served
from tui_cnn.i18n import _, language_of_environment, use_language
from tui_cnn.runs.guest import limit_worker_memory
from tui_cnn.runs.resources import lower_priority
from tui_cnn.runs.shared_workers import is_shared

if TYPE_CHECKING:
    from tui_cnn.runs.runtime import Runtime

_SLOTTED = (
    "export",
    "export-trained",
    "preview",
    "load-weights",
    "rates",
    "convolution-speed",
    "layer-profile",
    "quantize",
)
"""What needs TensorFlow for a moment, and waits where many people share a machine."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_NICENESS = 10
"""What the user works with comes first."""


def main(arguments: list[str]) -> int:
    """Run the worker; return the exit status."""
    use_language(language_of_environment())  # that of its starter
    if is_shared(arguments):
        from tui_cnn.worker.relay import run_shared

        return run_shared(arguments)
    return work(arguments)


def work(arguments: list[str]) -> int:
    """Do what the arguments say in this process; return the exit status."""
    if is_served():
        limit_worker_memory()
    match arguments:
        case ["train", directory] if Path(directory).is_dir():
            from tui_cnn.runs.directory import RunDirectory
            from tui_cnn.worker.running import train

            lower_priority(_NICENESS)
            return train(RunDirectory(Path(directory)))
        case ["test", directory] if Path(directory).is_dir():
            from tui_cnn.runs.directory import RunDirectory
            from tui_cnn.worker.testing import test_finished

            lower_priority(_NICENESS)
            return test_finished(RunDirectory(Path(directory)))
        case ["probe"]:
            from tui_cnn.worker.probe import probe

            lower_priority(_NICENESS)
            return probe()
        case ["probe", part] if part.isdecimal():
            from tui_cnn.worker.probe import probe

            return probe(int(part))
        case ["prewarm", settings] if runtime := _runtime(settings):
            from tui_cnn.worker.running import wait_for_run

            lower_priority(_NICENESS)
            return wait_for_run(runtime)
        case [name, *_rest] if name in _SLOTTED and not _slot():
            return 1
        case ["export", ("keras" | "h5" | "onnx") as to, target]:
            from tui_cnn.worker.export import main as export

            return export(to, Path(target))
        case ["export-trained", ("keras" | "h5" | "onnx") as to, source, target]:
            from tui_cnn.worker.export import main as export

            return export(to, Path(target), Path(source))
        case ["preview"]:
            from tui_cnn.worker.preview import main as preview

            return preview()
        case ["load-weights", source, name, target]:
            from tui_cnn.worker.loading import load_tensorflow

            load_tensorflow()
            from tui_cnn.worker.transfer import main as load_weights

            return load_weights(Path(source), name, Path(target))
        case ["rates"]:
            from tui_cnn.worker.loading import load_tensorflow

            lower_priority(_NICENESS)
            load_tensorflow()
            from tui_cnn.worker.rate_search import main as try_rates

            return try_rates()
        case ["layer-profile"]:
            from tui_cnn.worker.layer_profile import main as profile

            return profile()
        case ["quantize"]:
            from tui_cnn.worker.loading import load_tensorflow

            load_tensorflow()
            from tui_cnn.worker.quantization import main as quantize

            return quantize()
        case ["convolution-speed", ("one" | "all") as cores]:
            if cores == "one":  # what NumPy multiplies with reads it when it is loaded
                os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
            from tui_cnn.worker.convolution_speed import main as measure

            return measure(cores)
        case ["model-code", model, directory, answer, shape]:
            from tui_cnn.worker.model_code import main as build_model

            return build_model(model, directory, Path(answer), tuple(map(int, shape.split("x"))) if shape else None)
        case ["inspect"]:
            from tui_cnn.worker.inspection.serve import main as inspect

            return inspect()
        case ["fork", number] if number.isdecimal():
            from tui_cnn.worker.fork_server import main as fork

            return fork(int(number), work)
    usage = _(
        "usage: python -m tui_cnn.worker train RUN_DIR | test RUN_DIR | prewarm RUNTIME | probe | "
        "export keras|h5|onnx FILE < NETWORK.toml | export-trained keras|h5|onnx SOURCE FILE | "
        "load-weights SOURCE NAME FILE < NETWORK.toml | rates | preview | convolution-speed one|all | layer-profile | "
        "quantize | "
        "model-code MODULE:FUNCTION DIRECTORY FILE SHAPE | inspect | fork SOCKET"
    )
    sys.stderr.write(usage + "\n")
    return 2


def _slot() -> bool:
    """Wait until there is room for another process with TensorFlow; return whether there is."""
    from tui_cnn.runs.errors import RunError
    from tui_cnn.runs.turns import take_slot

    try:
        take_slot()
    except RunError as error:
        sys.stderr.write(f"{error}\n")
        return False
    return True


def _runtime(settings: str) -> "Runtime | None":
    import msgspec

    from tui_cnn.runs.runtime import Runtime

    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(settings, type=Runtime)
    return None


def _end(status: int) -> None:
    """End at once: TensorFlow needs a second to free memory that the system frees anyway."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # the reader has ended
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    _end(main(sys.argv[1:]))
