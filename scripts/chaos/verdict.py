"""Pass lines: what a scenario must keep, and in what it did not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.chaos.samples import (
    ALWAYS,
    NO_ANSWER_KIND,
    Sample,
    failures,
    hit_rate,
    hits,
    times_ms,
)

# Slower than that is what a person notices; below it twice as slow is nobody's loss.
UNNOTICED_MS = 100.0
NOISE_MS = 10.0
WINDOW_SECONDS, STEP_SECONDS = 1.0, 0.5
MOST_TIMES_SLOWER = 2.0


@dataclass(frozen=True, slots=True)
class PassLine:
    """`allowed` are the kinds in which requests may fail, none of them slower than that.

    p95 may be so many times the baseline's while the fault lasts, if that is asked, and p50 of what
    the cache answers; `public_share` of public reads are answered, and the hit rate comes back to
    `hit_share` of the baseline's.
    Everybody recovers in time, and shows nothing stale.
    """

    allowed: tuple[str, ...] = ()
    slowest_failure_seconds: float = 3.0
    most_times_slower: float | None = None
    hits_times_slower: float | None = None
    public_share: float = 0.0
    hit_share: float = 0.0
    most_failures_a_kill: int | None = None
    recovery_seconds: float = 2.0

    def __str__(self) -> str:
        kinds = " and ".join(self.allowed)
        said = [f"only {kinds}" if kinds else "no failure"]
        if self.most_failures_a_kill is not None:
            said[0] = f"at most {self.most_failures_a_kill} without answer a kill"
        elif kinds:
            said.append(f"none after {self.slowest_failure_seconds:g} s")
        if self.most_times_slower:
            said.append(f"p95 <= {self.most_times_slower:g}x")
        if self.hits_times_slower:
            said.append(f"p50 of hits <= {self.hits_times_slower:g}x")
        if self.public_share:
            said.append(f"public reads >= {self.public_share:.0%}")
        if self.hit_share:
            said.append(f"hits back to {self.hit_share:.0%}")
        return ", ".join([*said, "0 stale", f"recovery <= {self.recovery_seconds:g} s"])


@dataclass
class Seen:
    """A scenario's requests by phase; moments are monotonic seconds.

    What the fault saw itself is in `notes`, and in `wrongs` if it must not be. It was `whole` from
    the one of two moments to the other: requests `during` it may have begun before that, or ended
    after it.
    """

    baseline: Sequence[Sample]
    during: Sequence[Sample]
    after: Sequence[Sample]
    ended_at: float
    stale: int
    lost: int = 0
    kills: int = 0
    examples: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)
    whole: tuple[float, float] = ALWAYS

    @property
    def failures(self) -> Counter[str]:
        return failures([*self.during, *self.after])

    def within(self) -> list[Sample]:
        """Requests that met the whole fault, and nothing else."""
        start, end = self.whole
        return [one for one in self.during if start <= one.due and one.due + one.seconds <= end]

    def recovery_seconds(self) -> float | None:
        """From the end of the fault to the first second like before it; None: not seen.

        No later request fails, and p95 is no longer noticeably slower.
        """
        limit = slower_ms(self.baseline, MOST_TIMES_SLOWER)
        failed = [one.due for one in self.after if one.failure]
        last = max((one.due for one in self.after), default=self.ended_at)
        start = self.ended_at
        while start + WINDOW_SECONDS <= last + STEP_SECONDS:
            window = [one for one in self.after if start <= one.due < start + WINDOW_SECONDS]
            is_fast = bool(window) and times_ms(window)["p95"] <= limit
            if is_fast and not any(due >= start for due in failed):
                return start - self.ended_at
            start += STEP_SECONDS
        return None

    def as_dict(self) -> dict[str, Any]:
        """The figures, by the names that --json prints."""
        return {
            "requests": len(self.during) + len(self.after),
            "failures": dict(self.failures),
            "baseline_requests": len(self.baseline),
            "baseline_failures": dict(failures(self.baseline)),
            "baseline_ms": times_ms(self.baseline),
            "during_ms": times_ms(self.during),
            "after_ms": times_ms(self.after),
            "hit_rates": [
                round(hit_rate(each), 3) for each in (self.baseline, self.within(), self.after)
            ],
            "requests_within": len(self.within()),
            "stale_reads": self.stale,
            "lost_writes": self.lost,
            "kills": self.kills,
            "recovery_seconds": self.recovery_seconds(),
            "notes": self.notes,
            "examples": self.examples,
        }


def slower_ms(baseline: Sequence[Sample], times: float) -> float:
    """The p95 that is so many times the baseline's, or that nobody notices."""
    return max(times_ms(baseline).get("p95", 0.0) * times, UNNOTICED_MS)


def missed(line: PassLine, seen: Seen) -> list[str]:
    """In what the line was not kept, in words; nothing when it was."""
    found = [*seen.wrongs, *_of_failures(line, seen), *_of_times(line, seen)]
    if seen.stale or seen.lost:
        found.append(f"{seen.stale} stale reads, {seen.lost} at the end")
    found += [f"the baseline itself: {n} {kind}" for kind, n in failures(seen.baseline).items()]
    if not seen.during or not seen.baseline:
        found.append("no request was made, so nothing is proven")
    public = [one for one in seen.during if one.is_public_read]
    share = sum(not one.failure for one in public) / len(public) if public else 1.0
    if share < line.public_share:
        found.append(f"{share:.1%} of public reads were answered")
    settled = hit_rate(seen.after[len(seen.after) // 2 :])
    if settled < hit_rate(seen.baseline) * line.hit_share:
        found.append(f"hits came back to {settled:.0%} only")
    return found


def _of_failures(line: PassLine, seen: Seen) -> list[str]:
    found = [f"{n} {kind}" for kind, n in seen.failures.items() if kind not in line.allowed]
    without = seen.failures[NO_ANSWER_KIND]
    if line.most_failures_a_kill is not None and without > line.most_failures_a_kill * seen.kills:
        found.append(f"{without} without answer after {seen.kills} kills")
    failed = [one.seconds for one in (*seen.during, *seen.after) if one.failure]
    slowest = max(failed, default=0.0)
    if slowest > line.slowest_failure_seconds:
        found.append(f"a failure after {slowest:.1f} s")
    return found


def _of_times(line: PassLine, seen: Seen) -> list[str]:
    found = []
    if line.most_times_slower and seen.during:
        p95, limit = times_ms(seen.during)["p95"], slower_ms(seen.baseline, line.most_times_slower)
        if p95 > limit:
            found.append(f"p95 {p95:.0f} ms, above {limit:.0f}")
    if line.hits_times_slower:
        found += _of_hits(line.hits_times_slower, seen)
    recovery = seen.recovery_seconds()
    if recovery is None:
        found.append("not seen to recover")
    elif recovery > line.recovery_seconds:
        found.append(f"recovery took {recovery:.1f} s")
    return found


def _of_hits(times: float, seen: Seen) -> list[str]:
    before, during = hits(seen.baseline), hits(seen.during)
    if not (before and during):
        return ["nothing was answered from the cache"]
    p50, limit = times_ms(during)["p50"], times_ms(before)["p50"] * times
    # Of what takes a millisecond, two are the machine's.
    limit = max(limit, NOISE_MS)
    return [f"p50 of hits {p50:.0f} ms, above {limit:.0f}"] if p50 > limit else []
