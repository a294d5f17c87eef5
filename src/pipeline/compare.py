"""Compare finished runs: `python -m pipeline.compare FOLDER... [--output FOLDER] [--title TEXT]`."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from pipeline.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Compare run folders and the jobs of sweep folders: intervals, paired tests, figures, tables; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.compare", description=main.__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="folder", help="a run folder or a sweep folder")
    parser.add_argument("--output", type=Path, help="where to write; by default outputs/comparisons/<time>")
    parser.add_argument("--title", default="Comparison of runs", help="of the report")
    given = parser.parse_args(arguments)
    output = given.output or Path("outputs", "comparisons", f"{datetime.now():%Y-%m-%d_%H-%M-%S-%f}")
    from pipeline.comparison.choice import compare_folders

    try:
        headline = compare_folders(given.folders, output, given.title)
    except UserError as error:
        print(error.block(), file=sys.stderr)
        return 2
    print(f"{output / 'report.html'}\n{headline}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
