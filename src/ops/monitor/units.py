"""How the monitor writes figures for people."""


def size(count: float | None) -> str:
    """Bytes in three digits and a unit of thousands."""
    if count is None:
        return "-"
    for unit in ("B", "kB", "MB", "GB"):
        if abs(count) < 999.5:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands apart; a dash for none."""
    return "-" if value is None else f"{value:,.{digits}f}"


def percent(part: float | None) -> str:
    """A part from 0 to 1."""
    return "-" if part is None else f"{100 * part:.1f} %"


def duration(seconds: float | None) -> str:
    """Seconds, minutes, hours or days, whichever reads best."""
    if seconds is None:
        return "-"
    for limit, size_of, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size_of:.{1 if seconds < 10 else 0}f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def figure(value: float, unit: str) -> str:
    """A figure of a verdict with its unit."""
    shown = f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.3g}"
    return f"{shown} {unit}".strip()


def rate(count: float | None, seconds: float | None) -> str:
    """A count, or how many a second where it was counted between two looks."""
    if count is None or seconds is None:
        return number(count)
    return f"{count / seconds:,.1f}/s"
