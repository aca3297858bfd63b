import json

import pytest

from scripts.benchmark import report as reporting
from scripts.benchmark import rounds, statements, wrk
from scripts.benchmark.bench import Measured, Settings
from scripts.benchmark.report import Report
from scripts.benchmark.result import Bars, Bound, Row, Verdict, absent, exit_code
from scripts.benchmark.seen import Seen, percentile

FLOOR = Bound(0.45, goal=0.55)
CEILING = Bound(6.0, goal=4.0, is_ceiling=True)


def row(figure: float | None, bound: Bound | None = FLOOR) -> Row:
    return Row("1", "pages", figure, "counted", bound=bound)


def measured(per_second: float, cpu_us: float = 1.0, marked: int | None = 0) -> Measured:
    return Measured("one", Seen(per_second, 1.0, 2.0, 3.0, 100, 0, marked, 0.5), cpu_us)


@pytest.mark.parametrize(
    ("bound", "figure", "verdict"),
    [
        (FLOOR, 0.449, Verdict.MISSED), (FLOOR, 0.45, Verdict.SHORT), (FLOOR, 0.55, Verdict.MET),
        (CEILING, 6.01, Verdict.MISSED), (CEILING, 6.0, Verdict.SHORT), (CEILING, 4.0, Verdict.MET),
        (Bound(1.0), 1.0, Verdict.MET), (None, 0.0, Verdict.TOLD), (FLOOR, None, Verdict.ABSENT),
    ],
)  # fmt: skip
def test_a_figure_is_judged_by_its_bound(
    bound: Bound | None, figure: float | None, verdict: Verdict
) -> None:
    assert row(figure, bound).verdict == verdict


@pytest.mark.parametrize(
    ("figures", "code"),
    [((0.45, 0.6), 0), ((0.6, 0.44), 1), ((0.6, None), 2), ((0.44, None), 1), ((), 2)],
)
def test_the_exit_code_says_what_became_of_the_bounds(
    figures: tuple[float | None, ...], code: int
) -> None:
    assert exit_code([row(figure) for figure in figures]) == code


def test_the_report_is_json_with_a_verdict_on_every_row() -> None:
    bars = Bars("answers/s", [("ours", 5.0), ("theirs", 10.0)], line=4.5)
    rows = [Row("1", "pages", 0.5, "in turn", bound=FLOOR, spread=(0.4, 0.6), bars=bars)]
    rows.append(absent("8", "bumps", "no cache here"))
    report = Report("http", "2026-01-01", 1.0, Settings(), {"cores": "2"}, rows, [measured(5)], [])
    found = json.loads(json.dumps(report.as_json()))
    first, second = found["rows"]
    assert (first["verdict"], first["bound_text"]) == (Verdict.SHORT, "≥ 0.45, goal 0.55")
    assert first["bars"]["values"] == [["ours", 5.0], ["theirs", 10.0]]
    assert (second["figure"], second["how"]) == (None, "no cache here")
    assert (found["exit_code"], found["measured"][0]["seen"]["per_second"]) == (2, 5)


def test_the_table_of_all_groups_has_what_was_not_measured_and_each_groups_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lost = absent("11", "memory", "a worker was replaced")
    groups = {"http": ([row(0.3), row(7.0, None)], 61.0), "mix": ([lost], 5.0)}
    reporting.show_all(
        [Report(name, "2026-01-01", seconds, Settings(), {}, rows, [], [])
         for name, (rows, seconds) in groups.items()]
    )  # fmt: skip
    lines = [line for line in capsys.readouterr().out.splitlines() if "│" in line]
    shown = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]
    assert ["1", "pages", "0.3 ×", "≥ 0.45, goal 0.55", "missed"] in shown
    assert ["11", "memory", "a worker was replaced", "", "not measured"] in shown
    assert shown[-3:] == [["http", "61"], ["mix", "5"], ["all", "66"]]


def test_contenders_are_compared_round_by_round() -> None:
    seen = {"a": [measured(1), measured(30), measured(4)], "b": [measured(2), measured(10)] * 2}
    seen["b"] = [measured(2), measured(10), measured(4)]
    assert rounds.ratio(seen, "a", "b", rounds.per_second) == (1.0, (0.5, 3.0))
    assert rounds.fastest(seen, ["a", "b"]) == "a"


def test_marked_answers_are_a_share_unless_nobody_looked() -> None:
    seen = {"a": [measured(1, marked=50), measured(1, marked=100)], "b": [measured(1, marked=None)]}
    assert rounds.marked_share(seen, "a") == 0.75
    assert rounds.marked_share(seen, "b") is None


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.75, 3), (0.76, 4), (0.99, 4)])
def test_a_percentile_is_a_value_that_was_seen(share: float, value: int) -> None:
    assert percentile([1, 2, 3, 4], share) == value
    assert percentile([], share) == 0


def test_statements_are_respelt_with_each_name_once() -> None:
    found = statements.respell(
        "SELECT 5 %% 2, %(b)s, %(a)s WHERE x = %(b)s", {"a": 1, "b": 2, "unused": 3}
    )
    assert found.sql == "SELECT 5 % 2, $1, $2 WHERE x = $1"
    assert found.arguments == {"b": 2, "a": 1}


def test_what_wrk_prints_is_read_with_its_errors() -> None:
    seen = wrk.read("""
  Latency Distribution
     50%  500.00us
     75%    4.07ms
     90%    4.29ms
     99%    1.50s
  1000 requests in 2.00s, 1.98MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 100
Requests/sec:    500.00
Transfer/sec:      1.97MB
""")
    assert (seen.p50_ms, seen.p95_ms, seen.p99_ms) == (0.5, None, 1500.0)
    assert (seen.answers, seen.errors, seen.per_second) == (900, 110, 450.0)
