"""Names of metrics: in the code, in the table, and where they are used. Standard library only."""

import json
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "scripts/prometheus/METRICS.md"
ALERTS = ROOT / "scripts/prometheus/alerts.yml"
DASHBOARD = ROOT / "scripts/grafana/lattice.json"

# Where Lattice's own metrics are made.
SOURCES = ("offchain-workers/worker/src", "offchain-workers/p2p/src", "node/src")

OWN = re.compile(r'"(lattice_(?:worker|p2p|provider_worker)_[a-z0-9_]+)"')
# A name, its help text, and the list of labels right after them.
LABELLED = re.compile(
    r'"(lattice_[a-z0-9_]+)",\s*"(?:[^"\\]|\\.)*",?\s*\)\s*,\s*&\[([^\]]*)\]'
)
# What Prometheus makes of a histogram.
PARTS = ("_bucket", "_sum", "_count")


class Metric(NamedTuple):
    """A row of the table."""

    name: str
    kind: str
    labels: tuple
    crate: str


def code(root=ROOT):
    """Names in the sources under `root`, each with its labels, or `None` where they are not beside it.

    Tests at the end of a file do not count.
    """
    found = {}
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.rs")):
            text = path.read_text(encoding="utf-8").split("#[cfg(test)]\nmod ")[0]
            for name in OWN.findall(text):
                found.setdefault(name, None)
            for name, labels in LABELLED.findall(text):
                found[name] = tuple(re.findall(r'"([a-z_]+)"', labels))
    return found


def table(text=None):
    """The rows of METRICS.md by name."""
    rows = {}
    for line in (text if text is not None else TABLE.read_text(encoding="utf-8")).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) < 4 or not re.fullmatch(r"`[A-Za-z_0-9]+`", cells[0]):
            continue
        name = cells[0].strip("`")
        if name in rows:
            raise ValueError(f"METRICS.md has {name} twice")
        crate = cells[3].strip("`") if len(cells) > 4 else ""
        rows[name] = Metric(name, cells[1], tuple(re.findall(r"`([a-z_]+)`", cells[2])), crate)
    return rows


def words(path, enum):
    """The words for the variants of an enum that is a label, as its `name` gives them."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return set(re.findall(rf'\b{enum}::\w+ => "([a-z_]+)"', text))


def listed(heading):
    """What the section of METRICS.md under a heading has between backticks."""
    section = TABLE.read_text(encoding="utf-8").split(f"\n### {heading}\n")[1].split("\n## ")[0].split("\n### ")[0]
    return set(re.findall(r"`([a-z_]+)`", section))


def dashboard_expressions():
    """Every query of the dashboard, with the title of what asks it."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        if "expr" in annotation:
            yield annotation["name"], annotation["expr"]


def plain(expression):
    """A query without Grafana's variables, as Prometheus takes it."""
    return expression.replace("$__rate_interval", "5m").replace("$node", ".*").replace("$worker", ".*")


def alert_rules(text=None):
    """Each alert's name and expression; the file has them as one line or as a folded block."""
    lines = (text if text is not None else ALERTS.read_text(encoding="utf-8")).splitlines()
    name = None
    for index, line in enumerate(lines):
        if match := re.match(r"\s*- alert: (\w+)$", line):
            name = match.group(1)
        elif match := re.match(r"(\s*)expr: (.*)$", line):
            indent, rest = match.groups()
            if rest == ">":
                block = []
                for following in lines[index + 1 :]:
                    if not following.startswith(indent + "  "):
                        break
                    block.append(following.strip())
                rest = " ".join(block)
            yield name, rest


def used(expression):
    """Names of metrics in a PromQL expression: what is neither a function, nor a word, nor a label."""
    text = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", "", text)
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", text)
    words = re.findall(r"(?<![\w.])([A-Za-z_:][\w:]*)\b(?!\s*\()", text)
    return {word for word in words if word not in {"and", "or", "unless", "by", "on", "bool", "offset"}}


def selectors(expression):
    """Names of metrics with the labels by which each is selected."""
    for name, inside in re.findall(r"([A-Za-z_:][\w:]*)\{([^}]*)\}", expression):
        yield name, set(re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', inside)))


def base(name, rows):
    """The metric that a series belongs to: a histogram has three kinds of series."""
    for part in PARTS:
        if name.endswith(part) and rows.get(name.removesuffix(part), None) is not None:
            if rows[name.removesuffix(part)].kind == "histogram":
                return name.removesuffix(part)
    return name
