#!/usr/bin/env python3
"""How a tool's outputs compare with the float model's; prints one JSON object.

    agreement.py MODEL OUTPUTS.npy

The largest error is relative to the range of all logits of the float model.
"""

import json
import sys
from pathlib import Path

import numpy as np


def main():
    model, outputs = Path(sys.argv[1]), np.load(sys.argv[2])
    logits = np.load(model / "float.npy")
    facts = json.loads((model / "facts.json").read_text())
    logits = logits[: len(outputs)]
    classes = outputs.argmax(1)
    found = dict(
        samples=len(outputs), of=facts["samples"],
        agreement=float((classes == logits.argmax(1)).mean()),
        largestError=float(np.abs(outputs - logits).max() / facts["span"]),
    )
    if (model / "labels.npy").exists():
        labels = np.load(model / "labels.npy")[: len(outputs)]
        found["accuracy"] = float((classes == labels).mean())
        found["floatAccuracy"] = float((logits.argmax(1) == labels).mean())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
