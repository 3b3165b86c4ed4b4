"""Why each check is made, in a paragraph."""

from tui_cnn.i18n import _


def explanations() -> dict[str, str]:
    """Return the explanation of each code."""
    return {
        "empty": _(
            "A network without layers computes nothing: its output is its input. Add a layer first; for images, "
            "usually a convolution."
        ),
        "shape": _(
            "Each layer takes the output of the previous layer. Here the shapes do not fit: a window is larger than "
            "the image, channels cannot be split into groups, a layer that needs an image gets a vector, or branches "
            "of different shapes are merged. A route may also name a layer that is not above it. Every convolution and "
            "pooling with valid padding makes the image smaller, and every stride divides its size, so deep networks "
            "run out of pixels. To keep more pixels, use same padding, fewer strides or smaller windows."
        ),
        "output": _(
            "The outputs of a network are named. If no layer has the name, because it was renamed, deleted or muted, "
            "the network has no such output."
        ),
        "unused": _(
            "No layer takes the output of this layer, and it is not an output of the network, so it has no effect. "
            "Keras leaves such layers out of the model. This happens above a route that continues from an earlier "
            "layer."
        ),
        "duplicate-name": _(
            "Keras finds the layers of a model, and their weights in a file, by name, so every name must be unique."
        ),
        "opaque": _(
            "The file has a layer that cnn-tui does not know: custom code, or a setting that it cannot compute. The "
            "layer is kept as it is, and its code is never run. Its output shape and parameters are used if the file "
            "has them; its MACs are unknown, so the totals are lower bounds, marked with ≥."
        ),
        "stride-gap": _(
            "If the stride is larger than the window, the window skips pixels: no output depends on them. Make the "
            "stride no larger than the window. (A 1×1 convolution with a stride in a branch is a known design and is "
            "not reported.)"
        ),
        "dropped": _(
            "With valid padding only whole windows count. If the image size does not fit the stride, a few rows or "
            "columns at the right and at the bottom are dropped. That costs little in a deep network and much in a "
            "small image; same padding keeps them."
        ),
        "dilation-beyond": _(
            "Dilation spreads the taps of a kernel apart. If they reach beyond the image on all sides, most taps see "
            "only the zeros of the padding, and the kernel works like a smaller one."
        ),
        "even-same": _(
            "An even kernel has no centre. With same padding it gets one zero more at the right and bottom than at the "
            "left and top, so each such layer shifts the image by half a pixel. Odd kernels stay centred."
        ),
        "small-field": _(
            "The receptive field is the part of the image that can influence one cell of a feature map. If it is much "
            "smaller than the image, the features are local: textures and edges, but no whole objects. The classifier "
            "after it must combine them. More layers, larger kernels, pooling or strides make it larger."
        ),
        "large-field": _(
            "The receptive field of the last feature map is many times larger than the image, so most of what a cell "
            "can see is padding. This input may not need the later layers: fewer strides or fewer layers may work as "
            "well."
        ),
        "dense-heavy": _(
            "A dense layer after a flattened feature map has a weight for every value at every position; most "
            "parameters of early networks are there. Global average pooling first reduces each feature map to one "
            "number (Lin, Chen, Yan, “Network In Network”, 2013): far fewer parameters, less overfitting, and no "
            "dependence on the image size."
        ),
        "bias-before-normalization": _(
            "Batch normalization subtracts the mean of each channel, and with it any bias that was added just before. "
            "Its beta replaces the bias. use_bias = false saves the parameters and changes nothing else."
        ),
        "few-parameters": _(
            "A network with so few trainable parameters can hardly distinguish images. Start with a convolution of 16 "
            "or 32 filters."
        ),
        "no-activation": _(
            "A convolution or a dense layer is a linear function, and two linear functions in a row are one linear "
            "function: the second layer adds parameters, but nothing that the first could not do. An activation such "
            "as ReLU between them makes depth useful. (A narrow 1×1 or a depthwise convolution without one is a known "
            "design and is not reported.)"
        ),
        "dropout-before-normalization": _(
            "Dropout changes the variance of its output during training, but not afterwards. A batch normalization "
            "after it learns the training variance, which is different in use (Li et al., “Understanding the "
            "Disharmony between Dropout and Batch Normalization”, 2018). Put the dropout after the last normalization."
        ),
        "slow-averages": _(
            "During training, batch normalization uses the mean and the variance of each batch, and keeps moving "
            "averages of them for use after training. The averages start at 0 and 1, and each step adds only a "
            "hundredth of the new value (momentum = 0.99). After few steps they are still close to the start: the "
            "network trains well, but validation looks like chance. A smaller momentum adapts faster."
        ),
        "single-pixel": _(
            "The image has shrunk to a single pixel. A kernel larger than 1×1 then has only one tap that sees a value; "
            "all others see the zeros of the padding, and their weights learn nothing."
        ),
        "input": _(
            "Images are scaled down or converted to grey to fit the network's input. That is fine where details and "
            "colours do not matter; otherwise set the input to the size of the images, and three channels for colour."
        ),
        "classes": _(
            "The network must end with one output for each class of the data: ten for Fashion-MNIST. (A network that "
            "ends in a map of the size of the image gives a class for each pixel, and is not reported.)"
        ),
        "no-flatten": _(
            "A dense layer works along the last axis. On an image it is a 1×1 convolution: each position has outputs "
            "of its own, and none sees the whole image. Put Flatten before it, or a global pooling."
        ),
        "hidden-softmax": _(
            "The values after a softmax sum to 1, so one grows only where others shrink, and the gradient through it "
            "is small. It belongs at the end of a classifier; between layers, ReLU lets more through."
        ),
        "repeated-activation": _(
            "ReLU and its relatives change only negative values. Where the previous layer gives none, because it ends "
            "in ReLU or a similar function, a second one changes nothing."
        ),
        "dropout-at-end": _(
            "Dropout and noise are for the inside of a network. After the last layer with weights they change its "
            "answer, and so the loss: with dropout, the score of the right class is often 0. Put them before it."
        ),
        "dropout-rate": _(
            "Dropout sets this fraction of the values to 0 during training. Rates of 0.2 to 0.5 are usual (Srivastava "
            "et al., “Dropout”, 2014); beyond 0.8 too little is left to learn from."
        ),
        "late-augmentation": _(
            "Random flips, shifts, rotations and zooms make new images of old ones. They belong at the beginning: "
            "after a convolution they change feature maps, and earlier layers never see a new image."
        ),
        "softmax-twice": _(
            "Softmax turns scores into probabilities that sum to 1. Applied twice, it makes them nearly equal: with "
            "ten classes none can exceed 0.23, and the gradient nearly vanishes."
        ),
        "last-activation": _(
            "The loss, cross-entropy, takes probabilities (softmax) or raw scores (linear, called logits). Other "
            "activations distort the scores: ReLU sets all negative scores to 0, and tanh and sigmoid limit their "
            "range."
        ),
        "memory": _(
            "During training, the activations of every layer are kept for backpropagation, for each image of the "
            "batch, in addition to the parameters, their gradients and the optimizer state. A smaller batch, or an "
            "earlier stride or pooling, needs less memory."
        ),
    }


def explain(code: str) -> str | None:
    """Return why a check is made; None where there is no such code."""
    return explanations().get(code)
