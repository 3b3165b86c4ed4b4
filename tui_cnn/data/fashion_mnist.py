"""Fashion-MNIST, which ships with the program: 70,000 grey images of clothes, 28 × 28, in ten classes.

Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017.
"""

from tui_cnn.assets import ROOT

NAME = "Fashion-MNIST"

DIRECTORY = ROOT / "fashion-mnist"

CLASS_NAMES: tuple[str, ...] = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
