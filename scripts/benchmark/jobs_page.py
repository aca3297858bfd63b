"""The page of jobs that benchmarks ask for: the one without words and filters."""

import json

from scripts.benchmark import load, servers
from scripts.benchmark.client import Request
from scripts.benchmark.result import CannotMeasure
from scripts.benchmark.rounds import Contender
from scripts.benchmark.servers import Answer, Server

PATH = "/api/v1/jobs"
# Cursors of other moments differ by some bytes.
SLACK_BYTES = 32
# Gunicorn says that it closes; of uncached answers only the product says what its cache did.
_MAY_DIFFER = {"connection", "x-cache"}


def contender(server: Server, answer: Answer, mark: str) -> Contender:
    """A server that must give the page as long as `answer`; answers with `mark` are counted."""
    request = Request(load.get(PATH, server.port), 200, len(answer.body), SLACK_BYTES)
    return Contender(server, [request], mark)


def require_same(ours: Answer, server: Server) -> None:
    """A comparator must give the same body, but for the cursor, and the same headers by name.

    Raises CannotMeasure when it does not.
    """
    theirs = servers.ask(server.port, PATH)
    if _content(ours) != _content(theirs):
        raise CannotMeasure(f"{server.name} gives another body than the product")
    differing = _names(ours) ^ _names(theirs)
    if differing:
        names = ", ".join(sorted(differing))
        raise CannotMeasure(f"{server.name} gives other headers than the product: {names}")


def _content(answer: Answer) -> dict[str, object]:
    """A cursor holds the moment of its answer."""
    content = json.loads(answer.body)
    return {name: value for name, value in content.items() if name != "next_cursor"}


def _names(answer: Answer) -> set[str]:
    return {name.lower() for name, _ in answer.headers} - _MAY_DIFFER
