"""The chart of a report: a panel for each figure with its bars and its bound as a line.

Run in .venv-benchmark, which alone has matplotlib: python -m scripts.benchmark.chart JSON PNG.
"""

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot

INK, OWN, OTHER, BOUND = "#1f2933", "#2f6f4f", "#a8b5bf", "#c0392b"
VERDICTS = {"met": "#2f6f4f", "met, short of the goal": "#b7791f", "missed": "#c0392b"}


def draw(report: dict[str, Any], path: Path) -> None:
    """Write the chart of a report; a report without a drawable figure gives a page that says so."""
    rows = [row for row in report["rows"] if row["bars"]]
    height = 1.6 + 2.1 * max(1, len(rows))
    figure, panels = pyplot.subplots(
        max(1, len(rows)), 1, figsize=(9, height), squeeze=False, layout="constrained"
    )
    quick = ", quick" if report["settings"]["quick"] else ""
    machine = report["machine"]
    figure.suptitle(
        f"{report['group']}{quick}: {machine['commit']}, {machine['cores']} cores,"
        f" {report['started_at'][:10]}",
        color=INK,
        y=1 - 0.1 / height,
        va="top",
    )
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - 0.45 / height), h_pad=0.12)
    if not rows:
        panels[0][0].set_axis_off()
        panels[0][0].text(0.5, 0.5, "nothing could be measured", ha="center")
    for row, (panel,) in zip(rows, panels, strict=False):
        _draw_row(panel, row)
    figure.savefig(path, dpi=110)


def _draw_row(panel: Any, row: dict[str, Any]) -> None:
    bars = row["bars"]
    names = [textwrap.fill(name, 26) for name, _ in bars["values"]]
    values = [value for _, value in bars["values"]]
    colours = [OWN if place < bars["ours"] else OTHER for place in range(len(values))]
    drawn = panel.barh(range(len(values)), values, color=colours, height=0.6)
    panel.set_yticks(range(len(values)), names)
    panel.invert_yaxis()
    if bars["is_logarithmic"]:
        panel.set_xscale("log")
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    labels = [f"{value:,.4g}" for value in values]
    panel.bar_label(drawn, labels=labels, padding=5, color=INK, bbox=ground)
    panel.margins(x=0.14)
    unit = bars["unit"]
    if bars["line"] is not None:
        panel.axvline(bars["line"], color=BOUND, linestyle="--")
        unit += f"   (dashed: bound {row['bound_text']} {row['unit']}, at {bars['line']:,.4g})"
    title = f"{row['target']}  {row['what']}: {row['figure']:.3g} {row['unit']} ({row['verdict']})"
    panel.set_title(
        textwrap.fill(title, 95), loc="left", fontsize=10, color=VERDICTS.get(row["verdict"], INK)
    )
    panel.set_xlabel(unit, color=INK)
    panel.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
