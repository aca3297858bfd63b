"""The figures of each ranker by kind of query, as a table or as JSON."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from scripts.relevance import measures
from scripts.relevance.judgements import Judged

WHOLE = "all"


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the queries of a kind; `empty` is the share without any answer."""

    queries: int
    ndcg: float
    precision: float
    empty: float
    unjudged: int


def figures(judged: Sequence[Judged], lists: Sequence[list[str]]) -> dict[str, Figures]:
    """The figures of one ranker, by kind and for all."""
    by_kind: dict[str, list[tuple[Judged, list[str]]]] = defaultdict(list)
    for query, keys in zip(judged, lists, strict=True):
        for kind in (query.kind, WHOLE):
            by_kind[kind].append((query, keys))
    return {kind: _figures(pairs) for kind, pairs in by_kind.items()}


def _figures(pairs: list[tuple[Judged, list[str]]]) -> Figures:
    count = len(pairs)
    return Figures(
        count,
        sum(measures.ndcg(keys, query.grades) for query, keys in pairs) / count,
        sum(measures.precision(keys, query.grades) for query, keys in pairs) / count,
        sum(not keys for _, keys in pairs) / count,
        sum(measures.unjudged(keys, query.grades) for query, keys in pairs),
    )


def as_json(found: dict[str, dict[str, Figures]]) -> dict[str, Any]:
    """The same, for machines."""
    return {
        ranker: {kind: asdict(one) for kind, one in kinds.items()}
        for ranker, kinds in found.items()
    }


def show(title: str, found: dict[str, dict[str, Figures]]) -> None:
    """A table: a row for each kind, and for each ranker nDCG, precision and share of empty."""
    table = Table(title=title, padding=(0, 1, 0, 0))
    table.add_column("kind")
    table.add_column("queries", justify="right")
    for ranker in found:
        table.add_column(f"{ranker}\nnDCG P@10 empty", justify="right", no_wrap=True)
    kinds = [kind for kind in next(iter(found.values())) if kind != WHOLE]
    for kind in (*kinds, WHOLE):
        cells = [found[ranker][kind] for ranker in found]
        table.add_row(
            kind, str(cells[0].queries),
            *(f"{c.ndcg:.2f} {c.precision:.2f} {c.empty:4.0%}" for c in cells),
        )  # fmt: skip
    console = Console()
    console.print(table)
    missing = {ranker: kinds[WHOLE].unjudged for ranker, kinds in found.items()}
    console.print(f"Among the first ten, judged by nobody and counted as misses: {missing}")
