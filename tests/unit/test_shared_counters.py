import errno
import os
from pathlib import Path

import pytest

from src.utils import exposition, figures, metrics
from src.utils.shared_counters import SLOT_BYTES, CounterFiles, SharedCounters


def _in_a_child(work: "os.PathLike[str]", times: int) -> None:
    pid = os.fork()
    if pid == 0:
        counters = SharedCounters(Path(work))
        for _ in range(times):
            counters.add(("requests", "GET", "/jobs", "200"))
        counters.put(("pool", "in_use"), 1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_the_sums_hold_what_every_process_counted(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    counters.add(("requests", "GET", "/jobs", "200"), 2)
    _in_a_child(tmp_path, 3)
    assert metrics.sums(counters)["requests"] == {("GET", "/jobs", "200"): 5}


def test_a_process_goes_on_with_the_numbers_of_a_dead_one(tmp_path: Path) -> None:
    _in_a_child(tmp_path, 3)
    _in_a_child(tmp_path, 4)
    assert [path.name for path in tmp_path.glob("*.db")] == ["0.db"]
    assert metrics.sums(SharedCounters(tmp_path))["requests"] == {("GET", "/jobs", "200"): 7}


def test_a_dead_process_holds_no_connections(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    counters.put(("pool", "in_use"), 2)
    _in_a_child(tmp_path, 1)
    assert metrics.sums(counters)["pool"] == {("in_use",): 2}


def test_nobody_inherits_what_a_dead_process_held(tmp_path: Path) -> None:
    _in_a_child(tmp_path, 1)
    heir = SharedCounters(tmp_path)
    heir.add(("slow", "SELECT ?"))
    assert metrics.sums(CounterFiles(tmp_path))["pool"] == {("in_use",): 0}


def test_an_onlooker_tells_who_lives_and_takes_no_slot(tmp_path: Path) -> None:
    _in_a_child(tmp_path, 3)
    dead, counters = CounterFiles(tmp_path), SharedCounters(tmp_path / "others")
    assert [(slot.name, slot.lives) for slot in dead.slots()] == [("0", False)]
    counters.put(("pool", "in_use"), 1)
    (worker,) = figures.workers(CounterFiles(tmp_path / "others").slots())
    assert (worker["pid"], worker["in_use"]) == (os.getpid(), 1)
    assert not list(CounterFiles(tmp_path / "nowhere").slots())


def test_a_fork_does_not_write_the_slot_of_its_parent(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    counters.add(("slow", "SELECT ?"))
    pid = os.fork()
    if pid == 0:
        counters.add(("slow", "SELECT ?"))
        os._exit(0)
    os.waitpid(pid, 0)
    counters.add(("slow", "SELECT ?"))
    assert metrics.sums(counters)["slow"] == {("SELECT ?",): 3}


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "0.db").write_bytes(b"\xff" * 100)
    counters = SharedCounters(tmp_path)
    counters.add(("slow", "SELECT ?"))
    assert metrics.sums(SharedCounters(tmp_path))["slow"] == {("SELECT ?",): 1}


def test_without_a_folder_to_write_a_process_counts_for_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    counters = SharedCounters(tmp_path / "file" / "metrics")
    counters.add(("slow", "SELECT ?"))
    assert metrics.sums(counters)["slow"] == {("SELECT ?",): 1}


def test_there_is_room_on_the_disk_for_what_is_counted(tmp_path: Path) -> None:
    SharedCounters(tmp_path).add(("one",))
    assert (tmp_path / "0.db").stat().st_blocks * 512 >= SLOT_BYTES


def test_on_a_full_disk_a_process_counts_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    counters = SharedCounters(tmp_path)
    counters.add(("one",))
    assert [(key, value) for _, key, value in counters.read() if key == ("one",)] == [(("one",), 1)]


def test_durations_are_given_in_growing_buckets(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    for seconds in (0.002, 0.2, 20.0):
        labels = ("GET", "/jobs")
        metrics.record(counters, labels, status=200, seconds=seconds, statements=2, db=0.001)
    text = exposition.as_text(counters, None).decode()
    series = 'http_request_duration_seconds_bucket{le="%s",method="GET",route="/jobs"} %s'
    for bound, count in (("0.001", "0.0"), ("0.0025", "1.0"), ("5.0", "2.0"), ("+Inf", "3.0")):
        assert series % (bound, count) in text
