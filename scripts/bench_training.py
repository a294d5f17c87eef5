"""Compare the training seconds of two experiments, run one after the other in turn.

    python scripts/bench_training.py '+experiment=best_sms' '+experiment=gru_glove dataset=sms_spam' --repeats 2

Each argument holds the overrides of one run. Every run starts from an empty store. Printed: seconds of all epochs of
each run, and the ratio of the first to the second in each repeat. Times of one machine; only the ratio travels.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd


def train_seconds(overrides: str) -> float:
    """Seconds of all epochs of one run."""
    with tempfile.TemporaryDirectory() as folder:
        places = ["hydra.mode=RUN", f"hydra.run.dir={folder}/run", f"outputs={folder}"]
        command = [sys.executable, "-m", "pipeline", *shlex.split(overrides), *places]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return float(pd.read_parquet(Path(folder) / "run" / "tables" / "history.parquet")["seconds"].sum())


def main(arguments: list[str] | None = None) -> int:
    """Run both, in turn; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", help="overrides of the one run")
    parser.add_argument("second", help="overrides of the other")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each (default: 3)")
    options = parser.parse_args(arguments)
    for repeat in range(1, options.repeats + 1):
        try:
            first, second = train_seconds(options.first), train_seconds(options.second)
        except subprocess.CalledProcessError as error:
            print(error.stderr.decode(errors="replace"), file=sys.stderr)
            return 2
        print(f"repeat {repeat}: {first:.1f} s and {second:.1f} s, ratio {first / second:.2f}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
