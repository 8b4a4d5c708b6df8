#!/usr/bin/env python3
"""Trains the small convolutional networks of tests/data/networks in Keras and exports them.

TensorFlow is too large for scripts/requirements.txt; nothing but this script needs it:

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0 tf2onnx==1.17.0
    venv/bin/python scripts/export-keras.py

The data is tests/data/digits: 8 by 8 pixels of whole numbers 0..=16, which the networks take as
they are, channels last, as Keras does by default:

    lenet-keras.onnx    a Sequential model: "same" padding, both pools, Flatten behind channels last
    resnet-keras.onnx   a functional model: ZeroPadding2D, normalization, a residual block, Concatenate
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from keras import layers

SEED = 5
DIGITS = Path(__file__).resolve().parent.parent / "tests" / "data" / "digits"
FOLDER = DIGITS.parent / "networks"


def lenet():
    return keras.Sequential([
        keras.Input((8, 8, 1), name="image"),
        layers.Rescaling(1 / 16),
        layers.Conv2D(6, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(48, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ], name="lenet")


def resnet():
    image = keras.Input((8, 8, 1), name="image")
    x = layers.ZeroPadding2D(1)(image)
    x = layers.ReLU(6)(layers.BatchNormalization()(layers.Conv2D(8, 3, use_bias=False)(x)))
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(x)))
    y = layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(y))
    x = layers.ReLU()(layers.Add()([x, y]))
    # "same" pads one side only where the stride does not divide.
    halved = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    pooled = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Concatenate()([halved, pooled])
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    return keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)), name="resnet")


def load(name):
    images = np.load(DIGITS / f"{name}_images.npy").reshape(-1, 8, 8, 1).astype(np.float32)
    return images, np.load(DIGITS / f"{name}_labels.npy")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, help="folder to write (default: %(default)s)")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    for build, logits in ((lenet, False), (resnet, True)):
        keras.utils.set_random_seed(SEED)
        model = build()
        model.compile(
            optimizer=keras.optimizers.Adam(3e-3),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=logits),
            metrics=["accuracy"],
        )
        images, labels = load("train")
        model.fit(images, labels, batch_size=64, epochs=40, verbose=0)
        print(f"{model.name}: float accuracy on the held-out images {model.evaluate(*load('test'), verbose=0)[1]:.4f}")
        signature = tf.TensorSpec((None, 8, 8, 1), tf.float32, name="image")
        function = tf.function(lambda image: model(image, training=False), input_signature=[signature])
        graph, _ = tf2onnx.convert.from_function(function, input_signature=[signature], opset=17)
        onnx.checker.check_model(graph)
        path = folder / f"{model.name}-keras.onnx"
        path.write_bytes(graph.SerializeToString(deterministic=True))
        print(f"{path.stat().st_size:>8}  {path.name}")


if __name__ == "__main__":
    main()
