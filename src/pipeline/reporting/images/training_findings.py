"""What the training of a generator shows: whether the discriminator memorises, and whether it ended too soon."""

from __future__ import annotations

import math

from pipeline.reporting.answers import Finding
from pipeline.reporting.gaps import share_said, whole
from pipeline.reporting.images.scene import Scene
from pipeline.reporting.images.scores import SCORE
from pipeline.reporting.words import count, decimal, duration, quantity

HARDLY, MOSTLY = 0.52, 0.75  # of the chance that a training image is trusted more: not worth a word, and nearly sure
STILL = 0.05  # share by which the distance fell late in training that tells of more to come
LATE = 5  # late: the last of so many parts


def does_the_discriminator_memorise(scene: Scene) -> Finding | None:
    """Training images beside test images, as the discriminator sees them."""
    chance = scene.memory
    if not chance.is_known:
        return None
    means = {name: decimal(scene.confidence(name), 2) for name in ("train", "test", "generated")}
    bounds = whole(
        f"{decimal(100 * chance.value, 1)} % [{decimal(100 * chance.low, 1)}, {decimal(100 * chance.high, 1)}]"
    )
    answer = (
        f"It gives images that it was trained on a mean probability of being real of {means['train']}, test images "
        f"{means['test']}, drawings {means['generated']}. Of a training and a test image it trusts the training image "
        f"more in {bounds} of the cases; 50 % is no memory at all."
    )
    question = "Does the discriminator know its images by heart?"
    if chance.low <= 0.5:
        return Finding(question, "no sign of it", "beats", answer)
    if chance.value < HARDLY:
        return Finding(question, "hardly", "beats", answer)
    more = " What it knows by heart it cannot teach the generator, and may mislead it towards these very images."
    if chance.value < MOSTLY:
        return Finding(question, "in part", "level", answer + more)
    return Finding(question, "largely", "loses", answer + more)


def would_more_epochs_help(scene: Scene) -> Finding | None:
    """The epoch that was kept, and whether the distance was still falling at the end."""
    report, history = scene.report, scene.tables.history.dropna(subset=["frechet"])
    best = scene.best_epoch
    if best is None or len(history) < 2:
        return None
    by_epoch = history.set_index("epoch")["frechet"]
    parts = [_kept(scene, best)]
    pace = f" An epoch takes {duration(scene.seconds)}." if not math.isnan(scene.seconds) else ""
    question = "Would more epochs help?"
    if report.ending != "finished":
        parts.append("Training did not reach its end, so that this run cannot tell.")
        return Finding(question, "cannot be told", "unknown", " ".join(parts) + pace)
    if report.epochs < LATE:
        parts.append(f"{quantity(report.epochs, 'epoch')} are too few to see where the distance goes.")
        return Finding(question, "cannot be told", "unknown", " ".join(parts) + pace)
    late = report.epochs // LATE
    earlier = by_epoch[by_epoch.index <= report.epochs - late]
    gain = 1 - by_epoch.min() / earlier.min() if len(earlier) and earlier.min() else 0.0
    last = f"In the last {count(late)} of {quantity(report.epochs, 'epoch')}"
    if scene.settings.training.schedule == "linear":
        fell = f"the least distance fell by {share_said(gain)}" if gain > 0 else "it did not fall any further"
        parts.append(
            f"{last} {fell}. But both learning rates fall evenly, to nothing at the end, so that any curve flattens "
            "there: this run cannot tell. A longer run would need a longer schedule, from its first epoch on."
        )
        return Finding(question, "cannot be told", "unknown", " ".join(parts) + pace)
    if gain >= STILL:
        parts.append(f"{last} the least distance fell by {share_said(gain)}: more epochs may bring more.")
        return Finding(question, "probably", "level", " ".join(parts) + pace)
    parts.append(f"{last} it fell by {share_said(gain)}." if gain > 0 else f"{last} it did not fall any further.")
    return Finding(question, "not much", "beats", " ".join(parts) + pace)


def _kept(scene: Scene, best: int) -> str:
    report, score = scene.report, SCORE["frechet"]
    by_epoch = dict(zip(scene.tables.history["epoch"], scene.tables.history["frechet"], strict=True))
    least = f"the least Fréchet distance of some drawings to the reference images, {score.written(by_epoch[best])}"
    of = f"Epoch {report.kept_epoch} of {report.epochs} was kept"
    if report.kept_epoch == best:
        return f"{of}: it has {least}."
    own = by_epoch.get(report.kept_epoch, math.nan)
    beside = f" ({score.written(own)})" if not math.isnan(own) else ""
    return f"{of}{beside}; epoch {best} has {least}."
