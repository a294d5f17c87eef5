"""Messages and labels from lines, and what is wrong with the lines that hold none.

Shapes: n lines of a block, m messages that are good.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.filter.lines import Lines

Format = Literal["text", "tsv", "jsonl"]
UNLABELLED = -1
_TAB, _BLANK = 9, 32
_HALF = re.compile("[\ud800-\udfff]")  # of a character, without the other half: JSON can escape it, UTF-8 has none
_SHOWN = 40  # characters of a wrong value that a complaint shows


@dataclass(frozen=True)
class Labels:
    """What the classes are called: `positive`, the one to be filtered out, and `negative`."""

    positive: str = "spam"
    negative: str = "ham"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line.

    Attributes:
        place: of the line in its block.
        kind: what all lines with this fault have in common, as a plural.
        told: what is wrong with this one.
    """

    place: int
    kind: str
    told: str


@dataclass
class Messages:
    """What the lines of a block hold.

    Attributes:
        texts: (m,) of the good lines.
        labels: (m,) int8: 1 positive, 0 negative, -1 unlabelled.
        places: (m,) of the good lines in the block, ascending.
        faults: of the other lines, ascending.
        ids: what JSON lines have as "id", by place, good and bad ones.
        replaced: undecodable byte sequences that were replaced on the way: those within JSON.
    """

    texts: list[bytes] = field(default_factory=list)
    labels: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    places: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    faults: list[Fault] = field(default_factory=list)
    ids: dict[int, Any] = field(default_factory=dict)
    replaced: int = 0

    def before(self, place: int) -> Messages:
        """Those of the lines before `place`, all of them without fault."""
        good = int(np.searchsorted(self.places, place))
        return Messages(self.texts[:good], self.labels[:good], self.places[:good], [], self.ids, self.replaced)


def parse(lines: Lines, form: Format, labels: Labels, longest: int) -> Messages:
    """Messages and labels, and the faults of lines that are none.

    Args:
        longest: most bytes of a line, to be told with those that have more.
    """
    if form == "text":
        messages = _taken(lines, lines.starts, np.full(len(lines), UNLABELLED, np.int8), {})
    else:
        messages = (_tsv if form == "tsv" else _jsonl)(lines, labels)
    if lines.overlong:
        _put_before(messages, [_overlong(place, size, longest) for place, size in lines.overlong.items()])
    return messages


def _overlong(place: int, size: int, longest: int) -> Fault:
    return Fault(place, "too long", f"it has {size:,} bytes, more than the {longest:,} of --max-bytes")


def _put_before(messages: Messages, faults: list[Fault]) -> None:
    """Let these faults stand for whatever else was found in their lines."""
    bad = {fault.place for fault in faults}
    good = [k for k, place in enumerate(messages.places.tolist()) if place not in bad]
    messages.texts = [messages.texts[k] for k in good]
    messages.labels, messages.places = messages.labels[good], messages.places[good]
    rest = [fault for fault in messages.faults if fault.place not in bad]
    messages.faults = sorted(rest + faults, key=lambda fault: fault.place)


def _tsv(lines: Lines, labels: Labels) -> Messages:
    """Label, tab, text: found by whole arrays, since learning is faster than a loop of Python over lines."""
    codes = np.frombuffer(lines.data, np.uint8)
    tabs = np.append(np.flatnonzero(codes == _TAB), len(codes))
    tab = tabs[np.searchsorted(tabs, lines.starts)]
    has_tab = tab < lines.stops
    found = np.full(len(lines), UNLABELLED, np.int8)
    known = has_tab & (tab == lines.starts)
    for value, label in ((1, labels.positive.encode()), (0, labels.negative.encode())):
        (fitting,) = np.nonzero(has_tab & (tab - lines.starts == len(label)))
        letters = codes[lines.starts[fitting, None] + np.arange(len(label))]
        fitting = fitting[(letters == np.frombuffer(label, np.uint8)).all(1)]
        found[fitting], known[fitting] = value, True
    faults = {}
    for place in np.flatnonzero(~known).tolist():
        if has_tab[place]:
            faults[place] = _wrong_label(
                place, lines.data[lines.starts[place] : tab[place]].decode(errors="replace"), labels
            )
        elif lines.stops[place] == lines.starts[place]:
            faults[place] = _empty(place)
        else:
            faults[place] = Fault(place, "without a tab", f"no tab between label and text: {_shown(lines.line(place))}")
    return _taken(lines, tab + 1, found, faults)


