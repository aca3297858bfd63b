"""Starts of the service without what it stands on; closing the steps gives it back."""

import http.client
import math
import time

from scripts.chaos.rig import CACHE, STORE, Rig
from scripts.chaos.steps import Fault, Steps

# To answer at all, and to be ready once all is there.
MOST_UP_SECONDS, MOST_READY_SECONDS = 5.0, 2.0
LOOK_SECONDS, PATIENCE_SECONDS = 0.05, 20.0
ALIVE, READY = "/health", "/health/ready"


def without(*gone: str) -> Fault:
    """Both instances are started anew while these (of CACHE and STORE) are gone."""

    def fault(rig: Rig) -> Steps:
        rig.servers.stop_instances()
        _take(rig, gone)
        try:
            _start(rig, is_ready=STORE not in gone)
            yield math.inf
        finally:
            _give_back(rig, gone)

    return fault


def _take(rig: Rig, gone: tuple[str, ...]) -> None:
    if CACHE in gone:
        rig.servers.cache.kill()
    if STORE in gone:
        rig.servers.database.child.kill()


def _start(rig: Rig, *, is_ready: bool) -> None:
    """Waits for it, however little time the fault was to last."""
    began = time.monotonic()
    for number in range(len(rig.servers.instances)):
        rig.servers.start_instance(number)
    while not _all_say(rig, ALIVE, 200) and time.monotonic() - began < PATIENCE_SECONDS:
        time.sleep(LOOK_SECONDS)
    took = time.monotonic() - began
    rig.note(f"answered {took:.1f} s after its start", holds=took <= MOST_UP_SECONDS)
    rig.note(
        f"said to be {'ready' if is_ready else 'not ready'}",
        holds=_all_say(rig, READY, 200 if is_ready else 503),
    )


def _give_back(rig: Rig, gone: tuple[str, ...]) -> None:
    if CACHE in gone:
        rig.servers.cache.start_again()
    if STORE in gone:
        rig.servers.database.start_again()
    began = time.monotonic()
    while not _all_say(rig, READY, 200) and time.monotonic() - began < PATIENCE_SECONDS:
        time.sleep(LOOK_SECONDS)
    took = time.monotonic() - began
    rig.note(f"ready {took:.1f} s after all was there", holds=took <= MOST_READY_SECONDS)
    if any(each.poll() is not None for each in rig.servers.instances):
        rig.note("an instance ended by itself", holds=False)


def _all_say(rig: Rig, path: str, status: int) -> bool:
    return all(_status(port, path) == status for port in rig.servers.ports)


def _status(port: int, path: str) -> int:
    """The status of an answer; 0 without one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_UP_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
