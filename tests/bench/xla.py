"""A step of training compiled by XLA against one that TensorFlow runs as our worker does, in turns, on all cores.

XLA wants shapes that stay as they are, so both sides train on one batch of 128 images. Printed are the medians of the
milliseconds of a step, processor and clock, and of their ratios, and what compiling took. XLA would be worth having
below 1. Run it from the checkout: `python -m tests.bench.xla [PAIRS]`.
"""

import os
import sys
import time
from statistics import median

NAMES = ("fashion-cnn", "lenet-5", "small-resnet")
IMAGES, STEPS = 128, 10


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import tensorflow as tf

    from tui_cnn.formats.presets import preset
    from tui_cnn.runs.recipe import Recipe
    from tui_cnn.worker.build import make_model

    def step_of(name, xla):
        """Return a step of training that changes a model of its own."""
        model = make_model(preset(name), Recipe(batch_size=IMAGES))
        model.optimizer.build(model.trainable_variables)
        images = tf.random.stateless_uniform((IMAGES, *preset(name).input_shape), seed=(0, 1))
        labels = tf.range(IMAGES) % 10

        @tf.function(jit_compile=xla)
        def step():
            with tf.GradientTape() as tape:
                loss = model.loss(labels, model(images, training=True))
            model.optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
            return loss

        return step

    def milliseconds(step):
        """Processor and clock, for one of many steps."""
        cpu, clock = time.process_time(), time.perf_counter()
        for _ in range(STEPS):
            loss = step()
        loss.numpy()
        return [1000 * spent / STEPS for spent in (time.process_time() - cpu, time.perf_counter() - clock)]

    for name in NAMES:
        steps, compiled = [], []
        for xla in (True, False):
            steps.append(step_of(name, xla))
            began = time.perf_counter()
            steps[-1]().numpy()
            compiled.append(time.perf_counter() - began)
        taken = [[milliseconds(step) for step in steps] for _ in range(pairs)]
        for place, kind in enumerate(("processor", "clock")):
            ratio = median(xla[place] / plain[place] for xla, plain in taken)
            xla, plain = (median(side[place] for side in sides) for sides in zip(*taken, strict=True))
            print(f"{name:12} {kind:9}  XLA {xla:7.2f} ms  TensorFlow {plain:7.2f} ms  ratio {ratio:.2f}")
        print(f"{name:12} compiling  XLA {compiled[0]:.1f} s  TensorFlow {compiled[1]:.1f} s", flush=True)


if __name__ == "__main__":
    main()
