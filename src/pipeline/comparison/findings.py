"""What a comparison comes to, in words: the headline, and notices of what limits it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.comparison.contenders import Contender, comparable
from pipeline.comparison.contests import METRIC, RIVAL_BASELINE
from pipeline.comparison.runs import Run
from pipeline.reporting.comparison.facts import Pair, Variant
from pipeline.reporting.comparison.sentences import named
from pipeline.reporting.words import listed, quantity

FEW_REPEATS = 3
SAID = {"level": "no detectable difference to", "better": "better than", "worse": "worse than"}


def say_headline(contenders: Sequence[Contender], variants: Sequence[Variant], pairs: Sequence[Pair]) -> str:
    """The best variant of each set that shares test messages, and what it can and cannot be told from; one line."""
    models = [contender for contender in contenders if not contender.is_baseline]
    by_name = {variant.name: variant for variant in variants}
    baselines = {contender.name for contender in contenders if contender.model == RIVAL_BASELINE}
    mark = "STAND-IN DATA, " if any(variant.stand_in for variant in variants) else ""
    said = [_say_best([by_name[model.name] for model in members], pairs, baselines) for members in comparable(models)]
    return f"{mark}{quantity(len(models), 'variant')}: {' | '.join(said)}"


def _say_best(members: Sequence[Variant], pairs: Sequence[Pair], baselines: set[str]) -> str:
    best = max(members, key=lambda variant: variant.summary[METRIC].mean)
    found = best.summary[METRIC]
    rank = "best " if len(members) > 1 else ""
    value = f"{found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]"
    clauses = [f"{best.dataset}, {best.protocol} protocol: {rank}{METRIC} {best.name} {value}"]
    verdicts = list(_verdicts(best.name, pairs))
    variants = [held for held in verdicts if held[0] not in baselines]
    for chosen in (variants, [held for held in verdicts if held[0] in baselines]):
        for verdict, words in SAID.items():
            rivals = [rival for rival, held in chosen if held == verdict]
            if rivals:
                clauses.append(f"{words} {named(rivals)}")
    return "; ".join(clauses)


def _verdicts(name: str, pairs: Sequence[Pair]) -> Iterator[tuple[str, str]]:
    """Each that was compared with `name`, and whether `name` is better, worse or level."""
    for pair in pairs:
        if name in (pair.first, pair.second):
            yield pair.second if name == pair.first else pair.first, pair.standing(name)


def find_notices(contenders: Sequence[Contender], superseded: Sequence[Run]) -> list[str]:
    """What limits the comparison, in sentences; empty where nothing does."""
    variants = [contender for contender in contenders if not contender.is_baseline]
    return [
        *_mixtures(variants),
        *_unpaired(variants),
        *_missing_folds(variants),
        *_few_repeats(variants),
        *_superseded(superseded),
    ]


def _mixtures(variants: Sequence[Contender]) -> Iterator[str]:
    reports = [variant.runs[0].report for variant in variants]
    protocols = list(dict.fromkeys(report.protocol for report in reports))
    datasets = list(dict.fromkeys(report.dataset for report in reports))
    if len(protocols) > 1:
        yield (
            f"The runs follow the protocols {listed(protocols)}: figures of different protocols must not be compared, "
            "and no such pair is."
        )
    if len(datasets) > 1:
        yield (
            f"The runs are on the data sets {listed(datasets)}: figures on different data must not be compared, "
            "and no such pair is."
        )


def _unpaired(variants: Sequence[Contender]) -> Iterator[str]:
    sets: dict[tuple[str, str], list[str]] = defaultdict(list)
    for members in comparable(variants):
        report = members[0].runs[0].report
        sets[report.dataset, report.protocol].append(named([member.name for member in members]))
    for (dataset, protocol), names in sets.items():
        if len(names) > 1:
            yield (
                f"On {dataset} ({protocol} protocol) not all variants have the same test messages, and only those that "
                f"do are paired: {'; '.join(names)}."
            )


def _missing_folds(variants: Sequence[Contender]) -> Iterator[str]:
    for variant in variants:
        num_folds = variant.runs[0].num_folds
        folds = {run.fold for run in variant.runs}
        if num_folds and len(folds) < num_folds:
            yield f"{variant.name}: {len(folds)} of {num_folds} folds."


def _few_repeats(variants: Sequence[Contender]) -> Iterator[str]:
    few = [variant.name for variant in variants if 1 < len(variant.runs) < FEW_REPEATS]
    if few:
        yield f"Two repeats say little of the spread, and their intervals are wide: {named(few)}."


def _superseded(superseded: Sequence[Run]) -> Iterator[str]:
    if superseded:
        yield (
            f"{quantity(len(superseded), 'run')} left out: a later one has the same settings, seed and fold "
            f"({listed(['/'.join(run.folder.parts[-2:]) for run in superseded])})."
        )
