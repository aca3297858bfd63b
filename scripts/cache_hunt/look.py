"""One read, held to what was acknowledged before it began."""

import time
from collections.abc import Sequence

from scripts.cache_hunt.reads import UNSEEN, Read
from scripts.cache_hunt.tally import Stale
from scripts.cache_hunt.wire import Reply, ask


def look(read: Read, ports: Sequence[int], instance: int) -> tuple[Reply, list[Stale]]:
    """The answer of an instance, and in what it shows less; an answer of 5xx shows nothing."""
    before = [subject.acked for subject, _ in read.shown]
    began = time.monotonic()
    reply = ask(ports[instance], "GET", read.path, read.token)
    after = [subject.begun for subject, _ in read.shown]
    stale: list[Stale] = []
    if reply.status >= 500:
        return reply, stale
    page = reply.page
    for (subject, see), acked, begun in zip(read.shown, before, after, strict=True):
        seen = see(reply, page)
        behind = None if seen is UNSEEN else subject.judge(seen, acked, begun)
        if behind is not None:
            late = subject.seconds_since(acked - behind + 1, began) if behind else 0.0
            words = (subject.name, read.name, str(subject.shows(acked)), str(seen))
            stale.append(Stale(*words, behind, round(late, 3), reply.cache, instance))
    return reply, stale
