"""A disk without room: what is written to it is lost or refused, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.test_stopped_database import JOBS, ask
from tests.served import Instance, run_file, serving, started_before, wait_for

pytestmark = pytest.mark.long

FULL = Path("/dev/full")


@pytest.fixture
def unheard(tmp_path: Path, first_start: Path, root: Path) -> Iterator[Instance]:
    """An instance whose log has no room for a single byte, and that has much to say."""
    with (
        FULL.open("wb", buffering=0) as output,
        serving(
            started_before(tmp_path / "var", first_start),
            root,
            output,
            SLOW_QUERY_THRESHOLD="0.000001",
        ) as served,
    ):
        yield served


def test_a_log_that_cannot_be_written_costs_no_request(unheard: Instance) -> None:
    _, data_dir, port = unheard
    pids = run_file(data_dir)["pids"]
    answers = [ask(port, f"{JOBS}?q=word-{n}")[0] for n in range(20)]
    answers += [ask(port, "/no/such/page")[0], ask(port, f"{JOBS}?page=none")[0]]
    assert answers == [200] * 20 + [404, 422]
    wait_for(lambda: ask(port, "/health/ready")[0] == 200, 5)
    assert run_file(data_dir)["pids"] == pids
