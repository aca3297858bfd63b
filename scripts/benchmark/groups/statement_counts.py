"""Target 5: how many statements the calls take, of one row and of twenty."""

from collections.abc import Callable, Iterator
from typing import Any

from scripts.benchmark import inside, volume
from scripts.benchmark.bench import Bench
from scripts.benchmark.inside import Inside
from scripts.benchmark.registry import benchmark
from scripts.benchmark.result import Bound, CannotMeasure, Row

JOBS = 10_000
FEW, MANY = 1, 20
# Beside the one of the authentication: who calls is known in all of them.
AUTHENTICATION = 1
Call = Callable[[Inside, int], int]


@benchmark("statements", "5")
def statement_counts(bench: Bench) -> Iterator[Row]:
    """Statements of page, total, facets, suggestions, a job, the dashboard and bulks."""
    own = inside.open_inside(bench, volume.of_jobs(JOBS), is_copied=True)
    for what, (call, most) in _calls(own).items():
        few, many = (call(own, rows) - AUTHENTICATION for rows in (FEW, MANY))
        how = f"told by Server-Timing, without the one of the authentication: {few} for one row"
        yield Row("5", f"{what}, {MANY} rows", many, how, "", Bound(most, is_ceiling=True))
        yield Row(
            "5", f"{what}: more for {MANY} rows than for {FEW}", many - few, how, "",
            Bound(0, is_ceiling=True),
        )  # fmt: skip


def _calls(own: Inside) -> dict[str, tuple[Call, int]]:
    """Each call with the most statements it may take."""
    job = own.call("GET", "jobs?page_size=1").content["items"][0]["id"]
    return {
        "page of jobs with its total": (_get("jobs?page_size={rows}"), 2),
        # One more looks the words up.
        "page of a search with its total": (_get("jobs?q=engineer&page_size={rows}"), 3),
        "facets of a search": (_get("jobs/facets?q=engineer"), 3),
        "suggestions": (_get("jobs/suggest?q=eng&size={rows}"), 1),
        "a job": (_get(f"jobs/{job}"), 1),
        "dashboard": (_get("employer/dashboard"), 1),
        # How often, how long, the company, what is known of the rows, and the rows.
        "bulk of new jobs": (_bulk, 5),
    }


def _get(path: str) -> Call:
    return lambda own, rows: own.call("GET", path.format(rows=rows)).statements


def _bulk(own: Inside, rows: int) -> int:
    content = {"company_id": own.company_id, "jobs": new_jobs(rows, f"S{rows}")}
    called = own.call("POST", "jobs/bulk", content)
    if called.content["created"] != rows:
        raise CannotMeasure(f"{called.content['created']} of {rows} jobs were created")
    return called.statements


def new_jobs(count: int, mark: str) -> list[dict[str, Any]]:
    """Jobs to be posted, of about a real one's length; `mark` keeps their ids apart."""
    text = "<p>" + "Care for people on a busy ward, and write down what was done. " * 30 + "</p>"
    return [
        {"title": f"Night nurse {n}", "description": text, "external_id": f"{mark}-{n}"}
        | {"location": {"city": "Oslo", "country": "NO"}, "publish": True}
        for n in range(count)
    ]
