#!/usr/bin/env python3
"""Runs the same networks through several provers on this machine and prints a Markdown table.

Use scripts/compare-ezkl.sh or scripts/compare-snarkjs.sh, which install and build what is needed.
A step that runs out of memory or time is a line of the table, and the others go on.
"""

import argparse
import fcntl
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import ezkl_tool
import lattice_tool
import measure
import snarkjs_tool
import table
from row import Row, Stopped

# Those of models.py, which this process must not import: numpy would count as every step's memory.
MODELS = ["64-32-10", "784-128-10", "lenet-5", "1000-1000-1000-1000-1000"]
TOOLS = {tool.NAME: tool for tool in (lattice_tool, ezkl_tool, snarkjs_tool)}
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Context:
    """What every step of every tool needs to know."""

    work: Path
    python: Path
    lattice: Path
    limits: measure.Limits
    # Of phase 1 and reference strings, which are made once and not counted.
    preparation: measure.Limits
    repeat: int
    root: Path = ROOT


def names(known):
    def parse(text):
        chosen = [name for name in text.split(",") if name]
        unknown = [name for name in chosen if name not in known]
        if unknown or not chosen:
            raise argparse.ArgumentTypeError(f"{text!r}: choose from {','.join(known)}")
        return chosen

    return parse


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tools", type=names(TOOLS), required=True, help=f"of {','.join(TOOLS)}")
    parser.add_argument("--models", type=names(MODELS), default=MODELS, help=f"of {','.join(MODELS)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the raw figures")
    parser.add_argument("--time-limit", type=float, default=15, metavar="MINUTES", help="of a step (default: %(default)s)")
    parser.add_argument("--preparation-limit", type=float, default=120, metavar="MINUTES", help="of what is made once and not counted: phase 1 and reference strings (default: %(default)s)")
    parser.add_argument("--memory-limit", type=float, default=10, metavar="GB", help="of a step (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="proofs per model, of which the median counts, as far as they fit into a minute (default: %(default)s)")
    parser.add_argument("--keep", action="store_true", help="keep circuits, keys and proofs")
    place = parser.add_argument_group("places (set by the scripts)")
    place.add_argument("--work", type=Path, required=True, help="folder for models, keys and logs")
    place.add_argument("--lattice", type=Path, required=True, help="the lattice command")
    return parser.parse_args()


def machine():
    """Cores and memory; no names."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return dict(cores=len(os.sched_getaffinity(0)), memoryBytes=memory, architecture=platform.machine())


def revision():
    """The commit of Lattice, with + where the tree has changes."""
    git = lambda *arguments: subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout.strip()
    return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


def compare(model, tool, context, others, keep):
    folder = context.work / "run" / model / tool.NAME
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    row = Row(model, tool.NAME, folder, context, others)
    print(f"{model}: {tool.NAME}", flush=True)
    try:
        tool.compare(row)
    except Stopped as stopped:
        print(f"    {stopped}", flush=True)
    except (ValueError, KeyError, OSError) as error:
        # A tool said something else than it used to, or left a file out: its line says so.
        row.figures["problem"] = dict(step="reading the results", column="accuracy", outcome=measure.FAILED, reason=repr(error))
        print(f"    {error!r}", flush=True)
    if not keep:
        shutil.rmtree(folder)
    return row.figures


def save(path, found):
    if path:
        path.write_text(json.dumps(found, indent=1) + "\n")


def main():
    arguments = options()
    work = arguments.work.resolve()
    memory = int(arguments.memory_limit * 2**30)
    limits = measure.Limits(60 * arguments.time_limit, memory)
    preparation = measure.Limits(60 * arguments.preparation_limit, memory)
    context = Context(work, Path(sys.executable), arguments.lattice.resolve(), limits, preparation, arguments.repeat)
    # An end from outside ends the step that runs as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    # Two at once would measure each other, in the same folders.
    work.mkdir(parents=True, exist_ok=True)
    lock = open(work / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"error: another comparison runs in {work}")
    # Whatever a step writes in passing stays in there too.
    os.environ["EZKL_REPO_PATH"] = str(work / "ezkl")
    (work / "ezkl").mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, Path(__file__).with_name("models.py"), work / "models", *arguments.models], check=True)
    found = dict(
        date=time.strftime("%Y-%m-%d", time.gmtime()), machine=machine(), lattice=revision(),
        versions={name: TOOLS[name].version(context) for name in arguments.tools},
        limits=dict(seconds=limits.seconds, memoryBytes=limits.memory), rows=[],
    )
    for model in arguments.models:
        others = {}
        for tool in arguments.tools:
            others[tool] = compare(model, TOOLS[tool], context, others, arguments.keep)
            found["rows"].append(others[tool])
            # After each, so that an interruption costs one line and not all.
            save(arguments.json, found)
    size = found["machine"]
    print(f"\n{found['date']}, {size['cores']} cores, {size['memoryBytes'] / 2**30:.0f} GB of memory; " + "; ".join(found["versions"].values()) + f"; at most {limits.seconds / 60:g} min and {arguments.memory_limit:g} GB a step.\n")
    print(table.markdown(found["rows"]))


if __name__ == "__main__":
    main()
