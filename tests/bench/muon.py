"""What makes a kernel's update orthogonal: our Muon against Keras' own, in turns, for kernels of several sizes.

Printed are the medians of the processor's milliseconds for one update and of their ratio. The limit of the ratio is
0.7 for each kernel. Run it from the checkout: `python -m tests.bench.muon`.
"""

import os
import sys
import time
from statistics import median

KERNELS = ((288, 64), (576, 64), (1152, 128), (2304, 256))
"""Height · width · channels, and filters: 3×3 kernels over 32 to 256 channels."""
PAIRS, UPDATES, LIMIT = 9, 100, 0.7


def milliseconds(update, matrix):
    """The processor's time for one of many updates."""
    update(matrix)
    began = time.process_time()
    for _ in range(UPDATES):
        made = update(matrix)
    made.numpy()
    return 1000 * (time.process_time() - began) / UPDATES


def main():
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras
    import tensorflow as tf

    from tui_cnn.worker.muon import KernelMuon

    ours, theirs = KernelMuon(0.01, paths=[], weight_decay=0.1), keras.optimizers.Muon(0.01)
    worst = 0.0
    for shape in KERNELS:
        updates = [
            tf.function(lambda matrix, of=of: of.zeropower_via_newtonschulz5(matrix, 5)) for of in (ours, theirs)
        ]
        matrix = tf.random.normal(shape)
        taken = [[milliseconds(update, matrix) for update in updates] for _ in range(PAIRS)]
        ratio = median(mine / other for mine, other in taken)
        mine, other = (median(side) for side in zip(*taken, strict=True))
        print(f"{shape[0]}×{shape[1]}: ours {mine:.2f} ms, Keras {other:.2f} ms, ratio {ratio:.2f}, limit {LIMIT}")
        worst = max(worst, ratio)
    sys.exit(worst > LIMIT)


if __name__ == "__main__":
    main()
