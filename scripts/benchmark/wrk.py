"""wrk as the load client, to check ours against; it checks statuses, but no bodies."""

import re
import shutil
import subprocess

from scripts.benchmark.bench import Settings
from scripts.benchmark.client import Load
from scripts.benchmark.result import CannotMeasure
from scripts.benchmark.seen import Seen

_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_LATENCY = re.compile(r"^ +(50|99)% +([\d.]+)(us|ms|s|m)$", re.MULTILINE)
_ANSWERS = re.compile(r"^ +(\d+) requests in ", re.MULTILINE)
_RATE = re.compile(r"^Requests/sec: +([\d.]+)$", re.MULTILINE)
_WRONG = re.compile(r"^ +Non-2xx or 3xx responses: (\d+)$", re.MULTILINE)
_BROKEN = re.compile(
    r"^ +Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)$", re.MULTILINE
)


def put(settings: Settings, load: Load) -> Seen:
    """Load a server with its first request.

    Raises CannotMeasure when wrk is not there or could not connect.
    """
    program = shutil.which("wrk")
    if program is None:
        raise CannotMeasure("wrk is not installed here")
    path = load.requests[0].text.split(" ", 2)[1]
    command = [
        program, "--latency", f"-t{settings.client_processes}", f"-c{load.connections}",
        f"-d{max(1, round(load.seconds))}s", f"http://127.0.0.1:{load.port}{path}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure(f"wrk: {(done.stderr or done.stdout).strip()}")
    return read(done.stdout)


def read(said: str) -> Seen:
    """What wrk printed."""
    latencies = {share: float(value) * _MS[unit] for share, value, unit in _LATENCY.findall(said)}
    answers, rate = _ANSWERS.search(said), _RATE.search(said)
    wrong = sum(int(count) for count in _WRONG.findall(said))
    broken = sum(int(count) for counts in _BROKEN.findall(said) for count in counts)
    total = int(answers[1]) if answers else 0
    share_right = (total - wrong) / total if total else 0.0
    return Seen(
        per_second=float(rate[1]) * share_right if rate else 0.0,
        p50_ms=latencies.get("50", 0.0),
        p95_ms=None,
        p99_ms=latencies.get("99", 0.0),
        answers=total - wrong,
        errors=wrong + broken,
        marked=None,
        client_busy=None,
    )
