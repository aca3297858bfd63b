"""A hunt's figures for people."""

from typing import Any

from scripts.cache_hunt.tally import Tally


def as_text(tally: Tally, seconds: float) -> str:
    """A table, and examples of what was wrong."""
    figures = tally.as_dict()
    rows = [
        ("reads checked", f"{tally.reads:,} ({tally.reads / seconds:,.0f} a second)"),
        ("stale reads", f"{tally.stale_reads:,}"),
        ("X-Cache", _split(figures["x_cache"])),
        ("hit rate", f"{tally.hit_rate:.1%}"),
        ("writes", f"{tally.writes:,} ({tally.writes / seconds:,.0f} a second)"),
        ("answers by status", _split(figures["statuses"])),
        ("answers of 5xx", f"{tally.server_errors:,}"),
        ("reads, ms", _split(figures["read_ms"])),
        ("writes, ms", _split(figures["write_ms"])),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {said}" for name, said in rows]
    lines += [f"stale: {_example(each)}" for each in figures["stale_examples"]]
    lines += [f"failed: {each}" for each in figures["failures"]]
    return "\n".join(lines)


def _split(counts: dict[str, Any]) -> str:
    return "  ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def _example(stale: dict[str, Any]) -> str:
    behind = f"{stale['behind']} behind" if stale["behind"] else "never was"
    return (
        f"{stale['subject']} in {stale['read']}: expected {stale['expected']!r},"
        f" got {stale['got']!r} ({behind}, {stale['late_seconds']} s after the acknowledgement),"
        f" X-Cache {stale['cache'] or 'none'}, instance {stale['instance']}"
    )
