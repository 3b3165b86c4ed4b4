"""Training and evaluation, many steps in one call: the loop over the steps is part of TensorFlow's graph.

The images stay in memory as bytes; each batch is gathered, augmented if the recipe asks for it, padded and scaled to
0..1 by the graph. Losses and right answers are summed up in it, too, and their means are reported; of smoothed labels,
the loss that is reported is that of the labels as they are.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from tui_cnn.data.fitting import Fitting
from tui_cnn.data.scaling import Scaling
from tui_cnn.runs.recipe import Recipe
from tui_cnn.worker.inputs import augment, model_inputs
from tui_cnn.worker.replicas import Replicas, Shard, split_batch


class Samples(NamedTuple):
    """Images (n, height, width, channels), 0 to 255, and the number of the class of each (n,), as tensors."""

    images: Any
    labels: Any


class Means(NamedTuple):
    """Mean loss in nats, and share of right answers, over the images."""

    loss: float
    accuracy: float


class Sums(NamedTuple):
    """The sums of the means; a checkpoint keeps them."""

    loss: float = 0.0
    right: float = 0.0
    images: float = 0.0


class RunningTotals:
    """Running sums in variables of TensorFlow."""

    def __init__(self) -> None:
        self._variables = [tf.Variable(0.0, dtype=tf.float64) for _field in Sums._fields]

    def add(self, batch: Sums) -> None:
        """Add the sums of a batch, as tensors. For use in a graph."""
        for variable, value in zip(self._variables, batch, strict=True):
            variable.assign_add(value)

    def loss(self) -> Any:
        """The sum of the losses, as a tensor. For use in a graph."""
        return self._variables[0].read_value()

    def sums(self) -> Sums:
        """The sums as they stand."""
        return Sums(*(float(variable) for variable in self._variables))

    def means(self) -> Means:
        """The means over the images, of which there is at least one."""
        loss, right, images = self.sums()
        return Means(loss / images, right / images)

    def set(self, sums: Sums) -> None:
        """Set the sums."""
        for variable, value in zip(self._variables, sums, strict=True):
            variable.assign(value)


class Confusion:
    """Counts of images by their class and their predicted class, in a variable of TensorFlow."""

    def __init__(self, classes: int) -> None:
        self._counts = tf.Variable(tf.zeros((classes, classes), tf.int32))

    def add(self, counts: Any) -> None:
        """Add the counts of a batch, as a tensor. For use in a graph."""
        self._counts.assign_add(counts)

    def clear(self) -> None:
        """Set all counts to 0."""
        self._counts.assign(tf.zeros_like(self._counts))

    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The counts as they stand: `rows()[i][j]` of class i were predicted as class j."""
        return tuple(tuple(row) for row in self._counts.numpy().tolist())


