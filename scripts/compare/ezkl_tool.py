"""EZKL, by its Python package; see ezkl_step.py."""

from importlib.metadata import version as installed
from pathlib import Path

from row import last_json

NAME = "ezkl"
HERE = Path(__file__).parent


def version(context):
    return f"EZKL {installed('ezkl')}"


def compare(row):
    context = row.context

    def step(name, column, *arguments, **options):
        command = [context.python, HERE / "ezkl_step.py", *arguments]
        return row.step(name, column, command, **options)

    chosen = last_json(step("compile", "setup", "compile", row.model))
    rows = chosen["logrows"]
    row.figures["circuit"] = f"2^{rows} rows"
    row.figures["ezklSettings"] = chosen
    srs = context.work / "srs" / f"insecure-{rows}.srs"
    srs.parent.mkdir(exist_ok=True)
    if not srs.exists():
        step("reference string", "setup", "srs", srs, str(rows), prepares=True)
    row.figures["provingKeyBytes"] = last_json(step("setup", "setup", "setup", srs))["provingKeyBytes"]
    row.setup("compile", "setup")
    cold = step("prove", "prove", "prove", srs)
    proven = last_json(cold)
    row.proofs("prove", proven["proofs"], cold.seconds, proven["proofBytes"])
    # The median of several needs more of them; one that takes a minute says enough.
    if context.repeat > 1 and cold.seconds < 60:
        again = step("prove again", "prove", "prove", srs, "--repeat", str(context.repeat))
        row.proofs("prove", last_json(again)["proofs"], cold.seconds, proven["proofBytes"])
    checked = step("verify", "verify", "verify", srs)
    row.figures |= dict(verifySeconds=last_json(checked)["seconds"], verifyColdSeconds=checked.seconds)
    step("outputs", "accuracy", "outputs", row.model)
    agreement = [context.python, HERE / "agreement.py", row.model, "outputs.npy"]
    row.figures["accuracy"] = last_json(row.step("agreement", "accuracy", agreement))
