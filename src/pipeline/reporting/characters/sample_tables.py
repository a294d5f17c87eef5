"""What the tables of a report on character models hold about samples, row by row, ready to be written."""

from __future__ import annotations

import math

from pipeline.artifacts.characters import NO_CLASS
from pipeline.reporting.characters.names import Model, class_said, temperature_said
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.scores import GROUPS, SCORES
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import whole
from pipeline.reporting.grid import EMPTY, Row, Table
from pipeline.reporting.synthesis.scores import Score
from pipeline.reporting.tables import Cell
from pipeline.reporting.words import NOT_KNOWN, UNDEFINED, decimal, percent, quantity

NONE = Cell("–", "", stands_out=False)


def score_table(scene: Scene, temperature: float | None = None) -> Table:
    """Scores of samples beside those of as many real messages, at the main temperature or another one."""
    at = scene.report.temperature if temperature is None else temperature
    models = [one for one in scene.authors if (scene.tables.sample_scores["name"] == one.key).any()]
    bodies = [
        [_score_row(scene, score, models, at) for score in SCORES if score.group == group and _is_there(scene, score)]
        for group in GROUPS
    ]
    sets = f"{quantity(scene.report.num_draws, 'set')} of {quantity(scene.report.num_messages, 'message')} each"
    return Table(
        "Score",
        ["real messages", *(one.short for one in models)],
        [body for body in bodies if body],
        f"At temperature {temperature_said(at)}, {sets}: the mean, below it the lowest and the highest set. Real "
        f"messages are as many of the {scene.report.judged_on} part. The nearer to these the better, whether that is "
        "more or less; bold: the nearest of each row, which says nothing of whether the others are detectably farther. "
        "Ranges are no intervals.",
    )


def other_temperatures(scene: Scene) -> list[float]:
    """Those that the main tables leave out."""
    return [at for at in scene.temperatures if at != scene.report.temperature]


def recognition_table(scene: Scene) -> Table:
    """What share of the samples a classifier calls positive, by model, class asked for and temperature."""
    classes, temperatures = scene.report.classes, sorted(scene.temperatures)
    rows: dict[bool, list[Row]] = {True: [], False: []}
    for one in scene.authors:
        for label in (1, 0, NO_CLASS):
            if any(label in scene.recognised(one, at) for at in temperatures):
                rows[label == NO_CLASS].append(_recognition_row(scene, one, label, temperatures))
    return Table(
        "Model",
        ["class asked for", "real messages", *(f"at {temperature_said(at)}" for at in temperatures)],
        [body for body in (rows[False], rows[True]) if body],
        f"The share that is called {classes.positive} by a classifier fitted on the real training messages; in "
        f"brackets: 95 % intervals. “Real messages” are {scene.report.judged_on} messages of the class that "
        "was asked for, of both where "
        "none was.",
    )


def _is_there(scene: Scene, score: Score) -> bool:
    return bool((scene.tables.sample_scores["score"] == score.key).any())


def _score_row(scene: Scene, score: Score, models: list[Model], at: float) -> Row:
    held = [scene.score(one, score.key, at) for one in models]
    gaps = [abs(one.value.value - one.holdout.value) for one in held]
    nearest = min((gap for gap in gaps if not math.isnan(gap)), default=math.nan)
    real = next((one.holdout for one in held if not math.isnan(one.holdout.value)), NOT_KNOWN)
    is_choice = len(models) > 1
    return Row(score.label, "", [
        Cell(whole(score.written(real.value)), _spread(score, real), stands_out=False),
        *(Cell(whole(score.written(one.value.value)), _spread(score, one.value), is_choice and gap == nearest)
          for one, gap in zip(held, gaps, strict=True)),
    ])  # fmt: skip


def _spread(score: Score, found: Estimate) -> str:
    low, high = (score.written(value).removesuffix(" %") for value in (found.low, found.high))
    return "" if UNDEFINED in (low, high) else f"{low} to {high}"


def _recognition_row(scene: Scene, one: Model, label: int, temperatures: list[float]) -> Row:
    found = [scene.recognised(one, at).get(label) for at in temperatures]
    real = next((held.holdout for held in found if held is not None), None)
    cells = [_share(held.called) if held else NONE for held in found]
    asked = Cell(class_said(label, scene.report.classes), "", stands_out=False)
    return Row(one.short, "", [asked, _share(real) if real else EMPTY, *cells])


def _share(found: Estimate) -> Cell:
    bounds = f"[{decimal(100 * found.low, 1)}, {decimal(100 * found.high, 1)}]" if found.is_known else ""
    return Cell(whole(percent(100 * found.value)), bounds, stands_out=False)
