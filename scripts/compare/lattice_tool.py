"""Lattice, by its own command: import, development keys, proof, verification."""

import json

from row import last_json

NAME = "lattice"


def version(context):
    return "Lattice of this repository"


def import_model(row):
    """Imports the ONNX file; the report says how good the integers are."""
    command = [row.context.lattice, "model", "import", row.model / "model.onnx", "--json"]
    command += ["--calibration", row.model / "calibration.npy", "--evaluate", row.model / "samples.npy", "-o", "model.lattice"]
    if (row.model / "labels.npy").exists():
        command += ["--labels", row.model / "labels.npy"]
    evaluation = last_json(row.step("import", "setup", command))["evaluation"]
    facts = json.loads((row.model / "facts.json").read_text())
    row.figures["accuracy"] = dict(
        samples=evaluation["samples"], of=facts["samples"], agreement=evaluation["agreement"],
        largestError=evaluation["largestLogitError"] / facts["span"],
        accuracy=evaluation["integerAccuracy"], floatAccuracy=evaluation["floatAccuracy"],
    )


def prove_command(row, repeat):
    return [
        row.context.lattice, "prove", "model.lattice", "--keys", "keys", "--input", row.model / "samples.npy",
        "--row", "0", "--clip", "--repeat", str(repeat), "-o", "proof.bin", "--json",
    ]


def compare(row):
    lattice = row.context.lattice
    import_model(row)
    made = last_json(row.step("setup", "setup", [lattice, "setup", "dev", "model.lattice", "-o", "keys", "--json"]))
    row.setup("import", "setup")
    row.figures["circuit"] = f"{made['constraints']:,} constraints"
    cold = row.step("prove", "prove", prove_command(row, 1))
    again = row.step("prove again", "prove", prove_command(row, row.context.repeat))
    proven = last_json(again)
    row.proofs("prove", proven["seconds"]["proofs"], cold.seconds, proven["proofBytes"])
    row.figures["prepareSeconds"] = proven["seconds"]["read"] + proven["seconds"]["prepare"]
    row.figures["publicInputs"] = proven["publicInputs"]
    # A process that has the key, the proof and the public inputs alone.
    public = ",".join(proven["publicInputs"])
    checked = row.step("verify", "verify", [
        lattice, "proof", "verify", "--key", "keys/verifying.key", "--proof", "@proof.bin", "--public", public, "--json",
    ])
    if not last_json(checked)["valid"]:
        row.fail("verify", "verify", "a proof does not hold under its own key")
    row.figures |= dict(verifySeconds=proven["seconds"]["verify"], verifyColdSeconds=checked.seconds)
