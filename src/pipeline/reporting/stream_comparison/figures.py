"""Figures of a comparison on streams: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.reporting.stream.figures import WHISKER, name_rows
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_look
from pipeline.reporting.stream_comparison.facts import ComparedStream
from pipeline.reporting.stream_comparison.scene import Scene
from pipeline.reporting.style import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FILLED: dict[str, Any] = {}
HOLLOW: dict[str, Any] = {"markerfacecolor": "white", "alpha": 0.6}
SHIFT = 0.17  # of a row: up for the one order, down for the other
REFERENCE: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": (0, (1, 1.5))}


def panel(axes: Axes, scene: Scene, streams: Sequence[ComparedStream], metric: str, models: Sequence[str]) -> None:
    """A row a model: its value on streams that differ in their order alone; shuffled filled, in file order hollow."""
    both = len(streams) > 1
    for stream in streams:
        is_shuffled = stream.order == "shuffled"
        shift = (-SHIFT if is_shuffled else SHIFT) * both
        for place, model in enumerate(models):
            found = scene.summary(stream, model, metric)
            if model not in stream.models or math.isnan(found.value):
                continue
            look = model_look(model)
            whiskers = np.clip([[found.value - found.low], [found.high - found.value]], 0, None)
            options = {"color": look.color, "marker": look.marker, **WHISKER, **(FILLED if is_shuffled else HOLLOW)}
            axes.errorbar([found.value], [place + shift], xerr=whiskers, **options)
    middle = scene.summary(streams[0], streams[0].reference, metric).value
    if not math.isnan(middle):
        axes.axvline(middle, **REFERENCE)
    name_rows(axes, models)
    axes.set_xlabel(METRICS[metric].label)
    axes.locator_params(axis="x", nbins=4)
    if not METRICS[metric].metric.higher_is_better:
        axes.set_xlim(left=min(0, axes.get_xlim()[0]))
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
