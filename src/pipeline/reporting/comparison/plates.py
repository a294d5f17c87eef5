"""The figures of a comparison: what each is called, how to read it, its size, and whether the data allow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.reporting import style, words
from pipeline.reporting.comparison import curves, figures
from pipeline.reporting.comparison.contrasts import contrasts
from pipeline.reporting.comparison.facts import Pair, Variant
from pipeline.reporting.comparison.legends import legend, legend_height, names_of, proxy, rows_height
from pipeline.reporting.comparison.scene import BASELINES, MOST_CURVES, Scene, label, rank
from pipeline.reporting.plates import Plate
from pipeline.reporting.style import INK, LOOKS, Look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, NARROW = 6.2, 5.2  # inches
PAIR_WIDTH = 46  # characters a line of a pair's names
MOST_PAIRS = 16  # rows in the figure of differences: the table has all
PANELS = ("f1", "recall", "precision", "pr_auc")
FACTORS = {"sampling": ("undersample", "none"), "split": ("kfold", "holdout")}
CONTRASTS = {
    "sampling": (
        "With and without undersampling",
        "Undersampling throws messages of the larger class away: it tends to raise recall and to cost precision.",
    ),
    "split": (
        "With and without folds",
        "Folds test on every message once; one split tests on a part: its interval leaves out the luck of the split.",
    ),
}
KIND_NAMES = {
    "undersample": "undersampled", "none": "all training rows", "kfold": "folds", "holdout": "one split",
}  # fmt: skip


def caption(scene: Scene) -> style.Caption:
    """The line below every figure."""
    comparison = scene.comparison
    text = f"{words.listed(comparison.protocols)} protocol  ·  {comparison.title}"
    return style.Caption(text, any(variant.stand_in for variant in comparison.variants))


def plates(scene: Scene) -> Iterator[Plate]:
    """The figures that the data allow, in the order of their importance."""
    yield _metrics(scene)
    if scene.comparison.pairs:
        yield _differences(scene)
    if any(run.fold is not None for variant in scene.models for run in variant.repeats):
        yield _folds(scene)
    for factor in FACTORS:
        if contrasts(scene.models, factor):
            yield _contrast(scene, factor)
    if not scene.tables.history.empty:
        yield _learning_curves(scene)
    if any(curves.has_curve(scene.tables.roc, variant.name) for variant in scene.comparison.variants):
        yield _roc(scene)
        yield _precision_recall(scene)
    if any(variant.train_seconds is not None for variant in scene.models):
        yield _train_times(scene)


def _metrics(scene: Scene) -> Plate:
    variants = scene.comparison.variants
    published = {figure.metric for variant in variants for figure in variant.published} & set(words.METRIC)
    keys = [*PANELS, *sorted(published - set(PANELS))]
    num_rows, names = (len(keys) + 1) // 2, names_of(scene, variants)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(num_rows, 2, sharey=True, squeeze=False).flatten()
        for axes, key in zip(grid, keys, strict=False):
            figures.metric_panel(axes, variants, key, scene.looks)
            figures.name_rows(axes, names)
        for axes in grid[len(keys) :]:
            axes.remove()
        handles = [proxy("o-", f"{'value' if scene.is_single else 'mean'} with 95 % interval", color=INK)]
        if any(len(variant.repeats) > 1 for variant in variants):
            handles.append(proxy(".", "one run", color=INK, alpha=0.45))
        if published:
            handles.append(proxy("", "published", **figures.PUBLISHED))
        figure.legend(handles=handles, loc="outside upper left", ncols=3)

    reading = (
        f"A dot is the value on the test part, its whisker the 95 % interval {scene.interval_of}. "
        "Further right is better. Overlapping whiskers do not settle a comparison: the paired differences do. "
        "The axes do not start at 0; an arrow stands for a value further left"
        + (", a star for what a source reports from its own protocol." if published else ".")
    )
    height = 0.55 + num_rows * (0.45 + rows_height(names))
    return Plate("metrics", "Metrics of all variants", reading, draw, WIDE, height)


def _differences(scene: Scene) -> Plate:
    pairs = _main_pairs(scene)
    left_out = len(scene.comparison.pairs) - len(pairs)
    names = [
        f"{label(scene.short[pair.first], PAIR_WIDTH)}\nminus {label(scene.short[pair.second], PAIR_WIDTH)}"
        for pair in pairs
    ]

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.differences(axes, pairs)
        figures.name_rows(axes, names)
        axes.set_title("p, adjusted", loc="right", fontsize=figures.SMALL)

    reading = (
        "Each row is a pair judged on the same test messages: a dot is the difference in F1, its whisker the 95 % "
        "interval. Filled: detectable at 5 % after Holm's adjustment for the number of pairs. Hollow: no detectable "
        "difference, which does not show that the two are equal. An interval is not adjusted, and so may clear 0 "
        "beside a hollow dot."
        + (
            f" Shown are the pairs of the best model and of the baseline; the table has {left_out} more."
            if left_out
            else ""
        )
    )
    height = 0.85 + rows_height(names)
    return Plate("differences", "Differences between pairs", reading, draw, WIDE, height)


def _main_pairs(scene: Scene) -> Sequence[Pair]:
    """All pairs, or those that a reader asks for first: of the best model, and of each with a baseline."""
    pairs = scene.comparison.pairs
    if len(pairs) <= MOST_PAIRS:
        return pairs
    wanted = {min(scene.models, key=rank).name, *(variant.name for variant in scene.baselines)}
    return [pair for pair in pairs if wanted & {pair.first, pair.second}] or pairs[:MOST_PAIRS]


def _folds(scene: Scene) -> Plate:
    folded = [variant for variant in scene.drawn if any(run.fold is not None for run in variant.repeats)]
    published = any(figure.values for variant in folded for figure in variant.published)

    def draw(figure: Figure) -> None:
        for axes, key in zip(figure.subplots(2, 1, sharex=True), ("f1", "recall"), strict=True):
            figures.fold_panel(axes, folded, key, scene.looks)
            axes.label_outer()
        legend(figure, scene, *([proxy("", "published", **figures.PUBLISHED)] if published else []))

    reading = (
        "A dot is the value on the test part of a fold, its whisker the 95 % interval from a bootstrap of its "
        "messages. "
        "How far the dots of a variant lie apart shows what one split alone would leave to luck."
        + (" A star is what the source reports for the fold; its folds are not the same messages." if published else "")
    )
    return Plate("folds", "Fold by fold", reading, draw, WIDE, 4.1 + legend_height(names_of(scene, folded)))


def _contrast(scene: Scene, factor: str) -> Plate:
    found = contrasts(scene.models, factor)
    kinds = [kind for kind in FACTORS[factor] if any(kind in contrast.kinds for contrast in found)]
    kinds += sorted({kind for contrast in found for kind in contrast.kinds} - set(kinds))
    looks = {kind: LOOKS[index % len(LOOKS)] for index, kind in enumerate(kinds)}
    names = [label(contrast.name) for contrast in found]

    def draw(figure: Figure) -> None:
        for axes, key in zip(figure.subplots(1, 3, sharey=True), ("recall", "precision", "f1"), strict=True):
            figures.contrast_panel(axes, found, key, looks)
            figures.name_rows(axes, names)
            axes.tick_params(axis="x", labelsize=figures.SMALL)
        handles = [
            proxy(f"{look.marker}-", KIND_NAMES.get(kind, kind), color=look.color) for kind, look in looks.items()
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)

    title, reading = CONTRASTS[factor]
    height = 1.0 + rows_height(names) + 0.25 * len(found)
    reading += " Whiskers are 95 % intervals. The axes do not start at 0."
    return Plate(f"with_without_{factor}", title, reading, draw, WIDE, height)


def _learning_curves(scene: Scene) -> Plate:
    looks = {variant.name: scene.looks[variant.name] for variant in scene.drawn}

    def draw(figure: Figure) -> None:
        for axes, column, name in zip(
            figure.subplots(1, 2), ("val_loss", "val_recall"), ("Validation loss", "Validation recall"), strict=True
        ):
            curves.by_epoch(axes, scene.tables.history, column, looks)
            axes.set_ylabel(name)
        legend(figure, scene)

    reading = (
        "Loss and recall on the validation part after each epoch. Falling loss is better; loss that rises again is "
        "overfitting."
    )
    if not scene.is_single:
        reading += " Bold: the mean, as far as all runs of the variant go. Thin: single runs."
    height = 3.0 + legend_height(names_of(scene, scene.drawn))
    return Plate("learning_curves", "Learning curves of all variants", reading + _of_many(scene), draw, WIDE, height)


def _roc(scene: Scene) -> Plate:
    looks = _with_curves(scene)

    def draw(figure: Figure) -> None:
        curves.roc(figure.add_subplot(), scene.tables.roc, looks)
        legend(figure, scene)

    reading = (
        f"How much {scene.comparison.classes.positive} is caught when a given share of "
        f"{scene.comparison.classes.negative} may be flagged. Higher and further left is better; the left edge stands "
        "for no false positive at all. Dotted: guessing." + _averaged(scene) + _of_many(scene)
    )
    height = 3.6 + legend_height([label(scene.short[name]) for name in looks])
    return Plate("roc", "ROC curves of all variants", reading, draw, WIDE, height)


def _precision_recall(scene: Scene) -> Plate:
    looks = _with_curves(scene)

    table = scene.tables.precision_recall
    num_panels = 2 if curves.reaches_corner(table, looks) else 1

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, num_panels, squeeze=False).flatten()
        for axes in panels:
            curves.precision_recall(axes, table, looks)
        for corner in panels[1:]:
            corner.set_xlim(curves.CORNER, 1.002)
            corner.set_ylim(curves.CORNER, 1.004)
            corner.set_ylabel("")
            corner.set_title("Its corner, enlarged")
        legend(figure, scene)

    reading = (
        f"What catching more {scene.comparison.classes.positive} costs in precision. Higher and further right is "
        "better." + _averaged(scene) + _of_many(scene)
    )
    height = 3.1 + legend_height([label(scene.short[name]) for name in looks])
    return Plate("precision_recall", "Precision and recall of all variants", reading, draw, WIDE, height)


def _train_times(scene: Scene) -> Plate:
    timed = [variant for variant in scene.models if variant.train_seconds is not None]
    names = names_of(scene, timed)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.train_times(axes, timed, scene.looks)
        figures.name_rows(axes, names)

    reading = "Time of all epochs together" + (
        ", once per variant." if scene.is_single else ": the mean of the runs, each a dot."
    )
    reading += " Times of runs that shared the machine are longer than alone: read them as orders of magnitude."
    height = 0.75 + rows_height(names)
    return Plate("train_times", "Training time", reading, draw, NARROW, height)


def _with_curves(scene: Scene) -> dict[str, Look]:
    shown: list[Variant] = [*scene.drawn, *scene.baselines[: len(BASELINES)]]
    return {v.name: scene.looks[v.name] for v in shown if curves.has_curve(scene.tables.roc, v.name)}


def _averaged(scene: Scene) -> str:
    return "" if scene.is_single else " Bold: the mean of the curves of all runs. Thin: single runs of a model."


def _of_many(scene: Scene) -> str:
    left_out = len(scene.models) - len(scene.drawn)
    return f" Drawn are the {MOST_CURVES} variants with the best F1 of {len(scene.models)}." if left_out else ""
