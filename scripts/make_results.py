"""Write docs/RESULTS.md and its figures from finished run folders.

    python scripts/make_results.py outputs/runs/*/*

Only runs on real data that ended well are taken; of runs that repeat each other (same experiment, data set, protocol
and seed), the latest.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
FIGURES = ("baseline_comparison", "learning_curves")
COLUMNS = ("f1", "recall", "precision", "accuracy", "pr_auc")
INTRODUCTION = """\
# Results

Made by `python scripts/make_results.py outputs/runs/*/*` from the files of the runs named below; no figure is typed in.
Brackets hold 95 % bootstrap intervals over groups of near-duplicate test messages. They do not hold the luck of the
seed or of the split. "Difference" is the baseline's F1 minus the model's, paired on the same resamples; where its
interval contains 0, no difference is detectable. Figures of different protocols must not be compared with each other.
"""


@dataclass(frozen=True)
class Run:
    """The files of one run folder that are read here."""

    folder: Path
    metrics: dict[str, Any]
    manifest: dict[str, Any]
    report: dict[str, Any]

    @property
    def identity(self) -> tuple[str, str, str, int]:
        """What makes two runs repetitions of each other."""
        return tuple(self.metrics[key] for key in ("experiment", "dataset", "protocol", "seed"))

    @property
    def name(self) -> str:
        """The identity as a file name."""
        return "_".join(map(str, self.identity[:3]))


def read(folder: Path) -> Run | None:
    """A run folder, or None where it is no finished run on real data."""
    try:
        files = [json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("metrics", "manifest", "report")]
    except FileNotFoundError:
        return None
    run = Run(folder, *files)
    is_real = not run.metrics["stand_in"] and run.metrics["dataset"] != "sample"
    return run if is_real and run.manifest["status"] == "finished" else None


def latest(runs: Iterable[Run]) -> list[Run]:
    """One run an identity, sorted by it."""
    return sorted(
        {run.identity: run for run in sorted(runs, key=lambda run: run.manifest["started"])}.values(),
        key=lambda run: run.identity,
    )


def overview(runs: list[Run]) -> str:
    """The table of all runs and of their baselines."""
    lines = [
        f"| experiment | data set | protocol | seed | model | {' | '.join(COLUMNS)} | difference in F1 | seconds |",
        "|" + "---|" * (len(COLUMNS) + 7),
    ]
    for run in runs:
        identity = " | ".join(map(str, run.identity))
        for name, model in run.report["models"].items():
            values = " | ".join(estimate(model["metrics"][column]) for column in COLUMNS)
            label = f"**{run.metrics['model']}**" if name == "model" else name
            difference = estimate(model["difference"]["f1"], sign="+") if model["difference"] else ""
            seconds = f"{training_seconds(run):,.0f}" if name == "model" else ""
            lines.append(f"| {identity} | {label} | {values} | {difference} | {seconds} |")
    return "\n".join(lines)


def estimate(interval: dict[str, float | None], sign: str = "") -> str:
    """A value with its interval."""
    if interval["value"] is None:
        return "undefined"
    return f"{interval['value']:{sign}.3f} [{interval['low']:{sign}.3f}, {interval['high']:{sign}.3f}]"


def training_seconds(run: Run) -> float:
    """Seconds of the fit, 0 where it was reused."""
    return sum(stage["seconds"] for stage in run.manifest["stages"] if stage["stage"] == "fit_classifier")


def section(run: Run) -> str:
    """What one run was, and its figures."""
    experiment, dataset, protocol, seed = run.identity
    duplicates, training = run.report["duplicates"], run.report["training"]
    counts = "; ".join(f"{part['part']} {part['negative'] + part['positive']:,}" for part in run.report["counts"])
    pictures = "\n".join(f"![{name}](figures/{run.name}_{name}.png)" for name in FIGURES)
    commit = (run.manifest["git_commit"] or "unknown")[:10]
    return f"""\
## {experiment} on {dataset}, protocol {protocol}, seed {seed}

Messages: {counts}. {duplicates["exact"]} exact copies left out, {duplicates["near"]:,} messages with a near-duplicate;
a random split would leak {duplicates["random_leakage_percent"]:.1f} % of the test part, this one
{duplicates["leakage_percent"]:.1f} %. {training["params"]:,} weights, epoch {training["kept_epoch"]} of
{training["epochs"]} kept. Commit {commit}, started {run.manifest["started"]}.

{pictures}
"""


def main(arguments: list[str] | None = None) -> int:
    """Write the page; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, help="run folders")
    parser.add_argument("--output", type=Path, default=DOCS, help="folder of RESULTS.md (default: docs)")
    options = parser.parse_args(arguments)
    runs = latest(run for folder in options.folders if (run := read(folder)))
    if not runs:
        print("None of these folders holds a finished run on real data.", file=sys.stderr)
        return 2
    figures = options.output / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    for run in runs:
        for name in FIGURES:
            shutil.copy(run.folder / "figures" / f"{name}.png", figures / f"{run.name}_{name}.png")
    page = "\n".join([INTRODUCTION, overview(runs), "", *map(section, runs)])
    (options.output / "RESULTS.md").write_text(page, encoding="utf-8")
    print(f"{options.output / 'RESULTS.md'}: {len(runs)} runs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
