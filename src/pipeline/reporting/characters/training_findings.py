"""What pays off in training: the kind of layer, and the way of training; and what stopped a network that lost."""

from __future__ import annotations

import math

from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.characters.contests import Contest, Race
from pipeline.reporting.characters.names import Network
from pipeline.reporting.characters.recipes import TRAINED
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.gaps import difference_said, said
from pipeline.reporting.grid import Verdict, each_once, upper
from pipeline.reporting.words import decimal, duration, listed, quantity

OVERFIT = 0.3  # bits per character that training text costs less than validation text: more is told as overfitting
UNFINISHED = 0.01  # bits per character that the last epoch brought: more is told as training that had not finished
STYLES: dict[Verdict, Style] = {"better": "beats", "level": "level", "worse": "loses", "unknown": "unknown"}
ONE_TRAINING = "Each was trained once: the intervals tell of other messages, not of another training."


def rivals(scene: Scene) -> list[Contest]:
    """An LSTM beside the RNN that is nearest to it in weights, for each way of training, streamed first."""
    found = []
    for scheme in ("streamed", "windowed"):
        cells = [
            [one for one in scene.networks if (one.cell, one.scheme) == (cell, scheme)] for cell in ("LSTM", "RNN")
        ]
        pairs = [(first, second) for first in cells[0] for second in cells[1]]
        nearest = sorted(pairs, key=lambda pair: abs(math.log(pair[0].num_params / pair[1].num_params)))
        found += [contest for pair in nearest[:1] if (contest := scene.contest(*pair)) is not None]
    return found


def which_cell(scene: Scene) -> Finding | None:
    """Does the LSTM beat the RNN?"""
    found = rivals(scene)
    if not found:
        return None
    verdict = found[0].verdict
    tags: dict[Verdict, str] = {
        "better": "LSTM better", "level": "no detectable difference", "worse": "RNN better",
        "unknown": "cannot be told",
    }  # fmt: skip
    return Finding(
        "Does the LSTM beat the RNN?",
        tags[verdict],
        STYLES[verdict],
        f"{' '.join(_rivals_said(scene, contest) for contest in found)} {ONE_TRAINING}",
    )


def what_streaming_saves(scene: Scene) -> Finding | None:
    """How much sooner training on a stream comes as far as training on windows."""
    if not scene.races:
        return None
    told = [_race_said(race) for race in scene.races]
    later = [
        f"{difference_said(contest.difference)} ({race.streamed.short})"
        for race in scene.races
        if (contest := scene.contest(race.streamed, race.windowed)) is not None
    ]
    ended = (
        f" In the end, on the {scene.report.judged_on} part, streamed less windowed is {listed(later)}."
        if later
        else ""
    )
    tag, style = _race_tag(scene.races)
    return Finding(
        "What does training on a stream save?",
        tag,
        style,
        f"{' '.join(told)}{_recipes_differ(scene)} Times are of this machine, measured once.{ended}",
    )


def what_stopped(scene: Scene) -> Finding | None:
    """Why networks that lost to counting did, as far as their learning curves tell."""
    lost = [
        one for one in scene.networks
        if (contest := scene.contest(one, scene.ngram)) is not None and contest.verdict == "worse"
    ]  # fmt: skip
    if not lost:
        return None
    reasons = [_reason(scene, one) for one in lost]
    tags = each_once(tag for tag, _ in reasons)
    return Finding(
        "What stopped the models that lost to counting?" if len(lost) > 1 else "What stopped the model that lost?",
        tags[0] if len(tags) == 1 else "several things",
        "unknown",
        f"Read off the learning curves: {'; '.join(text for _, text in reasons)}.",
    )


def _rivals_said(scene: Scene, contest: Contest) -> str:
    first, second = contest.first, contest.second
    assert isinstance(first, Network)
    assert isinstance(second, Network)
    paid = [f"{one.short} ({quantity(one.num_params, 'weight')}) {said(scene.bits(one))}" for one in (first, second)]
    level = ", not detectable" if contest.verdict == "level" else ""
    told = f"{upper(first.scheme)}, in bits per character: {listed(paid)}."
    return f"{told} The paired difference is {contest.shown}{level}."


def _race_said(race: Race) -> str:
    windowed = (
        f"{race.windowed.short} came to {decimal(race.val_bits)} bits per character on the validation part after "
        f"{_epochs(race.windowed_epochs)} ({duration(race.windowed_seconds)})"
    )
    if not race.is_reached:
        return f"{windowed}; {race.streamed.short} never did."
    streamed = f"{race.streamed.short} after {_epochs(race.streamed_epochs)} ({duration(race.streamed_seconds)})"
    return f"{windowed}, {streamed}: in {race.share_said} the time."


def _recipes_differ(scene: Scene) -> str:
    """Whether it is more than the scheme that differs between twins."""
    recipes = scene.settings.recipes
    pairs = [[recipes[one.key] for one in (race.streamed, race.windowed) if one.key in recipes] for race in scene.races]
    differ = any(len({one.descent for one in pair}) > 1 for pair in pairs)
    return f" Rates and epochs are those that suit each scheme: see “{TRAINED}”." if differ else ""


def _race_tag(races: list[Race]) -> tuple[str, Style]:
    """The slowest race stands for all."""
    if not all(race.is_reached for race in races):
        return "did not reach it", "loses"
    slowest = max(races, key=lambda race: race.share)
    if math.isnan(slowest.share):
        return "cannot be told", "unknown"
    if slowest.share >= 1:
        return "no time", "loses"
    return f"{slowest.share_said} the time", "beats"


def _epochs(number: float) -> str:
    return quantity(round(number), "epoch")


def _reason(scene: Scene, one: Network) -> tuple[str, str]:
    """A tag, and what the learning curve says."""
    train, val = scene.learnt(one)
    paid = f"{decimal(train)} bits for training and {decimal(val)} for validation text"
    if val - train > OVERFIT and scene.has_overfitted(one):
        return "overfitting", f"{one.short} knows its training text better than others: it pays {paid}"
    if one.epochs == 1:
        return "one epoch alone", f"{one.short} learnt for one epoch alone, whose curve tells nothing: it pays {paid}"
    gain = scene.last_gain(one)
    last = f"the last of {quantity(one.epochs, 'epoch')} was its best"
    if one.kept_epoch == one.epochs and not gain <= UNFINISHED:
        more = "" if math.isnan(gain) else f" and brought {decimal(gain)} bits more"
        return "not finished", f"{one.short} had not finished learning: {last}{more}"
    if one.kept_epoch == one.epochs:
        return (
            "no more to learn",
            f"{one.short} hardly learnt any more: {last}, but brought no more than {decimal(gain)} bits",
        )
    kept = f"epoch {one.kept_epoch} of {one.epochs} was its best"
    return "no more to learn", f"{one.short} had stopped learning: {kept}, where it pays {paid}"
