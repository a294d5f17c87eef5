"""Figures of values, differences and times of several variants: each draws on the axes it is given, returns nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.reporting import words
from pipeline.reporting.comparison.facts import Pair, Variant
from pipeline.reporting.comparison.scene import metric
from pipeline.reporting.figures import NEAR
from pipeline.reporting.style import FAINT, INK, LOOKS, MUTED, Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 8  # points, of names at the edge
BESIDE = 0.27  # how far single repeats lie below their mean, in rows
MOST_WHISKER = 0.15  # a whisker that reaches further below the least mean runs off the edge
PUBLISHED: dict[str, Any] = {
    "marker": "*", "markersize": 9, "markerfacecolor": "white", "markeredgecolor": INK, "linestyle": "none",
}  # fmt: skip


@dataclass(frozen=True)
class Contrast:
    """Variants that differ in one thing alone, or nearly: its kind -> variant."""

    name: str
    kinds: dict[str, Variant]


def metric_panel(axes: Axes, variants: Sequence[Variant], key: str, looks: Mapping[str, Look]) -> None:
    """One metric of every variant: a dot with its 95 % interval, each repeat small below it, a star as published.

    A variant far below the best model would squash the others: its value is written at the left edge, with an arrow.
    """
    left = _left_edge(variants, key)
    for place, variant in enumerate(variants):
        summary, look = metric(variant, key), looks[variant.name]
        if not summary.mean >= left:
            text = "undefined" if math.isnan(summary.mean) else f"◂ {words.decimal(summary.mean, 2)}"
            axes.annotate(
                text, (0, place), (3, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                fontsize=7.5, color=look.color,
            )  # fmt: skip
            continue
        _point(axes, summary.mean, place, summary.low, summary.high, color=look.color, marker=look.marker)
        if len(variant.repeats) > 1:
            values = [run.metrics[key].value for run in variant.repeats if key in run.metrics]
            axes.plot(values, np.full(len(values), place + BESIDE), ".", color=look.color, alpha=0.45, markersize=4)
        for figure in variant.published:
            if figure.metric == key and figure.value >= left:
                axes.plot([figure.value], [place], **PUBLISHED, zorder=4)
    rows(axes, len(variants))
    num_models = sum(not variant.is_baseline for variant in variants)
    if num_models < len(variants):
        axes.axhline(num_models - 0.5, color=MUTED, linewidth=0.8)
    axes.set_xlim(left, 1 + 0.02 * (1 - left))
    axes.set_title(words.METRIC[key].label)


def differences(axes: Axes, pairs: Sequence[Pair]) -> None:
    """Difference of each pair with its 95 % interval; filled where it is detectable. Adjusted p at the right edge."""
    axes.axvline(0, color=INK, linewidth=1)
    for place, pair in enumerate(pairs):
        found, gap = pair.verdict != "none", pair.difference
        color = LOOKS[0].color if found else MUTED
        face = color if found else "white"
        _point(axes, gap.value, place, gap.low, gap.high, color=color, marker="o", markerfacecolor=face)
        axes.annotate(
            _deciding_p(pair), (1, place), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=SMALL, weight="bold" if found else "normal", annotation_clip=False,
        )  # fmt: skip
    rows(axes, len(pairs))
    reach = [abs(end) for pair in pairs for end in (pair.difference.low, pair.difference.high) if not math.isnan(end)]
    limit = 1.08 * max([*reach, 0.01])
    axes.set_xlim(-limit, limit)
    axes.xaxis.set_major_formatter(lambda value, _: _tick(value, 2 if limit > 0.04 else 3))
    axes.set_xlabel("◂ second is better        Difference in F1        first is better ▸")


def train_times(axes: Axes, variants: Sequence[Variant], looks: Mapping[str, Look]) -> None:
    """Mean training time of each variant as a bar with the time written on it; a dot for each repeat."""
    longest = max(_seconds(variant) for variant in variants)
    for place, variant in enumerate(variants):
        seconds = _seconds(variant)
        axes.barh(place, seconds, 0.62, color=looks[variant.name].color, alpha=0.55)
        times = [run.train_seconds for run in variant.repeats if run.train_seconds is not None]
        if len(times) > 1:
            axes.plot(times, np.full(len(times), place), ".", color=INK, alpha=0.6, markersize=4)
        axes.annotate(
            words.duration(seconds), (max([seconds, *times]), place), (5, 0), textcoords="offset points", va="center",
            fontsize=SMALL,
        )  # fmt: skip
        longest = max([longest, *times])
    rows(axes, len(variants))
    axes.set_xlim(0, 1.22 * max(longest, 0.1))
    axes.set_xlabel("Training, all epochs (seconds)")


def contrast_panel(axes: Axes, contrasts: Sequence[Contrast], key: str, kinds: Mapping[str, Look]) -> None:
    """One metric of variants that differ in one thing: a row for each set, a dot with its interval for each kind."""
    offsets = np.linspace(-0.16, 0.16, len(kinds))
    for place, contrast in enumerate(contrasts):
        found = {kind: metric(variant, key) for kind, variant in contrast.kinds.items()}
        for offset, (kind, look) in zip(offsets, kinds.items(), strict=True):
            if kind in found:
                summary = found[kind]
                _point(
                    axes, summary.mean, place + offset, summary.low, summary.high, color=look.color, marker=look.marker
                )
    rows(axes, len(contrasts))
    left = _left_edge([variant for contrast in contrasts for variant in contrast.kinds.values()], key)
    axes.set_xlim(left, 1 + 0.02 * (1 - left))
    axes.set_title(words.METRIC[key].label)


def fold_panel(axes: Axes, variants: Sequence[Variant], key: str, looks: Mapping[str, Look]) -> None:
    """One metric on every fold, the variants side by side; a star where the source gives a figure for the fold."""
    offsets = np.linspace(-0.3, 0.3, len(variants)) if len(variants) > 1 else np.zeros(1)
    folds = sorted({run.fold for variant in variants for run in variant.repeats if run.fold is not None})
    for offset, variant in zip(offsets, variants, strict=True):
        look = looks[variant.name]
        points = [
            (run.fold + offset, run.metrics[key])
            for run in variant.repeats
            if run.fold is not None and key in run.metrics
        ]
        for place, value in points:
            _whisker(axes, place, value.low, value.high, look.color)
        places, values = [place for place, _ in points], [value.value for _, value in points]
        axes.plot(places, values, linestyle="none", marker=look.marker, color=look.color, label=variant.name)
        for figure in variant.published:
            if figure.metric == key and len(figure.values) == len(folds):
                axes.plot(np.array(folds) + offset, figure.values, **PUBLISHED, zorder=4)
    axes.set_xticks(folds, [str(fold) for fold in folds])
    axes.set_xticks(np.array(folds[:-1]) + 0.5, minor=True)
    axes.tick_params(axis="x", which="both", length=0)
    axes.grid(visible=False, axis="x", which="major")
    axes.grid(visible=True, axis="x", which="minor", color=FAINT)
    axes.set_xlim(folds[0] - 0.5, folds[-1] + 0.5)
    axes.set_xlabel("Fold")
    axes.set_title(words.METRIC[key].label)


def rows(axes: Axes, number: int) -> None:
    """A row for each of `number` things, the first on top, with a line between two."""
    axes.set_yticks(range(number))
    axes.set_yticks(np.arange(number - 1) + 0.5, minor=True)
    axes.tick_params(axis="y", which="both", length=0)
    axes.grid(visible=False, axis="y", which="major")
    axes.grid(visible=True, axis="y", which="minor", color=FAINT)
    axes.set_ylim(number - 0.5, -0.5)


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Names at the left edge, broken into lines where they are long."""
    axes.set_yticks(range(len(names)), list(names), fontsize=SMALL)


