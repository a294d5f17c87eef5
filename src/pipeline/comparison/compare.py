"""Compare finished runs: write down what they come to together, then draw the report from those files alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import TypeAdapter

from pipeline.comparison.contenders import Contender, find_contenders
from pipeline.comparison.contests import RESAMPLES, Contests
from pipeline.comparison.findings import find_notices, say_headline
from pipeline.comparison.output import check_output, command_of, relative
from pipeline.comparison.runs import Run, read_runs
from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.published import published_figures
from pipeline.evaluation.repeats import corrected_mean
from pipeline.reporting.comparison.facts import Comparison, PublishedFigure, Repeat, Summary, Unfinished, Variant
from pipeline.reporting.comparison.report import draw_comparison
from pipeline.reporting.grid import each_once

LOWEST = {"mcc": -1.0}  # of a metric; of all others 0


def compare_runs(folders: Sequence[Path], output: Path, title: str) -> str:
    """Write `comparison.json` and `tables/` of run and sweep folders into `output`, draw the report; the headline.

    Runs that differ in nothing but seed and fold are repeats of one variant. Unfinished runs are left out and listed.

    Raises:
        UserError: a folder is neither of a run nor of a sweep, no run is finished, or `output` holds something else.
    """
    check_output(output)
    runs, unfinished = read_runs(folders)
    contenders, superseded = find_contenders(runs)
    pairs = Contests().judge(contenders)
    output.mkdir(parents=True, exist_ok=True)
    variants = [_variant(contender, output) for contender in contenders]
    comparison = Comparison(
        title=title,
        datasets=each_once(run.report.dataset for run in runs),
        protocols=each_once(run.report.protocol for run in runs),
        repeats_are=_kind_of_repeats(contenders),
        classes=runs[0].report.classes,
        variants=variants,
        pairs=pairs,
        unfinished=[Unfinished(relative(Path(job.folder), output), job.reason) for job in unfinished],
        notices=find_notices(contenders, superseded),
        headline=say_headline(contenders, variants, pairs),
        command=command_of(folders, output),
        resamples=RESAMPLES,
    )
    (output / "tables").mkdir(exist_ok=True)
    for name, table in _tables(contenders).items():
        table.to_parquet(output / "tables" / f"{name}.parquet", index=False)
    (output / "comparison.json").write_bytes(TypeAdapter(Comparison).dump_json(comparison, indent=1))
    draw_comparison(output)
    return comparison.headline


def _variant(contender: Contender, output: Path) -> Variant:
    runs, first = contender.runs, contender.runs[0]
    is_baseline = contender.is_baseline
    choices = {} if is_baseline else first.account.choices
    return Variant(
        name=contender.name,
        is_baseline=is_baseline,
        dataset=first.report.dataset,
        protocol=first.report.protocol,
        choices=choices,
        settings=contender.settings,
        params=None if is_baseline else first.report.training.params,
        repeats=[_repeat(contender, run, output) for run in runs],
        summary={metric.key: _summary(contender, metric.key) for metric in METRICS},
        train_seconds=None if is_baseline else float(np.mean([run.train_seconds for run in runs])),
        published=[
            PublishedFigure(figure.metric, figure.value, figure.is_approximate, figure.source, figure.values)
            for figure in published_figures(choices)
        ],
        stand_in=any(run.report.stand_in for run in runs),
    )


def _repeat(contender: Contender, run: Run, output: Path) -> Repeat:
    return Repeat(
        name=_repeat_name(contender, run),
        folder=relative(run.folder, output),
        seed=run.seed,
        fold=run.fold,
        metrics=contender.judged(run).metrics,
        train_seconds=None if contender.is_baseline else run.train_seconds,
        command=run.content.manifest.command,
    )


def _repeat_name(contender: Contender, run: Run) -> str:
    """What tells the run from the variant's others; folds are counted from 0, as the setting counts them."""
    if run.fold is None:
        return f"seed {run.seed}"
    several_seeds = len({other.seed for other in contender.runs}) > 1
    return f"seed {run.seed}, fold {run.fold}" if several_seeds else f"fold {run.fold}"


def _summary(contender: Contender, metric: str) -> Summary:
    """The run's own interval where there is one run, else the interval of the mean, cut at what is possible."""
    estimates = [contender.judged(run).metrics[metric] for run in contender.runs]
    if len(estimates) == 1:
        return Summary(estimates[0].value, np.nan, estimates[0].low, estimates[0].high)
    values = [estimate.value for estimate in estimates]
    if np.isnan(values).any():
        return Summary(np.nan, np.nan, np.nan, np.nan)
    found = corrected_mean(values, float(np.mean([run.test_per_train for run in contender.runs])))
    return Summary(found.mean, found.deviation, max(found.low, LOWEST.get(metric, 0.0)), min(found.high, 1.0))


def _kind_of_repeats(contenders: Sequence[Contender]) -> Literal["single", "folds", "seeds", "seeds and folds"]:
    seeds = any(len({run.seed for run in contender.runs}) > 1 for contender in contenders)
    folds = any(len({run.fold for run in contender.runs}) > 1 for contender in contenders)
    if seeds and folds:
        return "seeds and folds"
    return "seeds" if seeds else "folds" if folds else "single"


def _tables(contenders: Sequence[Contender]) -> dict[str, pd.DataFrame]:
    """What the curves are drawn from, with the columns `variant` and `repeat` in front."""
    every = [(contender, run) for contender in contenders for run in contender.runs]
    history = [_marked(run.content.tables.history, one, run) for one, run in every if not one.is_baseline]
    curves = {
        name: [_marked(_curve(run, name, contender.model), contender, run) for contender, run in every]
        for name in ("roc", "precision_recall")
    }
    return {name: pd.concat(tables, ignore_index=True) for name, tables in ({"history": history} | curves).items()}


def _curve(run: Run, name: str, model: str) -> pd.DataFrame:
    table: pd.DataFrame = getattr(run.content.tables, name)
    return table[table["model"] == model].drop(columns="model")


def _marked(table: pd.DataFrame, contender: Contender, run: Run) -> pd.DataFrame:
    marked = table.copy()
    marked.insert(0, "variant", contender.name)
    marked.insert(1, "repeat", _repeat_name(contender, run))
    return marked
