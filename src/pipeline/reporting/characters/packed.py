"""What compressors need of a run's messages, in words: they are the rivals that no test is made of."""

from __future__ import annotations

from pipeline.reporting.characters.names import Model
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.words import decimal


def compressors_said(scene: Scene) -> str:
    """The best on validation and what it needs, then the others; empty where the run has none."""
    if not scene.compressors:
        return ""
    best, *others = scene.compressors
    rest = ", ".join(f"{one.short} {decimal(scene.bits(one).value)}" for one in others)
    beside = f" ({rest})" if rest else ""
    which = f"the best compressor on validation, {best.short}" if others else f"a compressor, {best.short}"
    needed = f"{decimal(scene.bits(best).value)}{beside}"
    return f"{which}, which is given the training messages first, needs {needed}"


def compressors_below(scene: Scene) -> list[Model]:
    """Those that need less than the best network pays."""
    paid = scene.bits(scene.champion).value
    return [one for one in scene.compressors if scene.bits(one).value < paid]
