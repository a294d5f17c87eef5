"""What each figure shows, of the tables of a run."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.artifacts.characters import NO_CLASS
from pipeline.reporting.characters.figures import Asked, Group
from pipeline.reporting.characters.folder import CharactersFolder
from pipeline.reporting.characters.lines import FAMILIES, NGRAM, authors, names, networks, of_part, real_name
from pipeline.reporting.characters.names import Kind, class_said, read_networks
from pipeline.reporting.characters.sample_figures import SCORES, Score
from pipeline.reporting.characters.surprise_figures import Message, Strip
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import each_once, estimate
from pipeline.reporting.style import Look
from pipeline.reporting.words import quantity

KINDS: dict[Kind, tuple[str, Look]] = {
    "network": ("Networks", FAMILIES[0]),
    "ngram": ("N-gram models", NGRAM),
    "compressor": ("Compressors", FAMILIES[1]),
}
MOST_MESSAGES = 3  # of the surprise


def groups(run: CharactersFolder) -> list[Group]:
    """What all models pay on the test part; the best on top of each kind, n-gram models by their order."""
    table, called = of_part(run.tables, "test"), names(run)
    found = []
    for kind, (title, style) in KINDS.items():
        rows = table[table["kind"] == kind]
        rows = rows if kind == "ngram" else rows.sort_values("bits", kind="stable", na_position="last")
        members = [
            (called[str(name)], Estimate(*map(float, ends)))
            for name, *ends in rows[["name", "bits", "low", "high"]].itertuples(index=False)
        ]
        if members:
            found.append(Group(title, style, members))
    return found


def training_said(run: CharactersFolder) -> dict[str, str]:
    """How each network was trained, in a few words."""
    return {
        one.key: f"{one.scheme}, {quantity(one.epochs, 'epoch')}, {one.num_params:,} weights"
        for one in read_networks(run.tables.writers)
    }


def scores(run: CharactersFolder) -> list[Score]:
    """The scores of samples that some model has a value of."""
    table = run.tables.sample_scores
    there = set(table.loc[table["value"].notna(), "score"])
    return [score for score in SCORES if score.key in there]


def asked(run: CharactersFolder) -> list[Asked]:
    """Samples by the class that was asked for, the positive one first, those of no class last."""
    table = run.tables.recognition
    lines = authors(run, table)
    found = []
    for label in sorted(table["label"].unique(), reverse=True):
        rows = table[table["label"] == label]
        title = "No class asked for" if label == NO_CLASS else f"Asked for {class_said(int(label), run.report.classes)}"
        members = []
        for line in lines:
            own = rows[rows["name"] == line.model].drop_duplicates("temperature")
            shares = {float(row["temperature"]): estimate(row.rename({"called": "value"})) for _, row in own.iterrows()}
            if shares:
                members.append((line.name, shares))
        found.append(Asked(title, real_name(run.report), estimate(rows.iloc[0], "holdout"), members))
    return found


def temperature_looks(run: CharactersFolder) -> dict[float, Look]:
    """The look of every temperature that samples were judged at, the lowest first."""
    every = sorted(map(float, run.tables.recognition["temperature"].unique()))
    return {temperature: FAMILIES[number % len(FAMILIES)] for number, temperature in enumerate(every)}


def messages(run: CharactersFolder) -> list[Message]:
    """A few messages with what the models pay for them, one of each class first; the network on top."""
    table, classes = run.tables.surprise, run.report.classes
    order = {line.model: place for place, line in enumerate(networks(run))}
    models = sorted(each_once(table["name"].astype(str)), key=lambda name: order.get(name, len(order)))
    return [
        _message(table[table["row"] == row], models, names(run), class_said(label, classes))
        for row, label in _picked(table)
    ]


def _picked(table: pd.DataFrame) -> list[tuple[int, int]]:
    """Rows and classes of the first message of each class, then of the next ones, in the order of the table."""
    rows = table[["row", "label"]].drop_duplicates("row")
    first = rows.drop_duplicates("label")
    chosen = pd.concat([first, rows]).drop_duplicates("row").head(MOST_MESSAGES)
    return [(int(row), int(label)) for row, label in chosen.sort_index().itertuples(index=False)]


def _message(table: pd.DataFrame, models: list[str], called: dict[str, str], title: str) -> Message:
    """One message; a model that lacks one of its characters has no bits for it."""
    characters = table.drop_duplicates("position").set_index("position")["character"].sort_index()
    strips = []
    for model in models:
        own = table[table["name"] == model].drop_duplicates("position").set_index("position")["bits"]
        strips.append(Strip(called.get(model, model), own.reindex(characters.index).to_numpy(np.float64)))
    return Message(title, [str(character) for character in characters], strips)
