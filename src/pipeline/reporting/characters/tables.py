"""What the tables of a report on character models hold about bits, row by row, ready to be written."""

from __future__ import annotations

import math

from pipeline.reporting import words
from pipeline.reporting.characters.contests import Contest
from pipeline.reporting.characters.names import Kind, Model, Network
from pipeline.reporting.characters.recipes import TRAINED, Recipe
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.gaps import SIGNIFICANT
from pipeline.reporting.grid import Row, Table, difference_cell, value_cell
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import count, decimal, duration, quantity

NONE = Cell("–", "", stands_out=False)
CAVEAT = (
    "Measured on this machine, once. The graphs of training and validation are compiled before the clock runs; what "
    "else a process does once, the first epoch of its first network pays for. A training that was taken over from an "
    "earlier run keeps the seconds of the day it ran."
)
RECIPES = (
    "As the settings of the run have it. Steps: the characters that the gradient is followed through, which is the "
    "length of a window. Cosine: the rate falls to a fiftieth over all epochs; plateau: it is multiplied by 0.2 after "
    "each epoch without a better validation figure. Running mean: the share of it that an update keeps; where there is "
    "one, it is what is validated and kept."
)
KINDS: tuple[Kind, ...] = ("network", "ngram", "compressor")


def bits_table(scene: Scene) -> Table:
    """What every model pays, and what it took to train it."""
    ngram = scene.ngram
    beside = [f"less {ngram.short}"] if ngram else []
    test = quantity(scene.report.count("test").total, f"{scene.report.judged_on} message")
    bodies = [[_bits_row(scene, one) for one in scene.of_kind(kind)] for kind in KINDS]
    return Table(
        "Model",
        ["bits per character", *beside, "perplexity", "validation bits", "weights", "training", "epoch kept"],
        [body for body in bodies if body],
        f"On {test}; less is better. In brackets: 95 % intervals, over groups of near-duplicates; overlapping ones do "
        "not settle a comparison, the paired difference does. Bold: a difference of p below "
        f"{SIGNIFICANT}, and the model of each kind that pays least on validation. "
        "Compressors have no interval: a file has no bits of a single message.",
    )


def contest_table(scene: Scene) -> Table:
    """All paired comparisons."""
    bodies: dict[bool, list[Row]] = {}
    for one in scene.contests:
        row = Row(one.first.short, "", [_plain(one.second.short), *_contest_cells(one)])
        bodies.setdefault(one.second.kind == "ngram", []).append(row)
    least = quantity(scene.report.num_resamples, "resample")
    return Table(
        "Model",
        ["less", "bits per character", "adjusted p"],
        [bodies[kind] for kind in (True, False) if kind in bodies],
        "Paired: on the same resamples of the same messages; below 0 the first model is better. p is two-sided "
        f"and adjusted for the number of comparisons by Holm’s method; bold where it is below {SIGNIFICANT}. "
        f"≤: the least that {least} can show of so many comparisons.",
    )


def race_table(scene: Scene) -> Table:
    """How soon training on a stream came as far as training on windows."""
    rows = [
        Row(race.streamed.short, f"beside {race.windowed.short}", [
            _plain(decimal(race.val_bits)),
            _plain(_epochs(race.windowed_epochs)), _plain(_time(race.windowed_seconds)),
            *([_plain(_epochs(race.streamed_epochs)), _plain(_time(race.streamed_seconds)),
               Cell(f"{race.share_said} the time", "", stands_out=race.share < 1)]
              if race.is_reached else [_plain("not reached"), NONE, NONE]),
        ])
        for race in scene.races
    ]  # fmt: skip
    return Table(
        "Streamed model",
        ["validation bits", "windowed: epochs", "time", "streamed: epochs", "time", "in"],
        [rows],
        "The least that the windowed model came to on the validation part, how long it took, and how long the streamed "
        "model of the same layers took until it first paid no more. The layers are the same, the recipes need not be: "
        f"see “{TRAINED}”. Validation is part of the time. {CAVEAT}",
    )


def recipe_table(scene: Scene) -> Table | None:
    """How the networks were trained, as the settings have it; None where these are not known."""
    recipes = scene.settings.recipes
    rows = [_recipe_row(one, recipes[one.key]) for one in scene.networks if one.key in recipes]
    columns = [
        "training", "an update learns from", "steps", "epochs asked for", "optimiser", "learning rate", "schedule",
        "running mean", "kept epoch",
    ]  # fmt: skip
    return Table("Network", columns, [rows], RECIPES) if rows else None


def network_table(scene: Scene) -> Table:
    """What the networks are, and how fast they write."""
    rows = [
        Row(one.short, "", [
            _plain(one.what), _plain(one.scheme), _plain("asked for" if one.conditional else "–"),
            _plain(count(one.messages_per_second)),
        ])
        for one in scene.networks
    ]  # fmt: skip
    return Table(
        "Network",
        ["layers", "training", "class", "messages a second"],
        [rows],
        "What each network is, whether it may be asked for a class, and how many messages it writes a second on this "
        "machine.",
    )


def _bits_row(scene: Scene, one: Model) -> Row:
    is_best = one in (scene.champion, scene.ngram, *scene.compressors[:1])
    found = scene.bits(one)
    cells = [value_cell(found, stands_out=is_best)]
    if scene.ngram is not None:
        contest = scene.contest(one, scene.ngram)
        cells.append(NONE if contest is None else _contest_cells(contest)[0])
    cells += [_plain(decimal(scene.perplexity(one), 2)), _plain(decimal(scene.bits(one, "validation").value))]
    if not isinstance(one, Network):
        return Row(one.short, "", [*cells, NONE, NONE, NONE])
    early = "stopped early" if one.stopped_early else ""
    cells += [
        _plain(count(one.num_params)), _plain(_time(one.seconds)),
        Cell(f"{one.kept_epoch} of {one.epochs}", early, stands_out=False),
    ]  # fmt: skip
    return Row(one.short, f"{one.what}, {one.scheme}", cells)


def _recipe_row(one: Network, recipe: Recipe) -> Row:
    mean = NONE if recipe.ema_decay is None else _plain(f"{recipe.ema_decay:g}")
    return Row(one.short, "", [
        *map(_plain, (recipe.scheme, recipe.pieces, count(recipe.steps), count(recipe.epochs), recipe.optimiser_said)),
        *(_plain(f"{recipe.learning_rate:g}"), _plain(recipe.schedule), mean, _plain(recipe.keep)),
    ])  # fmt: skip


def _contest_cells(contest: Contest) -> list[Cell]:
    is_clear = contest.verdict in {"better", "worse"}
    found = difference_cell(contest.difference)
    p = contest.p_said.removeprefix("p ").removeprefix("= ")
    return [Cell(found.value, found.interval, is_clear), Cell(p, "", is_clear)]


def _epochs(number: float) -> str:
    return "–" if math.isnan(number) else words.count(number)


def _time(seconds: float) -> str:
    return "–" if math.isnan(seconds) else duration(seconds)


def _plain(text: str) -> Cell:
    return Cell(text, "", stands_out=False)
