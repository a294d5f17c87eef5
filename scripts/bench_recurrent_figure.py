"""Draw what `bench_recurrent.py` wrote: how a training step grows with its sizes, and the ratios of all cases.

    python scripts/bench_recurrent_figure.py outputs/bench docs/figures/bench_recurrent.png

Everything is read from the JSON files of the folder; a benchmark without growth has nothing to draw.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.reporting.style import INK, LIGHT, Caption, look, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELS = {"length": "Words a message", "units": "Units", "batch": "Messages a step"}
SIDES = {"stock_ms": "stock Keras", "ours_ms": "compiled loop"}


def growth(axes: Axes, entries: Sequence[dict[str, Any]], varied: str) -> None:
    """Time of a GRU training step as one size varies."""
    chosen = [entry for entry in entries if entry["varied"] == varied]
    values = [entry["value"] for entry in chosen]
    for index, (key, label) in enumerate(SIDES.items()):
        axes.plot(values, [entry[key] for entry in chosen], **look(index).dots, label=label)
    axes.set_xticks(values)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(LABELS[varied])
    axes.set_ylabel("One GRU training step (ms)")


def ratios(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    """How many times as long stock Keras takes: median over the turns, and the range."""
    medians, places = [row["ratio_median"] for row in rows], range(len(rows))
    whiskers = [[row["ratio_median"] - row["ratio_min"] for row in rows]]
    whiskers.append([row["ratio_max"] - row["ratio_median"] for row in rows])
    axes.barh(places, medians, 0.62, color=LIGHT.color, edgecolor=LIGHT.edge)
    axes.errorbar(medians, places, xerr=whiskers, linestyle="none", color=INK, elinewidth=1.2, capsize=3)
    for place, row in zip(places, rows, strict=True):
        axes.annotate(
            f"{row['ratio_median']:.1f}", (row["ratio_max"], place), (6, 0), textcoords="offset points", va="center"
        )
    axes.axvline(1, color=INK, linewidth=1, linestyle=(0, (1, 1)))
    axes.set_yticks(places, [row["case"] for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * max(row["ratio_max"] for row in rows))
    axes.set_xlabel("Time of stock Keras / time of the compiled loop")
    axes.grid(visible=False, axis="y")


def draw(folder: Path, figure_file: Path) -> None:
    """The four panels, as a PNG file."""
    rows, turns, entries = (
        json.loads((folder / f"recurrent{name}.json").read_text(encoding="utf-8")) for name in ("", "_turns", "_growth")
    )
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "figure"
        with sheet(path, Caption(turns["environment"], stand_in=False), width=7.6, height=5.8) as figure:
            panels = figure.subplots(2, 2).flat
            for axes, varied in zip(panels, LABELS, strict=False):
                growth(axes, entries, varied)
            figure.axes[0].legend(loc="upper left")
            ratios(figure.axes[-1], rows)
        figure_file.parent.mkdir(parents=True, exist_ok=True)
        figure_file.write_bytes(path.with_suffix(".png").read_bytes())


def main(arguments: list[str] | None = None) -> int:
    """Draw; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what the benchmark wrote")
    parser.add_argument("figure", type=Path, help="the PNG file to write")
    options = parser.parse_args(arguments)
    missing = [name for name in ("recurrent.json", "recurrent_growth.json") if not (options.folder / name).exists()]
    if missing:
        parser.error(f"{options.folder} has no {missing[0]}: run bench_recurrent.py without --no-growth")
    draw(options.folder, options.figure)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
