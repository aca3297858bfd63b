"""How Gunicorn serves `src.main:app`; each line with its reason."""

import contextlib
import ctypes
import gc
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask

from src.config import default_workers
from src.ops import preflight
from src.ops.server_log import JsonLogger
from src.routes.no_request import ProblemWorker
from src.understanding import spelling
from src.utils import load, logs

_embedded = os.environ.get("TALENTSPHERE_EMBEDDED") == "1"

# A supervisor holds the socket, so that callers wait while Gunicorn is changed; so does systemd,
# whose own way of handing it over comes before `bind`. By itself the embedded instance is for this
# machine; a production one stands behind a proxy.
_held = os.environ.get("TALENTSPHERE_LISTENER")
# And has looked for the database already.
_unreached = os.environ.get("TALENTSPHERE_NOT_REACHED") == "1"
_address = f"{'127.0.0.1' if _embedded else '0.0.0.0'}:{os.environ.get('PORT') or 8000}"  # noqa: S104
bind = f"fd://{_held}" if _held else _address
# Gunicorn's sync worker, one request at a time: threads share one interpreter, and for a tenth more
# answers made the slowest percent 1.6 to 1.8 times slower (`python -m scripts.benchmark workers`).
worker_class = ProblemWorker
# More than the cores, since a worker that waits for the database leaves its core to another; twice
# as many answered no faster (the same benchmark), and held twice the connections.
workers = int(os.environ.get("WEB_CONCURRENCY") or default_workers())
# Above every deadline of the database (30 s for bulk work), so that answers are ours, not kills.
timeout = 40
graceful_timeout = 35
# A worker is replaced now and then, never two at once: against what nobody has found yet.
max_requests = 200_000
max_requests_jitter = 40_000
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
    load.of_this_process.serves_since = time.monotonic()
    logs.catch_strays()
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM, 0, 0, 0)
    worker.told_before = server.SIG_QUEUE


def post_worker_init(worker: Any) -> None:
    """It serves from now on, unless it was told to end before it listened to signals, or its master
    is gone already.

    The monitor sees it, though nobody has asked it yet, and the supervisor is told, who ends the
    Gunicorn before this one then.
    """
    while not worker.told_before.empty():
        if worker.told_before.get_nowait() == signal.SIGTERM:
            worker.alive = False
    if os.getppid() != worker.ppid:
        worker.alive = False
    worker.wsgi.extensions["counters"].take_slot()
    if ready := os.environ.get("TALENTSPHERE_READY"):
        with contextlib.suppress(OSError):
            os.write(int(ready), b".")


def when_ready(server: Any) -> None:
    """What is loaded stays: no collection of a worker looks at it again, or copies its pages.

    The tables of search are read first, once for all workers: half a second that the first search
    of each would wait for.
    """
    spelling.warm()
    gc.collect()
    gc.freeze()


def on_reload(server: Any) -> None:
    """Gunicorn's own reload, which only a signal to itself asks for."""
    server.log.warning("Settings were read again, code was not: that takes a new Gunicorn.")


def on_starting(server: Any) -> None:
    """A bad setting ends the parent; left to the workers, they would be started for ever.

    And the application is loaded once, before the fork: five workers are up after 1 s of a
    processor instead of 5, and one that ends is followed at once. New code comes with a new
    Gunicorn (scripts/reload.py): on Gunicorn's own reload, what this file imports would stay.
    The parent serves nothing, so that it counts for no worker.
    """
    preflight.check_start(server.cfg.workers, is_renewed=bool(_held), is_there=not _unreached)
    try:
        application = server.app.wsgi()
    except Exception:
        server.log.exception("The application cannot be loaded.")
        sys.exit(server.WORKER_BOOT_ERROR)
    if isinstance(application, Flask):
        application.extensions["counters"].close()