_SAMPLES = Samples(tf.TensorSpec((None, None, None, None), tf.uint8), tf.TensorSpec((None,), tf.int32))
_ORDER = tf.TensorSpec((None,), tf.int32)
_NUMBER = tf.TensorSpec((), tf.int32)
_RATES = tf.TensorSpec((None,), tf.float32)
_BATCHES = (_SAMPLES, _ORDER, _NUMBER)


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
        scaling: Scaling | None = None,
    ) -> None:
        self.trained = RunningTotals()
        self.evaluated = RunningTotals()
        self.confusion = Confusion(model.output_shape[-1])
        self._norm = tf.Variable(0.0)
        self.model = model
        self._fitting = fitting
        self._scaling = scaling or Scaling(recipe.scale)
        self._recipe = recipe
        self._lanes = lanes
        self._replicas = replicas or Replicas(tf.distribute.get_strategy())
        self._smooths = isinstance(model.loss, keras.losses.CategoricalCrossentropy)
        self._scales_loss = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        # The loops are explicit: autograph would take as long as the rest of the compilation.
        self.evaluate = tf.function(self._evaluate, input_signature=(*_BATCHES, _NUMBER), autograph=False)
        self.retrace()

    def retrace(self, frozen: Sequence[keras.Layer] = ()) -> None:
        """Let `train` be compiled anew, so that it leaves the `frozen` layers as they are.

        They are frozen only while it is traced: files of the model describe it as the network has it.
        """
        self.train = tf.function(self._train, input_signature=(*_BATCHES, _RATES, _NUMBER), autograph=False)
        if frozen:
            for layer in frozen:
                layer.trainable = False
            self.train.get_concrete_function()
            for layer in frozen:
                layer.trainable = True

    @property
    def gradient_norm(self) -> float:
        """The L2 norm of the gradients of all weights at the end of the latest call of `train`."""
        return float(self._norm)

    def _train(self, samples: Samples, order: Any, first: Any, rates: Any, done: Any) -> Any:
        count = tf.size(rates)

        def step(place: Any) -> Any:
            images, labels = self._batch(samples, order, first + place, done + place)
            self.model.optimizer.learning_rate.assign(rates[place])
            self.trained.add(Sums(*self._replicas.run(self._train_batch, images, labels, place == count - 1)))
            return place + 1

        tf.while_loop(lambda place: place < count, step, [tf.constant(0)])
        return self.trained.loss()

    def _train_batch(self, images: Any, labels: Any, is_last: Any) -> Sums:
        """Do a step, of one replica; the last one's gradients are measured."""
        model, replicas = self.model, self._replicas
        shards = split_batch(replicas.shard(images, labels), self._lanes)
        with tf.GradientTape() as tape:
            outputs = [model(shard.images, training=True) for shard in shards]
            penalties = [replicas.divide(penalty) for penalty in model.losses]
            loss = tf.add_n([*map(self._weighted_loss, shards, outputs), *penalties])
            scale = model.optimizer.scale_loss(tf.constant(1.0)) if self._scales_loss else 1.0
            scaled = scale * loss
        gradients = replicas.total(tape.gradient(scaled, model.trainable_variables))
        norm = tf.cond(is_last, lambda: tf.linalg.global_norm(gradients) / scale, self._norm.read_value)
        self._norm.assign(norm)
        # The optimizer adds up those of all replicas.
        model.optimizer.apply([replicas.divide(gradient) for gradient in gradients], model.trainable_variables)
        if self._smooths:
            loss = tf.add_n([*map(self._plain_loss, shards, outputs), *penalties])
        return _count(loss, outputs, shards)[0]

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
        outputs = [self.model(shard.images, training=False) for shard in shards]
        return _count(tf.add_n(list(map(self._plain_loss, shards, outputs))), outputs, shards)

    def _weighted_loss(self, shard: Shard, outputs: Any) -> Any:
        """What is minimized: where labels are smoothed, it takes them as shares of classes."""
        labels = tf.one_hot(shard.labels, outputs.shape[-1]) if self._smooths else shard.labels
        return shard.weight * self.model.loss(labels, outputs)

    def _plain_loss(self, shard: Shard, outputs: Any) -> Any:
        """What is reported: the cross-entropy with the true labels, which runs can be compared by."""
        if not self._smooths:
            return self._weighted_loss(shard, outputs)
        plain = keras.losses.SparseCategoricalCrossentropy(from_logits=self.model.loss.from_logits)
        return shard.weight * plain(shard.labels, outputs)

    def _batch(self, samples: Samples, order: Any, number: Any, step: Any = None) -> tuple[Any, Any]:
        """Return the batch of that number; a batch to train on, at `step`, is augmented."""
        size = self._recipe.batch_size
        chosen = order[number * size : (number + 1) * size]
        images = tf.gather(samples.images, chosen)
        if step is not None:
            images = augment(images, self._recipe.augmentation, self._recipe.seed, step)
        return model_inputs(images, self._fitting, self._scaling), tf.gather(samples.labels, chosen)


def _count(loss: Any, outputs: list[Any], shards: list[Shard]) -> tuple[Sums, Any]:
    """Sum up shards of a batch, and count their images by class and predicted class. For use in a graph.

    `loss` is what the parts add to the mean over the batch; the outputs of each are (n, classes).
    """
    labels = tf.concat([shard.labels[: shard.count] for shard in shards], axis=0)
    own = tf.concat([output[: shard.count] for output, shard in zip(outputs, shards, strict=True)], axis=0)
    taken = tf.argmax(own, axis=-1, output_type=tf.int32)
    right = tf.reduce_sum(tf.cast(taken == labels, tf.float64))
    total = tf.cast(loss, tf.float64) * tf.cast(shards[0].whole, tf.float64)
    sums = Sums(total, right, tf.cast(tf.size(labels), tf.float64))
    return sums, tf.math.confusion_matrix(labels, taken, own.shape[-1])
