"""The Helm chart: its files as text, and rendered by Helm's own library or program."""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from metrics import ROOT

try:
    import yaml
except ImportError:
    yaml = None
try:
    import helm_python
except ImportError:
    helm_python = None

CHART = ROOT / "scripts/helm/lattice"
TEMPLATES = sorted(CHART.glob("templates/*"))
RELEASE, NAMESPACE = "demo", "prod"


class Refused(Exception):
    """What Helm says of values or templates that it does not take."""


def has_helm():
    """Whether anything here can render a chart."""
    return helm_python is not None or shutil.which("helm") is not None


def lint():
    """Findings of `helm lint --strict` that are more than information."""
    if helm_python is None:
        with _values_file({}) as values:
            run = subprocess.run(
                ["helm", "lint", "--strict", "--quiet", "--values", values.name, str(CHART)],
                capture_output=True, text=True, check=False,
            )
        return [] if run.returncode == 0 else [run.stdout + run.stderr]
    report = helm_python.lint(CHART, strict=True)
    return report["errors"] + [m["error"] for m in report["messages"] if m["severity"] >= 2]


def render(values):
    """The objects that the chart makes of these values.

    Raises `Refused` with Helm's own words.
    """
    if helm_python is None:
        with _values_file(values) as file:
            run = subprocess.run(
                ["helm", "template", RELEASE, str(CHART), "--namespace", NAMESPACE, "--values", file.name],
                capture_output=True, text=True, check=False,
            )
        if run.returncode != 0:
            raise Refused(run.stderr)
        texts = [run.stdout]
    else:
        texts = [text for name, text in _rendered(values).items() if name.endswith(".yaml")]
    return [item for text in texts for item in yaml.safe_load_all(text) if item]


def notes(values):
    """What is said after an installation with these values. By Helm's library only."""
    return _rendered(values)["lattice/templates/NOTES.txt"]


def _rendered(values):
    try:
        with helm_python.Chart.load(CHART) as chart:
            chart.validate_schema(values)
            return chart.render(values, name=RELEASE, namespace=NAMESPACE)
    except helm_python.HelmError as error:
        raise Refused(str(error)) from error


def referenced():
    """Paths like `validator.service.type` that templates take from the values."""
    paths = set()
    for path in TEMPLATES:
        paths |= set(re.findall(r"\.Values\.([A-Za-z0-9_.]+)", path.read_text(encoding="utf-8")))
    return paths


def blocks(text):
    """How many blocks are open at the end of a template; negative if one `end` is too many."""
    depth = 0
    for action in re.findall(r"\{\{-?\s*(/\*.*?\*/|.*?)\s*-?\}\}", text, flags=re.DOTALL):
        word = action.split(maxsplit=1)[0] if action else ""
        if word in {"if", "range", "with", "define", "block"}:
            depth += 1
        elif word == "end":
            depth -= 1
            if depth < 0:
                break
    return depth


def leaves(values, prefix=""):
    """Paths of values that are no group of values."""
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path


def _values_file(values):
    file = tempfile.NamedTemporaryFile("w", suffix=".json")
    json.dump(values, file)
    file.flush()
    return file


def values_of_the_chart():
    """What values.yaml says."""
    return yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))


def schema_of_the_chart():
    """What values.schema.json says."""
    return json.loads(Path(CHART / "values.schema.json").read_text(encoding="utf-8"))
