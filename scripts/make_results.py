"""Write docs/RESULTS.md and its figures from finished run folders and comparisons.

    python scripts/make_results.py outputs/runs/*/* outputs/sweeps/*/*

Runs on real data are taken, and comparisons in which at least one variant is on real data and none on the sample;
of runs that repeat each other (same experiment, data set, protocol, seed, and order of a stream), and of comparisons
of the same title, data sets and protocols, the latest.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import make_results_streams as streams
from make_results_characters import FIGURES as CHARACTER_FIGURES
from make_results_characters import characters_text
from make_results_detection import FIGURES as DETECTION_FIGURES
from make_results_detection import detection_text
from make_results_images import FIGURES as IMAGES_FIGURES
from make_results_images import images_text
from make_results_synthesis import FIGURES as SYNTHESIS_FIGURES
from make_results_synthesis import synthesis_text

DOCS = Path(__file__).parents[1] / "docs"
RUN_FIGURES = ("baseline_comparison", "learning_curves")
FAMILY_FIGURES = {
    "synthesis": SYNTHESIS_FIGURES,
    "stream": streams.FIGURES,
    "detection": DETECTION_FIGURES,
    "characters": CHARACTER_FIGURES,
    "images": IMAGES_FIGURES,
}
FROM_FOLDER = {"detection": detection_text, "characters": characters_text, "images": images_text}
LARGEST = 1_000_000  # bytes of a figure; the page goes without a larger one
COMPARISON_FIGURES = ("metrics", "differences", "folds")
COMPARISON_TABLES = ("results", "pairs")
COLUMNS = ("f1", "recall", "precision", "accuracy", "pr_auc")
INTRODUCTION = """\
# Results

Made by `python scripts/make_results.py FOLDER...` from the files of the runs named below; no figure is typed in.
Brackets hold 95 % intervals: of one run, from the bootstrap over groups of near-duplicate test messages, without the
luck of seed and split; of several runs, of their mean. "Difference" is the baseline's F1 minus the model's, paired on
the same resamples; where its interval contains 0, no difference is detectable. Figures of different protocols must not
be compared with each other. Seconds are of training, on two cores that other jobs may have shared. On streams a
message is scored before it is learnt; "difference" is there the model's F1 minus that of the exact naive Bayes.
Detectors give every message a cost and most of them see no label; each of their tables says what it compares.
Language models of characters are told by the bits that they pay for a character of test messages: less is better.
Drawn images are judged by a classifier of real ones, beside real images and a normal distribution for each class.
"""


@dataclass(frozen=True)
class Run:
    """The files of one run folder that are read here."""

    folder: Path
    metrics: dict[str, Any]
    manifest: dict[str, Any]
    report: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str, str, int, str]:
        """What makes two runs repetitions of each other; the last is the order of a stream."""
        order = self.metrics["stream"]["order"] if self.family == "stream" else ""
        return *(self.metrics[key] for key in ("experiment", "dataset", "protocol", "seed")), order

    @property
    def name(self) -> str:
        """The identity as a file name, without the seed."""
        experiment, dataset, protocol, _, order = self.identity
        return file_name(experiment, dataset, protocol, *([order] if order else []))

    @property
    def family(self) -> str:
        """What kind of run it is."""
        return self.report.get("family", "classification")

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that the page shows."""
        return FAMILY_FIGURES.get(self.family, RUN_FIGURES)

    @property
    def train_seconds(self) -> float:
        """Seconds of all epochs, also where the fit was reused."""
        import pandas as pd

        return float(pd.read_parquet(self.folder / "tables" / "history.parquet")["seconds"].sum())


@dataclass(frozen=True)
class Comparison:
    """A folder that holds a comparison."""

    folder: Path
    content: dict[str, Any]

    @property
    def is_of_streams(self) -> bool:
        """Whether it compares runs on streams."""
        return self.content.get("family") == "stream"

    @property
    def compared(self) -> list[dict[str, Any]]:
        """What is compared."""
        return self.content["streams" if self.is_of_streams else "variants"]

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that the page shows."""
        return streams.COMPARISON_FIGURES if self.is_of_streams else COMPARISON_FIGURES

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the page shows."""
        return streams.COMPARISON_TABLES if self.is_of_streams else COMPARISON_TABLES

    @property
    def name(self) -> str:
        """What it is of, as a file name: the same for comparisons that repeat each other."""
        return file_name(self.content["title"], *self.content["datasets"], *self.content["protocols"])


def file_name(*parts: str) -> str:
    """The parts as a file name, also where one has characters like `/`: all but word characters become `_`."""
    return re.sub(r"\W+", "_", "_".join(parts))


def read_run(folder: Path) -> Run | None:
    """A run folder, or None where it is no finished run on real data."""
    try:
        files = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("metrics", "manifest", "report")]
    except FileNotFoundError:
        return None
    run = Run(folder, *files)
    is_real = not run.metrics["stand_in"] and run.metrics["dataset"] != "sample"
    return run if is_real and run.manifest["status"] == "finished" else None


