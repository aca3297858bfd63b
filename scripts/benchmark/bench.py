"""What a benchmark is handed: settings, a folder, a stack that ends what it starts, a notebook."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from scripts.benchmark.seen import Seen


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and with what is measured."""

    quick: bool = False
    connections: int = 50
    client: str = "own"
    client_processes: int = 1
    # Live jobs of the largest database, where databases are kept, and the queries asked of them.
    scale: int = 100_000
    databases: Path = Path("var/benchmark")
    queries: Path | None = None

    @property
    def rounds(self) -> int:
        return 2 if self.quick else 7

    @property
    def round_seconds(self) -> float:
        """Of one contender in one round."""
        return 1.0 if self.quick else 3.0


@dataclass(frozen=True, slots=True)
class Measured:
    """The medians of one contender's rounds."""

    contender: str
    seen: Seen
    # Of all processors, for an answer, by the servers alone; what the client takes is not in it.
    server_cpu_us: float


@dataclass
class Bench:
    """What entered `stack` is ended with the benchmark, however that ends."""

    settings: Settings
    # Temporary, and the benchmark's own.
    folder: Path
    stack: ExitStack
    # Says what is being done, where somebody watches.
    step: Callable[[str], None]
    notes: list[str] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
