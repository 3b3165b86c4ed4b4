"""Muon for the kernels of convolutions, too: Keras' own leaves everything that is no matrix to AdamW."""

from collections.abc import Collection
from typing import Any

import keras
from keras import ops

_KINDS = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)


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


def hidden_kernels(model: keras.Model) -> list[str]:
    """Return the paths of the kernels of dense layers and convolutions that are trained, but for the last."""
    layers = [layer for layer in model.layers if isinstance(layer, _KINDS) and layer.trainable]
    return [layer.kernel.path for layer in layers[:-1]]
