"""Figures as people read them, and the Markdown table."""

from measure import OUT_OF_MEMORY, OUT_OF_TIME

COLUMNS = [
    "model", "tool", "circuit", "setup", "prove", "prove, cold", "verify", "verify, cold", "proof",
    "memory: setup", "memory: prove", "accuracy",
]
NOTHING = "–"


def duration(seconds):
    """Three digits, in the unit that suits."""
    if seconds is None:
        return NOTHING
    for unit, size in (("min", 60), ("s", 1), ("ms", 1e-3)):
        if seconds >= size * (10 if unit == "min" else 1):  # "599 s" rather than "9.98 min"
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds * 1e6)} µs"


def memory(number):
    """Bytes of memory, in binary units."""
    if number is None:
        return NOTHING
    for unit, size in (("GB", 2**30), ("MB", 2**20)):
        if number >= size:
            return f"{digits(number / size)} {unit}"
    return f"{digits(number / 2**10)} kB"


def digits(value):
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def percent(share):
    """Four significant digits, so that a small error is not rounded to none."""
    return f"{100 * share:.4g} %"


def accuracy(found):
    """What a tool's outputs are worth beside the float model's."""
    if not found:
        return NOTHING
    if "sameAs" in found:
        return f"as {found['sameAs']}"
    parts = []
    if found.get("accuracy") is not None:
        parts.append(f"{percent(found['accuracy'])} (float {percent(found['floatAccuracy'])})")
    parts.append(f"agrees {percent(found['agreement'])}")
    parts.append(f"error ≤ {percent(found['largestError'])}")
    few = f" ({found['samples']} of {found['of']} samples)" if found["samples"] < found["of"] else ""
    return ", ".join(parts) + few


def problem_cell(problem):
    """What stands where a step did not end well."""
    if problem["outcome"] == OUT_OF_TIME:
        what = f"over {duration(problem['seconds'])}"
    elif problem["outcome"] == OUT_OF_MEMORY:
        what = f"out of memory (had {memory(problem['peakBytes'])})"
    else:
        what = "failed"
    return f"{problem['step']}: {what}"


def cells(row):
    """One line of the table. `row` is a record of the raw figures."""
    figures = {
        "setup": duration(row.get("setupSeconds")),
        "prove": duration(row.get("proveSeconds")),
        "prove, cold": duration(row.get("proveColdSeconds")),
        "verify": duration(row.get("verifySeconds")),
        "verify, cold": duration(row.get("verifyColdSeconds")),
        "proof": f"{row['proofBytes']:,} B" if row.get("proofBytes") else NOTHING,
        "memory: setup": memory(row.get("setupPeakBytes")),
        "memory: prove": memory(row.get("provePeakBytes")),
        "accuracy": accuracy(row.get("accuracy")),
    }
    problem = row.get("problem")
    if problem:
        figures[problem["column"]] = problem_cell(problem)
    return [row["model"], row["tool"], row.get("circuit") or NOTHING, *(figures[column] for column in COLUMNS[3:])]


def markdown(rows):
    """The whole table, the reasons of what failed below it."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    reasons = [
        f"- {row['model']}, {row['tool']}, {row['problem']['step']}: {row['problem']['reason']}"
        for row in rows
        if row.get("problem")
    ]
    return "\n".join(lines + ([""] + reasons if reasons else []))
