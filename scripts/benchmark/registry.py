"""Which benchmarks there are: every module of scripts.benchmark.groups names its own.

A new one is a file there with a function under `@benchmark`, which yields rows.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scripts.benchmark import groups
from scripts.benchmark.bench import Bench
from scripts.benchmark.result import Row

Run = Callable[[Bench], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A function that measures one target; those of a group run one after another."""

    group: str
    target: str
    summary: str
    run: Run


_KNOWN: list[Benchmark] = []


def benchmark(group: str, target: str) -> Callable[[Run], Run]:
    """Enter a function that yields the rows of `target`; its docstring's first line is shown."""

    def enter(run: Run) -> Run:
        summary = (run.__doc__ or "").strip().splitlines()[0]
        _KNOWN.append(Benchmark(group, target, summary, run))
        return run

    return enter


def all_benchmarks() -> list[Benchmark]:
    """Every benchmark, by group and then by the number of its target."""
    for module in pkgutil.iter_modules(groups.__path__, f"{groups.__name__}."):
        importlib.import_module(module.name)
    return sorted(_KNOWN, key=lambda known: (known.group, int(known.target)))


def by_group() -> dict[str, list[Benchmark]]:
    """The benchmarks of each group."""
    found: dict[str, list[Benchmark]] = {}
    for known in all_benchmarks():
        found.setdefault(known.group, []).append(known)
    return found
