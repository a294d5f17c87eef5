"""The figures of a detection run: what each is called, how to read it, its size, and whether the data allow it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.artifacts.detection import Measure
from pipeline.reporting import words
from pipeline.reporting.detection import figures, message_figures, shown
from pipeline.reporting.detection.folder import DetectionFolder
from pipeline.reporting.detection.names import MEASURES, RULES
from pipeline.reporting.grid import each_once
from pipeline.reporting.plates import Plate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = 8.2  # inches
ROW = 0.215  # inches of a row of detectors
METRICS = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC"}
MARKED_RULES = ("expected", "elbow", "labels")


def detection_plates(run: DetectionFolder) -> Iterator[Plate]:
    """The figures that the data allow."""
    yield _detectors(run)
    if shown.length_groups(run):
        yield _length(run)
    if shown.scored(run):
        yield _densities(run)
    if shown.scored(run, ("all", "negative")):
        yield _score_length(run)
    if shown.curve_lines(run):
        yield _precision_recall(run)
    if shown.coded(run):
        yield _latent_plane(run)
    if not run.tables.contamination.empty:
        yield _contamination(run)
    if shown.trained(run):
        yield _training(run)


def _detectors(run: DetectionFolder) -> Plate:
    classes, groups = run.report.classes, shown.groups(run, shown.detectors_of(run))
    chances = {"roc_auc": 0.5, "pr_auc": run.report.true_share}

    def draw(figure: Figure) -> None:
        pair = figure.subplots(1, 2, sharey=True)
        for axes, (metric, name) in zip(pair, METRICS.items(), strict=True):
            values = shown.main_values(run.tables, metric)
            figures.forest(axes, groups, values, shown.alone(run, metric), chances[metric])
            axes.set_xlabel(f"{name}, with 95 % interval")
        legend(figure, pair[0], columns=2)

    return Plate(
        "detectors",
        "How well each detector ranks the test messages",
        f"Further right is better: {classes.positive} stands above {classes.negative} more often. Grouped by the "
        "labels that each was given, the highest ROC-AUC of a group first. Left of chance, a detector finds "
        f"{classes.positive} more likely than {classes.negative}. Overlapping whiskers do not settle a comparison: the "
        "paired differences do.",
        draw,
        WIDE,
        1.0 + ROW * figures.count_rows(groups),
    )


def _length(run: DetectionFolder) -> Plate:
    groups = shown.length_groups(run)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.measures(axes, groups, shown.values_by_measure(run.tables), shown.alone(run, "roc_auc"))
        axes.set_xlabel("ROC-AUC on the test part")
        legend(figure, axes, columns=5)

    return Plate(
        "length",
        "How much of the separation is length",
        "A long message costs more than a short one, whatever it says. A ring near the dashed line may be no more "
        "than that; the square is what is left once a message is held against what is usual at its length. Where "
        "ring and square lie together, length explains little. A detector whose score is no sum over words has a "
        "ring alone.",
        draw,
        WIDE,
        0.95 + ROW * figures.count_rows(groups),
    )


def _densities(run: DetectionFolder) -> Plate:
    lines, scores = shown.scored(run), _test(run)
    table = run.tables.detectors.set_index("detector")["measure"]
    measures: dict[str, Measure] = {line.detector: table[line.detector] for line in lines}  # pyright: ignore[reportAssignmentType]
    has_one_measure = len(set(measures.values())) == 1
    panels_of = {
        line.detector: message_figures.Panel(
            scores[scores["detector"] == line.detector], measures[line.detector], _thresholds(run, line.detector)
        )
        for line in lines
    }

    def draw(figure: Figure) -> None:
        panels = figure.subplots(len(lines), 1, squeeze=False)[:, 0]
        for axes, line in zip(panels, lines, strict=True):
            panel = panels_of[line.detector]
            beside = panels_of.values() if has_one_measure else [panel]
            message_figures.densities(axes, panel, run.report.classes, message_figures.common_bins(beside))
            axes.set_title(line.name)
            if axes is panels[-1] or not has_one_measure:
                axes.set_xlabel(MEASURES[panel.measure].axis)
        legend(figure, panels[0], columns=2)

    return Plate(
        "densities",
        "What the VAE makes of both classes",
        "Test messages by class, the less likely further right; each class adds up to 100 %. A message right of a "
        f"line is called {run.report.classes.positive}; a threshold above all test messages has no line. The "
        f"rule “{RULES['labels']}” takes the labels of the validation part, the other two take none. The outermost "
        "bars hold what lies beyond the axis.",
        draw,
        6.6,
        0.8 + 1.95 * len(lines),
    )


def _score_length(run: DetectionFolder) -> Plate:
    lines = shown.scored(run, ("all", "negative"))
    scores = run.tables.scores[run.tables.scores["detector"].isin([line.detector for line in lines])]
    is_log = bool((scores["message"] > 0).all())

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(lines), squeeze=False, sharex=True, sharey=True)[0]
        for axes, line in zip(panels, lines, strict=True):
            own = scores[scores["detector"] == line.detector]
            message_figures.cost_by_length(
                axes, own[own["part"] == "test"], message_figures.usual_costs(own), run.report.classes, is_log=is_log
            )
            axes.set_title(line.name)
        panels[0].set_ylabel(f"Cost of the message (nats{', logarithmic' if is_log else ''})")
        legend(figure, panels[0], columns=min(1 + len(lines), 3), marker_scale=1.5)

    return Plate(
        "score_length",
        "Cost of a message against its length",
        "A mark is a test message. Above the line it costs more than is usual at its length: how far, in standard "
        "deviations of the messages there, is the cost adjusted for length. Where "
        f"{run.report.classes.positive} lies above the line and not only further right, the detector sees more than "
        "length.",
        draw,
        4.4 if len(lines) == 1 else WIDE,
        4.0,
    )


def _precision_recall(run: DetectionFolder) -> Plate:
    lines, positive = shown.curve_lines(run), run.report.classes.positive

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.precision_recall(axes, run.tables.curves, lines, run.report.true_share)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper", labelspacing=0.9)

    return Plate(
        "precision_recall",
        f"How much {positive} is caught, and how much of what is called is {positive}",
        "Further up and right is better, at all thresholds. Shown are the detector without labels that is best on "
        "validation, the mixture, "
        f"the VAEs, the unigram density fitted on {run.report.classes.negative} only, length alone and the classifier "
        "that has all labels, as far as the run has them.",
        draw,
        7.2,
        4.0,
    )


def _latent_plane(run: DetectionFolder) -> Plate:
    lines, latents = shown.coded(run), run.tables.latents
    table = run.tables.latent_axes.drop_duplicates("detector").set_index("detector")

    def draw(figure: Figure) -> None:
        panels = figure.subplots(1, len(lines), squeeze=False)[0]
        for axes, line in zip(panels, lines, strict=True):
            first, second = (
                float(share) for share in table.reindex([line.detector])[["first_share", "second_share"]].iloc[0]
            )
            message_figures.plane(
                axes, latents[latents["detector"] == line.detector], (first, second), run.report.classes
            )
            axes.set_title(line.name)
        legend(figure, panels[0], columns=2, marker_scale=1.5)

    return Plate(
        "latent_plane",
        "The latent code of test messages",
        "Means of the code along the two directions in which they vary most. Each VAE has directions of its own: where "
        "a message lies in the one says nothing of the other. A class with a cluster of its own has a place in the "
        "code: the VAE expects such messages.",
        draw,
        4.4 if len(lines) == 1 else WIDE,
        4.0,
    )


def _contamination(run: DetectionFolder) -> Plate:
    table, classes = run.tables.contamination, run.report.classes
    lines = [shown.model_line(model) for model in each_once(table["model"].astype(str))]
    chances = {"roc_auc": 0.5, "pr_auc": run.report.true_share}

    def draw(figure: Figure) -> None:
        pair = figure.subplots(1, 2)
        for axes, (metric, name) in zip(pair, METRICS.items(), strict=True):
            rows = table[table["metric"] == metric]
            figures.contamination(axes, rows, lines, chances[metric], run.report.true_share)
            axes.set_xlabel(f"Share of {classes.positive} among the messages fitted on")
            axes.set_ylabel(f"{name}, with 95 % interval")
        legend(figure, pair[0], columns=4)

    return Plate(
        "contamination",
        f"What {classes.positive} in the training messages does",
        f"Each point is a model of its own, fitted once on {words.quantity(run.report.num_contaminated, 'message')}, "
        f"of which the share on the axis is {classes.positive}, and judged on the same test messages. At 0 % it has "
        f"seen {classes.negative} only; a line that falls says that the detector learns to expect what it should "
        "find. Intervals tell of other test messages, not of another fit.",
        draw,
        WIDE,
        3.6,
    )


def _training(run: DetectionFolder) -> Plate:
    lines, history = shown.trained(run), run.tables.history
    epochs = run.tables.detectors.set_index("detector")["kept_epoch"]
    kept = {line.detector: int(epochs[line.detector]) for line in lines}

    def draw(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        for axes, column in ((left, "val_loss"), (right, "val_roc_auc")):
            figures.epochs(axes, history, column, lines, kept)
        left.set_ylabel("Validation loss (nats a message)")
        right.set_ylabel("ROC-AUC on validation,\nwhole message, not adjusted")
        legend(figure, left, columns=4)

    return Plate(
        "training",
        "What longer training does",
        "Left: the loss on validation messages of the kind that each VAE was fitted on, so the levels are not to be "
        "compared; the ring marks the epoch whose weights were kept. Right: how well the whole cost of a "
        "message, not adjusted for length, ranks the classes after each epoch; it takes labels, is only shown and "
        "was never used to choose.",
        draw,
        WIDE,
        3.6,
    )


def legend(figure: Figure, axes: Axes, columns: int, marker_scale: float = 1) -> None:
    """A legend above all, of what the axes show."""
    shown_here = axes.get_legend_handles_labels()
    figure.legend(*shown_here, loc="outside upper left", ncols=columns, markerscale=marker_scale)


def _test(run: DetectionFolder) -> pd.DataFrame:
    """Costs of the test messages."""
    return run.tables.scores[run.tables.scores["part"] == "test"]


def _thresholds(run: DetectionFolder, detector: str) -> dict[str, float]:
    """Thresholds of a detector that the figures show, by the names of their rules."""
    table = run.tables.thresholds[run.tables.thresholds["detector"] == detector]
    found = dict(zip(table["rule"].astype(str), table["threshold"].astype(float), strict=True))
    return {RULES[rule]: found[rule] for rule in MARKED_RULES if rule in found}
