"""Numbers that all worker processes of a host add to, each in a file of its own."""

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import structlog
from prometheus_client.mmap_dict import MmapedDict

log = structlog.get_logger("metrics")

MOST_SLOTS = 512
# A slot has room for two thousand numbers before it grows.
SLOT_BYTES = 256 * 1024
# A disk that had no room is not asked again with each number.
AGAIN_SECONDS = 60.0
# What a number takes in the file beside its key: its length, at most 8 to align it, two doubles.
_BESIDE_KEY = 28
Key = tuple[str, ...]
_SEPARATOR = "\x1f"
# What a process is or holds now: of a dead one it says nothing, and nobody inherits it.
GAUGES = frozenset({"worker", "pool", "breaker"})


class Slot(NamedTuple):
    """What one process counted; one that lives states its id as ("worker", "pid")."""

    name: str
    lives: bool
    numbers: list[tuple[Key, float]]


class CounterFiles:
    """The numbers of all processes, for one that only reads: it takes no slot."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def slots(self) -> Iterator[Slot]:
        """Every slot; nothing where nobody has counted yet."""
        for path in sorted(self._folder.glob("*.db")):
            yield Slot(path.stem, _is_locked(path), _numbers(path))

    def read(self) -> Iterator[tuple[bool, Key, float]]:
        """Every number of every slot, and whether the process of that slot lives."""
        for slot in self.slots():
            for key, value in slot.numbers:
                yield slot.lives, key, value


class _SlotFile(MmapedDict):
    """The numbers of a slot's file, which grows only into what the disk has room for.

    Writing to a page that a full disk has no room for would end the process.
    """

    _tries_at = 0.0

    def has_room(self, name: str) -> bool:
        """Whether the number may be written; False while the disk has no room for a new one."""
        if name in self._positions:
            return True
        needed, size = self._used + len(name.encode()) + _BESIDE_KEY, self._capacity
        while size < needed:
            size *= 2
        return size == self._capacity or self._grow(size)

    def _grow(self, size: int) -> bool:
        now = time.monotonic()
        if now < self._tries_at:
            return False
        try:
            _allocate(self._f, size)
            self._m = mmap.mmap(self._f.fileno(), size)
        except OSError as error:
            self._tries_at = now + AGAIN_SECONDS
            log.warning("metrics_not_shared", file=self._fname, error=str(error))
            return False
        self._capacity = size
        return True


class SharedCounters(CounterFiles):
    """Named numbers; this process writes its own slot, anybody reads all of them.

    A slot is a file that its process holds locked. The kernel frees the lock however the process
    ends, and the next one goes on with its numbers: they never go back, and files never pile up.
    Without a writable folder, or room on its disk, the numbers are this process's alone.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lock = threading.Lock()
        self._owner = 0
        self._held: IO[bytes] | None = None
        self._file: _SlotFile | None = None
        self._values: dict[Key, float] = {}
        self._kept: dict[Key, float] = {}

    def add(self, key: Key, amount: float = 1.0) -> None:
        """Add to a number that only grows."""
        with self._lock:
            self._open()
            self._write(key, self._values.get(key, 0.0) + amount)

    def put(self, key: Key, value: float) -> None:
        """Set a number that goes up and down."""
        with self._lock:
            self._open()
            self._write(key, value)

    def keep(self, key: Key, value: float) -> None:
        """Set a figure that is the same in every process that comes of this one."""
        self._kept[key] = value
        self.put(key, value)

    def raise_to(self, key: Key, value: float) -> None:
        """Set a number unless it is greater already."""
        with self._lock:
            self._open()
            if value > self._values.get(key, 0.0):
                self._write(key, value)

    def takes(self, key: Key, most: int) -> bool:
        """Whether the key is counted already, or fewer than `most` of its name are."""
        with self._lock:
            self._open()
            return key in self._values or sum(name == key[0] for name, *_ in self._values) < most

    def take_slot(self) -> None:
        """Let who reads see this process, though it has counted nothing yet."""
        with self._lock:
            self._open()

    def slots(self) -> Iterator[Slot]:
        """This process's own slot, from memory, and those of the others."""
        with self._lock:
            self._open()
            own = list(self._values.items())
            name = Path(self._held.name).stem if self._held else "own"
        yield Slot(name, True, own)
        yield from (slot for slot in super().slots() if slot.name != name)

    def close(self) -> None:
        """Free the slot; the next number takes one again."""
        with self._lock:
            self._release()

    def __del__(self) -> None:
        self._release()

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()  # type: ignore[no-untyped-call]
        if self._held is not None:
            self._held.close()
        self._owner, self._file, self._held = 0, None, None

    def _write(self, key: Key, value: float) -> None:
        self._values[key] = value
        name = _SEPARATOR.join(key)
        if self._file is not None and self._file.has_room(name):
            self._file.write_value(name, value, time.time())  # type: ignore[no-untyped-call]

    def _open(self) -> None:
        """Take a free slot, once a process: a fork must not write its parent's."""
        if self._owner == os.getpid():
            return
        self._release()
        self._owner, self._values = os.getpid(), {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._held = _take_slot(self._folder)
            path = Path(self._held.name)
            if not _is_sound(path):
                self._held.truncate(0)
            # All of it: a file may have grown into what no disk has room for.
            _allocate(self._held, max(SLOT_BYTES, path.stat().st_size))
            self._file = _SlotFile(self._held.name)  # type: ignore[no-untyped-call]
        except OSError as error:
            log.warning("metrics_not_shared", folder=str(self._folder), error=str(error))
        else:
            self._values = dict(_numbers(path))
        for key in [key for key in self._values if key[0] in GAUGES]:
            self._write(key, 0.0)
        self._write(("worker", "pid"), float(self._owner))
        for key, value in self._kept.items():
            self._write(key, value)


def _take_slot(folder: Path) -> IO[bytes]:
    for slot in range(MOST_SLOTS):
        held = (folder / f"{slot}.db").open("a+b")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
        else:
            return held
    raise OSError("every slot is taken")


def _allocate(file: IO[bytes], size: int) -> None:
    """Have the disk keep room for the file's first bytes. Raises OSError where it has none."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        file.truncate(size)


def _is_locked(path: Path) -> bool:
    with suppress(FileNotFoundError), path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _is_sound(path: Path) -> bool:
    """Whether a slot says of itself that it ends within its file."""
    with path.open("rb") as file:
        header = file.read(4)
    used = struct.unpack("i", header)[0] if len(header) == 4 else 0
    return used == 0 or (8 <= used <= path.stat().st_size and bool(_numbers(path) or used == 8))


def _numbers(path: Path) -> list[tuple[Key, float]]:
    """What a slot holds; nothing when it is new or damaged."""
    try:
        rows = MmapedDict.read_all_values_from_file(path)  # type: ignore[no-untyped-call]
        return [(tuple(key.rstrip(" ").split(_SEPARATOR)), value) for key, value, *_ in rows]
    except (OSError, RuntimeError, ValueError, struct.error):
        return []
