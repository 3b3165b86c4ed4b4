"""The two phases of fine-tuning: first only the head of a network is trained, then all of it.

What is not trained is frozen as Keras does it, so that BatchNormalization there computes with its moving averages and
does not change them.
"""

from collections.abc import Sequence

import keras

from tui_cnn.runs.recipe import Recipe
from tui_cnn.worker.build import reset_optimizer
from tui_cnn.worker.steps import Steps


class FineTuning:
    """Freezes all but the head for the recipe's `head_epochs`; without those, it does nothing."""

    def __init__(self, steps: Steps, recipe: Recipe, new_layers: Sequence[str]) -> None:
        self._steps = steps
        self._recipe = recipe
        self._body = body(steps.model, new_layers)
        self._frozen = False

    def enter(self, epoch: int, step: int) -> bool:
        """Prepare for an epoch, from `step` on; return whether other layers than before are trained.

        The optimizer begins anew with the first step that trains all layers: what it knows is only of the head.
        """
        head = self._recipe.head_epochs
        changed = self._frozen is not (epoch <= head)
        if changed:
            self._frozen = not self._frozen
            self._steps.retrace(self._body if self._frozen else [])
        if head and epoch == head + 1 and not step:
            reset_optimizer(self._steps.model, self._recipe)
        return changed


def body(model: keras.Model, new_layers: Sequence[str]) -> list[keras.Layer]:
    """Return the layers that training changes, but for the head.

    That is the new layers, which have no loaded weights, as far as they are trained; or without such, the last one.
    """
    trained = [layer for layer in model.layers if layer.trainable_weights]
    head = [layer for layer in trained if layer.name in new_layers] or trained[-1:]
    return [layer for layer in model.layers if layer.trainable and layer.weights and layer not in head]
