"""Read the folder of a run of character models: files in, checked dataclasses and tables out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.characters.recipes import Settings
from pipeline.reporting.facts import Manifest
from pipeline.reporting.folder import read_frame, read_settings, read_tables

COLUMNS = {
    "writers": (
        "name", "cell", "units", "embedding", "scheme", "conditional", "num_params", "epochs", "kept_epoch",
        "stopped_early", "seconds", "messages_per_second",
    ),
    "history": ("name", "epoch", "train_bits", "val_bits", "learning_rate", "seconds"),
    "bits": ("name", "kind", "part", "bits", "low", "high", "perplexity"),
    "contests": ("first", "second", "difference", "low", "high", "p"),
    "race": (
        "streamed", "windowed", "val_bits", "windowed_epochs", "windowed_seconds", "streamed_epochs",
        "streamed_seconds",
    ),
    "sample_scores": ("name", "temperature", "score", "value", "low", "high", "holdout", "holdout_low", "holdout_high"),
    "copies": ("name", "temperature", "messages", "copies", "typical", "longest"),
    "recognition": (
        "name", "temperature", "label", "called", "low", "high", "holdout", "holdout_low", "holdout_high", "messages",
    ),
    "examples": ("name", "temperature", "label", "text", "ended", "copy_of"),
    "surprise": ("name", "row", "label", "position", "character", "bits"),
}  # fmt: skip


@dataclass(frozen=True)
class CharactersTables:
    """`tables/*.parquet`: those of `BitScores` and `SampleScores`, and what models are, learnt and wrote.

    Attributes:
        writers: one row a network: `embedding` is NaN where symbols are one-hot, `seconds` are of the whole training,
            `messages_per_second` of writing samples.
        history: one row a network and epoch.
        bits, contests: as in `BitScores`.
        race: as `pipeline.evaluation.characters.race.race` tells it.
        sample_scores: `SampleScores.table`.
        copies: samples that are scored and, of these, exact copies of training messages, by model and temperature:
            `messages`, `copies` (numbers), `typical` (median characters of the copies), `longest` (characters); both
            NaN where there is no copy.
        recognition: as in `SampleScores`.
        examples: a few samples of each model, temperature and class asked for; `text` is untrusted.
        surprise: a few test messages, character by character; `character` is untrusted and empty at the end.
    """

    writers: pd.DataFrame
    history: pd.DataFrame
    bits: pd.DataFrame
    contests: pd.DataFrame
    race: pd.DataFrame
    sample_scores: pd.DataFrame
    copies: pd.DataFrame
    recognition: pd.DataFrame
    examples: pd.DataFrame
    surprise: pd.DataFrame


@dataclass(frozen=True)
class CharactersFolder:
    """All that the report of a run of character models is drawn from."""

    path: Path
    report: CharactersReport
    manifest: Manifest
    config: dict[str, Any]
    settings: Settings
    tables: CharactersTables


def read_characters(folder: Path) -> CharactersFolder:
    """Read the folder of a run of character models.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    report, manifest, config = read_frame(folder, CharactersReport)
    settings = read_settings(config, Settings, folder / "config.yaml")
    tables = CharactersTables(**read_tables(folder, COLUMNS))
    return CharactersFolder(folder, report, manifest, config, settings, tables)
