"""How Gunicorn serves `src.main:app`; each line with its reason."""

import ctypes
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from src.config import default_workers
from src.ops import preflight
from src.ops.server_log import JsonLogger
from src.understanding import spelling
from src.utils import load, logs

_embedded = os.environ.get("TALENTSPHERE_EMBEDDED") == "1"
_data_dir = Path(os.environ.get("TALENTSPHERE_DATA_DIR") or "var")

# The embedded instance is for this machine; a production one stands behind a proxy.
bind = f"{'127.0.0.1' if _embedded else '0.0.0.0'}:{os.environ.get('PORT') or 8000}"  # noqa: S104
# One request at a time a worker: threads share one interpreter, and made the slowest percent of
# CPU-bound answers 3 to 10 times slower.
worker_class = "sync"
# More than the cores, since a worker that waits for the database leaves its core to another.
workers = int(os.environ.get("WEB_CONCURRENCY") or default_workers())
# Above every deadline of the database (30 s for bulk work), so that answers are ours, not kills.
timeout = 40
graceful_timeout = 35
# A worker is replaced now and then, never two at once: against what nobody has found yet. A start
# takes a second of CPU: at 20,000 requests that was 44 us of each, a third of a cached answer.
max_requests = 200_000
max_requests_jitter = 40_000
# A reload takes new code: nothing is loaded before the fork, and no connection is shared by it.
preload_app = False
# Heartbeats on memory: on a slow disk they would block workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Longer lines are refused before the application sees them.
limit_request_line = 8190
limit_request_fields = 64
# Whom to believe about the caller's address is decided in one place: TRUSTED_PROXIES, in src/main.
forwarded_allow_ips = "127.0.0.1"
# Its default socket lies in the home folder and is shared by all instances of a user.
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"
logger_class = JsonLogger
proc_name = "talentsphere"


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with its master, even one that was killed: else it would hold the port.

    And it learns where its requests wait, so that it can tell when they wait too long.
    """
    load.of_this_process.listeners = [listener.sock for listener in worker.sockets]
    load.of_this_process.workers = server.cfg.workers
    logs.catch_strays()
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM, 0, 0, 0)


def post_worker_init(worker: Any) -> None:
    """The tables of search are read beside the first requests, not by the first search."""
    threading.Thread(target=spelling.warm, daemon=True).start()


def on_starting(server: Any) -> None:
    """A bad setting ends the parent; left to the workers, they would be started for ever."""
    preflight.check_start(server.cfg.workers)
