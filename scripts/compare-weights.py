#!/usr/bin/env python3
"""Compares the weights in the pallets' weights.rs with execution times measured now.

Reads the JSON that `lattice-node benchmark pallet --json-file` writes, and for every
benchmark computes the time that weights.rs charges (database access apart) at each
measured point. Prints the median of charged / measured per benchmark, in points of
per cent, and exits with 1 if one is off by more than the tolerance.

    scripts/compare-weights.py [--tolerance 25] FILE.json …

A call that charges more than it takes is safe and dear; one that charges less is
neither. Times are those of the slowest tenth left out, as machines are noisy.
"""

import argparse
import json
import re
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION = re.compile(r"fn (\w+)\(([^)]*)\) -> Weight \{(.*?)\n    \}", re.S)
PART = re.compile(
    r"Weight::from_parts\(([\d_]+), [\d_]+\)(?:\s*\.saturating_mul\((\w+)\.into\(\)\))?"
)


def charged(pallet: str) -> dict[str, list[tuple[int, str | None]]]:
    """Picoseconds of each function: a constant, and a slope for each component."""
    folder = pallet.removeprefix("pallet_").replace("_", "-")
    text = (ROOT / "pallets" / folder / "src" / "weights.rs").read_text()
    implementation = text[text.index("impl<T: frame_system::Config> WeightInfo") :]
    return {
        name: [
            (int(amount.replace("_", "")), component or None)
            for amount, component in PART.findall(body)
        ]
        for name, _, body in FUNCTION.findall(implementation)
    }


def at(parts: list[tuple[int, str | None]], components: dict[str, int]) -> int:
    """What is charged at a point, in picoseconds."""
    return sum(
        amount if component is None else amount * components.get(component.lstrip("_"), 0)
        for amount, component in parts
    )


def ratio(parts, results) -> float:
    """The median of charged / measured over all points."""
    times: dict[tuple, list[float]] = {}
    for result in results:
        key = tuple((name, int(value)) for name, value in result["components"])
        times.setdefault(key, []).append(float(result["extrinsic_time"]) * 1e3)
    ratios = []
    for key, measured in times.items():
        measured.sort()
        kept = measured[: max(1, len(measured) * 9 // 10)]
        ratios.append(at(parts, dict(key)) / statistics.median(kept))
    return statistics.median(ratios)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tolerance", type=float, default=25, metavar="PERCENT")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.json")
    arguments = parser.parse_args()
    outside = 0
    print(f"{'pallet':<28} {'benchmark':<28} {'charged / measured':>18}")
    for file in arguments.files:
        for batch in json.loads(file.read_text()):
            pallet, name = as_text(batch["pallet"]), as_text(batch["benchmark"])
            parts = charged(pallet).get(name)
            if parts is None:
                print(f"{pallet:<28} {name:<28} {'no weight':>18}")
                outside += 1
                continue
            percent = 100 * ratio(parts, batch["time_results"])
            is_outside = abs(percent - 100) > arguments.tolerance
            outside += is_outside
            print(f"{pallet:<28} {name:<28} {percent:>16.0f} % {'!' if is_outside else ''}")
    print(f"{outside} outside of {arguments.tolerance:g} %")
    return 1 if outside else 0


def as_text(value) -> str:
    """Names are strings or lists of bytes, as the node's version has it."""
    return value if isinstance(value, str) else bytes(value).decode()


if __name__ == "__main__":
    sys.exit(main())
