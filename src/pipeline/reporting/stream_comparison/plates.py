"""The figures of a comparison on streams: what each is called, how to read it, its size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.reporting import style, words
from pipeline.reporting.comparison.legends import proxy
from pipeline.reporting.comparison.scene import label
from pipeline.reporting.grid import each_once
from pipeline.reporting.plates import Plate
from pipeline.reporting.stream_comparison import figures
from pipeline.reporting.stream_comparison.facts import ComparedStream
from pipeline.reporting.stream_comparison.scene import Scene
from pipeline.reporting.style import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, ROW, IN_A_ROW = 8.6, 0.36, 3
TITLES = {"f1": ("f1", "F1 of every model"), "fpr": ("false_positives", "False-positive rate of every model")}


def caption(scene: Scene) -> style.Caption:
    """The line below every figure."""
    comparison = scene.comparison
    text = f"{words.listed(comparison.protocols)} protocol  ·  {comparison.title}"
    return style.Caption(text, any(stream.stand_in for stream in scene.streams))


def plates(scene: Scene) -> Iterator[Plate]:
    """A figure a metric, of streams that are not sorted; none where all are."""
    if scene.telling:
        for metric in TITLES:
            yield _plate(scene, metric)


def _plate(scene: Scene, metric: str) -> Plate:
    panels = _panels(scene)
    models = [model for model in scene.models if any(model in stream.models for stream in scene.telling)]
    num_columns = min(IN_A_ROW, len(panels))
    num_rows = math.ceil(len(panels) / num_columns)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(num_rows, num_columns, sharey=True, squeeze=False).flatten()
        for axes, (name, streams) in zip(grid, panels.items(), strict=False):
            figures.panel(axes, scene, streams, metric, models)
            axes.set_title(label(name))
        for axes in grid[len(panels) :]:
            axes.remove()
        orders = each_once(stream.order for stream in scene.telling)
        handles = [proxy("o", "shuffled by seed", color=INK, **figures.FILLED)] if "shuffled" in orders else []
        if "file" in orders:
            handles.append(proxy("o", "in the order of the source", color=INK, **figures.HOLLOW))
        handles.append(proxy("", "the reference", **figures.REFERENCE))
        figure.legend(handles=handles, loc="outside upper left", ncols=3)

    name, title = TITLES[metric]
    way = "further right is better" if metric == "f1" else "further left is better"
    return Plate(
        name,
        title,
        f"{_whiskers(scene)}; {way}. Streams that are sorted by class are left out. The axes of the panels differ. "
        "Overlapping whiskers do not settle a comparison: the paired differences do.",
        draw,
        max(4.6, WIDE * num_columns / IN_A_ROW),
        0.9 + num_rows * (0.5 + ROW * max(len(models), 3)),
    )


def _panels(scene: Scene) -> dict[str, list[ComparedStream]]:
    """Streams that differ in their order alone, the shuffled one first."""
    found: dict[str, list[ComparedStream]] = {}
    for stream in sorted(scene.telling, key=lambda stream: stream.order, reverse=True):
        found.setdefault(stream.panel, []).append(stream)
    return {name: found[name] for name in each_once(stream.panel for stream in scene.telling)}


def _whiskers(scene: Scene) -> str:
    single = "A mark is the value, its whisker the 95 % interval"
    several = "A mark is the mean over seeds, its whisker the lowest and the highest"
    if scene.is_single:
        return single
    return several if scene.is_repeated else f"{several}; where there is one seed, the value and its 95 % interval"
