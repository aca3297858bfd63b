"""The page of jobs that benchmarks ask for: the one without words and filters."""

from scripts.benchmark import load
from scripts.benchmark.client import Request
from scripts.benchmark.rounds import Contender
from scripts.benchmark.servers import Answer, Server

PATH = "/api/v1/jobs"
# Cursors of other moments differ by some bytes.
SLACK_BYTES = 32


def contender(server: Server, answer: Answer, mark: str) -> Contender:
    """A server that must give the page as long as `answer`; answers with `mark` are counted."""
    request = Request(load.get(PATH, server.port), 200, len(answer.body), SLACK_BYTES)
    return Contender(server, [request], mark)
