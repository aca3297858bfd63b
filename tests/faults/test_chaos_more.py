"""What faults see themselves, a start without servers, a flood, and a soak as a whole."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.chaos.flood import Flood, Loop
from scripts.chaos.run import Outcome
from scripts.chaos.samples import CURT_KIND, REFUSED_KIND, SHED_KIND
from scripts.chaos.scenarios import EVERY
from scripts.chaos.soak import Soaked
from scripts.chaos.verdict import Seen, missed
from tests.faults.test_chaos import sample, seen

pytestmark = pytest.mark.long

CACHE, DATABASE = "cache-stop", "database-stop"


def chaos(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.chaos", *options]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_what_a_fault_saw_that_must_not_be_misses_the_line() -> None:
    line = EVERY[CACHE].line
    assert missed(line, seen(notes=["ready"])) == []
    assert missed(line, seen(wrongs=["not ready"])) == ["not ready"]


def test_only_who_began_and_ended_within_a_fault_tells_what_it_was_like() -> None:
    began_before, ended_after = sample(10.1, 1), sample(18.9, 0.2)
    within = [sample(at / 10, cache="bypass") for at in range(112, 180)]
    found = seen(during=[began_before, *within, ended_after], whole=(11.0, 19.0))
    assert found.within() == within
    figures = found.as_dict()
    assert (figures["hit_rates"][1], figures["requests_within"]) == (0, 68)
    hit = seen(during=[*within, sample(12)], whole=(11.0, 19.0))
    assert hit.as_dict()["hit_rates"][1] > 0


def soaked(name: str, *, memory_mib: tuple[float, ...] = (80, 90), **changed: Any) -> Soaked:
    """A hundred faults, and one that was seen so."""
    calm, one = [Outcome(EVERY[CACHE], 10, seen(), [])] * 100, Outcome(
        EVERY[name], 10, Seen(**vars(seen(**changed))), []
    )  # fmt: skip
    return Soaked(10, 60, [*calm, one], list(memory_mib))


def missed_goals(found: Soaked) -> list[int]:
    return [place for place, goal in enumerate(found.goals()) if not goal.holds]


def test_a_soak_holds_though_the_database_refuses_while_it_is_gone() -> None:
    refused = [sample(11, 0.5, REFUSED_KIND)] * 60 + [sample(11, 0.5, SHED_KIND)] * 40
    found = soaked(DATABASE, during=refused)
    assert missed_goals(found) == []
    assert "100 refused for want of it, 40 of these" in found.goals()[0].seen


SOAKED = {
    "failures while all is well": (0, DATABASE, {"baseline": [sample(1, 0.1, REFUSED_KIND)] * 50}),
    "a refusal without the cache": (1, CACHE, {"during": [sample(11, 0.1, SHED_KIND)]}),
    "a failure without the cache": (1, CACHE, {"during": [sample(11, 0.1, REFUSED_KIND)]}),
    "a refusal that says too little": (2, DATABASE, {"during": [sample(11, 0.1, CURT_KIND)]}),
    "a late refusal": (3, DATABASE, {"during": [sample(11, 3.2, REFUSED_KIND)]}),
    "something stale": (4, CACHE, {"stale": 1}),
    "something lost": (4, CACHE, {"lost": 1}),
    "a slow recovery": (5, CACHE, {"after": [sample(20 + at / 10, 0.5) for at in range(100)]}),
    "growing workers": (6, CACHE, {"memory_mib": (80, 95, 101)}),
}  # fmt: skip


@pytest.mark.parametrize(("goal", "name", "changed"), SOAKED.values(), ids=SOAKED)
def test_a_soak_is_missed_by(goal: int, name: str, changed: dict[str, Any]) -> None:
    assert missed_goals(soaked(name, **changed)) == [goal]


class EveryThird(http.server.BaseHTTPRequestHandler):
    """Answers, but for every third."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response_only(503 if self.asked % 3 == 0 else 200)
        self.end_headers()


@pytest.fixture
def picky() -> Iterator[int]:
    """The port of a server that refuses some."""
    EveryThird.asked = 0
    with http.server.HTTPServer(("127.0.0.1", 0), EveryThird) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_flood_counts_what_was_answered_and_times_what_was_refused(picky: int) -> None:
    found = Loop(Flood([picky], "/{}", rate=100, most=50, seconds=0.5)).run()
    assert 1 < found.sent == found.right + found.refused <= 51
    assert (found.refused, found.others) == (found.sent // 3, 0)
    assert len(found.refused_ms) == found.refused


@pytest.mark.usefixtures("prepared_servers")
def test_a_start_without_servers_is_tried_end_to_end(root: Path) -> None:
    options = "--minutes", "0.13", "--rate", "10", "--json"
    done = chaos(root, "start-without-both", *options)
    assert done.stdout, done.stderr
    (started,) = json.loads(done.stdout)["scenarios"]
    # On a busy machine the seconds afterwards may be too few to see it recover.
    assert done.returncode == (1 if started["missed"] else 0)
    # How soon depends on the machine.
    assert "said to be not ready" in started["notes"]
    assert not any("ended by itself" in words for words in started["missed"])
    assert started["stale_reads"] == 0


@pytest.mark.usefixtures("prepared_servers")
def test_a_soak_says_how_its_goals_were_kept_while_a_password_is_guessed(root: Path) -> None:
    options = "--soak", "--minutes", "0.05", "--rate", "10", "--json"
    done = chaos(root, "cache-kill-guesses", *options)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    kept = {goal["what"]: goal["holds"] for goal in found["goals"]}
    assert done.returncode == (0 if all(kept.values()) else 1)
    assert kept["no failure from a fault of the cache"]
    assert kept["nothing stale or lost"]
    (one,) = found["scenarios"]
    assert one["notes"] == ["20 guesses at one password: 10 of 401, 10 of 429"]
    assert (found["is_whole"], len(found["worker_mib"])) == (True, 1)
    assert (one["stale_reads"], one["failures"]) == (0, {})
    assert one["requests"] > 40
    assert one["requests_within"] > 20
    baseline_hits, hits_meanwhile, _ = one["hit_rates"]
    assert baseline_hits > 0 == hits_meanwhile
