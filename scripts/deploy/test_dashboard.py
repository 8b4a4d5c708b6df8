"""Grafana's dashboard is one that Grafana can show."""

import json
import re
import unittest

import metrics

DASHBOARD = json.loads(metrics.DASHBOARD.read_text(encoding="utf-8"))
PANELS = DASHBOARD["panels"]
VARIABLES = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}


class Dashboard(unittest.TestCase):
    """scripts/grafana/lattice.json."""

    def test_numbers_each_panel_once(self):
        numbers = [panel["id"] for panel in PANELS]
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_puts_no_panel_over_another_or_beside_the_page(self):
        taken = set()
        for panel in PANELS:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(taken & cells, panel["title"])
            taken |= cells

    def test_asks_the_data_source_that_was_chosen(self):
        for panel in PANELS:
            for target in panel.get("targets", []):
                self.assertEqual(target["datasource"]["uid"], "${datasource}", panel["title"])
        self.assertEqual(VARIABLES["datasource"]["query"], "prometheus")

    def test_uses_the_variables_that_it_has(self):
        used = set()
        for _, expression in metrics.dashboard_expressions():
            used |= set(re.findall(r"\$(\w+)", expression))
        self.assertEqual(used - {"__rate_interval"}, set(VARIABLES) - {"datasource"})
        for variable in VARIABLES.values():
            if variable["type"] == "query":
                metric = re.match(r"label_values\((\w+), instance\)", variable["query"]["query"]).group(1)
                self.assertIn(metric, metrics.table())

    def test_gives_seconds_and_bytes_their_units(self):
        for panel in PANELS:
            for target in panel.get("targets", []):
                unit = panel["fieldConfig"]["defaults"]["unit"]
                if re.search(r"_seconds_(bucket|sum)\b", target["expr"]):
                    self.assertEqual(unit, "s", panel["title"])
                if re.search(r"rate\(\w*bytes_total\b", target["expr"]):
                    self.assertEqual(unit, "Bps", panel["title"])


if __name__ == "__main__":
    unittest.main()