def p_value(p: float) -> str:
    """0.012, or < 0.001."""
    return "< 0.001" if p < 0.001 else words.decimal(p)


def _point(axes: Axes, value: float, place: float, low: float, high: float, **kinds: Any) -> None:
    axes.hlines(place, low, high, color=kinds["color"], linewidth=1.3, zorder=2)
    axes.plot([value], [place], linestyle="none", markersize=5, zorder=3, **kinds)


def _whisker(axes: Axes, place: float, low: float, high: float, color: str) -> None:
    axes.vlines(place, low, high, color=color, linewidth=1, alpha=0.6)


def _tick(value: float, places: int) -> str:
    return words.signed(value, places) if round(value, places) else "0"


def _left_edge(variants: Sequence[Variant], key: str) -> float:
    """Left end of the axis: room for all that comes near the best model, be it a repeat or a published figure."""
    means = [metric(variant, key).mean for variant in variants]
    models = [mean for variant, mean in zip(variants, means, strict=True) if not variant.is_baseline]
    best = max((mean for mean in models if not math.isnan(mean)), default=0.0)
    shown = [variant for variant, mean in zip(variants, means, strict=True) if mean >= NEAR * best]
    values = [run.metrics[key].value for variant in shown for run in variant.repeats if key in run.metrics]
    values += [figure.value for variant in shown for figure in variant.published if figure.metric == key]
    least = min((value for value in [*values, *means] if value >= NEAR * best), default=0.0)
    lows = [max(metric(variant, key).low, least - MOST_WHISKER) for variant in shown]
    ends = [end for end in [least, *lows] if not math.isnan(end)]
    return math.floor(50 * max(min(ends) - 0.005, 0)) / 50


def _deciding_p(pair: Pair) -> str:
    """The adjusted p of the test behind the verdict: the bootstrap of one repeat, the corrected t-test of several."""
    wanted = "bootstrap" if pair.num_repeats == 1 else "corrected_t"
    found = next((test for test in pair.tests if test.test == wanted), None)
    return f"p {p_value(found.p_holm)}" if found else ""


def _seconds(variant: Variant) -> float:
    seconds = variant.train_seconds
    return 0.0 if seconds is None or math.isnan(seconds) else seconds
