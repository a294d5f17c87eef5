"""The figures of a classification run: what each is called, how to read it, and its place on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.reporting import curves, figures, style, words
from pipeline.reporting.curves import Series
from pipeline.reporting.facts import Judged
from pipeline.reporting.folder import RunFolder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEY_METRICS = ("f1", "recall", "precision", "mcc", "roc_auc", "pr_auc", "recall_at_fpr_1")


@dataclass(frozen=True)
class Plate:
    """One figure of the report.

    Attributes:
        name: of its files, without suffix.
        title: what it shows.
        reading: how to read it; `{positive}` and `{negative}` stand for the class names.
        draw: fills an empty figure from a run folder.
        width, height: in inches.
    """

    name: str
    title: str
    reading: str
    draw: Callable[[Figure, RunFolder], None]
    width: float = 5.2
    height: float = 3.5


def draw_figures(run: RunFolder) -> list[Plate]:
    """Draw every figure that the run has the data for into `figures/`; those that were drawn."""
    folder = run.path / "figures"
    folder.mkdir(exist_ok=True)
    report = run.report
    text = f"{report.protocol} protocol  ·  {report.experiment} on {report.dataset}"
    plates = list(_plates(run))
    for plate in plates:
        with style.sheet(
            folder / plate.name, style.Caption(text, report.stand_in), width=plate.width, height=plate.height
        ) as figure:
            plate.draw(figure, run)
    return plates


def _plates(run: RunFolder) -> Iterator[Plate]:
    for plate in PLATES:
        if plate.name != "vector_coverage" or not run.tables.coverage.empty:
            yield plate


def _class_counts(figure: Figure, run: RunFolder) -> None:
    figures.class_counts(figure.add_subplot(), run.report.counts, run.report.classes)


def _text_lengths(figure: Figure, run: RunFolder) -> None:
    report = run.report
    figures.text_lengths(figure.add_subplot(), run.tables.lengths, report.classes, report.text.max_length)


def _vector_coverage(figure: Figure, run: RunFolder) -> None:
    figures.vector_coverage(figure.add_subplot(), run.tables.coverage, run.report.classes)


def _learning_curves(figure: Figure, run: RunFolder) -> None:
    history, kept = run.tables.history, run.report.training.kept_epoch
    loss, recall = figure.subplots(1, 2)
    curves.by_epoch(loss, history, "loss", kept)
    loss.set_ylabel("Loss (binary cross-entropy)")
    curves.by_epoch(recall, history, "recall", kept)
    recall.set_ylabel("Recall")
    recall.set_ylim(0, 1.03)
    figure.legend(*loss.get_legend_handles_labels(), loc="outside upper left", ncols=3)


def _roc(figure: Figure, run: RunFolder) -> None:
    curves.roc(figure.add_subplot(), _series(run, "roc", "roc_auc"))


def _precision_recall(figure: Figure, run: RunFolder) -> None:
    curves.precision_recall(figure.add_subplot(), _series(run, "precision_recall", "pr_auc"))


def _calibration(figure: Figure, run: RunFolder) -> None:
    table = run.tables.calibration
    models = {_short(run, name): table[table["model"] == name] for name in _with_skill(run)}
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(5, 2))
    curves.reliability(above, models)
    curves.bin_sizes(below, models)


def _confusion_matrix(figure: Figure, run: RunFolder) -> None:
    figures.confusion_matrix(figure.add_subplot(), run.report.model.confusion, run.report.classes)


def _thresholds(figure: Figure, run: RunFolder) -> None:
    curves.thresholds(
        figure.add_subplot(), run.tables.thresholds, run.report.model.threshold, run.report.classes.positive
    )


def _baseline_comparison(figure: Figure, run: RunFolder) -> None:
    models = {_short(run, name): judged.metrics for name, judged in run.report.models.items()}
    figures.metric_intervals(figure.add_subplot(), KEY_METRICS, models)


def _series(run: RunFolder, table_name: str, metric: str) -> dict[str, Series]:
    """The curve of every model, named with the area below it."""
    table = getattr(run.tables, table_name)
    return {
        f"{_short(run, name)} ({words.decimal(judged.metrics[metric].value)})": Series(
            table[table["model"] == name], judged.confusion
        )
        for name, judged in _with_skill(run).items()
    }


def _with_skill(run: RunFolder) -> dict[str, Judged]:
    """The models with a curve of their own: one that always says the same is the line of guessing."""
    return {name: judged for name, judged in run.report.models.items() if name != "majority"}


def _short(run: RunFolder, name: str) -> str:
    return words.short_name(name, run.report.training.model)


PLATES = (
    Plate(
        "baseline_comparison",
        "The model beside its baselines",
        "A dot is the value on the test part, its whisker the 95 % interval. Further right is better. Overlapping "
        "whiskers do not settle a comparison: the paired differences do. An arrow stands for a value further left.",
        _baseline_comparison,
        height=4.2,
    ),
    Plate(
        "confusion_matrix",
        "Confusion matrix of the test part",
        "Rows are the truth, columns what the model said at its threshold. Top right: {negative} flagged wrongly; "
        "bottom left: {positive} that slipped through.",
        _confusion_matrix,
        width=4.2,
    ),
    Plate(
        "roc",
        "ROC curves",
        "How much {positive} is caught when a given share of {negative} may be flagged. Higher and further left is "
        "better; the logarithmic axis shows the low rates that a filter needs; its left edge stands for none. "
        "Markers: the thresholds in use. In brackets: ROC-AUC.",
        _roc,
    ),
    Plate(
        "precision_recall",
        "Precision and recall",
        "What catching more {positive} costs in precision. Higher and further right is better. Markers: the thresholds "
        "in use. In brackets: PR-AUC.",
        _precision_recall,
    ),
    Plate(
        "thresholds",
        "Choice of the threshold",
        "Precision, recall and F1 at every threshold, on the part that the threshold was chosen on. A flat F1 around "
        "the chosen value means that the choice matters little. The axis is stretched at both ends, where most "
        "probabilities are.",
        _thresholds,
    ),
    Plate(
        "calibration",
        "Calibration",
        "Above: of the messages given a probability, the share that is {positive}; on the dotted line probabilities "
        "mean what they say. Bars: 95 % intervals of the model. Hollow: fewer than 10 messages. Below: how many.",
        _calibration,
        height=4.5,
    ),
    Plate(
        "class_counts",
        "Messages by part and class",
        "What the model was fitted on, before and after resampling, and what it was judged on. Resampling, and "
        "messages that were generated, should show in the fitted-on bars alone.",
        _class_counts,
        height=3.2,
    ),
    Plate(
        "text_lengths",
        "Message lengths",
        "Share of each class by number of words, on a logarithmic axis. Words beyond the dotted line are cut off.",
        _text_lengths,
        height=3.2,
    ),
    Plate(
        "learning_curves",
        "Learning curves",
        "A validation loss that rises while the training loss falls is overfitting. The dotted line marks the epoch "
        "whose weights were kept.",
        _learning_curves,
        width=6.8,
        height=3.2,
    ),
    Plate(
        "vector_coverage",
        "Words with a vector",
        "Share of the running words, and of the distinct words, of the training messages that the vectors know.",
        _vector_coverage,
        height=3.2,
    ),
)
