"""The report of a search for settings: how it went, what it found, and how the winner does on the test part."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from pipeline.errors import UserError
from pipeline.reporting import sentences, words
from pipeline.reporting.facts import Estimate
from pipeline.reporting.folder import Home, RunFolder, read_json, read_run
from pipeline.reporting.page import picture, write_page
from pipeline.reporting.search_figures import objectives, parameter
from pipeline.reporting.style import Caption, sheet
from pipeline.reporting.tables import Cell

SEARCH, TRIALS, WINNER, FIGURE = "search.json", "trials.csv", "winner", "search"
HOME = Home("search", f"{SEARCH}, {TRIALS} and {WINNER}/ as a search has written them", "give the same command again")
COLUMNS = ("trial", "status", "f1", "pr_auc", "seconds")
MANY = 4  # small multiples in a row
CONTENDERS = ("model", "tfidf", "tfidf_all_rows")
SHOWN = ("f1", "recall", "precision", "pr_auc")

Kind = Literal["number", "logarithmic", "choice"]


@dataclass(frozen=True)
class Parameter:
    """A setting that was searched: its dotted name, its space as it is written in the config, and its kind."""

    name: str
    space: str
    kind: Kind

    @property
    def label(self) -> str:
        """Its name where there is little room."""
        return self.name.rpartition(".")[2].replace("_", " ")


@dataclass(frozen=True)
class Search:
    """`search.json`: what was searched.

    Attributes:
        experiment: its name.
        command: what led to it.
        sampler: what chose the trials.
        num_random: trials that were drawn at random before the first that was chosen.
        best: number of the trial with the highest F1 on the validation part.
        parameters: what was searched.
    """

    experiment: str
    command: str
    sampler: str
    num_random: int
    best: int
    parameters: list[Parameter]


@dataclass(frozen=True)
class SearchFolder:
    """All that the report of a search is drawn from."""

    search: Search
    trials: pd.DataFrame
    winner: RunFolder

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The trials that finished."""
        return self.trials[self.trials["f1"].notna()]

    @property
    def best(self) -> pd.Series:
        """The winner's trial."""
        return self.trials[self.trials["trial"] == self.search.best].iloc[0]

    @property
    def test_f1(self) -> Estimate:
        """F1 of the winner on the test part."""
        return self.winner.report.model.metrics["f1"]

    @property
    def lead(self) -> str:
        """What was searched and what came of it, in sentences."""
        report, f1 = self.winner.report, self.test_f1
        lost = len(self.trials) - len(self.scored)
        found = words.decimal(self.best["f1"])
        return (
            f"{words.quantity(len(self.trials), 'trial')} of {words.builder_name(report.training.model)} on "
            f"{report.dataset}{f', of which {lost} failed' if lost else ''}, compared by F1 on the validation part. "
            f"The best, trial {self.search.best}, has {found} there. That figure flatters: it is the highest of "
            f"{len(self.scored)}. On the test part, which no other trial was judged on, the winner has F1 "
            f"{words.decimal(f1.value)} {words.interval(f1.low, f1.high)}."
        )

    @property
    def headline(self) -> str:
        """The result in one line."""
        return (
            f"best of {words.quantity(len(self.scored), 'trial')}: {self.search.best}, validation f1 "
            f"{self.best['f1']:.3f}; on test: {self.winner.report.headline}"
        )

    def rows(self) -> Iterator[Row]:
        """The trials, best first; those without a score last."""
        for _, trial in self.trials.sort_values(["f1", "trial"], ascending=[False, True]).iterrows():
            settings = [str(trial[entry.name]) for entry in self.search.parameters]
            yield Row(
                trial=int(trial["trial"]),
                settings=[_rounded(setting) for setting in settings],
                f1=words.decimal(trial["f1"]) if math.isfinite(trial["f1"]) else str(trial["status"]),
                pr_auc=words.decimal(trial["pr_auc"]) if math.isfinite(trial["pr_auc"]) else "",
                time=words.duration(trial["seconds"]) if math.isfinite(trial["seconds"]) else "",
                is_best=trial["trial"] == self.search.best,
            )


