#!/usr/bin/env python3
"""One step of EZKL, in a process of its own; prints one JSON object as its last line.

    ezkl_step.py compile MODEL    settings, calibration, circuit
    ezkl_step.py srs FILE ROWS    a structured reference string for 2^ROWS rows. INSECURE: made by
                                  EZKL on the spot, so whoever runs this could forge. Made once.
    ezkl_step.py setup SRS        proving and verifying key
    ezkl_step.py prove SRS        witness and proof, several times
    ezkl_step.py verify SRS
    ezkl_step.py outputs MODEL    the quantized model's outputs for the samples

Everything else is in the current folder. As cheap for EZKL as a like statement can be: weights fixed
in the keys, input and output plain public values (Lattice proves two commitments besides).
"""

import argparse
import json
import logging
import re
import sys
import time
from pathlib import Path

import ezkl
import numpy as np

CIRCUIT, SETTINGS, PROOF = "circuit.ezkl", "settings.json", "proof.json"
WITNESS, PROVING_KEY, VERIFYING_KEY = "witness.json", "proving.key", "verifying.key"


class Log(logging.Handler):
    """Keeps what EZKL says it took, the last time it said so."""

    def __init__(self):
        super().__init__()
        self.took = {}

    def emit(self, record):
        text = record.getMessage()
        print(text, flush=True)
        # Seconds and milliseconds, the latter without leading zeros.
        found = re.search(r"(proof|verify) took (\d+)\.(\d+)", text)
        if found:
            self.took[found[1]] = int(found[2]) + int(found[3]) / 1000


LOG = Log()


def data(path, samples):
    path.write_text(json.dumps({"input_data": [np.asarray(samples, float).reshape(-1).tolist()]}))
    return str(path)


def succeed(result, what):
    if not result:
        sys.exit(f"error: ezkl.{what} returned {result}")


def settings():
    return json.loads(Path(SETTINGS).read_text())


def compile_circuit(arguments):
    model = str(arguments.model / "model.onnx")
    options = ezkl.PyRunArgs()
    options.input_visibility = options.output_visibility = "public"
    options.param_visibility = "fixed"
    calibration = np.load(arguments.model / "calibration.npy")[: arguments.calibration]
    data(Path("input.json"), np.load(arguments.model / "samples.npy")[0])
    succeed(ezkl.gen_settings(model, SETTINGS, py_run_args=options), "gen_settings")
    succeed(ezkl.calibrate_settings(data(Path("calibration.json"), calibration), model, SETTINGS), "calibrate_settings")
    succeed(ezkl.compile_circuit(model, CIRCUIT, SETTINGS), "compile_circuit")
    chosen = settings()["run_args"]
    return dict(
        logrows=chosen["logrows"], inputScale=chosen["input_scale"], paramScale=chosen["param_scale"],
        columns=chosen["num_inner_cols"],
    )


def srs(arguments):
    # A file of that name is whole, also after an interruption.
    partial = arguments.file.with_suffix(".partial")
    ezkl.gen_srs(str(partial), arguments.rows)
    partial.rename(arguments.file)
    return {}


def setup(arguments):
    succeed(ezkl.setup(CIRCUIT, VERIFYING_KEY, PROVING_KEY, str(arguments.srs)), "setup")
    return dict(provingKeyBytes=Path(PROVING_KEY).stat().st_size)


def prove(arguments):
    proofs = []
    started = time.monotonic()
    while len(proofs) < arguments.repeat and (not proofs or time.monotonic() - started < arguments.budget):
        begun = time.monotonic()
        ezkl.gen_witness("input.json", CIRCUIT, WITNESS)
        witness = time.monotonic() - begun
        ezkl.prove(WITNESS, CIRCUIT, PROVING_KEY, PROOF, str(arguments.srs))
        whole = time.monotonic() - begun
        # Without reading the keys, if EZKL still says so.
        proofs.append(witness + LOG.took["proof"] if "proof" in LOG.took else whole)
    proof = json.loads(Path(PROOF).read_text())
    return dict(proofs=proofs, proofBytes=len(bytes.fromhex(proof["hex_proof"].removeprefix("0x"))))


def verify(arguments):
    begun = time.monotonic()
    succeed(ezkl.verify(PROOF, SETTINGS, VERIFYING_KEY, str(arguments.srs)), "verify")
    return dict(seconds=LOG.took.get("verify", time.monotonic() - begun))


def outputs(arguments):
    scale = settings()["model_output_scales"][0]
    found = []
    started = time.monotonic()
    for sample in np.load(arguments.model / "samples.npy"):
        if found and time.monotonic() - started > arguments.budget:
            break
        witness = ezkl.gen_witness(data(Path("sample.json"), sample), CIRCUIT, "sample.witness")
        found.append([ezkl.felt_to_float(element, scale) for element in witness["outputs"][0]])
    np.save("outputs.npy", np.array(found))
    return dict(samples=len(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(required=True)

    def step(name, work, *positional):
        command = steps.add_parser(name)
        command.set_defaults(work=work)
        for argument, kind in positional:
            command.add_argument(argument, type=kind)
        return command

    step("compile", compile_circuit, ("model", Path)).add_argument("--calibration", type=int, default=10)
    step("srs", srs, ("file", Path), ("rows", int))
    step("setup", setup, ("srs", Path))
    proving = step("prove", prove, ("srs", Path))
    proving.add_argument("--repeat", type=int, default=1)
    proving.add_argument("--budget", type=float, default=60.0, help="seconds after which no proof is begun")
    step("verify", verify, ("srs", Path))
    step("outputs", outputs, ("model", Path)).add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, handlers=[LOG])
    print(json.dumps(arguments.work(arguments)))


if __name__ == "__main__":
    main()
