"""TensorFlow's own profiler as the oracle for floating-point operations."""

import msgspec


def profiled_flops(network):
    """Build the network, and let TensorFlow count."""
    from tui_cnn.worker.build import build

    model = build(msgspec.structs.replace(network, name="network"))  # TensorFlow is choosy about names
    return profiled_flops_of_model(model, network.input_shape)


def profiled_flops_of_model(model, input_shape):
    """Freeze the graph of a model at batch 1, and let TensorFlow count."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    function = tf.function(lambda images: model(images, training=False))
    concrete = function.get_concrete_function(tf.TensorSpec((1, *input_shape), tf.float32))
    frozen = convert_variables_to_constants_v2(concrete).graph.as_graph_def()
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(frozen, name="")
        options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
        options["output"] = "none"
        return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops
