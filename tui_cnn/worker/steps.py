"""Training and evaluation, many steps in one call: the loop over the steps is part of TensorFlow's graph.

The images stay in memory as bytes; each batch is gathered, augmented if the recipe asks for it, padded and scaled to
0..1 by the graph. Losses and right answers are summed up in it, too, and their means are reported. The loss that is
reported is the cross-entropy, with each image counting the same, and with labels as they are, not smoothed. Of images
that are mixed, it is that with the shares of both labels, and an answer is right by the share of its class.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from tui_cnn.data.fitting import Fitting
from tui_cnn.data.scaling import Scaling
from tui_cnn.runs.events import MOST_CONFUSED
from tui_cnn.runs.recipe import Recipe
from tui_cnn.worker.augmentation import augment, mixture
from tui_cnn.worker.averaging import WeightAverage
from tui_cnn.worker.inputs import model_inputs
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
    """Counts of images by their class and their predicted class, in a variable of TensorFlow.

    There are none where there are more classes than `MOST_CONFUSED`: an event of each epoch has them all.
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes if classes <= MOST_CONFUSED else 0
        self._counts = tf.Variable(tf.zeros((self._classes, self._classes), tf.int32))

    def of(self, labels: Any, taken: Any) -> Any:
        """Count a batch: the classes of its images (n,), and those that they were taken for. For use in a graph."""
        if not self._classes:
            return tf.zeros((0, 0), tf.int32)
        return tf.math.confusion_matrix(labels, taken, self._classes)

    def add(self, counts: Any) -> None:
        """Add the counts of a batch, as a tensor. For use in a graph."""
        self._counts.assign_add(counts)

    def clear(self) -> None:
        """Set all counts to 0."""
        self._counts.assign(tf.zeros_like(self._counts))

    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The counts as they stand: `rows()[i][j]` of class i were predicted as class j; empty: too many classes."""
        return tuple(tuple(row) for row in self._counts.numpy().tolist())


class PredictedClasses:
    """The predicted class of each evaluated image, in the order of the evaluation, in variables of TensorFlow."""

    def __init__(self) -> None:
        with tf.device("CPU:0"):
            self._classes = tf.Variable(tf.zeros((0,), tf.int32), shape=(None,))
            self._filled = tf.Variable(0)

    def clear(self, images: int) -> None:
        """Make room for so many images."""
        self._classes.assign(tf.zeros((images,), tf.int32))
        self._filled.assign(0)

    def add(self, classes: Any) -> None:
        """Add the classes of a batch, as a tensor (n,); those that there is no room for are left out.

        For use in a graph.
        """
        begin = self._filled.read_value()
        end = tf.minimum(begin + tf.size(classes), tf.size(self._classes))
        places = tf.range(begin, end)
        self._classes.scatter_nd_update(places[:, tf.newaxis], classes[: tf.size(places)])
        self._filled.assign(end)

    def numpy(self) -> Any:
        """The classes as they stand, an array (images,)."""
        return self._classes.numpy()


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
    scope of the strategy of the `replicas`, among which each batch is shared. `class_weights` says how much an image of
    each class counts in what is minimized; empty: all the same. `average` takes in the weights after each step.
    """

    def __init__(
        self,
        model: keras.Model,
        fitting: Fitting,
        recipe: Recipe,
        lanes: int = 1,
        replicas: Replicas | None = None,
        scaling: Scaling | None = None,
        class_weights: Sequence[float] = (),
        average: WeightAverage | None = None,
    ) -> None:
        self.trained = RunningTotals()
        self.evaluated = RunningTotals()
        self.confusion = Confusion(model.output_shape[-1])
        self.predicted = PredictedClasses()
        self._norm = tf.Variable(0.0)
        self.model = model
        self._fitting = fitting
        self._scaling = scaling or Scaling(recipe.scale)
        self._recipe = recipe
        self._lanes = lanes
        self._replicas = replicas or Replicas(tf.distribute.get_strategy())
        self.average = average or WeightAverage(model, recipe.ema)
        self._class_weights = tf.constant(class_weights, tf.float32) if len(class_weights) else None
        self._takes_shares = isinstance(model.loss, keras.losses.CategoricalCrossentropy)
        self._reports_another = recipe.label_smoothing > 0 or self._class_weights is not None
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
            self.average.update()
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
            loss = tf.add_n([*map(self._minimized, shards, outputs), *penalties])
            scale = model.optimizer.scale_loss(tf.constant(1.0)) if self._scales_loss else 1.0
            scaled = scale * loss
        gradients = replicas.total(tape.gradient(scaled, model.trainable_variables))
        norm = tf.cond(is_last, lambda: tf.linalg.global_norm(gradients) / scale, self._norm.read_value)
        self._norm.assign(norm)
        # The optimizer adds up those of all replicas.
        model.optimizer.apply([replicas.divide(gradient) for gradient in gradients], model.trainable_variables)
        if self._reports_another:
            loss = tf.add_n([*map(self._reported, shards, outputs), *penalties])
        return _count(loss, outputs, shards)

    def _evaluate(self, samples: Samples, order: Any, first: Any, batches: Any) -> Any:
        def step(number: Any) -> Any:
            batch = self._batch(samples, order, number)
            sums, counts, taken = self._replicas.run(self._evaluate_batch, *batch)
            self.evaluated.add(Sums(*sums))
            self.confusion.add(counts)
            self.predicted.add(taken)
            return number + 1

        tf.while_loop(lambda number: number < first + batches, step, [first])
        return self.evaluated.loss()

    def _evaluate_batch(self, images: Any, labels: Any) -> tuple[Sums, Any, Any]:
        """Evaluate a batch, on one replica: sums, counts, and the predicted classes (n,), 0 for others' images."""
        places = self._replicas.shard(tf.range(tf.size(labels)), labels)
        whole = tf.shape(labels)
        shards = split_batch(self._replicas.shard(images, labels), self._lanes)
        outputs = [self.model(shard.images, training=False) for shard in shards]
        loss = tf.add_n(list(map(self._reported, shards, outputs)))
        labels, own = _own(shards, outputs)
        taken = tf.argmax(own, axis=-1, output_type=tf.int32)
        classes = tf.scatter_nd(places.images[: places.count, tf.newaxis], taken, whole)
        return _count(loss, outputs, shards), self.confusion.of(labels, taken), classes

    def _minimized(self, shard: Shard, outputs: Any) -> Any:
        """What is minimized: where labels are smoothed or mixed, it takes them as shares of classes."""
        labels, weights = shard.labels, self._class_weights
        if weights is not None:  # of a mixed image, that of its classes by their shares
            weights = tf.linalg.matvec(labels, weights) if _are_shares(labels) else tf.gather(weights, labels)
        if self._takes_shares and not _are_shares(labels):
            labels = tf.one_hot(labels, outputs.shape[-1])
        return shard.weight * self.model.loss(labels, outputs, sample_weight=weights)

    def _reported(self, shard: Shard, outputs: Any) -> Any:
        """What is reported: the cross-entropy with the true labels, which runs can be compared by."""
        losses = keras.losses
        plain = losses.CategoricalCrossentropy if _are_shares(shard.labels) else losses.SparseCategoricalCrossentropy
        return shard.weight * plain(from_logits=self.model.loss.from_logits)(shard.labels, outputs)

    def _batch(self, samples: Samples, order: Any, number: Any, step: Any = None) -> tuple[Any, Any]:
        """Return the batch of that number; a batch to train on, at `step`, is augmented.

        The labels are (n,), or of images that are mixed, shares of classes (n, classes).
        """
        size, recipe = self._recipe.batch_size, self._recipe
        chosen = order[number * size : (number + 1) * size]
        images, labels = tf.gather(samples.images, chosen), tf.gather(samples.labels, chosen)
        if step is not None:
            images = augment(images, recipe.augmentations, recipe.seed, step)
            if "mixup" in recipe.augmentations:
                shares = tf.one_hot(labels, self.model.output_shape[-1])
                labels = mixture(tf.size(labels), recipe.seed, step).of(shares)
        return model_inputs(images, self._fitting, self._scaling), labels


def _are_shares(labels: Any) -> bool:
    """Tell whether labels are shares of classes (n, classes), not numbers of classes (n,)."""
    return len(labels.shape) > 1


def _own(shards: list[Shard], outputs: list[Any]) -> tuple[Any, Any]:
    """Return the labels, and the outputs (n, classes), of the images that are the shards' own."""
    labels = tf.concat([shard.labels[: shard.count] for shard in shards], axis=0)
    return labels, tf.concat([output[: shard.count] for output, shard in zip(outputs, shards, strict=True)], axis=0)


def _count(loss: Any, outputs: list[Any], shards: list[Shard]) -> Sums:
    """Sum up shards of a batch. For use in a graph. `loss` is what the parts add to the mean over the batch."""
    labels, own = _own(shards, outputs)
    taken = tf.argmax(own, axis=-1, output_type=tf.int32)
    right = tf.gather(labels, taken, batch_dims=1) if _are_shares(labels) else taken == labels
    total = tf.cast(loss, tf.float64) * tf.cast(shards[0].whole, tf.float64)
    return Sums(total, tf.reduce_sum(tf.cast(right, tf.float64)), tf.cast(tf.shape(labels)[0], tf.float64))
