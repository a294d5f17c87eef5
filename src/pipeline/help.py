"""The page that `python -m pipeline --help` prints."""

from __future__ import annotations

import textwrap
from pathlib import Path

_SETTING_WIDTH = 36  # of the left column of the settings

PAGE = """\
Compare text classifiers, synthesise text and draw images without fooling yourself: a leak-free protocol by default,
intervals on every figure, and a baseline row that deep models must beat. One command runs the whole experiment, from
raw messages or images to a report.

usage: python -m pipeline +experiment=NAME [setting=value ...]

Experiments:
{experiments}

Common settings:
  dataset=NAME                      {datasets}
  dataset=csv dataset.path=my.csv   your own CSV, TSV, JSON lines or parquet; with dataset.text, dataset.label (column
                                    names) and dataset.positive (the label that counts as positive)
  dataset=images dataset.train=a.csv dataset.test=b.csv
                                    your own images for a GAN: CSV of a label and 784 pixels a line, or idx files
  model=NAME                        {models}
  embedding=NAME                    {embeddings}
  sampling=NAME                     {samplings}
  protocol=NAME                     {protocols}
  model.build.units=64              any setting of any stage
  -m model=gru,lstm 'seed=range(5)' a sweep: a job for each combination, as many at a time as there are cores, then a
                                    comparison; the same command goes on with a sweep that was stopped
  hydra.launcher.jobs=1             jobs of a sweep at a time
  hydra/launcher=NAME               another launcher of its jobs: {launchers}
  hparams=NAME                      a search on the validation part: {searches}
  split.fold=2 hydra.mode=RUN       one job of an experiment that is a sweep
  seed=1                            the one seed of the run
  strict=true                       stop where data cannot be had, instead of using a stand-in

See also:
  python -m pipeline +experiment=NAME --cfg job        all settings, as composed
  python -m pipeline.generate run=FOLDER prompt="..."  messages by a model of a finished run of character models
  python -m pipeline.generate run=FOLDER label=NAME    images of a class by a finished run of a GAN
  python -m pipeline.report RUN_FOLDER                 draw the report of an old run again
  python -m pipeline.compare FOLDER...                 compare any runs and sweeps
  python -m pipeline.store list                        what is kept for reuse, with sizes; also: prune

Data are looked for in $PIPELINE_DATA_DIR/<name>/ and data/raw/<name>/, then downloaded.
Results land in outputs/runs/<experiment>/<time>/: report.html, metrics.json, figures/, manifest.json; those of a sweep
in outputs/sweeps/<experiment>/<time>/: report.html, comparison.json, and a run folder 0/, 1/, ... for each job.
"""


def page(conf: Path) -> str:
    """The help page, with the names that the config folder holds."""
    experiments = sorted((conf / "experiment").glob("*.yaml"))
    width = max(len(file.stem) for file in experiments) + 4
    return PAGE.format(
        experiments="\n".join(_wrapped(f"  {file.stem}".ljust(width), _first_comment(file)) for file in experiments),
        launchers=_names(conf / "hydra" / "launcher"),
        searches=_names(conf / "hparams"),
        **{f"{group}s": _names(conf / group) for group in ("dataset", "model", "embedding", "sampling", "protocol")},
    )


def _names(group: Path) -> str:
    names = ", ".join(sorted(file.stem for file in group.glob("*.yaml")))
    return _wrapped(" " * _SETTING_WIDTH, names).lstrip()


def _wrapped(start: str, text: str) -> str:
    return textwrap.fill(text, 120, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)


def _first_comment(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(line.lstrip("# ") for line in lines if line.startswith("# ") and "@package" not in line)
