"""The handlers of requests, and the open models that they are about, so that none is read, built and compiled again."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tui_cnn.core.network import Network
from tui_cnn.core.shape import Shape
from tui_cnn.data.dataset import TestSet, load_test
from tui_cnn.data.files import DataError, data_directory
from tui_cnn.data.input_options import Fit
from tui_cnn.data.scaling import Scaling
from tui_cnn.data.sources.finding import find_source, forget_sources
from tui_cnn.formats.models import read_model
from tui_cnn.formats.toml import dumps_network
from tui_cnn.i18n import _
from tui_cnn.runs.errors import RunError
from tui_cnn.runs.inspection import requests
from tui_cnn.runs.inspection.ends import between_ends
from tui_cnn.runs.inspection.requests import Source, stamp, weights_file
from tui_cnn.runs.inspection.test_images import load_test_of
from tui_cnn.runs.origin import check_inspectable
from tui_cnn.runs.snapshot import Follower
from tui_cnn.worker.foreign_weights import assign_weights, load_run_weights
from tui_cnn.worker.inspection import attribution, outputs, receptive_field, sampling
from tui_cnn.worker.inspection.loaded_model import Described, Engine, Job, LoadedModel

_MOST_ENGINES = 4
_MOST_OPENED = 32
_MOST_SETS = 4

_ANSWERS: dict[type, Callable[[LoadedModel, Any], Job]] = {
    requests.Open: outputs.describe,
    requests.Predict: outputs.predict,
    requests.Transform: outputs.transform,
    requests.Activate: outputs.activate,
    requests.Kernels: outputs.weights,
    requests.Saliency: attribution.saliency,
    requests.GradCam: attribution.grad_cam,
    requests.Occlude: attribution.occlude,
    requests.FieldRequest: receptive_field.receptive_field,
    requests.TopPatches: receptive_field.top_patches,
    requests.Range: sampling.ranges,
    requests.Shift: sampling.shifts,
    requests.Evaluate: sampling.evaluate,
}


class Answers:
    """Answers requests. Caches engines by their networks, weights by their sources, test sets by their shapes."""

    def __init__(self) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._loaded: OrderedDict[Source, LoadedModel] = OrderedDict()
        self._tests: OrderedDict[tuple[str, Shape, Fit], TestSet] = OrderedDict()

    def begin(self, request: requests.AnyRequest) -> Job:
        """Return the job that answers a request; its work begins with its first step.

        Raises (in a step):
            UserError: it cannot be answered.
        """
        loaded = self._loaded.get(request.source)
        if loaded is None or isinstance(request, requests.Open):
            loaded = self._open(request.source)
        self._loaded.move_to_end(request.source)
        reply = yield from _ANSWERS[type(request)](loaded, request)
        return msgspec.structs.replace(reply, stamp=loaded.stamp)

    def _open(self, source: Source) -> LoadedModel:
        """Open a source, again if its weights have changed; if it cannot be, what was open before is open no more."""
        before = self._loaded.pop(source, None)
        now = stamp(source)
        if before is not None and before.stamp == now:
            self._loaded[source] = before
            return before
        described = _described(source)
        engine = self._engine(described.network)
        if before is None:
            forget_sources()
        test = self._test_set(source, described)
        engine.owner = None
        file = weights_file(source)
        if source.is_file:
            assign_weights(engine.model, file)
        else:
            load_run_weights(engine.model, source.run, file, _missing(source))
        loaded = LoadedModel(now or 0, engine, test, described)
        self._loaded[source] = loaded
        while len(self._loaded) > _MOST_OPENED:
            self._loaded.popitem(last=False)
        return loaded

    def _engine(self, network: Network) -> Engine:
        text = dumps_network(network)
        engine = self._engines.pop(text, None) or Engine(network)
        self._engines[text] = engine
        while len(self._engines) > _MOST_ENGINES:
            self._engines.popitem(last=False)
        return engine

    def _test_set(self, source: Source, described: Described) -> TestSet:
        if not source.is_file and source.run.origin_file.exists():
            return load_test_of(source.run)
        shape, path = described.network.input_shape, data_directory(described.directory)
        try:
            key = find_source(path).fingerprint, shape, described.fit
        except DataError:
            return load_test_of(source.run)
        test = self._tests.pop(key, None)
        if test is None:
            test = load_test(path, shape, described.fit) if source.is_file else load_test_of(source.run)
        if test.missing:  # what stands in for it is this run's own
            return test
        self._tests[key] = test
        while len(self._tests) > _MOST_SETS:
            self._tests.popitem(last=False)
        return test


def _described(source: Source) -> Described:
    """Read the network, where its data set is, and how its input is made of images."""
    if source.is_file:
        network = between_ends(read_model(Path(source.path)).network, source.output).network
        scaling = Scaling(source.scale)
        return Described(network, "", source.fit, scaling, source.class_names, trained_on=False)
    run = source.run
    check_inspectable(run)
    recipe, scaling = run.recipe(), run.scaling()
    if scaling.needs_statistics:
        message = _(
            "{run}: the mean and standard deviation of its images are not known yet; wait until training has started"
        )
        raise RunError(message.format(run=run.id))
    imported = Follower(run).poll().imported is not None
    traits = run.image_traits()
    return Described(
        run.network(),
        recipe.data,
        recipe.fit,
        scaling,
        run.output_names(),
        trained_on=not imported,
        light_on_black=traits is not None and traits.light_on_black,
    )


def _missing(source: Source) -> str:
    if source.which == "last":
        return _("{run} has no checkpoint yet; wait a moment, or resume it").format(run=source.run.id)
    return _("{run} has no weights yet; wait until its first epoch ends").format(run=source.run.id)
