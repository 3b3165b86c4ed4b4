"""Muon for the kernels of convolutions, too: Keras' own leaves everything that is no matrix to AdamW."""

from collections.abc import Collection
from typing import Any

import keras
from keras import ops

_KINDS = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)

_LONG = 2
"""So many times as long as wide, and a matrix is worth its detour."""


class KernelMuon(keras.optimizers.Muon):  # type: ignore[misc]
    """Muon for the kernels at some `paths`, AdamW for all else.

    Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024 (kellerjordan.github.io/posts/muon):
    the update of a kernel is its momentum made orthogonal; that of a convolution as the matrix (places · channels,
    filters). It is scaled as in Liu et al., "Muon is Scalable for LLM Training", 2025 (arXiv 2502.16982), so that the
    learning rates are those of AdamW.
    """

    def __init__(self, learning_rate: float, *, paths: Collection[str], weight_decay: float) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, adam_weight_decay=weight_decay)
        self._paths = frozenset(paths)

    def _should_use_adamw(self, variable: Any) -> bool:
        return variable.path not in self._paths

    def _muon_update_step(self, gradient: Any, variable: Any, lr: Any, m: Any) -> None:
        self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
        matrix = ops.reshape(ops.add(gradient, self.momentum * m), (-1, variable.shape[-1]))
        update = self.lr_adjust(lr * self.zeropower_via_newtonschulz5(matrix, self.ns_steps))
        self.assign_sub(variable, ops.reshape(update, variable.shape))

    def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
        """Make a matrix nearly orthogonal, as Keras does, with a half to a third of the multiplications.

        Each step multiplies it by a polynomial of its Gram matrix. These commute: of a matrix that is much longer than
        wide they are multiplied with each other first, which are small, and with the matrix once.
        """
        rows, columns = x.shape
        if rows < columns:
            return ops.transpose(self.zeropower_via_newtonschulz5(ops.transpose(x), steps))
        if rows < _LONG * columns:
            return super().zeropower_via_newtonschulz5(x, steps)
        x = x / (ops.norm(x) + 1e-7)
        gram = ops.matmul(ops.transpose(x), x)
        product = identity = ops.eye(columns, dtype=x.dtype)
        for step in range(steps):
            factor = self.muon_a * identity + self.muon_b * gram + self.muon_c * ops.matmul(gram, gram)
            product = ops.matmul(factor, product) if step else factor
            gram = ops.matmul(ops.matmul(factor, gram), factor)
        return ops.matmul(x, product)


def hidden_kernels(model: keras.Model) -> list[str]:
    """Return the paths of the kernels of dense layers and convolutions that are trained, but for the last."""
    layers = [layer for layer in model.layers if isinstance(layer, _KINDS) and layer.trainable]
    return [layer.kernel.path for layer in layers[:-1]]
