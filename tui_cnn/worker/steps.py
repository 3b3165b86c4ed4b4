"""Training and evaluation, many steps in one call: the loop over the steps is part of TensorFlow's graph.

The images stay in memory as bytes; each batch is gathered, augmented if the recipe asks for it, padded and
scaled to 0..1 by the graph.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from tui_cnn.data.fitting import Fitting
from tui_cnn.runs.recipe import Recipe
from tui_cnn.worker.augment import augment
from tui_cnn.worker.inputs import fitted, scaled
from tui_cnn.worker.lanes import split_batch
from tui_cnn.worker.model import takes_one_hot_labels
from tui_cnn.worker.replicas import Replicas, Shard
from tui_cnn.worker.totals import Confusion, RunningTotals, Sums, count


class Samples(NamedTuple):
    """Images (n, height, width), 0 to 255, and the number of the class of each (n,), as tensors."""

    images: Any
    labels: Any


_SAMPLES = Samples(tf.TensorSpec((None, None, None), tf.uint8), tf.TensorSpec((None,), tf.int32))
_ORDER = tf.TensorSpec((None,), tf.int32)
_NUMBER = tf.TensorSpec((), tf.int32)
_RATES = tf.TensorSpec((None,), tf.float32)


def _compiled(function: Callable[..., Any], *signature: Any) -> Any:
    """Compile a function; its loops are explicit, since autograph would take as long as the rest."""
    return tf.function(function, input_signature=signature, autograph=False)


class Steps:
    """The compiled steps of a compiled model, and the totals that they add to.

    `train` takes `Samples`, an order of their indices, the number of a batch in that order (from 0), the rates of the
    steps to do from there, one each, and how many steps the run has done before. `evaluate` takes how many batches
    instead of the last two. The last batch takes what is left. Both return the sum of losses. The model was made in the
    scope of the strategy of the `replicas`, among which each batch is shared.
    """

    def __init__(
        self,
        model: keras.Model,
        fitting: Fitting,
        recipe: Recipe,
        lanes: int = 1,
        replicas: Replicas | None = None,
    ) -> None:
        self.trained = RunningTotals()
        self.evaluated = RunningTotals()
        self.confusion = Confusion(model.output_shape[-1])
        self._norm = tf.Variable(0.0)
        self._model = model
        self._fitting = fitting
        self._recipe = recipe
        self._lanes = lanes
        self._replicas = replicas or Replicas(tf.distribute.get_strategy())
        self._scales_loss = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        self.train = _compiled(self._train, _SAMPLES, _ORDER, _NUMBER, _RATES, _NUMBER)
        self.evaluate = _compiled(self._evaluate, _SAMPLES, _ORDER, _NUMBER, _NUMBER)

    @property
    def gradient_norm(self) -> float:
        """The L2 norm of the gradients of all weights at the end of the latest call of `train`."""
        return float(self._norm)

    def _train(self, samples: Samples, order: Any, first: Any, rates: Any, done: Any) -> Any:
        count = tf.size(rates)

        def step(place: Any) -> Any:
            images, labels = self._batch(samples, order, first + place, done + place)
            self._model.optimizer.learning_rate.assign(rates[place])
            self.trained.add(Sums(*self._replicas.run(self._train_batch, images, labels, place == count - 1)))
            return place + 1

        tf.while_loop(lambda place: place < count, step, [tf.constant(0)])
        return self.trained.loss()

    def _train_batch(self, images: Any, labels: Any, is_last: Any) -> Sums:
        """Do a step, of one replica; the last one's gradients are measured."""
        model, replicas = self._model, self._replicas
        shards = split_batch(replicas.shard(images, labels), self._lanes)
        with tf.GradientTape() as tape:
            outputs = [model(shard.images, training=True) for shard in shards]
            losses = list(map(self._weighted_loss, shards, outputs))
            penalties = [replicas.divide(penalty) for penalty in model.losses]
            loss = tf.add_n([*losses, *penalties])
            scale = model.optimizer.scale_loss(tf.constant(1.0)) if self._scales_loss else 1.0
            scaled = scale * loss
        gradients = replicas.total(tape.gradient(scaled, model.trainable_variables))
        norm = tf.cond(is_last, lambda: tf.linalg.global_norm(gradients) / scale, self._norm.read_value)
        self._norm.assign(norm)
        # The optimizer adds up those of all replicas.
        model.optimizer.apply([replicas.divide(gradient) for gradient in gradients], model.trainable_variables)
        return count(loss, outputs, shards)[0]

    def _evaluate(self, samples: Samples, order: Any, first: Any, batches: Any) -> Any:
        def step(number: Any) -> Any:
            sums, counts = self._replicas.run(self._evaluate_batch, *self._batch(samples, order, number))
            self.evaluated.add(Sums(*sums))
            self.confusion.add(counts)
            return number + 1

        tf.while_loop(lambda number: number < first + batches, step, [first])
        return self.evaluated.loss()

    def _evaluate_batch(self, images: Any, labels: Any) -> tuple[Sums, Any]:
        """Evaluate a batch, on one replica."""
        shards = split_batch(self._replicas.shard(images, labels), self._lanes)
        outputs = [self._model(shard.images, training=False) for shard in shards]
        return count(tf.add_n(list(map(self._weighted_loss, shards, outputs))), outputs, shards)

    def _weighted_loss(self, shard: Shard, outputs: Any) -> Any:
        return shard.weight * self._loss(shard.labels, outputs)

    def _loss(self, labels: Any, outputs: Any) -> Any:
        if takes_one_hot_labels(self._model.loss):
            labels = tf.one_hot(labels, outputs.shape[-1])
        return self._model.loss(labels, outputs)

    def _batch(self, samples: Samples, order: Any, number: Any, step: Any = None) -> tuple[Any, Any]:
        """Return the batch of that number; a batch to train on, at `step`, is augmented."""
        size = self._recipe.batch_size
        chosen = order[number * size : (number + 1) * size]
        images = tf.gather(samples.images, chosen)
        if step is not None:
            images = augment(images, self._recipe.augmentation, self._recipe.seed, step)
        return scaled(fitted(images, self._fitting)), tf.gather(samples.labels, chosen)
