"""What travels between stages: frozen dataclasses that the store writes and reads field by field.

A field that is an array becomes `.npy`, a table `.parquet`, a model `.keras`; all other fields together are one JSON
file, so they hold only what JSON can: numbers, strings, dataclasses of such, and lists and dicts of them.
"""

from pipeline.artifacts.features import Embedding, Tokens
from pipeline.artifacts.files import KerasFile, Located, Resource
from pipeline.artifacts.messages import Corpus, Pool, RowChange, Rows, Sample, Split, Texts
from pipeline.artifacts.results import Evaluated, Fitted, Interval, Predictions, Scores
from pipeline.artifacts.synthesis import (
    Augmentation,
    Evaluators,
    Extra,
    FittedVae,
    Given,
    Latents,
    Messages,
    Probes,
    Scorecard,
    Synthetic,
)

__all__ = [
    "Augmentation",
    "Corpus",
    "Embedding",
    "Evaluated",
    "Evaluators",
    "Extra",
    "Fitted",
    "FittedVae",
    "Given",
    "Interval",
    "KerasFile",
    "Latents",
    "Located",
    "Messages",
    "Pool",
    "Predictions",
    "Probes",
    "Resource",
    "RowChange",
    "Rows",
    "Sample",
    "Scorecard",
    "Scores",
    "Split",
    "Synthetic",
    "Texts",
    "Tokens",
]
