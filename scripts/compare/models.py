#!/usr/bin/env python3
"""Writes the networks that are compared, one folder each, with the inputs they are judged on.

Nothing is downloaded; every tool gets the same ONNX file. Only dense networks and convolutions are
in there (Gemm, Conv, Relu, MaxPool, Flatten), float32, logits at the end.

    64-32-10                 the committed digits model, as PyTorch lays it out; pixels 0..=16
    784-128-10               trained on the same digits, enlarged to 28 by 28; pixels 0..1
    lenet-5                  likewise; its convolutions are random and only its dense layers trained
                             (scikit-learn trains no convolutions), which changes no cost
    1000-1000-1000-1000-1000 four million random weights and random inputs; no classes, so only
                             the agreement with the float model is judged

Each folder holds model.onnx, calibration.npy, samples.npy; float.npy, the float model's logits for
the samples; facts.json, their number and the range of the logits; and labels.npy where there are
classes.
"""

import argparse
import json
import os
import shutil
import warnings
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

SEED = 5
DIGITS = Path(__file__).resolve().parents[2] / "tests" / "data" / "digits"
NAMES = ["64-32-10", "784-128-10", "lenet-5", "1000-1000-1000-1000-1000"]
CALIBRATION = 100


class Graph:
    """An ONNX graph, written layer by layer."""

    def __init__(self, shape):
        self.shape = shape
        self.nodes, self.initializers, self.last = [], [], "input"

    def add(self, operator, *parameters, **attributes):
        names = [f"{operator.lower()}{len(self.nodes)}.{part}" for part in ("weight", "bias")[: len(parameters)]]
        for name, values in zip(names, parameters):
            self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        result = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, [self.last, *names], [result], name=f"{operator}{len(self.nodes)}", **attributes))
        self.last = result
        return self

    def dense(self, weight, bias):
        """`weight` is [out, in]."""
        return self.add("Gemm", weight, bias, transB=1)

    def perceptron(self, layers):
        """Dense layers with a ReLU between two of them."""
        for index, (weight, bias) in enumerate(layers):
            if index > 0:
                self.add("Relu")
            self.dense(weight, bias)
        return self

    def save(self, path, outputs):
        # Every tool proves one sample, and a fixed batch keeps each of them from guessing.
        source = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, *self.shape])
        result = helper.make_tensor_value_info(self.last, TensorProto.FLOAT, [1, outputs])
        graph = helper.make_graph(self.nodes, "main_graph", [source], [result], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))


def enlarge(images):
    """8 by 8 to 28 by 28, bilinear, 0..1."""
    images = images.reshape(-1, 8, 8) / 16.0
    position = (np.arange(28) + 0.5) * 8 / 28 - 0.5
    low = np.clip(np.floor(position).astype(int), 0, 6)
    share = np.clip(position - low, 0, 1)
    matrix = np.zeros((28, 8))
    matrix[np.arange(28), low] = 1 - share
    matrix[np.arange(28), low + 1] = share
    return (matrix @ images @ matrix.T).astype(np.float32)


def trained(hidden, features, labels):
    """Dense layers, as [out, in] and bias."""
    model = MLPClassifier(hidden, alpha=1e-2, batch_size=64, max_iter=60, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # Sixty epochs are enough here.
        model.fit(features, labels)
    return [(weight.T, bias) for weight, bias in zip(model.coefs_, model.intercepts_)]


def digits_data():
    load = lambda name: np.load(DIGITS / f"{name}.npy")
    return load("train_images"), load("train_labels"), load("test_images"), load("test_labels")


def committed(folder):
    _, _, test, labels = digits_data()
    # Its batch is symbolic; the others' is one.
    model = onnx.load(DIGITS / "digits-pytorch.onnx")
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_value = 1
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    return np.load(DIGITS / "calibration.npy"), test, labels


def perceptron(folder):
    train, train_labels, test, labels = digits_data()
    train, test = enlarge(train).reshape(-1, 784), enlarge(test).reshape(-1, 784)
    layers = trained((128,), train, train_labels)
    Graph([784]).perceptron(layers).save(folder / "model.onnx", 10)
    return train, test, labels


def convolve(images, weight, bias, padding):
    images = np.pad(images, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(images, weight.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True) + bias[:, None, None]


def halve(images):
    """The maximum of two by two."""
    count, channels, height, width = images.shape
    return images.reshape(count, channels, height // 2, 2, width // 2, 2).max(axis=(3, 5))


def lenet(folder):
    train, train_labels, test, labels = digits_data()
    train, test = enlarge(train)[:, None], enlarge(test)[:, None]
    random = np.random.default_rng(SEED)
    kernel = lambda shape: random.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape).astype(np.float32)
    first, second = kernel((6, 1, 5, 5)), kernel((16, 6, 5, 5))
    bias = lambda channels: random.normal(0, 0.05, channels).astype(np.float32)
    biases = bias(6), bias(16)
    features = halve(np.maximum(convolve(train, first, biases[0], 2), 0))
    features = halve(np.maximum(convolve(features, second, biases[1], 0), 0))
    layers = trained((120, 84), features.reshape(len(train), -1), train_labels)
    graph = Graph([1, 28, 28])
    # Every attribute, as PyTorch writes them: EZKL asks for the defaults too.
    window = dict(kernel_shape=[5, 5], strides=[1, 1], dilations=[1, 1], group=1)
    pool = dict(kernel_shape=[2, 2], strides=[2, 2], pads=[0] * 4)
    graph.add("Conv", first, biases[0], pads=[2] * 4, **window).add("Relu").add("MaxPool", **pool)
    graph.add("Conv", second, biases[1], pads=[0] * 4, **window).add("Relu").add("MaxPool", **pool)
    graph.add("Flatten", axis=1).perceptron(layers).save(folder / "model.onnx", 10)
    return train, test, labels


def random_dense(folder):
    random = np.random.default_rng(SEED)
    dense = lambda: (random.normal(0, np.sqrt(2 / 1000), (1000, 1000)), random.normal(0, 0.05, 1000))
    Graph([1000]).perceptron([dense() for _ in range(4)]).save(folder / "model.onnx", 1000)
    inputs = random.random((CALIBRATION + 20, 1000)).astype(np.float32)
    return inputs[:CALIBRATION], inputs[CALIBRATION:], None


BUILDERS = dict(zip(NAMES, [committed, perceptron, lenet, random_dense]))


def build(name, folder):
    folder.mkdir(parents=True, exist_ok=True)
    calibration, samples, labels = BUILDERS[name](folder)
    np.save(folder / "calibration.npy", calibration[:CALIBRATION])
    np.save(folder / "samples.npy", samples)
    if labels is not None:
        np.save(folder / "labels.npy", labels)
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    declared = session.get_inputs()[0]
    logits = [session.run(None, {declared.name: sample.astype(np.float32).reshape(declared.shape)})[0][0] for sample in samples]
    logits = np.array(logits)
    np.save(folder / "float.npy", logits)
    facts = dict(samples=len(logits), span=float(logits.max() - logits.min()))
    # Last, so that a folder with this file is whole.
    (folder / "facts.json").write_text(json.dumps(facts))
    if labels is not None:
        print(f"{name}: float accuracy {(np.argmax(logits, 1) == labels).mean():.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+", choices=NAMES)
    arguments = parser.parse_args()
    for name in arguments.names:
        folder = arguments.folder / name
        if not (folder / "facts.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            build(name, folder)


if __name__ == "__main__":
    main()
