"""What a comparison on streams comes to, in words: the headline, what was found, and what limits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.reporting.grid import each_once
from pipeline.reporting.stream.metrics import METRICS
from pipeline.reporting.stream.names import model_name
from pipeline.reporting.stream_comparison.facts import ComparedStream
from pipeline.reporting.stream_comparison.scene import Scene, Summary, Tally
from pipeline.reporting.words import count, listed, quantity

FEW_SEEDS = 3


def headline(scene: Scene) -> str:
    """The best of every stream, and in how many runs each model can be told from the reference; one line."""
    mark = "STAND-IN DATA, " if any(stream.stand_in for stream in scene.streams) else ""
    number = quantity(len(scene.streams), "stream")
    if not scene.telling:
        return f"{mark}{number}, all SORTED BY CLASS: nothing can be said of the models"
    left_out = len(scene.streams) - len(scene.telling)
    aside = f" ({count(left_out)} sorted by class, left out)" if left_out else ""
    bests = "; ".join(f"{stream.name}: {_best(scene, stream, 'f1')}" for stream in scene.telling)
    return f"{mark}{number}{aside}, best F1: {bests} | {_tallied(scene)}".replace("\N{NO-BREAK SPACE}", " ")


def found(scene: Scene) -> list[str]:
    """What came of it: the best of each stream, every model beside the reference, and the rates of false positives."""
    if not scene.telling:
        return ["All streams are sorted by class: nothing can be said of how well the models do."]
    bests = "; ".join(f"{stream.name}: {_best(scene, stream, 'f1')}" for stream in scene.telling)
    told = [f"The highest F1 of each stream. {bests}. The highest of many flatters: read it with its interval."]
    told += [_beside(scene, reference) for reference in each_once(stream.reference for stream in scene.telling)]
    rates = "; ".join(f"{stream.name}: {_best(scene, stream, 'fpr')}" for stream in scene.telling)
    told.append(
        f"The lowest false-positive rate of each stream. {rates}. These are not tested; a filter that flags little "
        "has a low rate, so F1 stands beside it."
    )
    return told


def limits(streams: Sequence[ComparedStream], superseded: Sequence[str], num_idle: int) -> list[str]:
    """What limits the comparison, in sentences; empty where nothing does.

    `superseded` are folders of runs that a later one replaces; of `num_idle` more runs the seed changes nothing.
    """
    return [*_mixtures(streams), *_few_seeds(streams), *_superseded(superseded), *_idle(num_idle)]


def _best(scene: Scene, stream: ComparedStream, metric: str) -> str:
    """The best, or those that the digits shown put level with it: logistic regression 0.914 [0.896, 0.930]."""
    best = scene.best(stream, metric)
    if best is None:
        return f"{METRICS[metric].label} is undefined"
    written, summary = METRICS[metric].written, scene.summary(stream, best, metric)
    value = written(summary.value)
    level = [model for model in stream.models if written(scene.summary(stream, model, metric).value) == value]
    names = listed([model_name(model) for model in level])
    if len(stream.repeats) > 1:
        return f"{names} {value} (mean of {count(len(stream.repeats))} seeds, {_range(summary, metric)})"
    return f"{names} {value}" if len(level) > 1 else f"{names} {value} {METRICS[metric].interval(summary.estimate)}"


def _range(summary: Summary, metric: str) -> str:
    written = METRICS[metric].written
    return f"{written(summary.low)} to {written(summary.high)}"


def _tallied(scene: Scene) -> str:
    """Every model beside its reference, in counts."""
    total = len(scene.tables.pairs)
    parts = []
    for reference in each_once(stream.reference for stream in scene.telling):
        models = [(model, tally) for model, beside, tally in scene.tallies() if beside == reference]
        said = ", ".join(f"{model_name(model)} in {_of(tally)}" for model, tally in models)
        parts.append(f"detectably different from {model_name(reference)}: {said}")
    return f"{'; '.join(parts)} ({quantity(total, 'comparison')}, p adjusted by Holm)"


def _of(tally: Tally) -> str:
    """2 of 4 (better in 1, worse in 1)."""
    said = f"{count(tally.detectable)} of {count(tally.total)}"
    if tally.better and tally.worse:
        return f"{said} (better in {count(tally.better)}, worse in {count(tally.worse)})"
    return f"{said} ({'better' if tally.better else 'worse'})" if tally.detectable else said


def _beside(scene: Scene, reference: str) -> str:
    tallies = [(model, tally) for model, beside, tally in scene.tallies() if beside == reference]
    runs = sum(len(stream.repeats) for stream in scene.telling if stream.reference == reference)
    total, detectable = sum(tally.total for _, tally in tallies), sum(tally.detectable for _, tally in tallies)
    where = quantity(runs, "stream") if scene.is_single else f"{quantity(runs, 'run')} on streams"
    said = listed([f"{model_name(model)} in {_of(tally)}" for model, tally in tallies])
    return (
        f"Beside {model_name(reference)}, on the same messages, {count(detectable)} of "
        f"{quantity(total, 'difference')} in F1 can be told from luck, over {where} that "
        f"{'is' if runs == 1 else 'are'} not sorted by class: {said}."
    )


def _mixtures(streams: Sequence[ComparedStream]) -> Iterator[str]:
    protocols = each_once(stream.protocol for stream in streams)
    kinds = each_once(stream.kind for stream in streams)
    if len(protocols) > 1:
        yield f"The runs follow the protocols {listed(protocols)}: do not compare figures of different protocols."
    if len(kinds) > 1:
        yield "The runs are of different kinds: a stream that changes its words is harder than one that does not."
    behind = [stream.name for stream in streams if stream.kind == "versus_batch"]
    if behind:
        yield (
            f"On {listed(behind)} figures are over the messages that all models have scored, without those before the "
            "first training: do not hold them against figures over a whole stream."
        )
    if len({(stream.period, stream.delay) for stream in streams}) > 1:
        yield "Labels do not come equally soon in all streams."


def _few_seeds(streams: Sequence[ComparedStream]) -> Iterator[str]:
    few = [stream.name for stream in streams if 1 < len(stream.repeats) < FEW_SEEDS]
    if few:
        yield f"Two seeds say little of the luck of the order: {listed(few)}."


def _superseded(superseded: Sequence[str]) -> Iterator[str]:
    if superseded:
        yield (
            f"{quantity(len(superseded), 'run')} left out: a later one has the same settings and seed "
            f"({listed(list(superseded))})."
        )


def _idle(number: int) -> Iterator[str]:
    if number:
        yield (
            f"{quantity(number, 'run')} left out: figures are those of another seed to the last digit, as in file "
            "order, where a filter has nothing to draw."
        )
