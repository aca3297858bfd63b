"""Print how good search is beside other rankers: python -m scripts.relevance FOLDER."""

import argparse
import json
import sys
from pathlib import Path

from sqlalchemy import text

from scripts.relevance import corpus, judgements, rankers, report
from scripts.relevance.judgements import Judged
from src.database import db
from src.main import create_app
from src.ops import owner
from src.utils import clock

# What search promises: of the judged queries, and of all real ones.
NDCG, EMPTY = 0.70, 0.03
# Fewer of the judged postings than this, and the figures would say nothing.
PRESENT = 0.9
_PRESENT = text("SELECT count(*) FROM jobs WHERE external_id = ANY (:keys) AND expires_at > now()")


def main() -> int:
    """0 when the promises are kept, 1 when one is not, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m scripts.relevance", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds the imported postings and queries.txt")
    parser.add_argument("--half", choices=judgements.HALVES, help="one half of the judged queries")
    parser.add_argument("--alone", action="store_true", help="leave the other rankers out")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    judged = [one for one in judgements.load() if chosen.half in (None, one.half)]
    try:
        queries = (chosen.folder / "queries.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        print(f"relevance: {error}", file=sys.stderr)
        return 2
    with owner.application(create_app).app_context():
        if not _is_filled(judged, chosen.folder):
            return 2
        found = _figures(judged, alone=chosen.alone)
        empty = _share_empty(queries)
    if chosen.json:
        print(json.dumps({"judged": report.as_json(found), "queries_empty": round(empty, 4)}))
    else:
        report.show(f"{len(judged)} judged queries", found)
        print(f"Without an answer, of {len(queries)} real queries: {empty:.1%}")
    kept = found[rankers.OURS][report.WHOLE].ndcg >= NDCG and empty <= EMPTY
    return 0 if kept else 1


def _is_filled(judged: list[Judged], folder: Path) -> bool:
    keys = list({key for one in judged for key in one.grades})
    present = db.session.execute(_PRESENT, {"keys": keys}).scalar_one()
    if present >= PRESENT * len(keys):
        return True
    print(
        f"relevance: of {len(keys)} judged postings {present} are live here. Import them first:\n"
        f"  python -m scripts.import_jobs {folder / 'jobs.jsonl.gz'}\n"
        f"  python -m scripts.import_jobs {folder / 'jobs_nodesc.jsonl.gz'}",
        file=sys.stderr,
    )
    return False


def _figures(judged: list[Judged], *, alone: bool) -> dict[str, dict[str, report.Figures]]:
    now = clock.now()
    compared = {rankers.OURS: rankers.ours(now)}
    if not alone:
        compared |= rankers.others(corpus.load(now))
    return {
        name: report.figures(judged, [ranked(one.query) for one in judged])
        for name, ranked in compared.items()
    }


def _share_empty(queries: list[str]) -> float:
    ranked = rankers.ours(clock.now())
    return sum(not ranked(query) for query in queries) / max(1, len(queries))


if __name__ == "__main__":
    raise SystemExit(main())
