"""The comparison's own logic: `python3 -m unittest discover scripts/compare`. Standard library only."""

import sys
import tempfile
import unittest
from pathlib import Path

import measure
import table


class Steps(unittest.TestCase):
    """One process, and what became of it."""

    def run_python(self, code, seconds=20, memory=2**30):
        with tempfile.TemporaryDirectory() as folder:
            limits = measure.Limits(seconds, memory)
            return measure.run("step", [sys.executable, "-c", code], limits, Path(folder) / "log")

    def test_a_step_that_ends_well_has_output_time_and_peak(self):
        step = self.run_python("x = bytearray(64 << 20); print(len(x))")
        self.assertEqual((step.outcome, step.output), (measure.OK, "67108864\n"))
        self.assertTrue(64 << 20 < step.peak < 128 << 20, step.peak)
        self.assertTrue(0 < step.seconds < 20)

    def test_a_step_over_its_time_is_stopped_with_its_children(self):
        code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
        step = self.run_python(code, seconds=0.5)
        self.assertEqual(step.outcome, measure.OUT_OF_TIME)
        self.assertLess(step.seconds, 10)

    def test_a_step_over_its_memory_is_stopped(self):
        step = self.run_python("x = bytearray(256 << 20); import time; time.sleep(60)", memory=128 << 20)
        self.assertEqual(step.outcome, measure.OUT_OF_MEMORY)
        self.assertIn("0.125 GiB", step.reason)

    def test_a_failure_gives_the_line_that_says_why(self):
        step = self.run_python("raise ValueError('no such layer')")
        self.assertEqual(step.outcome, measure.FAILED)
        self.assertEqual(step.reason, "exit 1: ValueError: no such layer")

    def test_allocators_that_give_up_are_out_of_memory(self):
        limits = measure.Limits(60, 2**30)
        for code, said in [
            (134, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"),
            (-6, "memory allocation of 68719476736 bytes failed"),
            (1, "RangeError: Array buffer allocation failed"),
            (-9, ""),
        ]:
            self.assertEqual(measure.judge(code, None, said, limits)[0], measure.OUT_OF_MEMORY, said)
        self.assertEqual(measure.judge(0, None, "out of memory", limits), (measure.OK, ""))


class Cells(unittest.TestCase):
    """Figures and lines."""

    def test_durations_have_three_digits_and_a_unit(self):
        for seconds, text in [
            (0.0312, "31.2 ms"), (0.00135, "1.35 ms"), (1.0, "1.00 s"), (99.96, "100 s"),
            (599, "599 s"), (600, "10.0 min"), (0.000042, "42.0 µs"), (None, "–"),
        ]:
            self.assertEqual(table.duration(seconds), text)

    def test_memory_is_in_binary_units(self):
        self.assertEqual(table.memory(3 * 2**29), "1.50 GB")
        self.assertEqual(table.memory(200 * 2**20), "200 MB")

    def test_accuracy_says_what_was_compared(self):
        found = dict(samples=450, of=450, agreement=0.9978, largestError=0.0123, accuracy=0.9756, floatAccuracy=0.9778)
        self.assertEqual(table.accuracy(found), "97.56 % (float 97.78 %), agrees 99.78 %, error ≤ 1.23 %")
        found = dict(samples=3, of=20, agreement=1.0, largestError=0.5)
        self.assertEqual(table.accuracy(found), "agrees 100 %, error ≤ 50 % (3 of 20 samples)")

    def test_a_problem_stands_in_its_column_and_its_reason_below(self):
        problem = dict(step="setup", column="setup", outcome=measure.OUT_OF_TIME, seconds=900.2, peakBytes=2**30, reason="stopped after 15 min")
        text = table.markdown([dict(model="m", tool="t", circuit=None, problem=problem)])
        header, _, line, _, reason = text.split("\n")
        self.assertEqual(header.count("|"), line.count("|"))
        self.assertEqual(line.split(" | ")[:5], ["| m", "t", "–", "setup: over 15.0 min", "–"])
        self.assertEqual(reason, "- m, t, setup: stopped after 15 min")

    def test_every_outcome_has_a_text(self):
        for outcome in (measure.OUT_OF_TIME, measure.OUT_OF_MEMORY, measure.FAILED):
            problem = dict(step="prove", column="prove", outcome=outcome, seconds=60, peakBytes=2**30, reason="")
            self.assertIn("prove: ", table.problem_cell(problem))


if __name__ == "__main__":
    unittest.main()
