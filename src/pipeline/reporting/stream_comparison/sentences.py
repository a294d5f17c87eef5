"""What a comparison on streams is and how it is read, told in sentences made from `comparison.json`."""

from __future__ import annotations

from pipeline.reporting.grid import each_once
from pipeline.reporting.sentences import Notice
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream.tables import NO_WIDTH
from pipeline.reporting.stream_comparison.findings import found
from pipeline.reporting.stream_comparison.scene import Scene
from pipeline.reporting.words import count, listed, quantity

__all__ = ["explained", "found", "lead", "notices", "reading"]
SHOWN = ("f1", "fpr", "pr_auc", "one_minus_auc_percent")


def lead(scene: Scene) -> str:
    """What was compared."""
    streams, datasets = scene.streams, scene.comparison.datasets
    left_out = len(streams) - len(scene.telling)
    aside = f", of which {count(left_out)} {'is' if left_out == 1 else 'are'} sorted by class," if left_out else ""
    verb = "was" if len(streams) == 1 else "were"
    seeds = sorted({len(stream.repeats) for stream in streams})
    once = (
        "once each: nothing is known of the luck of the order"
        if seeds == [1]
        else f"with {count(seeds[0])}{f' to {count(seeds[-1])}' if len(seeds) > 1 else ''} seeds each"
    )
    return (
        f"{quantity(len(streams), 'stream')} of {listed(datasets)}{aside} {verb} read by "
        f"{quantity(len(scene.models), 'model')}, {once}. Every message is scored before it is learnt, so all test."
    )


def notices(scene: Scene) -> list[Notice]:
    """What limits the comparison; empty for shuffled streams of real data."""
    comparison, told = scene.comparison, []
    stand_ins = each_once(stream.dataset for stream in scene.streams if stream.stand_in)
    if stand_ins:
        text = "They show that the pipeline works; they are no results."
        told.append(Notice("alarm", f"Stand-in data: these are not figures of {listed(stand_ins)}", text))
    is_sorted = [stream.name for stream in scene.streams if stream.is_sorted]
    if is_sorted:
        text = (
            "There the source has the messages of one class before those of the other, and whoever repeats the last "
            "label is hardly ever wrong: the figures say little of the models. They stand last, and are in no figure, "
            "no count and no verdict."
        )
        told.append(Notice("alarm", f"Sorted by class: {listed(is_sorted)}", text))
    if "published" in comparison.protocols:
        text = "Runs under it repeat what the source did, faults included. Do not compare their figures with others."
        told.append(Notice("caution", "Published protocol", text))
    if comparison.notices:
        told.append(Notice("caution", "What limits this comparison", " ".join(comparison.notices)))
    return told


def reading(scene: Scene) -> list[str]:
    """How to read the figures of the page."""
    single = (
        "The interval of a single run is from bootstrap resamples of the stream's messages, near-duplicates drawn "
        "together. It says how far chance in the messages reaches; it does not cover the luck of their order, on which "
        "it depends what a model has learnt when a message comes."
    )
    told = [single]
    if not scene.is_single:
        told.append(
            "Of several seeds the mean is given, its standard deviation, and the lowest and the highest: a range, no "
            "interval. A seed shuffles the same messages anew: the runs share them, and what the range covers is the "
            "luck of the order alone."
        )
    if len(scene.tables.pairs):
        references = listed([model_name(name) for name in each_once(stream.reference for stream in scene.telling)])
        paired = (
            f"Each model is held against {references} on the same messages of the same run: "
            f"p is from {count(scene.comparison.resamples)} resamples that all models share, twice the share of them "
            "that puts the difference in F1 on the other side of 0. With many comparisons some differ by luck: Holm's "
            f"adjustment over all {count(len(scene.tables.pairs))} holds the chance of any false finding to 5 %. A "
            "difference is detectable where p so adjusted is below 5 % and the interval, which is not adjusted, leaves "
            "0 out."
        )
        told += [
            paired,
            "“No detectable difference” means that these data cannot tell the two apart, not that they are equal.",
            "The two orders of a data set hold the same messages: they are no independent evidence.",
        ]
    if any(scene.summary(stream, model, "fpr").value == 0 for stream in scene.streams for model in stream.models):
        told.append(NO_WIDTH)
    told.append(
        "Messages a second are of reading, scoring and learning. Other jobs may have run beside: compare "
        "models of one stream, and make nothing of small differences."
    )
    return told


def explained(scene: Scene) -> list[tuple[str, str]]:
    """Every metric of the page and what it means."""
    classes = scene.streams[0].classes
    return [(METRICS[key].label, METRICS[key].metric.explained(classes)) for key in SHOWN]
