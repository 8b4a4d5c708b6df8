#!/usr/bin/env python3
"""Trains the small convolutional networks of tests/data/networks in PyTorch and exports them.

PyTorch is too large for scripts/requirements.txt; nothing but this script needs it:

    python3 -m venv venv && venv/bin/pip install torch==2.8.0 onnx==1.23.2 onnxscript==0.7.2 numpy
    venv/bin/python scripts/export-pytorch.py

The data is tests/data/digits: 8 by 8 pixels of whole numbers 0..=16, which the networks take as
they are. Each network is exported as users export theirs:

    lenet-pytorch.onnx           LeNet-5 in small, TorchScript exporter
    lenet-pytorch-dynamo.onnx    the same, dynamo exporter
    resnet-pytorch.onnx          two residual blocks, TorchScript exporter, BatchNormalization kept
    resnet-pytorch-dynamo.onnx   the same, dynamo exporter
    branches-pytorch.onnx        Concat, zero padding, ReLU6, a normalization before a convolution
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

SEED = 5
DIGITS = Path(__file__).resolve().parent.parent / "tests" / "data" / "digits"
FOLDER = DIGITS.parent / "networks"


class LeNet(nn.Module):
    """Two convolutions with either kind of pool, three dense layers."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 3, padding=1)
        self.fc1 = nn.Linear(64, 48)
        self.fc2 = nn.Linear(48, 32)
        self.fc3 = nn.Linear(32, 10)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        x = x / 16
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = self.dropout(F.relu(self.fc1(x)))
        return F.log_softmax(self.fc3(F.relu(self.fc2(x))), dim=1)


class Block(nn.Module):
    """The residual block of He et al. (2016), with a projection where the size changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.blocks = nn.Sequential(Block(8, 8, 1), Block(8, 16, 2))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.blocks(F.relu(self.bn(self.stem(x))))
        return self.fc(self.pool(x).flatten(1))


class Branches(nn.Module):
    """What LeNet and ResNet leave out."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 3, stride=1)
        self.wide = nn.Conv2d(8, 8, 3, groups=4)
        self.narrow = nn.Conv2d(8, 8, 1)
        self.norm = nn.BatchNorm2d(24)
        self.mix = nn.Conv2d(24, 16, 2, stride=2)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu6(self.stem(F.pad(x, (1, 1, 1, 1))))
        wide = self.wide(F.pad(x, (1, 1, 1, 1)))
        narrow = F.max_pool2d(F.relu(self.narrow(x)), 3, stride=1, padding=1)
        pooled = F.avg_pool2d(x, 3, stride=1, padding=1)
        # Normalized before the ReLU and the convolution, so that nothing folds it.
        x = F.relu(self.norm(torch.cat([wide, narrow, pooled], dim=1)))
        return self.fc(F.relu(self.mix(x)).mean(dim=(2, 3)))


def load(name):
    images = np.load(DIGITS / f"{name}_images.npy").reshape(-1, 1, 8, 8)
    labels = np.load(DIGITS / f"{name}_labels.npy")
    return torch.tensor(images, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)


def train(model, epochs):
    images, labels = load("train")
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    model.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        schedule.step()
    return model.eval()


def accuracy(model):
    images, labels = load("test")
    with torch.no_grad():
        return (model(images).argmax(1) == labels).float().mean().item()


def torchscript(model, path, **options):
    torch.onnx.export(
        model, torch.zeros(1, 1, 8, 8), path, dynamo=False, opset_version=17,
        input_names=["image"], output_names=["scores"], dynamic_axes={"image": {0: "batch"}}, **options,
    )


def dynamo(model, path):
    batch = torch.export.Dim("batch")
    torch.onnx.export(
        model, (torch.zeros(2, 1, 8, 8),), path, dynamo=True, external_data=False, verbose=False,
        input_names=["image"], output_names=["scores"], dynamic_shapes=({0: batch},),
    )


def strip(path):
    """Drops the traces of where the file was made."""
    model = onnx.load(path)
    for part in [*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, model.graph]:
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    del model.functions[:]
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, help="folder to write (default: %(default)s)")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    exports = {
        LeNet: [("lenet-pytorch", torchscript, {}), ("lenet-pytorch-dynamo", dynamo, {})],
        ResNet: [
            # Preserved: otherwise the exporter folds the normalizations itself.
            ("resnet-pytorch", torchscript, {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}),
            ("resnet-pytorch-dynamo", dynamo, {}),
        ],
        Branches: [("branches-pytorch", torchscript, {})],
    }
    for kind, files in exports.items():
        torch.manual_seed(SEED)
        model = train(kind(), epochs=120)
        print(f"{kind.__name__}: float accuracy on the held-out images {accuracy(model):.4f}")
        for name, export, options in files:
            path = folder / f"{name}.onnx"
            export(model, path, **options)
            strip(path)
            print(f"{path.stat().st_size:>8}  {path.name}")


if __name__ == "__main__":
    main()
