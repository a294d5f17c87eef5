"""Draw the report of a finished run again: `python -m pipeline.report RUN_FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Draw the figures and `report.html` of a run folder from its files; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.report", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="a run folder, outputs/runs/<experiment>/<time>")
    folder = parser.parse_args(arguments).folder
    from pipeline.reporting.redraw import redraw

    try:
        print(redraw(folder))
    except UserError as error:
        print(error.block(), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
