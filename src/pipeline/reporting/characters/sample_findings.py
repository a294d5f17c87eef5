"""What the samples of the best network are like, beside real test messages."""

from __future__ import annotations

import math

from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.characters.names import Network, class_said, temperature_said
from pipeline.reporting.characters.scene import Held, Recognised, Scene
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import apart, whole
from pipeline.reporting.grid import upper
from pipeline.reporting.words import decimal, listed, percent, quantity

SECOND_RUNS = {"copied_4grams": "runs of four words", "copied_characters": "runs of 20 characters"}


def do_samples_read_like_messages(scene: Scene) -> Finding | None:
    """Real words and copied text of the best network's samples, beside the holdout."""
    best, held = scene.champion, scene.score(scene.champion, "real_words")
    if math.isnan(held.value.value):
        return None
    at = temperature_said(scene.report.temperature)
    parts = [
        f"Of the words that {best.short} writes at temperature {at}, {drawn(held)} are words of training messages;",
        f"of those of real test messages {_real(held)}.",
        _nearer(scene, best),
        _counted(scene),
        _copied(scene, best),
        "Whether they make sense no figure tells: read the samples.",
    ]
    return Finding("Do the samples read like messages?", *_words_tag(held), " ".join(filter(None, parts)))


def is_anything_copied(scene: Scene) -> Finding | None:
    """Samples that are a training message to the letter, beside as many real messages."""
    best, held = scene.champion, scene.score(scene.champion, "exact_copies")
    if math.isnan(held.value.value):
        return None
    others = [one.short for one in scene.authors if one != best and _is_more(scene.score(one, "exact_copies"))]
    too = " too" if _is_more(held) else ""
    more = f" More than among real messages it is for {listed(others)}{too}." if others else ""
    number = quantity(scene.report.num_messages, "message")
    draws = quantity(scene.report.num_draws, "set")
    if held.value.value == 0:
        tag, style = "none", "beats"
    elif _is_more(held):
        tag, style = f"{percent(held.value.value)}, more than real", "loses"
    else:
        tag, style = percent(held.value.value), "level"
    return Finding(
        "Is anything copied from training?",
        tag,
        style,
        f"{drawn(held)} of the samples of {best.short} repeat a training message to the letter; of real test "
        f"messages {_real(held)} do. In brackets: the lowest and the highest of {draws} of {number}.{more}",
    )


def is_the_class_recognised(scene: Scene) -> Finding | None:
    """Whether a classifier tells the class that was asked for."""
    asked = [
        (one, found) for one in scene.networks
        if one.conditional and {0, 1} <= (found := scene.recognised(one)).keys()
    ]  # fmt: skip
    if not asked:
        return None
    told = [_recognised_said(scene, one, found) for one, found in asked]
    tag, style = _recognised_tag(asked[0][1])
    return Finding("Does a classifier recognise the class asked for?", tag, style, " ".join(told))


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


def _real(held: Held) -> str:
    return whole(percent(held.holdout))


def _is_more(held: Held) -> bool:
    return held.is_apart and held.value.low > held.holdout


def _words_tag(held: Held) -> tuple[str, Style]:
    if not held.value.is_known or math.isnan(held.holdout):
        return "cannot be told", "unknown"
    if not held.is_apart:
        return "as many real words", "beats"
    return ("more real words", "level") if held.value.low > held.holdout else ("fewer real words", "loses")


def _nearer(scene: Scene, best: Network) -> str:
    """The temperature whose share of real words is nearest to the holdout's, where that is another one."""
    held = {at: scene.score(best, "real_words", at) for at in scene.temperatures}
    gaps = {at: abs(one.value.value - one.holdout) for at, one in held.items()}
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
        parts.append(f"asked for {asked}, {called} (real {asked}: {percent_of(held.holdout)})")
    return f"Of the samples of {one.short}, by a classifier fitted on real training messages: {'; '.join(parts)}."


def _recognised_tag(found: dict[int, Recognised]) -> tuple[str, Style]:
    positive, negative = found[1], found[0]
    if not (positive.called.is_known and negative.called.is_known):
        return "cannot be told", "unknown"
    if not apart(positive.called, negative.called) or positive.called.value < negative.called.value:
        return "not recognised", "loses"
    if apart(positive.called, positive.holdout) or apart(negative.called, negative.holdout):
        return "mostly, not as real ones", "level"
    return "as real ones are", "beats"
