"""What answers to the questions of the page are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["beats", "level", "loses", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One of the questions that the page answers first; `style` colours the tag."""

    question: str
    tag: str
    style: Style
    answer: str
