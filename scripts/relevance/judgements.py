"""The judged queries: kind, half, and a grade for each posting that was looked at.

Grades: 3 what was asked for, 2 nearly, 1 related (the right work in the wrong place), 0 a miss. A
posting is named by source and its id there; its words are not kept here.
"""

import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parent / "judged.jsonl"
HALVES = ("tune", "held")


@dataclass(frozen=True, slots=True)
class Judged:
    """A query, its kind and half, and the grades by `source:id`."""

    query: str
    kind: str
    half: str
    grades: dict[str, int]


def load() -> list[Judged]:
    """All judged queries, by kind."""
    with _FILE.open(encoding="utf-8") as lines:
        return [Judged(**json.loads(line)) for line in lines]
