"""A sign for every character, of fonts that come with Matplotlib: the same figure on every machine, and no warning."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

FONTS = ("DejaVu Sans Mono", "DejaVu Sans")
END, CUT = "◆", "…"
MISSING, CONTROL = "□", "�"  # for characters that the fonts lack, and for those that have no shape
CARRIER = "\N{DOTTED CIRCLE}"  # that a combining mark sits on
SHOWN = {"": END, "\n": "↵", "\r": "↵", "\t": "⇥"}


@dataclass(frozen=True)
class Glyph:
    """What stands for a character, and the font that has it."""

    text: str
    font: str


@cache
def glyph(character: str) -> Glyph:
    """The character itself where a font has it, else a sign in its place; "" is the end of a message."""
    text = SHOWN.get(character, character)
    category = unicodedata.category(text)
    if category in {"Zs", "Zl", "Zp"}:
        text = " "
    elif category.startswith("C"):
        text = MISSING if category in {"Cn", "Co"} else CONTROL
    elif category.startswith("M"):
        text = CARRIER + text
    font = _font_of(text)
    return Glyph(text, font) if font else Glyph(MISSING, FONTS[0])


def _font_of(text: str) -> str | None:
    """The first font that has all of the text."""
    return next((font for font in FONTS if all(ord(character) in _codes(font) for character in text)), None)


@cache
def _codes(font: str) -> frozenset[int]:
    """Code points that a font has."""
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(font)).get_charmap())
