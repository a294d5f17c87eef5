"""The texts that a report on character models shows, written ones and real ones. All of them are untrusted."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.artifacts.characters import NO_CLASS
from pipeline.reporting.characters.names import Model, Network, class_said, temperature_said
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.glyphs import END
from pipeline.reporting.grid import each_once
from pipeline.reporting.tables import LONGEST, VISIBLE
from pipeline.reporting.words import decimal, quantity

MOST = 9  # the level of characters that cost so many bits or more
INK, PAPER = "#222222", "#ffffff"
# Of each level of surprise the background, which darkens steadily, and the text that can be read on it.
SHADES = tuple(
    (level, background, INK if level < 5 else PAPER)
    for level, background in enumerate((
        "#ffffff", "#eaf2f9", "#d2e3f1", "#b7d1e8", "#94bbdc", "#4577a3", "#376692", "#295479", "#1a4064", "#0c2c4b",
    ))
)  # fmt: skip
NEWLINE, TAB = "↵\n", "⇥"
MARKS = {**VISIBLE, ord("\n"): NEWLINE, ord("\t"): TAB}


@dataclass(frozen=True)
class Written:
    """A sample, made fit for a page but not yet escaped.

    Attributes:
        is_cut: whether it did not end by itself.
        is_copy: whether a training message reads the same.
    """

    text: str
    is_cut: bool
    is_copy: bool


@dataclass(frozen=True)
class Column:
    """Samples of one model that stand below one another; `is_main`: they are those of the main temperature."""

    head: str
    samples: list[Written]
    is_main: bool = False


@dataclass(frozen=True)
class Glyph:
    """A character, made fit for a page but not yet escaped, its bits, and the level of its background, 0 to 9."""

    text: str
    bits: str
    level: int


@dataclass(frozen=True)
class Surprising:
    """A real message, character by character."""

    kind: str
    said: str
    glyphs: list[Glyph]


def leader(scene: Scene) -> Model | None:
    """The model whose samples are shown first: the champion, unless it wrote none."""
    return next(iter(_writers(scene)), None)


def described(model: Model) -> str:
    """What a model is, in a line."""
    return f"{model.what}, {model.scheme}" if isinstance(model, Network) else "counts alone"


def free(scene: Scene, model: Model) -> list[Column]:
    """Samples that no class was asked for: a column a temperature, rising; the main one is marked."""
    found = ((at, _samples(scene, model, at, NO_CLASS)) for at in scene.temperatures)
    is_choice = len(scene.temperatures) > 1
    return [
        Column(f"Temperature {temperature_said(at)}", samples, is_choice and at == scene.report.temperature)
        for at, samples in found if samples
    ]  # fmt: skip


def asked(scene: Scene, model: Model, temperature: float) -> list[Column]:
    """Samples of one temperature that a class was asked for: a column a class."""
    found = ((label, _samples(scene, model, temperature, label)) for label in (1, 0))
    return [
        Column(f"Asked for {class_said(label, scene.report.classes)}", samples) for label, samples in found if samples
    ]


def beside(scene: Scene, temperature: float) -> list[Column]:
    """Samples of the other models that no class was asked for, at one temperature: a column a model."""
    found = ((one, _samples(scene, one, temperature, NO_CLASS)) for one in _writers(scene)[1:])
    return [Column(one.short, samples) for one, samples in found if samples]


def asked_beside(scene: Scene) -> list[Model]:
    """The other models that a class was asked of."""
    return [one for one in _writers(scene)[1:] if asked(scene, one, scene.report.temperature)]


def readers(scene: Scene) -> list[Model]:
    """The models whose surprise is shown, networks first."""
    there = each_once(scene.tables.surprise["name"].astype(str))
    return [one for one in scene.models if one.key in there]


def surprising(scene: Scene, model: Model) -> list[Surprising]:
    """Real messages as a model reads them."""
    table = scene.tables.surprise[scene.tables.surprise["name"] == model.key]
    return [_surprising(scene, own.sort_values("position")) for _, own in table.groupby("row", sort=False)]


def levels() -> list[tuple[int, str]]:
    """The levels of the legend, and the bits that each stands for."""
    return [(level, f"{level}–{level + 1}" if level < MOST else f"{MOST} or more") for level in range(MOST + 1)]


def _writers(scene: Scene) -> list[Model]:
    wrote = set(scene.tables.examples["name"].astype(str))
    return [one for one in scene.authors if one.key in wrote]


def _samples(scene: Scene, model: Model, temperature: float, label: int) -> list[Written]:
    table = scene.tables.examples
    chosen = table[
        (table["name"] == model.key)
        & (table["temperature"].astype(float).sub(temperature).abs() < 1e-9)
        & (table["label"] == label)
    ]
    return [
        Written(_visible(row["text"]), is_cut=not row["ended"], is_copy=int(row["copy_of"]) >= 0)
        for _, row in chosen.iterrows()
    ]


def _surprising(scene: Scene, table: pd.DataFrame) -> Surprising:
    bits = table["bits"].astype(float)
    said = f"{quantity(len(table), 'character')} with the end, {decimal(float(bits.mean()), 2)} bits per character"
    return Surprising(
        class_said(int(table["label"].iloc[0]), scene.report.classes),
        said,
        [_glyph(character, cost) for character, cost in zip(table["character"], bits, strict=True)],
    )


def _glyph(character: object, bits: float) -> Glyph:
    text = str(character).translate(MARKS) if isinstance(character, str) and character else END
    return Glyph(text, decimal(bits, 1), min(MOST, int(bits)))


def _visible(text: object) -> str:
    return text[:LONGEST].translate(MARKS) if isinstance(text, str) else ""
