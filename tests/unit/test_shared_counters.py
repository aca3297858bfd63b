import errno
import os
import resource
from pathlib import Path

import pytest

from src.utils import db_optimization, exposition, figures, metrics
from src.utils.shared_counters import SLOT_BYTES, CounterFiles, Key, SharedCounters


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


def _count_many(counters: SharedCounters) -> dict[Key, float]:
    """More than a slot has room for at first; what other processes see of it."""
    for number in range(4_000):
        counters.add(("many", f"{number:060}"))
    (slot,) = CounterFiles(counters._folder).slots()
    return {key: value for key, value in slot.numbers if key[0] == "many"}


def test_a_slot_grows_only_into_what_the_disk_has_room_for(tmp_path: Path) -> None:
    assert len(_count_many(SharedCounters(tmp_path))) == 4_000
    found = (tmp_path / "0.db").stat()
    assert found.st_blocks * 512 >= found.st_size > SLOT_BYTES


def test_a_slot_that_grew_without_room_is_given_it_before_it_is_used(tmp_path: Path) -> None:
    SharedCounters(tmp_path).add(("one",))
    os.truncate(tmp_path / "0.db", 2 * SLOT_BYTES)
    SharedCounters(tmp_path).add(("one",))
    assert (tmp_path / "0.db").stat().st_blocks * 512 >= 2 * SLOT_BYTES


def test_what_a_disk_has_no_room_for_a_process_counts_for_itself(tmp_path: Path) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            # As refused as by a full disk, without filling one.
            resource.setrlimit(resource.RLIMIT_FSIZE, (SLOT_BYTES, resource.RLIM_INFINITY))
            counters = SharedCounters(tmp_path)
            shared = len(_count_many(counters))
            assert 2_000 < shared < 4_000
            assert len(metrics.sums(counters)["many"]) == 4_000
            counters.add(("many", f"{0:060}"))
            assert metrics.sums(CounterFiles(tmp_path))["many"][f"{0:060}",] == 2
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0


def test_a_number_is_shared_once_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allocate, is_full = os.posix_fallocate, True

    def limited(file: int, start: int, size: int) -> None:
        if is_full and size > SLOT_BYTES:
            raise OSError(errno.ENOSPC, "No space left on device")
        allocate(file, start, size)

    monkeypatch.setattr(os, "posix_fallocate", limited)
    counters = SharedCounters(tmp_path)
    assert len(_count_many(counters)) < 4_000
    assert (tmp_path / "0.db").stat().st_size == SLOT_BYTES
    is_full = False
    counters._file._tries_at = 0.0  # type: ignore[union-attr]
    assert set(_count_many(counters).values()) == {2.0}


def test_of_many_different_slow_statements_the_last_are_counted_together(tmp_path: Path) -> None:
    counters, most = SharedCounters(tmp_path), db_optimization.MOST_FINGERPRINTS
    for number in range(most + 3):
        db_optimization.note_slow(counters, f"SELECT c{number}", 1500.0)
    db_optimization.note_slow(counters, "SELECT c0", 1500.0)
    found = metrics.sums(counters)["slow"]
    assert (len(found), sum(found.values())) == (most + 1, most + 4)
    assert (found["SELECT c0",], found[db_optimization.OTHER_STATEMENTS,]) == (2, 3)


def test_durations_are_given_in_growing_buckets(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    for seconds in (0.002, 0.2, 20.0):
        labels = ("GET", "/jobs")
        metrics.record(counters, labels, status=200, seconds=seconds, statements=2, db=0.001)
    text = exposition.as_text(counters, None).decode()
    series = 'http_request_duration_seconds_bucket{le="%s",method="GET",route="/jobs"} %s'
    for bound, count in (("0.001", "0.0"), ("0.0025", "1.0"), ("5.0", "2.0"), ("+Inf", "3.0")):
        assert series % (bound, count) in text
