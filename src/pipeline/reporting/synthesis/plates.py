"""The figures of a synthesis run: what each is called, how to read it, its size, and whether the data allow it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from pipeline.reporting import curves, words
from pipeline.reporting import figures as common
from pipeline.reporting.facts import Classes
from pipeline.reporting.plates import Plate
from pipeline.reporting.synthesis import figures, judged_figures
from pipeline.reporting.synthesis.folder import SynthesisFolder
from pipeline.reporting.synthesis.published import published_of
from pipeline.reporting.synthesis.sentences import METHODS, evaluator_name, luck_sentence, validation_name
from pipeline.reporting.synthesis.tables import SETTINGS
from pipeline.reporting.synthesis.verdicts import RIVALS, deciding_metrics

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE = 7.2  # inches
LEAST_KL = 0.1  # nats a message that the axis shows at least, so that next to nothing looks like it
PANELS = ("accuracy", "precision", "f1", "pr_auc")


def plates(run: SynthesisFolder) -> Iterator[Plate]:
    """The figures that the data allow."""
    yield _evaluators(run)
    yield _scorecard(run)
    if not run.tables.augmentation.empty:
        yield _augmentation(run)
        yield _differences(run)
    yield _losses(run)
    yield _dimensions(run)
    yield _planes(run)
    yield from _data(run)


def _evaluators(run: SynthesisFolder) -> Plate:
    table, published = run.tables.evaluators, published_of(run.report)
    names: list[str] = list(dict.fromkeys(table["evaluator"].astype(str)))
    settings = {key: name for key, name in SETTINGS.items() if (table["setting"] == key).any()}

    def draw(figure: Figure) -> None:
        grid = figure.subplots(2, 2, sharey=True)
        for axes, metric in zip(grid.flat, PANELS, strict=True):
            figure_of = published.metrics.get(metric) if published and names[:1] == ["gnb"] else None
            judged_figures.evaluator_panel(axes, table, metric, names, settings, figure_of)
            axes.set_yticks(range(len(names)), [_broken(evaluator_name(name)) for name in names])
        _legend(figure, columns=3)

    return Plate(
        "evaluators",
        "Evaluators trained and tested on real and on synthetic messages",
        "A dot is the value, its whisker the 95 % interval; further right is better. The legend says what is trained "
        "on → what is tested on. Overlapping whiskers do not settle a comparison: the paired differences do."
        + (" Star: the published Gaussian naive Bayes." if published else ""),
        draw,
        WIDE,
        1.3 + 1.35 * max(len(names), 2),
    )


def _scorecard(run: SynthesisFolder) -> Plate:
    table = run.tables.scorecard
    return Plate(
        "scorecard",
        "Synthetic messages beside a real holdout",
        "On the line, synthetic messages score as real ones do that were held out. To the right they are worse, to the "
        "left off in the other direction; at the edge by as much as can be. A gap is a share of the larger of the two "
        "figures, or, of AUCs and of the share closer to training, of the way from the ideal to the end of the scale. "
        "Bars: lowest to highest draw. What is undefined of either has no mark.",
        lambda figure: judged_figures.scorecard(figure.add_subplot(), table),
        5.8,
        1.1 + 0.27 * len(table),
    )


def _augmentation(run: SynthesisFolder) -> Plate:
    table = run.tables.augmentation
    methods = {key: name for key, name in METHODS.items() if (table["method"] == key).any()}
    repeats = run.report.augmentation.repeats
    drawn = f"Means of {words.quantity(repeats, 'draw')}. " if repeats > 1 else ""
    return _grid_plate(
        run,
        "augmentation",
        f"What helps where {run.report.classes.positive} is rare",
        f"Of the real training messages of {run.report.classes.positive}, the share on the axis is kept (in "
        f"brackets, how many); each method makes up for their being few. {drawn}Whiskers: 95 % intervals. "
        f"{luck_sentence(table, repeats, run.report.classes.positive)} Points are shifted sideways to be told apart.",
        partial(judged_figures.augmentation_panel, methods=methods),
        "",
        columns=5,
    )


def _differences(run: SynthesisFolder) -> Plate:
    against = {one.column: f"against {one.name}" for one in RIVALS}
    return _grid_plate(
        run,
        "augmentation_differences",
        "Synthetic messages against doing nothing and against simpler means",
        "Paired differences with their 95 % intervals: above the line synthetic messages are better. An interval that "
        "holds 0 means no detectable difference. Of many intervals one in twenty leaves 0 out by chance.",
        partial(judged_figures.difference_panel, against=against),
        "Difference in ",
        columns=2,
    )


def _grid_plate(
    run: SynthesisFolder, name: str, title: str, reading: str, draw_panel: partial[None], measured: str, *, columns: int
) -> Plate:
    """A row of panels for each metric, a column for each classifier; `measured` says what of the metric is shown."""
    table = run.tables.augmentation
    classifiers = list(dict.fromkeys(table["classifier"]))
    metrics = deciding_metrics(table)

    def draw(figure: Figure) -> None:
        grid = figure.subplots(len(metrics), len(classifiers), sharey="row", squeeze=False)
        for (metric, label), row in zip(metrics.items(), grid, strict=True):
            for classifier, axes in zip(classifiers, row, strict=True):
                draw_panel(axes, table[(table["metric"] == metric) & (table["classifier"] == classifier)])
                called = evaluator_name(classifier)
                axes.set_title(called)
            row[0].set_ylabel(f"{measured}{label}")
        for axes in grid[-1]:
            axes.set_xlabel(f"Share of the real {run.report.classes.positive}")
        _legend(figure, columns=columns)

    return Plate(name, title, reading, draw, max(5.2, 0.8 + 2.9 * len(classifiers)), 1 + 2.3 * len(metrics))


def _losses(run: SynthesisFolder) -> Plate:
    history, training = run.tables.history, run.report.training

    def draw(figure: Figure) -> None:
        grid = figure.subplots(len(training), 3, squeeze=False)
        for one, (loss, kl, weight) in zip(training, grid, strict=True):
            rows = history[history["model"] == one.model]
            curves.by_epoch(loss, rows, "loss", one.kept_epoch)
            curves.by_epoch(kl, rows, "kl", one.kept_epoch)
            figures.kl_weight(weight, rows, one.kept_epoch)
            loss.set_ylabel("Loss")
            kl.set_ylabel("KL (nats a message)")
            top = max(kl.get_ylim()[1], LEAST_KL)
            kl.set_ylim(-0.04 * top, top)  # a mark at 0 is not cut off
            if len(training) > 1:
                loss.set_title(f"{run.report.model_name(one.model)}, kept: epoch {one.kept_epoch}")
        handles, names = grid[0][0].get_legend_handles_labels()
        if len(training) > 1:
            names = ["kept epoch" if name.startswith("kept") else name for name in names]
        figure.legend(handles, names, loc="outside upper left", ncols=3)

    return Plate(
        "losses",
        "Losses and KL by epoch",
        "The training loss weighs the KL with the beta of its epoch, the validation loss with the last beta: the two "
        "cannot be compared while beta rises. A KL that falls to 0 and stays there is a collapse: the decoder has "
        "learnt to ignore the code. The dotted line marks the epoch whose weights were kept.",
        draw,
        WIDE,
        0.6 + 2.3 * len(training),
    )


def _dimensions(run: SynthesisFolder) -> Plate:
    return Plate(
        "kl_by_dimension",
        "KL by latent dimension",
        f"What each dimension says of a message, on the {validation_name(run.report)}. A dimension is active if "
        "the means of its posteriors vary over messages by more than 0.01; the others say next to nothing.",
        lambda figure: figures.kl_by_dimension(figure.add_subplot(), run.tables.dimensions),
        5.2,
        3.0,
    )


def _planes(run: SynthesisFolder) -> Plate:
    apart = (
        "Each class has a model of its own: where the one lies beside the other means nothing."
        if run.report.has_model_per_class
        else "Where the class is told to the model, the code need not separate the classes."
    )
    if run.report.latent.collapsed:
        apart += " The latent has collapsed: what spread is left is noise."

    def draw(figure: Figure) -> None:
        pair = figure.subplots(1, 2)
        for axes, kind in zip(pair, figures.NAMES, strict=True):
            figures.plane(axes, run.tables.latents, kind, run.report.classes)
            axes.set_title(figures.NAMES[kind])
        figure.legend(*pair[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)

    return Plate(
        "latent_planes",
        "The latent space on a plane",
        "Posterior means of messages that were not trained on. PCA keeps distances as far as a plane can; t-SNE keeps "
        f"neighbours together, its distances and the sizes of its clusters mean nothing. {apart}",
        draw,
        WIDE,
        3.7,
    )


def _data(run: SynthesisFolder) -> Iterator[Plate]:
    report, lengths = run.report, run.tables.lengths

    def draw_lengths(figure: Figure) -> None:
        for label, axes in enumerate(figure.subplots(2, 1, sharex=True)):
            name = report.class_name(label)
            of_class = lengths[lengths["label"] == label]
            table = of_class[["words"]].assign(label=(of_class["kind"] == "synthetic").astype(int))
            kinds = Classes(negative=f"real {name}", positive=f"synthetic {name}")
            common.text_lengths(axes, table, kinds, report.text.max_length)
        figure.axes[0].set_xlabel("")
        common_ends = [axes.get_xlim() for axes in figure.axes]
        figure.axes[0].set_xlim(min(low for low, _ in common_ends), max(high for _, high in common_ends))

    yield Plate(
        "class_counts",
        "Messages by part and class",
        "What was trained on, what choices were made on, and what all was judged on.",
        lambda figure: common.class_counts(figure.add_subplot(), report.counts, report.classes),
        5.2,
        3.2,
    )
    yield Plate(
        "text_lengths",
        "Lengths of real and synthetic messages",
        "Share of messages by number of words, on a logarithmic axis. Of real messages, words beyond the dotted line "
        "are cut off; synthetic ones cannot be longer.",
        draw_lengths,
        5.2,
        4.6,
    )
    if not run.tables.coverage.empty:
        yield Plate(
            "vector_coverage",
            "Words with a vector",
            "Share of the running words, and of the distinct words, of the training messages that the vectors know.",
            lambda figure: common.vector_coverage(figure.add_subplot(), run.tables.coverage, report.classes),
            5.2,
            3.2,
        )


def _legend(figure: Figure, columns: int) -> None:
    """A legend above all, of every series that any of the axes shows."""
    found = {
        name: handle for axes in figure.axes for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(list(found.values()), list(found), loc="outside upper left", ncols=columns)


def _broken(name: str) -> str:
    """A name of several words on two lines."""
    return (name[:1].upper() + name[1:]).replace(" ", "\n", 1)
