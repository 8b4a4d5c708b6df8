"""One line of the comparison: what a tool does with a model, step by step."""

import json
from statistics import median_low

import measure


class Stopped(Exception):
    """A step did not end well; the row says which and why."""


class Row:
    """Runs the steps of one tool on one model and keeps their figures."""

    def __init__(self, model, tool, folder, context, others):
        # `others`: the figures of the tools that had this model before, by their names.
        self.folder, self.context, self.others = folder, context, others
        self.figures = dict(model=model, tool=tool, circuit=None, steps={}, problem=None)
        self.log = context.work / "logs" / f"{model}-{tool}.log"
        self.log.unlink(missing_ok=True)

    @property
    def model(self):
        """The folder of the model's ONNX file and samples."""
        return self.context.work / "models" / self.figures["model"]

    def step(self, name, column, command, prepares=False, **options):
        """Runs a step; its last line of output is JSON, if it is JSON at all.

        `column` is the one that a failure shows in. What `prepares` is made once for all models and
        not counted; it has a limit of its own.
        """
        limits = self.context.preparation if prepares else self.context.limits
        print(f"    {name} …", flush=True)
        step = measure.run(name, command, limits, self.log, cwd=self.folder, **options)
        self.figures["steps"][name] = step.record() | dict(column=column, counted=not prepares)
        if not step.ok:
            self.figures["problem"] = dict(step=name, column=column) | step.record()
            raise Stopped(f"{name}: {step.outcome}: {step.reason}")
        return step

    def fail(self, name, column, reason):
        """A step ended well and what it did is wrong."""
        self.figures["problem"] = dict(step=name, column=column, outcome=measure.FAILED, reason=reason)
        raise Stopped(f"{name}: {reason}")

    def setup(self, *names):
        """Adds these steps up as the set-up."""
        steps = [self.figures["steps"][name] for name in names]
        self.figures["setupSeconds"] = sum(step["seconds"] for step in steps)
        self.figures["setupPeakBytes"] = max(step["peakBytes"] for step in steps)

    def proofs(self, name, seconds, first, size):
        """`seconds`: of each proof, keys in memory. `first`: of the command that makes but one."""
        step = self.figures["steps"][name]
        self.figures |= dict(
            proofSeconds=seconds, proveSeconds=median_low(seconds), proveColdSeconds=first,
            provePeakBytes=step["peakBytes"], proofBytes=size,
        )


def last_json(step):
    """The object that a step printed: all of its output, or the last line."""
    text = step.output.strip()
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(text.splitlines()[-1])
