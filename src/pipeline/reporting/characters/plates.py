"""The figures of character models: what each is called, how to read it, its size, and whether the data allow it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.reporting import glyphs
from pipeline.reporting.characters import (
    figures,
    learning_figures,
    lines,
    sample_figures,
    shown,
    surprise_figures,
)
from pipeline.reporting.characters.folder import CharactersFolder
from pipeline.reporting.characters.names import temperature_said
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.grid import upper
from pipeline.reporting.legends import legend, legend_height
from pipeline.reporting.plates import Plate
from pipeline.reporting.words import quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE, NARROW = 8.6, 5.6  # inches
ROW = 0.215  # inches of a row of models
MARK = 0.085  # inches of a mark where a row holds one for each temperature
CELL = 0.155  # inches that a cell is high


def character_plates(run: CharactersFolder) -> list[Plate]:
    """The figures that the data allow."""
    return list(_plates(run))


def _plates(run: CharactersFolder) -> Iterator[Plate]:
    if shown.groups(run):
        yield _bits(run)
    if lines.trained(run):
        yield _learning_epochs(run)
        yield _learning_seconds(run)
    if shown.scores(run):
        yield _temperatures(run)
    if not run.tables.recognition.empty:
        yield _recognition(run)
    if shown.messages(run):
        yield _surprise(run)


def _bits(run: CharactersFolder) -> Plate:
    groups = shown.groups(run)
    reference = next(iter(lines.references(run, "test", ["ngram"])), None)
    known = "was trained on" if run.report.is_trained_on else "has never seen"

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.bits(axes, groups, reference)
        axes.set_xlabel(f"Bits per character on the {run.report.judged_on} part, with 95 % interval (lower is better)")
        legend(figure, axes)

    return Plate(
        "bits",
        f"What each model pays for a character of messages that it {known}",
        "Further left is better: a model pays few bits for what it expects. Networks and n-gram models see the "
        "same characters, the end of a message among them; the interval is that of other messages, not of "
        "another training. A compressor is given the training text first; it has no bits of a single message and so no "
        "interval. The n-gram model of the dotted line was picked on the validation part. Overlapping "
        "whiskers do not settle a comparison: the paired differences do.",
        draw,
        WIDE,
        1.0 + ROW * figures.count_rows(groups),
    )


def _learning_epochs(run: CharactersFolder) -> Plate:
    trained, history = lines.trained(run), run.tables.history
    references = lines.references(run, "validation")
    about = shown.training_said(run)
    kept = dict(zip(run.tables.writers["name"].astype(str), run.tables.writers["kept_epoch"], strict=True))
    across = len(trained) if len(trained) <= 3 else 2 if len(trained) == 4 else 3
    down, width = -(-len(trained) // across), WIDE if across > 1 else NARROW

    def draw(figure: Figure) -> None:
        panels = figure.subplots(down, across, squeeze=False, sharey=True).ravel()
        panels[0].set_ylim(*learning_figures.limits(history, references))
        for place, (axes, line) in enumerate(zip(panels, trained, strict=False)):
            rows = history[history["name"] == line.model]
            learning_figures.epochs_panel(axes, rows, int(kept[line.model]), references)
            axes.set_title(f"{line.name}\n{about[line.model]}", fontsize=figures.SMALL + 0.5)
            axes.set_xlabel("Epoch")
            if place % across == 0:
                axes.set_ylabel("Bits per character")
            if place % across == across - 1:
                learning_figures.nats_axis(axes)
        for axes in panels[len(trained) :]:
            axes.remove()
        legend(figure, panels[0])

    return Plate(
        "learning_epochs",
        "What longer training does",
        "Lower is better; the loss at the right edge is the same in other units, bits times ln 2. Training is the "
        "mean over an epoch while the weights change, with dropout on where there is any, so that it may lie above "
        "validation. Where validation rises while training falls, the network begins to learn its messages by "
        "heart; the ring marks the epoch that was kept. The first epochs may begin above the axis. An epoch of windows "
        "is not one of the stream: the seconds tell which is dearer.",
        draw,
        width,
        0.55 + 2.3 * down + legend_height([*learning_figures.CURVES, *(one.name for one in references)], width),
    )


def _learning_seconds(run: CharactersFolder) -> Plate:
    trained, history, races = lines.trained(run), run.tables.history, Scene(run.report, run.tables).races
    references = lines.references(run, "validation", ["ngram"])

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.set_ylim(*learning_figures.limits(history, references))
        for reference in references:
            axes.axhline(reference.value, **reference.pen, label=reference.name)
        learning_figures.seconds_panel(axes, history, trained, races)
        axes.set_ylabel("Bits per character on validation\n(lower is better)")
        legend(figure, axes)

    reading = (
        "Each mark is the end of an epoch: further down and left is better. Networks of the same layers have the same "
        "colour and marker; dashed and hollow: trained on windows. Seconds are of this machine and of what else ran "
        "on it, validation after each epoch included, compiling the graphs not; a training that was taken over from "
        "an earlier run has the seconds of that day."
    )
    if races:
        reading += (
            " A thin line begins where the streamed network paid no more than the windowed one at its best, and ticks "
            "mark when either got there; at the edge stands how much sooner. It is told from epoch to epoch, and a "
            "windowed network that was trained for longer might pay less than this."
        )
    height = 0.85 + learning_figures.seconds_height(races)
    height += legend_height([one.name for one in (*references, *trained)], WIDE)
    return Plate("learning_seconds", "What a second of training buys", reading, draw, WIDE, height)


def _temperatures(run: CharactersFolder) -> Plate:
    scores, table = shown.scores(run), run.tables.sample_scores
    writers, real = lines.authors(run, table), lines.real_name(run.report)
    down, width = -(-len(scores) // 2), WIDE if len(scores) > 1 else NARROW

    def draw(figure: Figure) -> None:
        panels = figure.subplots(down, min(len(scores), 2), squeeze=False).ravel()
        for axes, score in zip(panels, scores, strict=False):
            sample_figures.score_panel(axes, table[table["score"] == score.key], writers, score, real)
        for axes in panels[max(len(scores) - 2, 0) : len(scores)]:
            axes.set_xlabel("Temperature")
        for axes in panels[len(scores) :]:
            axes.remove()
        legend(figure, panels[0])

    return Plate(
        "temperatures",
        "What temperature does to the samples",
        f"The nearer to the level of {real} the better, on either side: more real words, fewer pairs and "
        "more copies than these mean that a model plays safe and repeats itself or its training. Each mark is the mean "
        f"of {quantity(run.report.num_draws, 'set')} of {quantity(run.report.num_messages, 'message')}, its whisker "
        "the range over these sets, and the band that of as many real messages; marks are moved apart sideways. "
        "A word is real if a training message holds it, so messages that were held out fall short of 100 % "
        "too. No score tells whether a message makes sense.",
        draw,
        width,
        0.45 + 2.3 * down + legend_height([real, *(one.name for one in writers)], width),
    )


def _recognition(run: CharactersFolder) -> Plate:
    asked, positive = shown.asked(run), run.report.classes.positive
    looks = shown.temperature_looks(run)
    has_classes = any(label >= 0 for label in run.tables.recognition["label"])

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        figures.recognition(axes, asked, {one: (temperature_said(one), style) for one, style in looks.items()})
        axes.set_xlabel(f"Called {positive} by a classifier fitted on real training messages, with 95 % interval")
        legend(figure, axes)

    reading = (
        f"The share of the samples that a classifier by TF-IDF takes for {positive}. Diamond, dashed line and band: "
        f"{lines.real_name(run.report)}, which is what samples should come to. The classifier looks for telling "
        "words: a sample may hold these and make no sense."
    )
    if has_classes:
        reading += (
            " Only a network that was trained with the class in front can be asked for one; where no class was asked "
            "for, real messages of both stand beside the samples as the data mix them."
        )
    return Plate(
        "recognition",
        "Whether the class of the samples is recognised",
        reading,
        draw,
        WIDE,
        0.8 + legend_height(list(map(temperature_said, looks)), WIDE) + MARK * figures.recognition_height(asked, looks),
    )


def _surprise(run: CharactersFolder) -> Plate:
    messages = shown.messages(run)
    most = surprise_figures.scale_end(messages)
    high = CELL * sum(message.height for message in messages)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        mesh = surprise_figures.strips(axes, messages, most)
        if mesh is not None:
            bar = figure.colorbar(mesh, ax=axes, location="bottom", aspect=50, shrink=0.6, extend="max", pad=0.01)
            bar.set_label("Bits for the character, given all before it (darker is more surprising)")

    return Plate(
        "surprise",
        "Where real messages surprise the models",
        f"{upper(run.report.judged_on)} messages, character by character in the order in which they are written, "
        "left to right in any script; the darker a cell, the less the model expected what stands there. The network "
        f"is above, the n-gram model below. {glyphs.END} is the end of the message, ↵ a new line, "
        f"an empty cell a space, {glyphs.MISSING} a "
        f"character that the figure's fonts lack, {glyphs.CONTROL} a control character. A few messages are "
        f"an example, not a measure: the {run.report.judged_on} part as a whole is in the figures above.",
        draw,
        WIDE,
        0.95 + high,
    )
