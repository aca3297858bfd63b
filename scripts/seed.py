"""Fill a database for development with made-up data at volume: python -m scripts.seed."""

import argparse
import time
from datetime import UTC, datetime

from src.main import create_app
from src.ops import command, owner
from src.ops.seed import command as seed
from src.ops.seed.plan import Plan, Refused
from src.ops.seed.read_model import WRITERS


@command.told
def main() -> int:
    """0 when the data is there, 1 when it was refused, 2 when it cannot run or failed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.seed", description=__doc__)
    for name, default, what in (
        ("--jobs", 10_000, "live jobs; 6 in a hundred more are drafts, paused or over"),
        ("--companies", 200, "companies, a few of them large"),
        ("--applications", 10_000, "applications with their histories"),
        ("--seed", 1, "the same seed and --until give the same data, but for the password"),
    ):
        parser.add_argument(name, type=command.whole, default=default, metavar="N", help=what)
    parser.add_argument(
        "--one-company-applications", type=command.whole, metavar="N",
        help="how many of them go to the 1,000 jobs of one employer (a quarter)",
    )  # fmt: skip
    parser.add_argument(
        "--until", type=_moment, default=int(time.time()) // 3600 * 3600, metavar="TIME",
        help="the moment the 90 days of data end at, as 2026-03-01T12:00 in UTC (this hour)",
    )  # fmt: skip
    parser.add_argument("--finish", action="store_true", help="complete a run that was cut off")
    parser.add_argument("--force", action="store_true", help="also beside users of a server")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    showcase = chosen.one_company_applications
    try:
        plan = Plan(
            chosen.seed, chosen.until, chosen.jobs, chosen.companies, chosen.applications,
            chosen.applications // 4 if showcase is None else showcase,
        )  # fmt: skip
    except Refused as error:
        parser.error(str(error))
    application = owner.application(create_app, threads=WRITERS + 1)
    with application.app_context():
        orders = seed.Orders(chosen.force, chosen.finish, chosen.json)
        return seed.run(application.config["TALENTSPHERE"], plan, orders)


def _moment(text: str) -> int:
    try:
        moment = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0 < moment <= time.time():
        raise argparse.ArgumentTypeError(f"{text} is in the future")
    return moment


if __name__ == "__main__":
    raise SystemExit(main())
