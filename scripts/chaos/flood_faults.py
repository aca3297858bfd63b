"""More to do than can be done."""

import dataclasses
import json
import math
import subprocess
import sys

from scripts.cache_hunt.servers import ROOT
from scripts.cache_hunt.tally import percentiles_ms
from scripts.chaos.flood import Flood, Seen
from scripts.chaos.rig import Rig
from scripts.chaos.steps import Steps

# Searches that nobody has asked for before: each is worked out.
PATH = "/api/v1/jobs?q=huntmark%20{}"
TIMES = 5
SATURATING_CONNECTIONS, MOST_CONNECTIONS = 16, 3_000
# Until a queue is known to be no burst, and is short again.
SETTLING_SECONDS = 4.0
SECONDS = 15.0
LEAST_GOODPUT, MOST_SHED_MS = 0.8, 50.0


def flooded(rig: Rig) -> Steps:
    """Five times the rate that saturates both instances, beside the usual load."""
    few = Flood(rig.servers.ports, PATH, sys.maxsize, SATURATING_CONNECTIONS, 3.0)
    held = _put(few)
    rate = held.right / few.seconds
    many = Flood(rig.servers.ports, PATH, TIMES * rate, MOST_CONNECTIONS, SECONDS, SETTLING_SECONDS)
    seen = _put(many)
    goodput = seen.right / SECONDS / rate
    rig.note(
        f"{rate:.0f} searches/s saturate it; of {seen.sent / SECONDS:.0f}/s it answered"
        f" {goodput:.0%} of those, refused {seen.refused:,}, and left {seen.others:,} unanswered",
        holds=goodput >= LEAST_GOODPUT,
    )
    times = percentiles_ms([ms / 1000 for ms in seen.refused_ms])
    shed_ms = times.get("p50", math.inf)
    rig.note(f"half of the refusals came within {shed_ms:.0f} ms", holds=shed_ms <= MOST_SHED_MS)
    yield math.inf


def _put(flood: Flood) -> Seen:
    """What was seen, once it is over."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.chaos.flood"],
        cwd=ROOT, input=json.dumps(dataclasses.asdict(flood)), stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    return Seen(**json.loads(done.stdout))