def read_comparison(folder: Path) -> Comparison | None:
    """A folder with a comparison, or None where it is none of real data."""
    try:
        content = json.loads((folder / "comparison.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    comparison = Comparison(folder, content)
    is_real = not all(one["stand_in"] for one in comparison.compared) and "sample" not in content["datasets"]
    return comparison if is_real else None


def latest_runs(runs: Iterable[Run]) -> list[Run]:
    """One run an identity, sorted by it."""
    in_time = sorted(runs, key=lambda run: run.manifest["started"])
    return sorted({run.identity: run for run in in_time}.values(), key=lambda run: run.identity)


def latest_comparisons(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """One comparison a name, sorted by it; folders are named by time."""
    in_time = sorted(comparisons, key=lambda comparison: comparison.folder.name)
    return sorted({comparison.name: comparison for comparison in in_time}.values(), key=lambda one: one.name)


def overview(runs: list[Run]) -> str:
    """The table of all runs and of their baselines."""
    lines = [
        f"| experiment | data set | protocol | seed | model | {' | '.join(COLUMNS)} | difference in F1 | seconds |",
        "|" + "---|" * (len(COLUMNS) + 7),
    ]
    for run in runs:
        identity = " | ".join(map(str, run.identity[:4]))
        for name, model in run.report["models"].items():
            values = " | ".join(estimate(model["metrics"][column]) for column in COLUMNS)
            label = f"**{run.metrics['model']}**" if name == "model" else name
            difference = estimate(model["difference"]["f1"], sign="+") if model["difference"] else ""
            seconds = f"{run.train_seconds:,.0f}" if name == "model" else ""
            lines.append(f"| {identity} | {label} | {values} | {difference} | {seconds} |")
    return "\n".join(lines)


def estimate(interval: dict[str, float | None], sign: str = "") -> str:
    """A value with its interval."""
    if interval["value"] is None:
        return "undefined"
    return f"{interval['value']:{sign}.3f} [{interval['low']:{sign}.3f}, {interval['high']:{sign}.3f}]"


def run_section(run: Run) -> str:
    """What one run was, and its figures."""
    shown = pictures(run.name, fitting(run.folder, run.figures))
    if run.family in FROM_FOLDER:
        return f"{FROM_FOLDER[run.family](run.folder, run.metrics, run.manifest)}\n{shown}\n"
    if run.family != "classification":
        text = synthesis_text if run.family == "synthesis" else streams.stream_text
        return f"{text(run.metrics, run.report, run.manifest)}\n{shown}\n"
    experiment, dataset, protocol, seed, _ = run.identity
    duplicates, training = run.report["duplicates"], run.report["training"]
    counts = "; ".join(f"{part['part']} {part['negative'] + part['positive']:,}" for part in run.report["counts"])
    commit = (run.manifest["git_commit"] or "unknown")[:10]
    return f"""\
## {experiment} on {dataset}, protocol {protocol}, seed {seed}

Messages: {counts}. {duplicates["exact"]} exact copies left out, {duplicates["near"]:,} messages with a near-duplicate;
a random split would leak {duplicates["random_leakage_percent"]:.1f} % of the test part, this one
{duplicates["leakage_percent"]:.1f} %. {training["params"]:,} weights, epoch {training["kept_epoch"]} of
{training["epochs"]} kept. Commit {commit}, started {run.manifest["started"]}.

{shown}
"""


def comparison_section(comparison: Comparison) -> str:
    """What a comparison says, its tables and its figures."""
    content = comparison.content
    notices = "".join(f"\n- {notice}" for notice in content["notices"])
    files = [comparison.folder / "tables" / f"{name}.md" for name in comparison.tables]
    tables = "\n".join(file.read_text("utf-8") for file in files if file.exists())
    return f"""\
## {content["title"]} on {", ".join(content["datasets"])}, protocol {", ".join(content["protocols"])}

{content["headline"]}
{notices}

{tables}
{pictures(comparison.name, fitting(comparison.folder, comparison.figures))}
"""


def drawn(folder: Path, name: str) -> Path:
    """Where a folder keeps a figure: a PNG, where the name has no ending."""
    return folder / "figures" / (name if "." in name else f"{name}.png")


def fitting(folder: Path, names: Iterable[str]) -> list[str]:
    """The figures that a folder has and that are small enough for the page."""
    files = {name: drawn(folder, name) for name in names}
    return [name for name, file in files.items() if file.exists() and file.stat().st_size <= LARGEST]


def pictures(prefix: str, names: Iterable[str]) -> str:
    """Markdown of the figures."""
    files = {Path(name).stem: drawn(Path(), name).name for name in names}
    return "\n".join(f"![{name}](figures/{prefix}_{file})" for name, file in files.items())


def copy_figures(folder: Path, prefix: str, names: Iterable[str], output: Path) -> None:
    """Put the figures of a folder that it has beside the page."""
    for file in (drawn(folder, name) for name in fitting(folder, names)):
        shutil.copy(file, output / f"{prefix}_{file.name}")


def main(arguments: list[str] | None = None) -> int:
    """Write the page; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="run folders, and folders with a comparison")
    parser.add_argument("--output", type=Path, default=DOCS, help="folder of RESULTS.md (default: docs)")
    options = parser.parse_args(arguments)
    runs = latest_runs(run for folder in options.folders if (run := read_run(folder)))
    comparisons = latest_comparisons(one for folder in options.folders if (one := read_comparison(folder)))
    if not runs and not comparisons:
        print("None of these folders holds a finished run or a comparison on real data.", file=sys.stderr)
        return 2
    figures = options.output / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    for run in runs:
        copy_figures(run.folder, run.name, run.figures, figures)
    for comparison in comparisons:
        copy_figures(comparison.folder, comparison.name, comparison.figures, figures)
    sections = [*map(comparison_section, comparisons), *map(run_section, runs)]
    classified = [run for run in runs if run.family == "classification"]
    page = "\n".join([INTRODUCTION, *([overview(classified), ""] if classified else []), *sections])
    (options.output / "RESULTS.md").write_text(page, encoding="utf-8")
    print(f"{options.output / 'RESULTS.md'}: {len(runs)} runs, {len(comparisons)} comparisons")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