def _taken(lines: Lines, starts: NDArray[np.int64], labels: NDArray[np.int8], faults: dict[int, Fault]) -> Messages:
    """Cut the texts out; `starts`: (n,) where they begin."""
    codes = np.append(np.frombuffer(lines.data, np.uint8), _BLANK)
    stops = np.maximum(lines.stops, starts)
    for place in np.flatnonzero(codes[np.minimum(starts, len(lines.data))] <= _BLANK).tolist():
        if place not in faults and not lines.data[starts[place] : stops[place]].strip():
            faults[place] = _empty(place)
    good = np.ones(len(lines), np.bool_)
    good[list(faults)] = False
    places = np.flatnonzero(good)
    pairs = zip(starts[places].tolist(), stops[places].tolist(), strict=True)
    texts = [lines.data[start:stop] for start, stop in pairs]
    return Messages(texts, labels[places], places, [faults[place] for place in sorted(faults)])


def _jsonl(lines: Lines, labels: Labels) -> Messages:
    messages = Messages()
    found, places = list[int](), list[int]()
    codes = {labels.positive: 1, labels.negative: 0, "": UNLABELLED}
    for place in range(len(lines)):
        if place in lines.overlong:
            continue
        value, replaced = _loaded(lines.line(place))
        fault = _fault_of(place, value, labels, codes)
        if isinstance(value, dict) and "id" in value:
            messages.ids[place] = value["id"]
        if fault:
            messages.faults.append(fault)
            continue
        text, halves = _encoded(value["text"])
        messages.replaced += replaced + halves
        messages.texts.append(text)
        found.append(codes[_label_of(value)])
        places.append(place)
    messages.labels, messages.places = np.array(found, np.int8), np.array(places, np.int64)
    return messages


@dataclass(frozen=True)
class _NoJson:
    reason: str


def _loaded(line: bytes) -> tuple[Any, int]:
    """What a line of JSON says, and how many undecodable byte sequences were replaced in it."""
    try:
        text, replaced = line.decode(), 0
    except UnicodeDecodeError:
        text = line.decode(errors="replace")
        replaced = len(text) - len(line.decode(errors="ignore"))
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite), replaced
    except json.JSONDecodeError as error:
        return _NoJson(f"{error.msg} at character {error.pos + 1}"), replaced
    except (ValueError, RecursionError) as error:  # numbers of too many digits, brackets in brackets in brackets
        return _NoJson(str(error)), replaced


def _encoded(text: str) -> tuple[bytes, int]:
    """The text in UTF-8, and how many halves of characters were replaced in it."""
    try:
        return text.encode(), 0
    except UnicodeEncodeError:
        text, halves = _HALF.subn("\ufffd", text)
        return text.encode(), halves


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):  # it could not be written again
        raise ValueError(f"{_shown(text)} is too large a number")
    return number


def _fault_of(place: int, value: Any, labels: Labels, codes: dict[str, int]) -> Fault | None:
    if isinstance(value, _NoJson):
        return Fault(place, "not JSON", f"not JSON: {value.reason}")
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str):
        return Fault(place, "without a text", 'not an object with a string "text"')
    if not text.strip():
        return _empty(place)
    if _label_of(value) not in codes:
        return _wrong_label(place, _label_of(value), labels)
    return None


def _label_of(value: dict[str, Any]) -> str:
    """The label as a command line would say it: the number 1 is the label "1"."""
    label = value.get("label")
    return label if isinstance(label, str) else "" if label is None else json.dumps(label)


def _wrong_label(place: int, label: str, labels: Labels) -> Fault:
    told = f"the label {_shown(label)} is neither {labels.positive!r} nor {labels.negative!r}"
    return Fault(place, "with another label", told)


def _empty(place: int) -> Fault:
    return Fault(place, "empty", "the message is empty")


def _shown(value: str | bytes) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
