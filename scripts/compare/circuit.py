#!/usr/bin/env python3
"""Writes a circom circuit with the semantics of a Lattice model, and its input.

    circuit.py INSPECTION.json MODEL.lattice SAMPLES.npy FOLDER

INSPECTION.json is what `lattice model inspect --json` prints. The circuit says what Lattice's says:
its public signals are both commitments and the context, equal to Lattice's in every bit, the input is
range-checked, weights are constants. The gadgets are the plain ones: a value is requantized from the
bits of its sum. What has no template here is refused by name.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

TEMPLATES = Path(__file__).with_name("templates.circom")
ELEMENT_BITS = 253
OUTPUT_BITS = 32


class Unsupported(Exception):
    """An operator or parameter that no template covers."""


def tensors(path):
    """The tensors of a safetensors file, by name."""
    data = path.read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    kinds = {"I8": np.int8, "I32": np.int32}
    found = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + size + first : 8 + size + end], kinds[entry["dtype"]])
        found[name] = values.reshape(entry["shape"]).astype(np.int64)
    return found


def literal(values):
    """A circom array."""
    if np.ndim(values) == 0:
        return str(int(values))
    return "[" + ",".join(literal(value) for value in values) + "]"


class Writer:
    """Templates and the body of the main one, operator by operator; values are flat arrays."""

    def __init__(self, inspection, weights):
        self.weights = weights
        self.shape = inspection["inputShape"]
        self.templates, self.body = [], []
        # Of each element of the current value, in exact integers.
        size = int(np.prod(self.shape))
        self.low = np.full(size, inspection["inputLo"], np.int64)
        self.high = np.full(size, inspection["inputHi"], np.int64)
        self.signal = "x"
        for index, operator in enumerate(inspection["operators"]):
            if operator["inputs"] != [index]:
                raise Unsupported(f"{operator['op']} of {operator['inputs']}: only sequential models are written")
            work = getattr(self, operator["op"].lower(), None)
            if work is None:
                raise Unsupported(f"{operator['op']} has no template in circom")
            self.index = index
            work(operator)
            self.shape = operator["shape"]

    def template(self, call, size, declarations=""):
        """An operator's component, and the signal of its result."""
        name = f"op{self.index}"
        self.body.append(f"    component {name} = {call};\n    {name}.x <== {self.signal};")
        if declarations:
            self.templates.append(declarations)
        self.signal = f"{name}.y"
        assert size == len(self.low) == len(self.high)

    def parameters(self, operator):
        weight, *bias = (self.weights[name] for name in operator["tensors"])
        return weight, bias[0] if bias else np.zeros(len(weight), np.int64)

    def linear(self, operator):
        weight, bias = self.parameters(operator)
        positive, negative = np.maximum(weight, 0), np.minimum(weight, 0)
        low, high = self.low, self.high
        self.low, self.high = positive @ low + negative @ high + bias, positive @ high + negative @ low + bias
        rows, columns = weight.shape
        name = f"Linear{self.index}"
        self.template(f"{name}()", rows, f"""template {name}() {{
    signal input x[{columns}];
    signal output y[{rows}];
    var w[{rows}][{columns}] = {literal(weight)};
    var b[{rows}] = {literal(bias)};
    for (var o = 0; o < {rows}; o++) {{
        var sum = b[o];
        for (var i = 0; i < {columns}; i++) {{
            sum += w[o][i] * x[i];
        }}
        y[o] <== sum;
    }}
}}""")

    def conv2d(self, operator):
        weight, bias = self.parameters(operator)
        windows = operator["parameters"]["windows"]
        if operator["parameters"]["groups"] != 1:
            raise Unsupported("Conv2d in groups has no template in circom")
        channels, height, width = self.shape
        outputs, rows, columns = operator["shape"]
        (top, left, *_), (down, right) = windows["padding"], windows["stride"]
        # Zeros of the padding widen an interval that excludes them.
        low, high = min(self.low.min(), 0), max(self.high.max(), 0)
        positive, negative = np.maximum(weight, 0).sum(axis=(1, 2, 3)), np.minimum(weight, 0).sum(axis=(1, 2, 3))
        spread = lambda channel: np.repeat(channel, rows * columns)
        self.low, self.high = spread(positive * low + negative * high + bias), spread(positive * high + negative * low + bias)
        kernel = weight.shape[2:]
        taps = weight.reshape(outputs, -1)
        name = f"Conv{self.index}"
        self.template(f"{name}()", outputs * rows * columns, f"""template {name}() {{
    signal input x[{channels * height * width}];
    signal output y[{outputs * rows * columns}];
    var w[{outputs}][{taps.shape[1]}] = {literal(taps)};
    var b[{outputs}] = {literal(bias)};
    for (var o = 0; o < {outputs}; o++) {{
        for (var r = 0; r < {rows}; r++) {{
            for (var c = 0; c < {columns}; c++) {{
                var sum = b[o];
                for (var k = 0; k < {channels}; k++) {{
                    for (var i = 0; i < {kernel[0]}; i++) {{
                        for (var j = 0; j < {kernel[1]}; j++) {{
                            var h = r * {down} + i - {top};
                            var v = c * {right} + j - {left};
                            if (h >= 0 && h < {height} && v >= 0 && v < {width}) {{
                                sum += w[o][(k * {kernel[0]} + i) * {kernel[1]} + j] * x[(k * {height} + h) * {width} + v];
                            }}
                        }}
                    }}
                }}
                y[(o * {rows} + r) * {columns} + c] <== sum;
            }}
        }}
    }}
}}""")

    def requantize(self, operator):
        if operator["parameters"]["clamp"] != [0, 127]:
            raise Unsupported(f"Requantize with clamp {operator['parameters']['clamp']} has no template in circom")
        size = len(self.low)
        shifts = np.array(operator["parameters"]["shifts"], np.int64)
        shifts = np.repeat(shifts, size // len(shifts))
        half = 1 << (shifts - 1)
        # The least width of which the sum, half included, uses one more than its magnitude.
        reach = np.maximum(self.high + half + 1, -(self.low + half))
        bits = np.array([max(int(value - 1).bit_length() + 1, int(shift) + 8) for value, shift in zip(reach, shifts)])
        self.low, self.high = np.zeros(size, np.int64), np.full(size, 127, np.int64)
        name = f"Requantize{self.index}"
        self.template(f"{name}()", size, f"""template {name}() {{
    signal input x[{size}];
    signal output y[{size}];
    var n[{size}] = {literal(shifts)};
    var w[{size}] = {literal(bits)};
    component q[{size}];
    for (var i = 0; i < {size}; i++) {{
        q[i] = Requantize(n[i], w[i]);
        q[i].x <== x[i];
        y[i] <== q[i].y;
    }}
}}""")

    def maxpool2d(self, operator):
        windows = operator["parameters"]["windows"]
        if any(windows["padding"]):
            raise Unsupported("MaxPool2d with padding has no template in circom")
        channels, height, width = self.shape
        _, rows, columns = operator["shape"]
        size = channels * rows * columns
        # A difference has one bit more than the widest interval of a channel.
        low = self.low.reshape(channels, -1).min(axis=1)
        high = self.high.reshape(channels, -1).max(axis=1)
        bits = int((high - low).max()).bit_length() + 1
        self.low, self.high = np.repeat(low, rows * columns), np.repeat(high, rows * columns)
        numbers = [bits, channels, height, width, rows, columns, *windows["kernel"], *windows["stride"]]
        self.template(f"MaxPool({', '.join(map(str, numbers))})", size)

    def flatten(self, operator):
        """Values are flat already."""

    reshape = flatten


def circuit(inspection, weights):
    """The source of a circuit."""
    writer = Writer(inspection, weights)
    low, high = inspection["inputLo"], inspection["inputHi"]
    inputs, outputs = int(np.prod(inspection["inputShape"])), inspection["outputs"]
    bits = (high - low).bit_length()
    body = "\n".join(writer.body)
    return f"""pragma circom 2.1.0;
include "poseidon.circom";
{TEMPLATES.read_text()}
{chr(10).join(writer.templates)}
template Main() {{
    signal input context;
    signal input x[{inputs}];
    signal input inputBlinding;
    signal input outputBlinding;
    signal output inputCommitment;
    signal output outputCommitment;
    signal square <== context * context;
    component ranges[{inputs}];
    for (var i = 0; i < {inputs}; i++) {{
        ranges[i] = Range({low}, {high}, {bits});
        ranges[i].x <== x[i];
    }}
{body}
    component input_ = Commitment(1, {inputs}, {-low}, {bits}, {ELEMENT_BITS // bits});
    input_.x <== x;
    input_.blinding <== inputBlinding;
    inputCommitment <== input_.digest;
    component output_ = Commitment(2, {outputs}, {1 << 31}, {OUTPUT_BITS}, {ELEMENT_BITS // OUTPUT_BITS});
    output_.x <== {writer.signal};
    output_.blinding <== outputBlinding;
    outputCommitment <== output_.digest;
}}
component main {{public [context]}} = Main();
"""


def quantized(inspection, sample):
    """A sample in the model's integer steps."""
    steps = np.rint(np.asarray(sample, np.float64) / inspection["inputStep"]).astype(int)
    return np.clip(steps, inspection["inputLo"], inspection["inputHi"]).reshape(-1)


def main():
    inspection = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[4])
    try:
        source = circuit(inspection, tensors(Path(sys.argv[2])))
    except Unsupported as reason:
        sys.exit(f"error: {reason}")
    (folder / "circuit.circom").write_text(source)
    sample = quantized(inspection, np.load(sys.argv[3])[0])
    values = dict(context="0", x=[str(value) for value in sample], inputBlinding="0", outputBlinding="0")
    (folder / "input.json").write_text(json.dumps(values))


if __name__ == "__main__":
    main()
