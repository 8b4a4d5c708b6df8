"""Code, table, dashboard and alerts name the same metrics: `python3 -m unittest discover scripts/deploy`."""

import os
import re
import unittest
from pathlib import Path

import metrics

ROWS = metrics.table()
EXPRESSIONS = [*metrics.dashboard_expressions(), *metrics.alert_rules()]
# What Prometheus itself adds to every series, and what a node's registry does.
ADDED = {"job", "instance", "le", "chain"}


class TheTable(unittest.TestCase):
    """METRICS.md."""

    def test_names_every_metric_of_the_code_and_no_other(self):
        documented = {name for name in ROWS if name.startswith("lattice_")}
        self.assertEqual(set(metrics.code()), documented)

    def test_gives_the_labels_that_the_code_gives(self):
        for name, labels in metrics.code().items():
            if labels is not None and name in ROWS:
                self.assertEqual(labels, ROWS[name].labels, name)

    def test_lists_the_values_of_labels(self):
        role = "offchain-workers/worker/src/tiers/role.rs"
        for heading, metric, values in [
            ("Roles and results", "lattice_worker_tier_actions_total", metrics.words(role, "Role") | metrics.words(role, "Deed")),
            ("Reasons of a refusal", "lattice_p2p_refused_total", metrics.words("offchain-workers/p2p/src/metrics.rs", "Refusal")),
        ]:
            self.assertTrue(values, heading)
            self.assertEqual(metrics.listed(heading) - {metric}, values, heading)

    def test_knows_three_kinds(self):
        for row in ROWS.values():
            self.assertIn(row.kind, {"counter", "gauge", "histogram"}, row.name)
            named_a_counter = row.name.endswith("_total") or row.name == "substrate_rpc_calls_started"
            self.assertEqual(row.kind == "counter", named_a_counter, row.name)

    def test_names_only_what_these_versions_of_polkadot_sdk_have(self):
        registry = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "registry/src"
        lock = (metrics.ROOT / "Cargo.lock").read_text(encoding="utf-8")
        for row in ROWS.values():
            if not row.name.startswith("substrate_"):
                continue
            version = re.search(rf'name = "{row.crate}"\nversion = "([^"]+)"', lock)
            self.assertIsNotNone(version, f"{row.crate} is not in Cargo.lock")
            folders = list(registry.glob(f"*/{row.crate}-{version.group(1)}/src"))
            if not folders:
                self.skipTest(f"the sources of {row.crate} are not in cargo's registry here")
            sources = [path.read_text(encoding="utf-8") for path in folders[0].rglob("*.rs")]
            self.assertTrue(any(f'"{row.name}"' in text for text in sources), row.name)


class DashboardAndAlerts(unittest.TestCase):
    """What they ask for."""

    def test_ask_only_for_metrics_in_the_table(self):
        for title, expression in EXPRESSIONS:
            for name in metrics.used(metrics.plain(expression)):
                self.assertIn(metrics.base(name, ROWS), ROWS, f"{title}: {expression}")

    def test_select_only_by_labels_in_the_table(self):
        for title, expression in EXPRESSIONS:
            for name, labels in metrics.selectors(metrics.plain(expression)):
                known = ADDED | set(ROWS[metrics.base(name, ROWS)].labels)
                self.assertLessEqual(labels, known, f"{title}: {expression}")

    def test_ask_a_histogram_for_its_series_and_nothing_else_for_them(self):
        for title, expression in EXPRESSIONS:
            for name in metrics.used(metrics.plain(expression)):
                if ROWS[metrics.base(name, ROWS)].kind == "histogram":
                    self.assertTrue(name.endswith(metrics.PARTS), f"{title}: {name}")

    def test_show_every_metric_of_lattice_on_the_dashboard(self):
        shown = set()
        for _, expression in metrics.dashboard_expressions():
            shown |= {metrics.base(name, ROWS) for name in metrics.used(metrics.plain(expression))}
        for name in ROWS:
            if name.startswith("lattice_"):
                self.assertIn(name, shown)

    def test_play_every_alert(self):
        played = metrics.ALERTS.with_name("alerts_test.yml").read_text(encoding="utf-8")
        for name, _ in metrics.alert_rules():
            fires = rf"alertname: {name}\n\s+eval_time: \w+\n\s+exp_alerts:\n\s+- exp_labels:"
            self.assertRegex(played, fires, name)
            quiet = rf"alertname: {name}, eval_time: \w+, exp_alerts: \[\]"
            self.assertRegex(played, quiet, f"{name} in a network that is well")


class TheHandbook(unittest.TestCase):
    """The provider's handbook in the README."""

    def setUp(self):
        self.text = (metrics.ROOT / "README.md").read_text(encoding="utf-8")

    def test_says_what_to_do_about_every_alert(self):
        silent = [name for name, _ in metrics.alert_rules() if f"| `{name}` |" not in self.text]
        self.assertEqual(silent, [])

    def test_names_only_metrics_that_there_are(self):
        for name in re.findall(metrics.OWN.pattern.replace('"', "`"), self.text):
            self.assertIn(name, ROWS)


class Reading(unittest.TestCase):
    """The readers themselves."""

    def test_names_in_expressions(self):
        for expression, names in [
            ('up{job="lattice-node"} == 0', {"up"}),
            ("sum by (instance, le) (rate(a_bucket[5m])) > 10", {"a_bucket"}),
            ('a{x="up"} - ignoring (x) b and on (job) c', {"a", "b", "c"}),
            ("time() - scalar(max(a)) * 1e3", {"a"}),
        ]:
            self.assertEqual(metrics.used(expression), names, expression)

    def test_folded_expressions_of_alerts(self):
        text = "- alert: A\n  expr: >\n    a\n    > 1\n  for: 1m\n- alert: B\n  expr: b == 0\n"
        self.assertEqual(list(metrics.alert_rules(text)), [("A", "a > 1"), ("B", "b == 0")])

    def test_labels_beside_a_name_in_the_code(self):
        source = 'Opts::new(\n "lattice_worker_x_total",\n "Help, \\"quoted\\".",\n),\n&["stage", "result"],'
        self.assertEqual(metrics.LABELLED.findall(source), [("lattice_worker_x_total", '"stage", "result"')])


if __name__ == "__main__":
    unittest.main()
