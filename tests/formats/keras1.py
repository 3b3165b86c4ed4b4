"""Models as Keras 1 wrote them, by hand: its last version is of 2017, and runs on no Python of today."""


def convolution(filters, side=3, name="", mode="same", **settings):
    config = {
        "name": name or f"convolution2d_{filters}",
        "trainable": True,
        "nb_filter": filters,
        "nb_row": side,
        "nb_col": side,
        "border_mode": mode,
        "subsample": [1, 1],
        "dim_ordering": "tf",
        "init": "glorot_uniform",
        "activation": "relu",
        "bias": True,
        "W_regularizer": None,
        "b_regularizer": None,
        "activity_regularizer": None,
        "W_constraint": None,
        "b_constraint": None,
    }
    return {"class_name": "Convolution2D", "config": config | settings}


def pooling(name="maxpooling2d_1"):
    config = {"name": name, "trainable": True, "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid"}
    return {"class_name": "MaxPooling2D", "config": {**config, "dim_ordering": "tf"}}


def dense(units, activation="relu", **settings):
    config = {
        "name": f"dense_{units}_{activation}",
        "trainable": True,
        "output_dim": units,
        "init": "glorot_uniform",
        "activation": activation,
        "W_regularizer": None,
        "b_regularizer": None,
        "activity_regularizer": None,
        "W_constraint": None,
        "b_constraint": None,
        "bias": True,
        "input_dim": None,
    }
    return {"class_name": "Dense", "config": config | settings}


def plain(kind, name, **settings):
    return {"class_name": kind, "config": {"name": name, "trainable": True, **settings}}


def sequential(*layers):
    """Keras 1 has a bare list, and the input's shape in the first layer."""
    return {"class_name": "Sequential", "keras_version": "1.2.2", "config": list(layers)}


def model(layers, output, shape=(None, 8, 8, 3)):
    """A graph: for each layer its description and the names of its inputs."""
    source = plain("InputLayer", "input_1", batch_input_shape=list(shape), input_dtype="float32", sparse=False)
    entries = [{**source, "name": "input_1", "inbound_nodes": []}]
    for layer, inputs in layers:
        node = [[name, 0, 0] for name in inputs]
        entries.append({**layer, "name": layer["config"]["name"], "inbound_nodes": [node]})
    ends = {"input_layers": [["input_1", 0, 0]], "output_layers": [[output, 0, 0]]}
    return {"class_name": "Model", "keras_version": "1.2.2", "config": {"name": "m", "layers": entries, **ends}}


def vgg16():
    """The network of Simonyan and Zisserman (2014), as the example of Keras 1 built it."""
    layers = []
    for block, (filters, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]):
        layers += [convolution(filters, name=f"block{block}_conv{number}") for number in range(count)]
        layers.append(pooling(f"block{block}_pool"))
    layers[0]["config"] |= {"batch_input_shape": [None, 224, 224, 3], "input_dtype": "float32"}
    tail = [dense(4096), plain("Dropout", "dropout_1", p=0.5), dense(4096), plain("Dropout", "dropout_2", p=0.5)]
    tail[2]["config"]["name"] = "fc2"
    return sequential(*layers, plain("Flatten", "flatten_1"), *tail, dense(1000, "softmax"))
