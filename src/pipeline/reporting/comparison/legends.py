"""Names in the figures of a comparison: at the edge, in the legend, and how much room they take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.reporting.comparison.facts import Variant
from pipeline.reporting.comparison.scene import Scene, label

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

LINE = 0.145  # inches of a line of small text
LEGEND_ROOM = 87  # characters side by side in the legend of a wide figure


def names_of(scene: Scene, variants: Sequence[Variant]) -> list[str]:
    """The names of variants as figures write them."""
    return [label(scene.short[variant.name]) for variant in variants]


def rows_height(names: Sequence[str]) -> float:
    """Inches of a row for each name; a name may have several lines."""
    return len(names) * max(0.3, 0.1 + LINE * _num_lines(names))


def _columns(names: Sequence[str]) -> int:
    """Columns of a legend: as many as the longest name leaves room for."""
    longest = max(len(line) for name in names for line in name.splitlines())
    return max(1, min(4, int(LEGEND_ROOM / (longest + 11))))


def legend_height(names: Sequence[str]) -> float:
    """Inches of a legend with these names."""
    return 0.1 + math.ceil(len(names) / _columns(names)) * (LINE * _num_lines(names) + 0.06)


def _num_lines(names: Sequence[str]) -> int:
    return max(name.count("\n") + 1 for name in names)


def legend(figure: Figure, scene: Scene, *more: Line2D) -> None:
    """A legend above all, of what the first axes show and of `more`."""
    handles, names = figure.axes[0].get_legend_handles_labels()
    texts = [label(scene.short[name]) for name in names] + [str(handle.get_label()) for handle in more]
    figure.legend([*handles, *more], texts, loc="outside upper left", ncols=_columns(texts))


def proxy(fmt: str, name: str, **kinds: Any) -> Line2D:
    """A line for the legend alone."""
    from matplotlib.lines import Line2D

    marker, line = fmt.removesuffix("-"), "-" if fmt.endswith("-") else "none"
    options: dict[str, Any] = {"marker": marker, "linestyle": line} | kinds
    return Line2D([], [], label=name, **options)
