"""Vocabulary and sentence patterns of the embedded sample, read from `sample_patterns/`; `make_sample.py` expands them.

A rule is a name and its alternatives: words separated by commas, or patterns of one line each (a deeper indent goes on
with the line). In a pattern `{item}` is one alternative of that rule, `{chat*2-4}` two to four different ones, and
`[a|b|]` a choice in place.

Everything here is made up for this project. The firms do not exist, every address ends in example.com, .net or .org,
and the telephone numbers are 01632 960xxx and 07700 900xxx, which the British regulator keeps free for fiction.
"""

from __future__ import annotations

import re
from pathlib import Path

PATTERNS = Path(__file__).parent / "sample_patterns"
COMMA, LINE = r",\s", r"\n  (?! )"


def _rules(name: str, separator: str) -> dict[str, tuple[str, ...]]:
    """Read the rules of one file, `name: alternatives`; the separator is a regular expression."""
    rules: dict[str, tuple[str, ...]] = {}
    for rule in re.split(r"\n(?=\w)", (PATTERNS / name).read_text(encoding="utf-8").strip()):
        key, _, body = rule.partition(":")
        rules[key] = tuple(" ".join(option.split()) for option in re.split(separator, body) if option.strip())
    return rules


_DRAWN_ANEW = _rules("facts.txt", COMMA)  # by a near-duplicate
_FIXED = _rules("fixed.txt", LINE)  # taken as they stand, each once
DRAWN_LAST = frozenset(_DRAWN_ANEW)
VERBATIM = frozenset(_FIXED)
RULES = {
    **_DRAWN_ANEW,
    **_rules("words.txt", COMMA),
    **_rules("texts.txt", LINE),
    **_rules("mails.txt", LINE),
    **_rules("spam.txt", LINE),
    **_FIXED,
}
