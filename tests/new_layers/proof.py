"""Goes with a layer through all that knows layers. Run in a process of its own, where the layer has been added."""

import json
import sys
import warnings
from pathlib import Path

import msgspec
import numpy as np

warnings.simplefilter("ignore")
import keras  # noqa: E402

from tui_cnn.core.analysis import analyze  # noqa: E402
from tui_cnn.core.layers import LAYER_TYPES, Conv2D, Dense, Flatten  # noqa: E402
from tui_cnn.core.network import Network  # noqa: E402
from tui_cnn.formats.export import export_text  # noqa: E402
from tui_cnn.formats.fields import fields  # noqa: E402
from tui_cnn.formats.keras.reading import convert_model  # noqa: E402
from tui_cnn.formats.keras.schema import loads_config  # noqa: E402
from tui_cnn.formats.toml import dumps_network, loads_network  # noqa: E402
from tui_cnn.lab.lessons import lessons_of  # noqa: E402
from tui_cnn.runs.directory import make_run  # noqa: E402
from tui_cnn.runs.inspection.requests import (  # noqa: E402
    Open,
    Source,
)
from tui_cnn.runs.machine import features  # noqa: E402
from tui_cnn.runs.recipe import Recipe  # noqa: E402
from tui_cnn.ui.inspect.kernel_banks import kernel_places  # noqa: E402
from tui_cnn.worker.build import build  # noqa: E402
from tui_cnn.worker.export import export  # noqa: E402
from tui_cnn.worker.inspection.answers import Answers  # noqa: E402


def answer(answers, request):
    job = answers.begin(request)
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def main(name, settings, directory):
    kind = LAYER_TYPES[name]
    layer = msgspec.convert({"type": name, **settings}, kind)
    network = Network("added", (28, 28, 1), (layer, Conv2D(filters=2, kernel_size=(3, 3)), Flatten(), Dense(units=10)))
    analysis = analyze(network)
    written = dumps_network(network)
    (directory / "added.toml").write_text(written)
    assert loads_network(written, "added.toml") == network
    model = build(network)
    assert model.count_params() == analysis.totals.params
    first = model.get_layer(analysis.rows[0].name)
    assert first.output.shape[1:] == analysis.rows[0].figures.output_shape
    answers, run = Answers(), make_run(network, Recipe())
    model.save(run.best_file)
    source = Source(str(run.path), "best")
    opened = answer(answers, Open(source=source))
    scope = {"__name__": "exported"}
    exec(export_text(network, "python"), scope)
    for text in (model.to_json(), export_text(network, "json")):
        assert convert_model(loads_config(text, "added.json"), "added.json").network.layers == network.layers
    loaded = keras.models.model_from_json(export_text(network, "json"))
    image = np.random.default_rng(0).normal(size=(1, 28, 28, 1)).astype("float32")
    others = {"python": scope["build_model"](), "json": loaded}
    for other in others.values():
        other.set_weights(model.get_weights())
        np.testing.assert_allclose(other(image), model(image), rtol=1e-5)
    for to in ("keras", "onnx"):
        export(network, to, directory / f"added.{to}")
    counted = features(analysis, Recipe(batch_size=1))
    print(
        json.dumps(
            {
                "family": kind.family,
                "sign": kind.sign,
                "lesson": lessons_of([name]),
                "form": [field.name for field in fields(kind) if field.name not in ("name", "muted")],
                "macs": analysis.rows[0].figures.macs.value,
                "convolution": counted["convolution"],
                "banks": [opened.layers[place].kind for place in kernel_places(opened)],
                "checks": sorted({check.code for check in analysis.checks}),
                "svg": export_text(network, "svg"),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3]))
