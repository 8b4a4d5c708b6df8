#!/usr/bin/env python3
"""Fits the constants of the gas schedule to measurements.

    . scripts/env.sh
    cargo bench --profile release -p lattice-machine --bench gas -- --units > units.jsonl
    "$LATTICE_CACHE/venv/bin/python" scripts/fit-gas.py units.jsonl [units.jsonl ...]

A charge is a sum of constants times counts. For each opcode this finds constants that
make no charge smaller than its time and MARGIN, and the largest ratio of charge to time
among whole networks as small as it can be (a linear program), then the sum of all ratios.
The other models are there to be as slow as one constant allows; they may be dear. Of
several files each case counts with its fastest time. Constants are rounded up to two
digits.
"""

import json
import math
import sys

import numpy as np
from scipy.optimize import linprog

# The part of every base that reads an instruction; a charge below it has no meaning.
STEP = 50_000

# Charge over time, at least.
MARGIN = 1.0


def is_whole(case):
    """Whether what is loaded or executed is a network as people use them."""
    return case["opcode"] not in ("LOAD_MODEL", "EXEC_MODEL") or any(
        name in case["case"] for name in ("MLP", "CNN", "LeNet")
    )


def read(paths):
    cases = {}
    for path in paths:
        for line in open(path):
            if line.startswith("{"):
                case = json.loads(line)
                key = (case["opcode"], case["case"])
                if key not in cases or case["nanoseconds"] < cases[key]["nanoseconds"]:
                    cases[key] = case
    return cases.values()


def fit(counts, fixed, whole):
    """The constants for ratios `counts @ constants + fixed`."""
    columns = counts.shape[1]
    worst = linprog(
        np.append(counts.sum(axis=0) * 1e-3, 1),
        A_ub=np.vstack(
            [
                np.hstack([-counts, np.zeros((len(counts), 1))]),
                np.hstack([counts[whole], -np.ones((whole.sum(), 1))]),
            ]
        ),
        b_ub=np.concatenate([fixed - MARGIN, -fixed[whole]]),
    ).x[columns]
    return linprog(
        counts[whole].sum(axis=0) + counts.sum(axis=0) * 1e-2,
        A_ub=np.vstack([-counts, counts[whole]]),
        b_ub=np.concatenate([fixed - MARGIN, worst * 1.001 - fixed[whole]]),
    ).x


def rounded(constant):
    if constant < 1:
        return 0
    digit = 10 ** max(0, math.floor(math.log10(constant)) - 1)
    return math.ceil(constant / digit) * digit


def main():
    families = {}
    for case in read(sys.argv[1:]):
        families.setdefault(case["opcode"], []).append(case)
    for opcode, cases in families.items():
        names = sorted({name for case in cases for name in case["units"]} - {"step"})
        picoseconds = np.array([max(1, case["nanoseconds"]) * 1000.0 for case in cases])
        counts = np.array([[case["units"].get(name, 0) for name in names] for case in cases])
        counts = counts / picoseconds[:, None]
        fixed = STEP / picoseconds
        whole = np.array([is_whole(case) for case in cases])
        constants = [rounded(constant) for constant in fit(counts, fixed, whole)]
        print(f"{opcode}: " + ", ".join(f"{n} {c}" for n, c in zip(names, constants)))
        for case, ratio in zip(cases, counts @ constants + fixed):
            print(f"  {ratio:6.2f} {case['nanoseconds']:>10} ns  {case['case']}")


main()
