#!/usr/bin/env python3
"""Trains the digits model of the demo and writes the files of tests/data/digits.

The data is scikit-learn's bundled copy of the UCI hand-written digits: 1,797
images of 8 by 8 pixels with whole-numbered intensities 0..=16. Nothing is
downloaded. A quarter, drawn per class, is held out and never seen in training
or calibration.

    python3 -m venv venv && venv/bin/pip install -r scripts/requirements.txt
    venv/bin/python scripts/train-digits.py

Files (all deterministic: fixed seeds, one BLAS thread):

    digits.onnx           MLP 64-32-10 with ReLU, skl2onnx without ZipMap
    digits-zipmap.onnx    the same with skl2onnx's default tail (ZipMap)
    digits-pytorch.onnx   the same weights as torch.onnx.export lays them out:
                          [batch, 1, 8, 8], Flatten, Gemm with transB = 1, Relu
    calibration.npy       u8 [256, 64]  training images for calibration
    train_images.npy      u8 [1347, 64] all training images, for training on chain
    train_labels.npy      u8 [1347]     their labels
    test_images.npy       u8 [450, 64]  held-out images
    test_labels.npy       u8 [450]      their labels
"""

import argparse
import os
from pathlib import Path

# Summation order, and with it the last bits of the weights, depends on the
# number of BLAS threads; one thread makes a run repeatable.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

SEED = 20
LARGEST_INTENSITY = 16.0
CALIBRATION_IMAGES = 256
OPSET = {"": 17, "ai.onnx.ml": 3}
FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "digits"


def train(images, labels):
    """An MLP 64-32-10 that takes raw intensities."""
    model = MLPClassifier(
        hidden_layer_sizes=(32,),
        activation="relu",
        alpha=1e-2,
        batch_size=64,
        max_iter=400,
        random_state=SEED,
    )
    model.fit(images / LARGEST_INTENSITY, labels)
    # Adam wants inputs near one, the chain wants whole numbers: fold the
    # division into the first layer once training is done.
    model.coefs_[0] = model.coefs_[0] / LARGEST_INTENSITY
    return model


def sklearn_graph(model, zipmap):
    """What a scikit-learn user gets from skl2onnx."""
    graph = to_onnx(
        model,
        initial_types=[("image", FloatTensorType([None, 64]))],
        options={id(model): {"zipmap": zipmap}},
        target_opset=OPSET,
        name="digits",
    )
    # skl2onnx walks a set here, so the order changes from run to run.
    imports = sorted(graph.opset_import, key=lambda entry: entry.domain)
    del graph.opset_import[:]
    graph.opset_import.extend(imports)
    return graph


def pytorch_graph(model):
    """The layout of torch.onnx.export for Flatten, Linear, ReLU, Linear.

    Written with the onnx package, since torch is too large a dependency for
    one small file.
    """
    layers = zip(model.coefs_, model.intercepts_, ("0", "2"))
    initializers = []
    for weight, bias, index in layers:
        # nn.Linear stores [out, in].
        rows = np.ascontiguousarray(weight.T, dtype=np.float32)
        initializers.append(numpy_helper.from_array(rows, f"layers.{index}.weight"))
        initializers.append(numpy_helper.from_array(bias.astype(np.float32), f"layers.{index}.bias"))

    def gemm(index, source, target):
        return helper.make_node(
            "Gemm",
            [source, f"layers.{index}.weight", f"layers.{index}.bias"],
            [target],
            name=f"/layers/layers.{index}/Gemm",
            alpha=1.0,
            beta=1.0,
            transB=1,
        )

    nodes = [
        helper.make_node("Flatten", ["image"], ["/flatten"], name="/flatten/Flatten", axis=1),
        gemm("0", "/flatten", "/hidden"),
        helper.make_node("Relu", ["/hidden"], ["/relu"], name="/layers/layers.1/Relu"),
        gemm("2", "/relu", "logits"),
    ]
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])],
        initializers,
    )
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="pytorch-layout",
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, help="folder to write (default: %(default)s)")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)

    images, labels = load_digits(return_X_y=True)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, test_size=450, stratify=labels, random_state=SEED
    )
    model = train(train_images, train_labels)

    graphs = {
        "digits.onnx": sklearn_graph(model, zipmap=False),
        "digits-zipmap.onnx": sklearn_graph(model, zipmap=True),
        "digits-pytorch.onnx": pytorch_graph(model),
    }
    for name, graph in graphs.items():
        onnx.checker.check_model(graph)
        (folder / name).write_bytes(graph.SerializeToString(deterministic=True))

    np.save(folder / "calibration.npy", train_images[:CALIBRATION_IMAGES].astype(np.uint8))
    np.save(folder / "train_images.npy", train_images.astype(np.uint8))
    np.save(folder / "train_labels.npy", train_labels.astype(np.uint8))
    np.save(folder / "test_images.npy", test_images.astype(np.uint8))
    np.save(folder / "test_labels.npy", test_labels.astype(np.uint8))

    print(f"float accuracy on {len(test_labels)} held-out images: {model.score(test_images, test_labels):.4f}")
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size:>8}  {path.name}")


if __name__ == "__main__":
    main()
