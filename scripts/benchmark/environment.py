"""The packages that only benchmarks need, in .venv-benchmark, and the versions of all that runs."""

import os
import platform
import re
import select
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psutil

from scripts.benchmark.result import CannotMeasure

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-benchmark" / "bin" / "python"
_MAKE = "make_venv --into .venv-benchmark requirements.txt requirements-benchmark.txt"
_OURS = ("gunicorn", "Flask", "SQLAlchemy", "psycopg2-binary", "redis")
_THEIRS = ("fastapi", "uvicorn", "asyncpg", "hiredis")


def ensure() -> None:
    """Make or bring up to date .venv-benchmark; costs nothing when it is.

    Raises CannotMeasure when the installation fails, or where the client cannot run.
    """
    if not hasattr(select, "epoll"):
        raise CannotMeasure("the load client needs Linux.")
    command = ["bash", "-c", f"set -euo pipefail; . scripts/venv.sh; {_MAKE}"]
    if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode != 0:
        raise CannotMeasure("requirements-benchmark.txt could not be installed: see above.")


def machine() -> dict[str, str]:
    """What the figures are measured on and with; the load is that of the minute before."""
    memory_gib = psutil.virtual_memory().total / 2**30
    facts = {
        "commit": _commit(),
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "load average": f"{os.getloadavg()[0]:.1f}",
        "memory": f"{memory_gib:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }
    pins = (ROOT / "requirements-benchmark.txt").read_text()
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", pins, re.MULTILINE))
    return facts | {name: version(name) for name in _OURS} | {n: pinned[n] for n in _THEIRS}


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return said.stdout.strip() or "unknown"


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    text = known.read_text() if known.exists() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()
