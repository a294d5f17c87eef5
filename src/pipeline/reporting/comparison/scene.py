"""A comparison folder as its report needs it: what is in the files, and how each variant looks in every figure."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from pipeline.errors import UserError
from pipeline.reporting.comparison.facts import Comparison, Summary, Variant
from pipeline.reporting.folder import COMPARISON, read_json, read_table
from pipeline.reporting.style import INK, LOOKS, MUTED, Look

COLUMNS = {
    "history": ("variant", "repeat", "epoch", "val_loss", "val_recall"),
    "roc": ("variant", "repeat", "false_positive_rate", "recall"),
    "precision_recall": ("variant", "repeat", "recall", "precision"),
}
NOT_KNOWN = Summary(float("nan"), float("nan"), float("nan"), float("nan"))
MOST_CURVES = 10  # variants in one plot of curves: more cannot be told apart
LABEL_WIDTH, LABEL_LINES = 30, 3
# Models have the looks of other figures, but for the grey one, then darker ones; baselines have ink and greys.
MODELS = (
    *(entry for entry in LOOKS if entry.color != "#777777"),
    Look("#7a3e00", (0, (1, 1)), "X"),
    Look("#004488", (0, (10, 2)), "<"),
    Look("#b58900", (0, (3, 1, 1, 1, 1, 1)), "p"),
    Look("#661100", (0, (6, 1, 2, 1)), ">"),
    Look("#44aa99", (0, (1, 3)), "h"),
)
BASELINES = (
    Look(INK, (0, (4, 2)), "x"),
    Look(MUTED, (0, (1, 1.5)), "+"),
    Look("#999999", (0, (6, 2, 1, 2)), "1"),
)


@dataclass(frozen=True)
class Tables:
    """`tables/*.parquet`; the columns are those of `COLUMNS` at least."""

    history: pd.DataFrame
    roc: pd.DataFrame
    precision_recall: pd.DataFrame


@dataclass(frozen=True)
class Scene:
    """All that the report of a comparison is drawn from."""

    path: Path
    comparison: Comparison
    tables: Tables

    @cached_property
    def models(self) -> list[Variant]:
        """What was compared, in the order of the files."""
        return [variant for variant in self.comparison.variants if not variant.is_baseline]

    @cached_property
    def baselines(self) -> list[Variant]:
        """What it was held against."""
        return [variant for variant in self.comparison.variants if variant.is_baseline]

    @cached_property
    def looks(self) -> dict[str, Look]:
        """Variant -> its look, the same in every figure."""
        models = {variant.name: MODELS[index % len(MODELS)] for index, variant in enumerate(self.models)}
        return models | {
            variant.name: BASELINES[index % len(BASELINES)] for index, variant in enumerate(self.baselines)
        }

    @cached_property
    def short(self) -> dict[str, str]:
        """Variant -> its name in figures: without the parts that the names of all models share."""
        parts = {variant.name: variant.name.split(", ") for variant in self.models}
        shared = set.intersection(*map(set, parts.values())) if len(parts) > 1 else set()
        names = {name: ", ".join(part for part in own if part not in shared) for name, own in parts.items()}
        is_clear = all(names.values()) and len(set(names.values())) == len(names)
        return {v.name: names[v.name] if is_clear and v.name in names else v.name for v in self.comparison.variants}

    @cached_property
    def is_single(self) -> bool:
        """Whether every variant has one run: intervals are then those of its test messages."""
        return all(len(variant.repeats) == 1 for variant in self.models)

    @cached_property
    def interval_of(self) -> str:
        """What the intervals are, for captions."""
        from_one, from_several = "from a bootstrap of the test messages", "of the mean over the runs"
        if self.is_single:
            return from_one
        is_all = all(len(variant.repeats) > 1 for variant in self.models)
        return from_several if is_all else f"{from_several}, or {from_one} where there is one run"

    @cached_property
    def is_mixed(self) -> bool:
        """Whether the variants are of several data sets or protocols: then no row is the best of all."""
        return len(self.comparison.datasets) > 1 or len(self.comparison.protocols) > 1

    @cached_property
    def drawn(self) -> list[Variant]:
        """The models whose curves are drawn: all, or those with the best F1, in the order of the files."""
        best = sorted(self.models, key=rank)[:MOST_CURVES]
        return [variant for variant in self.models if variant in best]


def read_comparison(folder: Path) -> Scene:
    """Read a comparison folder.

    Raises:
        UserError: it is no folder, or one of its files is missing, damaged or incomplete.
    """
    check_comparison(folder)
    comparison = read_json(folder / "comparison.json", Comparison, COMPARISON)
    if all(variant.is_baseline for variant in comparison.variants):
        raise UserError(
            f"comparison.json in {folder} holds no variant but baselines.",
            expected="at least one finished run",
            remedy="Compare run folders that finished.",
        )
    tables = {
        name: read_table(folder / "tables" / f"{name}.parquet", columns, COMPARISON)
        for name, columns in COLUMNS.items()
    }
    return Scene(folder, comparison, Tables(**tables))


def rank(variant: Variant) -> tuple[bool, float]:
    """A key that sorts by F1, the best first and what is undefined last."""
    value = metric(variant, "f1").mean
    return value != value, -value  # NaN alone differs from itself


def metric(variant: Variant, name: str) -> Summary:
    """A metric of a variant; NaN throughout where it has none."""
    return variant.summary.get(name, NOT_KNOWN)


def label(name: str, width: int = LABEL_WIDTH) -> str:
    """A name broken into lines for the edge of a figure."""
    lines = textwrap.wrap(name, width, max_lines=LABEL_LINES, placeholder=" …", break_on_hyphens=False)
    return "\n".join(lines)


def check_comparison(folder: Path) -> None:
    """Refuse what is no folder.

    Raises:
        UserError: it is none.
    """
    if not folder.is_dir():
        raise UserError(
            f"There is no comparison folder {folder}.",
            expected="a folder that a comparison has written",
            remedy="Compare run folders: python -m pipeline.compare FOLDER...",
        )
