"""circom and snarkjs: Groth16 on the same curve, from the integer model that Lattice imported.

The circuit (circuit.py) has Lattice's statement, so both provers' public inputs must be equal.
"""

import json
import re
import shutil
from pathlib import Path

import lattice_tool
from row import last_json

NAME = "snarkjs"
HERE = Path(__file__).parent
# A compressed proof is two points of 32 bytes and one of 64; snarkjs and its Solidity verifiers
# exchange them uncompressed.
PROOF_BYTES = 256
# V8 would stop at about four gigabytes; the limit of the step is to decide.
HEAP = "--max-old-space-size=65536"


def package(context, folder, name):
    found = json.loads((context.root / folder / "node_modules" / name / "package.json").read_text())
    return found["version"]


def version(context):
    snarkjs = package(context, "tests/polkadot-js", "snarkjs")
    return f"circom2 {package(context, 'scripts/compare', 'circom2')}, snarkjs {snarkjs}"


def compare(row):
    context, folder = row.context, row.folder
    modules = HERE / "node_modules"
    snarkjs = ["node", HEAP, context.root / "tests/polkadot-js/node_modules/snarkjs/build/cli.cjs"]
    entropy = "-e=a development setup that nobody may trust"

    lattice_tool.import_model(row)
    row.figures["accuracy"] = dict(sameAs="lattice")
    inspected = row.step("inspect", "setup", [context.lattice, "model", "inspect", "model.lattice", "--json"])
    (folder / "model.json").write_text(inspected.output)
    written = [context.python, HERE / "circuit.py", "model.json", "model.lattice", row.model / "samples.npy", "."]
    row.step("write the circuit", "setup", written)

    # The compiler sees nothing but the current folder and those above it.
    for name in ("poseidon.circom", "poseidon_constants.circom"):
        shutil.copy(modules / "circomlib" / "circuits" / name, folder)
    compiler = ["node", HEAP, modules / "circom2" / "cli.js", "circuit.circom", "--r1cs", "--wasm", "--O2"]
    said = row.step("circom", "setup", compiler).output
    counts = [int(number) for number in re.findall(r"linear constraints:\S*\s+(\d+)", said)]
    signals = re.search(r"wires:\S*\s+(\d+)", said)
    if len(counts) != 2 or not signals:
        row.fail("circom", "setup", "the compiler did not say how large the circuit is")
    constraints = sum(counts)
    row.figures["circuit"] = f"{constraints:,} constraints"

    # snarkjs adds a row for each public signal and for the one.
    power = max(8, (constraints + 4 - 1).bit_length())
    phase1 = powers_of_tau(row, snarkjs, power, entropy)
    row.step("groth16 setup", "setup", [*snarkjs, "groth16", "setup", "circuit.r1cs", phase1, "start.zkey"])
    row.step("contribute", "setup", [*snarkjs, "zkey", "contribute", "start.zkey", "circuit.zkey", entropy])
    (folder / "start.zkey").unlink()
    row.step("export the key", "setup", [*snarkjs, "zkey", "export", "verificationkey", "circuit.zkey", "verification_key.json"])
    row.setup("import", "inspect", "write the circuit", "circom", "groth16 setup", "contribute", "export the key")
    row.figures["provingKeyBytes"] = (folder / "circuit.zkey").stat().st_size

    def step(name, column, *arguments):
        what, *rest = arguments
        command = ["node", HEAP, HERE / "snarkjs_step.mjs", what, context.root / "tests/polkadot-js/package.json", folder, *rest]
        return row.step(name, column, command)

    cold = step("prove", "prove", "prove", "1", "60")
    proven = last_json(cold)
    row.proofs("prove", proven["proofs"], cold.seconds, PROOF_BYTES)
    if context.repeat > 1 and cold.seconds < 60:
        times = last_json(step("prove again", "prove", "prove", str(context.repeat), "60"))["proofs"]
        row.proofs("prove", times, cold.seconds, PROOF_BYTES)
    checked = step("verify", "verify", "verify")
    verified = last_json(checked)
    if not verified["valid"]:
        row.fail("verify", "verify", "snarkjs rejects its own proof")
    row.figures |= dict(verifySeconds=verified["seconds"], verifyColdSeconds=checked.seconds)
    check_statement(row, proven["public"])


def powers_of_tau(row, snarkjs, power, entropy):
    """Phase 1, made once per power and kept. INSECURE: one party made it and could forge."""
    folder = row.context.work / "ptau"
    path = folder / f"insecure-{power}.ptau"
    if path.exists():
        return path
    folder.mkdir(exist_ok=True)
    parts = [row.folder / f"{part}.ptau" for part in ("new", "contributed", "prepared")]
    commands = [
        ["new", "bn128", str(power), parts[0]],
        ["contribute", parts[0], parts[1], entropy],
        ["prepare", "phase2", parts[1], parts[2]],
    ]
    for command in commands:
        row.step(f"powersoftau {command[0]}", "setup", [*snarkjs, "powersoftau", *command], prepares=True)
    # A file of that name is whole, also after an interruption.
    parts[2].rename(path)
    for part in parts[:2]:
        part.unlink()
    return path


def check_statement(row, signals):
    """The public signals are Lattice's public inputs for the same sample."""
    theirs = row.others.get(lattice_tool.NAME, {}).get("publicInputs")
    if theirs is None:
        return
    context, given, result = (int.from_bytes(bytes.fromhex(text[2:]), "little") for text in theirs)
    if [int(signal) for signal in signals] != [given, result, context]:
        row.fail("verify", "accuracy", f"public signals {signals} are not Lattice's {theirs}")
