"""Print where the seconds of one experiment go, from the shell prompt to the report.

    python scripts/profile_run.py '+experiment=gru_glove training.epochs=1'
    python scripts/profile_run.py '+experiment=gru_glove' --against ../old-checkout --repeats 3

Each repeat is two runs: one that computes everything, from an empty store, and the same again with everything reused.
Start-up is from the prompt to the first stage: Python, Hydra's composition, the imports and checks of all stages. A
stage has the seconds that the manifest gives it, in which the libraries that it is first to need are imported. Between
the stages the manifest is written; exit is from the last stage to the prompt. With --against every run is made with
the source of another checkout too, in turn. Printed are medians over the repeats, and the imports that took longest
in one more run, own seconds by library. Data that cannot be had are an error: of a stand-in nothing could be learnt.
Times of one machine; CPU seconds are surer than seconds on a busy one.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).parents[1]
START, BETWEEN, EXIT, TOTAL, CPU = "start-up", "between stages", "exit", "all", "CPU, all threads"
STATES = "computed", "reused"
LIBRARIES_SHOWN = 15
# An import table on standard error; what TensorFlow's start writes there is in the debug log of this module.
WITH_IMPORTS = ("-X", "importtime"), " hydra.verbose=pipeline.models.backend"
_IMPORT = re.compile(r"import time: +(\d+) \| +\d+ \| +([\w.]+)")
_TIME_LENGTH = len("2026-01-01 00:00:00,000")


@dataclass(frozen=True)
class Case:
    """What is run: a checkout, and the title of its column."""

    checkout: Path
    title: str


class FailedError(Exception):
    """A run that did not end well, with what it said."""


def run(case: Case, overrides: str, folder: Path, python_options: Sequence[str] = ()) -> tuple[dict[str, float], str]:
    """Seconds of the parts of one run in `folder`, in order, and what it wrote on standard error."""
    places = ["strict=true", "hydra.mode=RUN", f"hydra.run.dir={folder}", f"outputs={folder.parent}"]
    command = [sys.executable, *python_options, "-m", "pipeline", *shlex.split(overrides), *places]
    environment = {**os.environ, "PYTHONPATH": str(case.checkout / "src")}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    end, after = time.time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise FailedError(done.stderr)
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    stages = {stage["stage"]: float(stage["seconds"]) for stage in content["stages"]}
    lines = (folder / "run.log").read_text(encoding="utf-8").splitlines()
    times = [_time(line) for line in lines if " pipeline.runner: " in line]
    first = times[0] - next(iter(stages.values()))
    parts = {START: first - start, **stages, BETWEEN: times[-1] - first - sum(stages.values()), EXIT: end - times[-1]}
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return parts | {TOTAL: end - start, CPU: cpu}, done.stderr


def _time(line: str) -> float:
    return datetime.strptime(line[:_TIME_LENGTH], "%Y-%m-%d %H:%M:%S,%f").timestamp()


def import_seconds(importtime: str) -> dict[str, float]:
    """Own seconds of the imports of each library, the longest first, from what `-X importtime` writes."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for microseconds, module in _IMPORT.findall(importtime):
        library = module.partition(".")[0]
        seconds["standard library" if library in sys.stdlib_module_names else library] += int(microseconds) / 1e6
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def table(title: str, columns: dict[str, dict[str, float]]) -> str:
    """Lines of names and seconds, a column a case."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    lines = [f"{title:34}" + "".join(f"{head:>12}" for head in columns)]
    for name in names:
        cells = (f"{column[name]:12.2f}" if name in column else f"{'-':>12}" for column in columns.values())
        lines.append(f"  {name:32}" + "".join(cells))
    return "\n".join(lines)


def medians(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of each part its median over the runs."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def profile(cases: Sequence[Case], overrides: str, repeats: int) -> None:
    """Run all cases in turn and print the tables."""
    runs: defaultdict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for repeat in range(repeats):
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                for state in STATES:
                    runs[state, case.title].append(run(case, overrides, Path(folder) / state)[0])
        print(f"{repeat + 1} of {repeats} done", file=sys.stderr, flush=True)
    imports = {}
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            options, override = WITH_IMPORTS
            imports[case.title] = import_seconds(run(case, overrides + override, Path(folder) / "run", options)[1])
    for state in STATES:
        columns = {case.title: medians(runs[state, case.title]) for case in cases}
        print(table(f"all {state}, seconds", columns), end="\n\n")
    shown = list(imports[cases[-1].title])[:LIBRARIES_SHOWN]
    print(table("imports, all computed", {t: {name: s.get(name, 0) for name in shown} for t, s in imports.items()}))


def main(arguments: list[str] | None = None) -> int:
    """Profile; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overrides", help="overrides of the run")
    parser.add_argument("--against", type=Path, help="another checkout of this project, to be run in turn")
    parser.add_argument("--repeats", type=int, default=1, help="computed and reused runs of each (default: 1)")
    options = parser.parse_args(arguments)
    cases = [Case(HERE, "here")]
    if options.against:
        if not (options.against / "src" / "pipeline").is_dir():
            parser.error(f"--against {options.against}: no checkout of this project, it lacks src/pipeline")
        cases.insert(0, Case(options.against.resolve(), "against"))
    try:
        profile(cases, options.overrides, options.repeats)
    except FailedError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
