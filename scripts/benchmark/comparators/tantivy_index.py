"""Tantivy over the product's documents, in .venv-benchmark: `build FOLDER` or `ask FOLDER`.

`build` reads a JSON list [id, title, company, place, text] a line, `ask` a JSON list of queries,
of which it prints the milliseconds of each, its top 20 with their ids, as a JSON list.
"""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import tantivy

FIELDS = ("title", "company", "place", "text")
BOOSTS = {"title": 3.0, "company": 2.0}
TOP = 20
HEAP_BYTES = 512 * 1024 * 1024
_TAG = re.compile(r"<[^>]+>")


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True)
    for name in FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name="en_stem")
    return builder.build()


def build(folder: Path) -> None:
    """Index what comes in, and merge nothing by force: as its defaults would have it."""
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(HEAP_BYTES, 2)
    for line in sys.stdin:
        number, *values = json.loads(line)
        texts = {name: _TAG.sub(" ", value) for name, value in zip(FIELDS, values, strict=True)}
        writer.add_document(tantivy.Document(id=number, **texts))
    writer.commit()
    writer.wait_merging_threads()


def ask(folder: Path) -> list[float]:
    """Each query twice, the second time timed: warm, as the product is."""
    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()
    queries = json.loads(sys.stdin.readline())
    rounds = [[_timed(index, searcher, words) for words in queries] for _ in range(2)]
    return rounds[-1]


def _timed(index: Any, searcher: Any, words: str) -> float:
    started = time.perf_counter()
    query, _ = index.parse_query_lenient(words, list(FIELDS), field_boosts=BOOSTS)
    found = searcher.search(query, TOP, count=False)
    for _, address in found.hits:
        searcher.doc(address)["id"]
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(Path(sys.argv[2]))
    else:
        print(json.dumps(ask(Path(sys.argv[2]))))
