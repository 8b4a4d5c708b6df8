"""Options of the programs and pages of the worker, by name, from their sources. Standard library only."""

import os
import re
from pathlib import Path

from metrics import ROOT

# A field of a struct that clap reads options into.
FIELD = re.compile(r"((?:[ \t]*#\[(?:[^\[\]]|\[[^\[\]]*\])*\]\s*)+)\s*pub (\w+):")


def _options(paths):
    names = set()
    for path in paths:
        for attributes, field in FIELD.findall(path.read_text(encoding="utf-8")):
            named = re.search(r'\blong = "([a-z0-9-]+)"', attributes)
            if named:
                names.add(named.group(1))
            elif re.search(r"\blong\b", attributes):
                names.add(field.replace("_", "-"))
    return names


def worker():
    """What `lattice-worker` takes."""
    sources = ROOT / "offchain-workers/worker/src"
    return _options([sources / "config.rs", *sources.glob("config/**/*.rs"), *sources.glob("*args*.rs")])


def worker_pages():
    """Paths under which the worker's metrics port answers."""
    source = ROOT / "offchain-workers/worker/src/http.rs"
    return set(re.findall(r'\.route\("(/[a-z]+)"', source.read_text(encoding="utf-8")))


def node():
    """What `lattice-node` takes; `None` where the sources of sc-cli are not in cargo's registry."""
    lock = (ROOT / "Cargo.lock").read_text(encoding="utf-8")
    version = re.search(r'name = "sc-cli"\nversion = "([^"]+)"', lock).group(1)
    registry = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "registry/src"
    folders = list(registry.glob(f"*/sc-cli-{version}/src"))
    if not folders:
        return None
    sources = [*folders[0].glob("params/*.rs"), *folders[0].glob("commands/*.rs")]
    return _options([*sources, *(ROOT / "node/src").glob("cli*.rs"), *(ROOT / "node/src/cli").glob("*.rs")])


def given(text):
    """Options in a text, such as a command or a template."""
    return re.findall(r"(?<![\w-])--([a-z][a-z0-9-]+)", text)
