"""What the samples of the best network are like, beside real test messages."""

from __future__ import annotations

import math

from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.characters.names import Network, class_said, temperature_said
from pipeline.reporting.characters.scene import LEAST_DRAWS, Held, Recognised, Scene
from pipeline.reporting.facts import Classes, Estimate
from pipeline.reporting.gaps import apart, whole
from pipeline.reporting.grid import upper
from pipeline.reporting.words import count, decimal, listed, percent, quantity

PURGED = (
    "No real test message has a near-duplicate among the training messages, so that there are about no copies among "
    "them by construction."
)
SHORT = "A few copies of very short messages, such as “Ok.”, are no fault."
CLASSIFIER = "It is fitted on the real training messages."
RANGES = "In brackets: the lowest and the highest of {draws} of {number}; ranges are compared, which is no test."
SECOND_RUNS = {"copied_4grams": "runs of four words", "copied_characters": "runs of 20 characters"}


def do_samples_read_like_messages(scene: Scene) -> Finding | None:
    """Real words and copied text of the best network's samples, beside the holdout."""
    best, held = scene.champion, scene.score(scene.champion, "real_words")
    if math.isnan(held.value.value):
        return None
    at = temperature_said(scene.report.temperature)
    parts = [
        f"Of the words that {best.short} writes at temperature {at}, {drawn(held)} are words of training messages;",
        f"of those of real {scene.report.judged_on} messages {_real(held)}.",
        _nearer(scene, best),
        _counted(scene),
        _copied(scene, best),
        ranges_said(scene),
        "Whether they make sense no figure tells: read the samples.",
    ]
    return Finding("Do the samples read like messages?", *_words_tag(scene, held), " ".join(filter(None, parts)))


def is_anything_copied(scene: Scene) -> Finding | None:
    """Samples that are a training message to the letter, beside as many real messages that were held out."""
    best, held = scene.champion, scene.score(scene.champion, "exact_copies")
    if scene.report.is_trained_on or math.isnan(held.value.value):
        return None
    others = [one.short for one in scene.authors if one != best and scene.score(one, "exact_copies").is_more]
    too = " too" if held.is_more else ""
    tag, style = _copies_tag(held, scene.score(best, "copied_characters"))
    parts = [
        f"{drawn(held)} of the samples of {best.short} repeat a training message to the letter;",
        f"of real test messages {_real(held)} do.",
        _copies_said(scene, best),
        _runs_said(scene, best),
        ranges_said(scene),
        f"More than among real messages it is for {listed(others)}{too}." if others else "",
        PURGED if scene.report.duplicates.leakage_percent == 0 else "",
        SHORT if style == "level" else "",
    ]
    return Finding("Is anything copied from training?", tag, style, " ".join(filter(None, parts)))


def is_the_class_recognised(scene: Scene) -> Finding | None:
    """Whether a classifier tells the class that was asked for."""
    asked = [
        (one, found) for one in scene.networks
        if one.conditional and {0, 1} <= (found := scene.recognised(one)).keys()
    ]  # fmt: skip
    if not asked:
        return None
    told = [_recognised_said(scene, one, found) for one, found in asked]
    tag, style = _recognised_tag(asked[0][1], scene.report.classes)
    return Finding("Does a classifier recognise the class asked for?", tag, style, f"{CLASSIFIER} {' '.join(told)}")


def percent_of(share: Estimate) -> str:
    """A share as a percentage with its interval."""
    return _percent(Estimate(100 * share.value, 100 * share.low, 100 * share.high))


def drawn(held: Held) -> str:
    """A percentage, and its lowest and highest draw: 65.3 % [61.0 %, 68.2 %]."""
    return _percent(held.value)


def _percent(found: Estimate) -> str:
    """65.3 % [61.0, 68.2]."""
    bounds = f" [{decimal(found.low, 1)}, {decimal(found.high, 1)}]" if found.is_known else ""
    return whole(f"{percent(found.value)}{bounds}")


def ranges_said(scene: Scene) -> str:
    """What stands in the brackets of samples, and what it can show."""
    draws, number = quantity(scene.report.num_draws, "set"), quantity(scene.report.num_messages, "message")
    few = f" It takes {LEAST_DRAWS} sets or more to tell anything." if scene.report.num_draws < LEAST_DRAWS else ""
    return RANGES.format(draws=draws, number=number) + few


