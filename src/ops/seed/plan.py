"""How much is made up: what was asked for, and what follows from it."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

DAYS = 90
DAY_SECONDS = 86_400
LEAST_JOBS, LEAST_COMPANIES = 100, 2
# Beside a hundred live jobs, so many in each other state.
BESIDE = {"draft": 1.2, "paused": 0.8, "closed": 2.2, "expired": 1.2, "archived": 0.6}
# The employer whose dashboard is measured.
SHOWCASE_JOBS = 1_000
APPLICATIONS_A_CANDIDATE = 5
LEAST_CANDIDATES = 100
BOOKMARKS_AN_APPLICATION = 0.4


class Refused(Exception):
    """The data cannot be made or loaded; the message says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for. `until` is the moment the data ends at, in seconds since 1970.

    Raises Refused when the figures contradict each other.
    """

    seed: int
    until: int
    live_jobs: int
    companies: int
    applications: int
    showcase_applications: int

    def __post_init__(self) -> None:
        if self.live_jobs < LEAST_JOBS or self.companies < LEAST_COMPANIES:
            raise Refused(f"at least {LEAST_JOBS} --jobs and {LEAST_COMPANIES} --companies.")
        if self.live_jobs < self.companies:
            raise Refused(f"--jobs must be at least --companies ({self.companies:,}).")
        if self.showcase_applications > self.applications:
            most = f"{self.applications:,}"
            raise Refused(f"--one-company-applications must be at most --applications ({most}).")
        if self.showcase_applications * 2 > self.showcase_jobs * self.candidates:
            raise Refused(
                f"--one-company-applications: {self.candidates:,} candidates cannot send so many to"
                f" {self.showcase_jobs:,} jobs; ask for more --jobs or --applications."
            )

    @property
    def states(self) -> dict[str, int]:
        """How many jobs stand where."""
        beside = {state: round(self.live_jobs * share / 100) for state, share in BESIDE.items()}
        return {"published": self.live_jobs, **beside}

    @property
    def jobs(self) -> int:
        return sum(self.states.values())

    @property
    def showcase_jobs(self) -> int:
        return max(1, min(SHOWCASE_JOBS, self.live_jobs // 20))

    @property
    def candidates(self) -> int:
        return max(LEAST_CANDIDATES, self.applications // APPLICATIONS_A_CANDIDATE)

    @property
    def bookmarks(self) -> int:
        return round(self.applications * BOOKMARKS_AN_APPLICATION)

    @property
    def since(self) -> int:
        return self.until - DAYS * DAY_SECONDS

    def dice(self, what: str, number: int = 0) -> random.Random:
        """The same throws for the same seed, thing and number, in whichever process."""
        return random.Random(f"{self.seed} {what} {number}")  # noqa: S311 - repeatable, no secret


def moment(seconds: float) -> str:
    """A moment as COPY reads it."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
