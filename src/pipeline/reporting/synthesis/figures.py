"""Figures of training and of the latent space: each draws on the axes it is given and returns nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.reporting import words
from pipeline.reporting.curves import MARK, MOST_MARKERS
from pipeline.reporting.facts import Classes
from pipeline.reporting.figures import legend_above
from pipeline.reporting.style import HATCHED, LIGHT, MUTED, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW_POINTS = 1_500  # up to which points are large
MOST_POINTS = 4_000  # beyond which an SVG holds them as a picture
MOST_BARS = 24  # that have room for a number each
LEAST_KL = 0.01  # nats that the axis shows at least, so that nothing looks like nothing
NAMES = {"pca": "PCA", "tsne": "t-SNE"}


def kl_weight(axes: Axes, history: pd.DataFrame, kept_epoch: int) -> None:
    """The weight of the KL in the training loss, epoch by epoch, with the kept epoch marked."""
    from matplotlib.ticker import MaxNLocator

    axes.axvline(kept_epoch, **MARK)
    every = math.ceil(len(history) / MOST_MARKERS)
    axes.plot(history["epoch"], history["beta"], **look(2).dots, markevery=every)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axes.set_xlim(history["epoch"].min() - 0.5, history["epoch"].max() + 0.5)
    axes.set_ylim(0, 1.08 * max(float(history["beta"].max()), 0.01))
    axes.set_xlabel("Epoch")
    axes.set_ylabel("Weight of the KL (beta)")


def kl_by_dimension(axes: Axes, dimensions: pd.DataFrame) -> None:
    """KL of every latent dimension, largest first; dimensions that are active are dark and hatched."""
    ordered = dimensions.sort_values("kl", ascending=False, kind="stable")
    is_active = ordered["active"].to_numpy(bool)
    places = np.arange(len(ordered))
    for flags, fill, name in ((is_active, HATCHED, "active"), (~is_active, LIGHT, "not active")):
        if not flags.any():
            continue
        axes.bar(
            places[flags],
            ordered["kl"].to_numpy()[flags],
            0.78,
            color=fill.color,
            hatch=fill.hatch,
            edgecolor="white" if fill.hatch else fill.edge,
            linewidth=0.6,
            label=f"{name} ({flags.sum()})",
        )
    step = max(1, -(-len(ordered) // MOST_BARS))
    axes.set_xticks(places[::step], [str(number) for number in ordered["dimension"]][::step])
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.7, len(ordered) - 0.3)
    axes.set_ylim(0, 1.08 * max(float(ordered["kl"].max()), LEAST_KL))
    axes.set_xlabel("Latent dimension, by its KL")
    axes.set_ylabel("KL (nats a message)")
    legend_above(axes, columns=2)


def plane(axes: Axes, latents: pd.DataFrame, kind: str, classes: Classes) -> None:
    """Posterior means of messages on a plane, by class; `kind` is "pca" or "tsne"."""
    points = latents.dropna(subset=[f"{kind}_1", f"{kind}_2"])
    size = 11 if len(points) <= FEW_POINTS else 5
    for label, name, style in ((0, classes.negative, look(5)), (1, classes.positive, look(1))):
        of_class = points[points["label"] == label]
        axes.scatter(
            of_class[f"{kind}_1"],
            of_class[f"{kind}_2"],
            s=size * (1 + 0.4 * label),
            marker="^" if label else "o",
            facecolor=style.color if label else "none",
            edgecolor="white" if label else style.color,
            linewidth=0.3 if label else 0.7,
            label=f"{name} ({words.count(len(of_class))})",
            rasterized=len(points) > MOST_POINTS,
            zorder=2 + label,
        )
    if points.empty:
        axes.annotate(words.UNDEFINED, (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", color=MUTED)
    axes.set_xlabel(f"{NAMES[kind]} 1")
    axes.set_ylabel(f"{NAMES[kind]} 2")
    if kind == "tsne":  # its distances have no unit and its axes no meaning
        axes.tick_params(labelbottom=False, labelleft=False, length=0)