def _real(held: Held) -> str:
    return _percent(held.holdout)


def _copies_said(scene: Scene, best: Network) -> str:
    """How many copies there are, and how long."""
    found = scene.copies(best)
    if found is None or not found.number:
        return ""
    share = f"{count(found.number)} of {quantity(found.messages, 'sample')}"
    if found.number == 1:
        return f"This is {share}, {quantity(round(found.longest), 'character')} long."
    half = f"half of them are of {count(math.floor(found.typical))} characters or fewer"
    return f"These are {share}; {half}, the longest of {count(found.longest)}."


def _runs_said(scene: Scene, best: Network) -> str:
    """Runs of characters, which tell of copied parts of long messages too."""
    held = scene.score(best, "copied_characters")
    if math.isnan(held.value.value):
        return ""
    return f"Of its runs of 20 characters {drawn(held)} are in a training message (real ones: {_real(held)})."


def _copies_tag(held: Held, runs: Held) -> tuple[str, Style]:
    """Copies alone are no fault, for very short messages are the same by chance: runs of characters must be too."""
    if held.value.value == 0:
        return "none", "beats"
    if held.is_more and runs.is_more:
        return f"{percent(held.value.value)}, more than real", "loses"
    return percent(held.value.value), "level"


def _words_tag(scene: Scene, held: Held) -> tuple[str, Style]:
    """The words of training messages are all real, so that they are no holdout."""
    if scene.report.is_trained_on:
        return "nothing held out", "unknown"
    if held.is_more:
        return "more real words", "level"
    return ("fewer real words", "loses") if held.is_less else ("cannot be told", "unknown")


def _nearer(scene: Scene, best: Network) -> str:
    """The temperature whose share of real words is nearest to the holdout's, where that is another one."""
    held = {at: scene.score(best, "real_words", at) for at in scene.temperatures}
    gaps = {at: abs(one.value.value - one.holdout.value) for at, one in held.items()}
    known = {at: gap for at, gap in gaps.items() if not math.isnan(gap)}
    nearest = min(known, key=lambda at: known[at], default=scene.report.temperature)
    if nearest == scene.report.temperature:
        return ""
    return f"Nearest to that is temperature {temperature_said(nearest)}, with {drawn(held[nearest])}."


def _counted(scene: Scene) -> str:
    """The same of the n-gram model."""
    if scene.ngram is None or math.isnan(scene.score(scene.ngram, "real_words").value.value):
        return ""
    return f"{upper(scene.ngram.named)} comes to {drawn(scene.score(scene.ngram, 'real_words'))}."


def _copied(scene: Scene, best: Network) -> str:
    """Runs of words and of characters that are in a training message."""
    parts = []
    for score, name in SECOND_RUNS.items():
        held = scene.score(best, score)
        if not math.isnan(held.value.value):
            parts.append(f"{drawn(held)} of the {name} (real messages: {_real(held)})")
    return f"From training messages come {listed(parts)}." if parts else ""


def _recognised_said(scene: Scene, one: Network, found: dict[int, Recognised]) -> str:
    classes, parts = scene.report.classes, []
    for label in (1, 0):
        asked, held = class_said(label, classes), found[label]
        called = f"{percent_of(held.called)} are called {classes.positive}"
        real = f"of real {scene.report.judged_on} messages that are {asked}, {percent_of(held.holdout)}"
        parts.append(f"Of the samples of {one.short} that {asked} was asked for, {called}; {real}.")
    return " ".join(parts)


def _recognised_tag(found: dict[int, Recognised], classes: Classes) -> tuple[str, Style]:
    positive, negative = found[1], found[0]
    if not (positive.called.is_known and negative.called.is_known):
        return "cannot be told", "unknown"
    if not apart(positive.called, negative.called) or positive.called.value < negative.called.value:
        return "not recognised", "loses"
    unlike = [class_said(label, classes) for label in (1, 0) if apart(found[label].called, found[label].holdout)]
    if unlike:
        return f"in part, {listed(unlike)} not as real", "level"
    return "as real ones are", "beats"
