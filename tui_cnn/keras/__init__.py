"""Record trainings of Keras in your own program: `model.fit(..., callbacks=[tui_cnn.keras.Recorder("name")])`.

Works with Keras 3, whatever its backend, and with tf-keras; neither is imported here: the model is of one of them.
"""

from tui_cnn.keras.recorder import Recorder

__all__ = ["Recorder"]
