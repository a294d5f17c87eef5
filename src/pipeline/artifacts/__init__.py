"""What travels between stages: frozen dataclasses that the store writes and reads field by field.

A field that is an array becomes `.npy`, a table `.parquet`, a model `.keras`; all other fields together are one JSON
file, so they hold only what JSON can: numbers, strings, dataclasses of such, and lists and dicts of them.

Those of synthesis are in `pipeline.artifacts.synthesis`: the keys of classifiers do not depend on it.
"""

from pipeline.artifacts.features import Embedding, Tokens
from pipeline.artifacts.files import KerasFile, Located, Resource
from pipeline.artifacts.messages import Corpus, Extra, Pool, RowChange, Rows, Sample, Split, Texts
from pipeline.artifacts.results import Evaluated, Fitted, Interval, Predictions, Scores

__all__ = [
    "Corpus",
    "Embedding",
    "Evaluated",
    "Extra",
    "Fitted",
    "Interval",
    "KerasFile",
    "Located",
    "Pool",
    "Predictions",
    "Resource",
    "RowChange",
    "Rows",
    "Sample",
    "Scores",
    "Split",
    "Texts",
    "Tokens",
]
