"""Why each check is made, in a paragraph."""

from tui_cnn.i18n import _


def explanations() -> dict[str, str]:
    """Return the explanation of each code."""
    return {
        "empty": _(
            "A network without layers computes nothing: what goes in comes out. Add a layer to begin with; for "
            "pictures, usually a convolution."
        ),
        "shape": _(
            "Each layer takes what the layer before it gives. Here the numbers do not fit: a window is larger than the "
            "image, channels cannot be split into groups, an image is needed where there is only a row of numbers, or "
            "branches of different shapes are to be merged. Every convolution and pooling with padding valid makes the "
            "image smaller, and each stride divides it, so that deep stacks run out of pixels. Padding same, fewer "
            "strides, or smaller windows keep more of it."
        ),
        "duplicate-name": _(
            "Keras finds the layers of a model, and their weights in a file, by name; so a name may be given only once."
        ),
        "opaque": _(
            "The file describes a layer that cnn-tui does not know: code of its author, or a setting that it has no "
            "arithmetic for. It is kept as it is and never run. What comes after it cannot be known, so the totals are "
            "sums over the part that is."
        ),
        "stride-gap": _(
            "A window that moves by more than its own size jumps over pixels: no output ever sees them, whatever they "
            "show. Make the stride no larger than the window."
        ),
        "dropped": _(
            "With padding valid only whole windows count. Where the image is no multiple of the stride, a few rows or "
            "columns at the right and at the bottom are left out. That costs little in a deep network and much in a "
            "small image; padding same keeps them."
        ),
        "dilation-beyond": _(
            "Dilation spreads the taps of a kernel apart. When they reach beyond the image on all sides, most of them "
            "see nothing but the zeros of the padding, and the kernel does the work of a smaller one."
        ),
        "even-same": _(
            "An even kernel has no middle. With padding same it gets one zero more at the right and bottom than at the "
            "left and top, so each such layer shifts the picture by half a pixel. Odd kernels stay centred."
        ),
        "small-field": _(
            "The receptive field is the part of the picture that can influence one cell of a feature map. Where it is "
            "much smaller than the picture, the features are local: textures and edges, but no whole objects. The "
            "classifier after it must put them together. More layers, larger kernels, pooling or strides widen it."
        ),
        "large-field": _(
            "The receptive field of the last feature map is many times larger than the picture, so that most of what a "
            "cell could see is padding. The later layers may be more than this input needs: fewer strides or fewer "
            "layers may do as well."
        ),
        "dense-heavy": _(
            "A dense layer over a flattened feature map has a weight for every value at every position, which is where "
            "most parameters of the early networks are. Global average pooling first makes each feature map one number "
            "(Lin, Chen, Yan, “Network In Network”, 2013): far fewer parameters, less overfitting, and no dependence "
            "on the size of the picture."
        ),
        "bias-before-normalization": _(
            "Batch normalization subtracts the mean of each channel, and with it any bias that was added just before. "
            "Its own beta does the work of the bias. use_bias = false saves the parameters and changes nothing else."
        ),
        "few-parameters": _(
            "A network with so few trainable parameters can hardly tell pictures apart. For a first try, a convolution "
            "of 16 or 32 filters is a good beginning."
        ),
        "no-activation": _(
            "A convolution or a dense layer is a linear function, and two linear functions in a row are one linear "
            "function: the second layer adds parameters, but nothing that the first could not do. An activation such "
            "as ReLU between them is what makes depth worth having. (A narrow 1×1 or a depthwise convolution without "
            "one is a known design and is not reported.)"
        ),
        "dropout-before-normalization": _(
            "Dropout changes the variance of what it passes on while training, but not afterwards. A batch "
            "normalization behind it learns the variance of training and meets another one in use (Li et al., "
            "“Understanding the Disharmony between Dropout and Batch Normalization”, 2018). Put the dropout behind the "
            "last normalization."
        ),
        "slow-averages": _(
            "While training, a batch normalization uses the mean and the variance of each batch, and keeps moving "
            "averages of them, which it uses from then on. They begin at 0 and 1, and at each step they take over only "
            "a hundredth of what is new (momentum = 0.99). After few steps they are still close to where they began: "
            "the network trains well, and validation looks like chance. A smaller momentum follows sooner."
        ),
        "single-pixel": _(
            "The image has shrunk to a single pixel. A kernel larger than 1×1 then has one tap that sees a value; all "
            "others see the zeros of the padding, and their weights never learn anything."
        ),
        "classes": _("The network must end with one number for each class of the data: for Fashion-MNIST, ten."),
        "softmax-twice": _(
            "Softmax turns scores into shares that sum to one. Applied twice, it squeezes these shares close together: "
            "of ten classes none can get more than 0.23, and the gradient all but vanishes."
        ),
        "last-activation": _(
            "The loss, cross-entropy, takes shares (softmax) or raw scores (linear, called logits). Others bend the "
            "scores first: ReLU at the end gives all negative scores the same zero, and tanh or sigmoid bound them."
        ),
        "memory": _(
            "While training, the activations of every layer are kept for the way back, for each image of the batch, "
            "beside the parameters, their gradients and what the optimizer keeps. A smaller batch, or an earlier "
            "stride or pooling, needs less."
        ),
    }


def explain(code: str) -> str | None:
    """Return why a check is made; None where there is no such code."""
    return explanations().get(code)