@dataclass(frozen=True)
class Result:
    """A model on the test part: its name for people, and one cell for each of `SHOWN`."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Row:
    """A trial as the table of the report has it."""

    trial: int
    settings: list[str]
    f1: str
    pr_auc: str
    time: str
    is_best: bool


def draw_search(folder: Path) -> str:
    """Draw `figures/search` and `report.html` of a search from the files in its folder; the headline.

    Raises:
        UserError: a file of the folder is missing or cannot be read.
    """
    found = read_search(folder)
    width, height = _draw_figure(folder / "figures" / FIGURE, found)
    shown = picture(
        folder / "figures" / FIGURE,
        "How the search went",
        "Above: F1 on the validation part, trial by trial, with the best so far. Below: the same F1 over each setting. "
        "Hollow: drawn at random. Square: the winner. A cross: far below, or failed.",
        width=width,
        height=height,
    )
    write_page(
        folder / "report.html",
        "search.html.jinja",
        found=found,
        report=found.winner.report,
        manifest=found.winner.manifest,
        rows=list(found.rows()),
        results=_results(found),
        labels=[words.METRIC[key].label for key in SHOWN],
        pictures={FIGURE: shown},
        say=sentences,
    )
    return found.headline


def read_search(folder: Path) -> SearchFolder:
    """Read the folder of a search.

    Raises:
        UserError: one of its files is missing, damaged or incomplete.
    """
    search = read_json(folder / SEARCH, Search, HOME)
    return SearchFolder(search, _read_trials(folder / TRIALS, search), read_run(folder / WINNER))


def _read_trials(path: Path, search: Search) -> pd.DataFrame:
    try:
        trials = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    lacking = [name for name in (*COLUMNS, *(entry.name for entry in search.parameters)) if name not in trials]
    if lacking or search.best not in set(trials["trial"]):
        raise _unreadable(path, f"no column {', '.join(lacking)}" if lacking else f"no trial {search.best}")
    return trials


def _unreadable(path: Path, reason: str) -> UserError:
    return UserError(f"{path} cannot be read: {reason}", expected=HOME.holds, remedy=f"To mend it, {HOME.again}.")


def _draw_figure(path: Path, found: SearchFolder) -> tuple[float, float]:
    """Draw the one figure of a search; its width and height in inches."""
    search, report = found.search, found.winner.report
    in_row = min(MANY, max(len(search.parameters), 1))
    num_rows = math.ceil(len(search.parameters) / in_row)
    width, height = 10.0, 3.3 + 2.7 * num_rows
    about = f"{search.experiment} · {report.dataset} · {report.protocol} protocol · validation part"
    path.parent.mkdir(exist_ok=True)
    with sheet(path, Caption(about, report.stand_in), width=width, height=height) as figure:
        grid = figure.add_gridspec(1 + num_rows, in_row, height_ratios=[1.15, *[1.0] * num_rows])
        objectives(figure.add_subplot(grid[0, :]), found.trials, search.best, search.num_random)
        first = None
        for index, entry in enumerate(search.parameters):
            axes = figure.add_subplot(grid[1 + index // in_row, index % in_row], sharey=first)
            parameter(axes, found.trials, entry.name, entry.kind, search.best, search.num_random)
            if index % in_row:
                axes.tick_params(labelleft=False)
                axes.set_ylabel("")
            first = first or axes
    return width, height


def _results(found: SearchFolder) -> list[Result]:
    """The winner and the baselines on the test part."""
    models, network = found.winner.report.models, found.winner.report.training.model
    return [
        Result(words.short_name(name, network), [_cell(models[name].metrics[key]) for key in SHOWN])
        for name in CONTENDERS
        if name in models
    ]


def _cell(estimate: Estimate) -> Cell:
    return Cell(words.decimal(estimate.value), words.interval(estimate.low, estimate.high), stands_out=False)


def _rounded(setting: str) -> str:
    """A number to three digits, as people read it; anything else as it is."""
    try:
        number = float(setting)
    except ValueError:
        return setting
    return setting if number.is_integer() else f"{number:.3g}"
