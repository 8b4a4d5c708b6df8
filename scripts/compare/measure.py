"""Runs one step of a tool in a process of its own: wall time, peak memory, limits.

A step that does not end well is a result like any other. This module imports nothing large: what
Linux reports as a child's peak memory is never less than its parent's size when it was started.
"""

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

OK, OUT_OF_MEMORY, OUT_OF_TIME, FAILED = "ok", "out of memory", "over the time limit", "failed"

# What allocators, node and WebAssembly say when memory ends.
_MEMORY_TEXTS = re.compile(
    r"out of memory|memory allocation of \d+ bytes failed|cannot allocate memory|bad_alloc|MemoryError"
    r"|array buffer allocation failed|invalid array (buffer )?length|capacity overflow",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Limits:
    """Of every step."""

    seconds: float
    # Bytes of a step's processes together; files that are only mapped do not count.
    memory: int


@dataclass
class Step:
    """What became of one step."""

    name: str
    outcome: str
    seconds: float
    # Largest resident memory in bytes.
    peak: int
    # Standard output.
    output: str
    # The last line that says something, if it failed.
    reason: str = ""

    @property
    def ok(self):
        return self.outcome == OK

    def record(self):
        """For the raw figures."""
        record = dict(outcome=self.outcome, seconds=round(self.seconds, 4), peakBytes=self.peak)
        return record if self.ok else record | dict(reason=self.reason)


def run(name, command, limits, log, cwd=None, env=None):
    """Runs `command` to its end or to a limit; what it says is appended to the file `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    output, errors = log.with_suffix(".out"), log.with_suffix(".err")
    started = time.monotonic()
    with open(output, "wb") as out, open(errors, "wb") as err:
        child = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            cwd=cwd, env={**os.environ, **(env or {})}, start_new_session=True,
        )
        watch = _Watch(child.pid, limits, started)
        try:
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - started
        finally:
            watch.stop()
    said = output.read_text(errors="replace")
    complaint = errors.read_text(errors="replace")
    with open(log, "a") as file:
        file.write(f"$ {' '.join(map(str, command))}\n{said}{complaint}\n")
    for part in (output, errors):
        part.unlink()
    outcome, reason = judge(child.returncode, watch.stopped_for, complaint + said, limits)
    return Step(name, outcome, seconds, max(usage.ru_maxrss * 1024, watch.peak), said, reason)


def judge(code, stopped_for, said, limits):
    """Outcome and reason of a process that ended with `code` (negative: a signal)."""
    if stopped_for == OUT_OF_TIME:
        return OUT_OF_TIME, f"stopped after {limits.seconds / 60:g} min"
    if stopped_for == OUT_OF_MEMORY:
        return OUT_OF_MEMORY, f"stopped above {limits.memory / 2**30:g} GiB"
    if code == 0:
        return OK, ""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines() if line.strip()]
    found = next((line for line in lines if _MEMORY_TEXTS.search(line)), None)
    if found:
        return OUT_OF_MEMORY, found[:200]
    if code == -signal.SIGKILL:
        return OUT_OF_MEMORY, "killed by the system"
    errors = [line for line in lines if re.search(r"\berror\b|\w+Error\b|panic|fail", line, re.IGNORECASE)]
    # The first, where a tool counts them at the end; a traceback has but one.
    text = (errors[:1] or lines[-1:] or [""])[0]
    return FAILED, f"exit {code}: {text[:200]}" if code > 0 else f"signal {-code}: {text[:200]}"


class _Watch(threading.Thread):
    """Ends the session `leader` when it passes a limit."""

    def __init__(self, leader, limits, started):
        super().__init__(daemon=True)
        self.leader, self.limits, self.started = leader, limits, started
        self.peak, self.stopped_for = 0, None
        self.done = threading.Event()
        self.start()

    def stop(self):
        self.done.set()
        self.join()
        # Nothing of a step outlives it.
        self._kill()

    def run(self):
        while not self.done.wait(0.25):
            used = _session_memory(self.leader)
            self.peak = max(self.peak, used)
            if used > self.limits.memory:
                self.stopped_for = OUT_OF_MEMORY
            elif time.monotonic() - self.started > self.limits.seconds:
                self.stopped_for = OUT_OF_TIME
            else:
                continue
            return self._kill()

    def _kill(self):
        try:
            os.killpg(self.leader, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _session_memory(leader):
    """Bytes of anonymous and shared memory of all processes of a session."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # After the name in brackets: state, parent, group, session.
            session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
            if session == leader:
                status = (entry / "status").read_text()
                total += sum(int(kilobytes) for kilobytes in re.findall(r"^Rss(?:Anon|Shmem):\s+(\d+)", status, re.M))
        except (OSError, ValueError, IndexError):
            continue  # It ended meanwhile.
    return total * 1024
