"""What a run did and found, told in sentences made from `report.json`: of its data for all kinds of run alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import PartCount, Report, RunFacts
from pipeline.reporting.words import (
    builder_name,
    count,
    decimal,
    listed,
    percent,
    quantity,
    share,
)

PROTOCOL_NOTES = {
    "published": "This run repeats what the source did, faults included. Do not compare its figures with clean ones.",
    "audit": "This run follows the published order of stages with the published faults off, but for those that were "
    "turned on one by one: see the settings.",
}
SOURCES = {
    "glove": "GloVe vectors",
    "numberbatch": "ConceptNet Numberbatch vectors",
    "corpus": "Word2Vec vectors of the messages that were fitted on",
}
PARTS = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Notice:
    """Something that a reader must know before reading a figure."""

    kind: Literal["alarm", "caution"]
    title: str
    text: str


def title(report: Report) -> str:
    """The run in one line."""
    return f"{_model(report)} on {report.dataset}: {report.classes.positive} or {report.classes.negative}?"


def lead(report: Report) -> str:
    """What was run, and what came of it."""
    positive, negative = report.classes.positive, report.classes.negative
    fitted, confusion = fitted_on(report), report.model.confusion
    return (
        f"A neural network ({_model(report)}, {quantity(report.training.params, 'weight')}) was fitted on "
        f"{quantity(fitted.total, 'message')} of {report.dataset} ({count(fitted.positive)} {positive}, "
        f"{count(fitted.negative)} {negative}) to tell {positive} from {negative}, and judged on "
        f"{quantity(confusion.positives + confusion.negatives, 'test message')}. "
        f"It caught {share(confusion.tp, confusion.positives)} {positive} messages and wrongly flagged "
        f"{share(confusion.fp, confusion.negatives)} {negative} messages. "
        f"Its threshold is {decimal(report.model.threshold)}, {report.threshold_from}."
    )


def notices(report: RunFacts) -> list[Notice]:
    """What limits the figures of this run; empty for a clean run on the real data."""
    found = []
    if report.stand_in:
        said = "; ".join(report.stand_ins) or "some of the data could not be had"
        text = f"{_capitalised(said)}. The figures show that the pipeline works; they are no results."
        found.append(Notice("alarm", f"Stand-in data: these are not figures of {report.dataset}", text))
    note = report.protocol_note or PROTOCOL_NOTES.get(report.protocol, "")
    if note:
        found.append(Notice("caution", f"{_capitalised(report.protocol)} protocol", note))
    if report.validation_is_test:
        text = (
            "Choices made on validation were made on the messages that the model is judged on: the figures flatter it."
        )
        found.append(Notice("caution", "The test part doubles as the validation part", text))
    return found


def split_sentence(report: Report) -> str:
    """How many messages there are, where they went, and what resampling made of the classes."""
    sampling = report.training.sampling
    return (
        f"{parts_sentence(report)} {_capitalised(report.classes.positive)} is "
        f"{percent(100 * sampling.prior)} of the rows that training drew from and "
        f"{percent(100 * sampling.sampled_prior)} of the {quantity(fitted_on(report).total, 'message')} fitted on"
        f"{f', {count(made)} of which were generated' if (made := report.training.num_synthetic) else ''}."
    )


def parts_sentence(report: RunFacts) -> str:
    """How many messages there are and where they went."""
    parts = [f"{count(report.count(part).total)} {name}" for part, name in PARTS.items() if report.count(part).total]
    kept = f"The corpus holds {quantity(report.rows_kept, 'message')}. " if report.rows_kept is not None else ""
    return f"{kept}The parts are {listed(parts)} messages."


def leakage_sentence(report: RunFacts) -> str:
    """Duplicates, and how much of the test part the training part gives away."""
    copies = report.duplicates
    verb = "was" if copies.exact == 1 else "were"
    flattered = (
        " What leaks can be answered from memory and flatters every model." if copies.leakage_percent > 0 else ""
    )
    return (
        f"{quantity(copies.exact, 'message')} {verb} left out because an earlier one has the same text; "
        f"{count(copies.near)} of the others have a near-duplicate. "
        f"{percent(copies.leakage_percent)} of the test messages have a near-duplicate in the training part; "
        f"in random splits of the same shares that leave copies in and heed no near-duplicates it would be "
        f"{percent(copies.random_leakage_percent)} on average."
        f"{flattered}"
    )


def text_sentence(report: RunFacts) -> str:
    """Vocabulary, cut and unknown words."""
    text = report.text
    side = {"pre": "in front", "post": "at the end"}.get(text.padding, text.padding)
    unknown = [f"{percent(value)} of the {PARTS.get(part, part)} part" for part, value in text.unknown_percent.items()]
    missing = f" Words that it lacks: {listed(unknown)}." if unknown else ""
    return (
        f"The vocabulary has {count(text.vocabulary)} entries.{missing} Every message is padded or cut {side} to "
        f"{quantity(text.max_length, 'word')}; {percent(text.truncated_percent)} of the messages are longer."
    )


def training_sentence(report: Report) -> str:
    """Epochs, and which of them was kept."""
    training = report.training
    end = "stopped early" if training.stopped_early else "ran to its end"
    why = "the best on validation" if training.kept_by == "best" else "the last"
    return f"Training {end} after {quantity(training.epochs, 'epoch')}; epoch {training.kept_epoch} was kept, {why}."


def vectors_sentence(report: RunFacts) -> str:
    """Where the word vectors come from and what training did with them."""
    vectors = report.vectors
    if vectors.source not in SOURCES:
        return f"Word vectors of {quantity(vectors.dim, 'number')} started at random and were learned with the model."
    source = f"{SOURCES[vectors.source]} of {quantity(vectors.dim, 'number')} a word"
    if not vectors.connected:
        return f"{source} were read but never connected to the model, which learned its own: a published fault."
    return (
        f"The model starts from {source}, which training {'may change' if vectors.trainable else 'leaves as they are'}."
    )


def fitted_on(report: Report) -> PartCount:
    """The messages that the model was fitted on: the training part, or what resampling left of it."""
    fitted = report.count("train, fitted on")
    return fitted if fitted.total else report.count("train")


def _model(report: Report) -> str:
    return builder_name(report.training.model)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
