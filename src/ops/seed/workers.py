"""The makers at work: in processes of their own while the database loads what they have made."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any

from src.ops.seed.world import World

Made = dict[str, str]
# Makers beyond the cores that load and index would only take turns with them.
MOST_PROCESSES = 4
# Chunks made ahead of the one that is loaded: about 10 MB each.
AHEAD = 3
# What makers import, the command's own module included: once for all of them.
IMPORTED = ["src.main", "src.ops.seed.jobs", "src.ops.seed.applications"]
_WORLD: list[World] = []


def make(
    world: World, maker: Callable[[World, Any], Made], chunks: Iterable[Any]
) -> Iterator[Made]:
    """What the maker makes of each chunk, in their order; it is the same however many processes."""
    waiting = list(chunks)
    if len(waiting) <= 1:
        yield from (maker(world, chunk) for chunk in waiting)
        return
    processes = min(os.cpu_count() or 1, MOST_PROCESSES, len(waiting))
    # Forks of a process that has nothing open: those of this one would share its connections.
    context = get_context("forkserver")
    context.set_forkserver_preload(IMPORTED)
    pool = ProcessPoolExecutor(processes, context, _begin, (world,))
    due: deque[Future[Made]] = deque()
    try:
        for chunk in waiting:
            with _deaf_to_ctrl_c():
                due.append(pool.submit(_work, maker, chunk))
            if len(due) >= processes + AHEAD:
                yield due.popleft().result()
        while due:
            yield due.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A terminal tells every process of Ctrl-C: those that begin here leave it to this one, which
    is told when they have begun.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(world: World) -> None:
    _WORLD[:] = [world]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's processes wait for work for ever, also when the one that gives it was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _work(maker: Callable[[World, Any], Made], chunk: Any) -> Made:
    return maker(_WORLD[0], chunk)
