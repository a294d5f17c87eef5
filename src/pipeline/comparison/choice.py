"""Compare finished runs in the way that suits their kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.comparison.runs import families


def compare_folders(folders: Sequence[Path], output: Path, title: str) -> str:
    """Compare the runs in run and sweep folders, write and draw that into `output`; the headline.

    Runs on streams are compared where all that finished are such; else those of classification are, and what is of
    another family is listed.

    Raises:
        UserError: a folder is neither of a run nor of a sweep, nothing can be compared, or `output` holds other things.
    """
    if families(folders) == {"stream"}:
        from pipeline.comparison.streams import compare_streams

        return compare_streams(folders, output, title)
    from pipeline.comparison.compare import compare_runs

    return compare_runs(folders, output, title)
