"""Messages from a language model of a finished run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts.characters import END
from pipeline.errors import UserError, nearest
from pipeline.models.backend import start_keras
from pipeline.models.characters.files import Card, load
from pipeline.models.characters.material import start_of
from pipeline.models.characters.writing import Manner, write_one_by_one
from pipeline.ranges import Count, Portion
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.folder import read_json
from pipeline.text.alphabet import decode, encode

LONGEST = 100_000  # characters: a model that ends no message would go on for ever
DEFAULTS: dict[str, Any] = {
    "model": None,
    "prompt": "",
    "label": None,
    "temperature": 0.7,
    "top_k": None,
    "top_p": None,
    "n": 5,
    "limit": None,
    "seed": 0,
    "unknown": "refuse",
}


@dataclass(frozen=True)
class Generated:
    """Messages as they are written.

    Attributes:
        messages: each with whether it ended by itself, not at the limit.
        limit: characters that are written at most.
        manner: a line about how they are made.
    """

    messages: Iterator[tuple[str, bool]]
    limit: int
    manner: str


def generate_texts(
    folder: Path,
    *,
    model: str | None,
    prompt: str,
    label: str | None,
    temperature: Annotated[float, Field(ge=0, allow_inf_nan=False)],
    top_k: Count | None,
    top_p: Portion | None,
    n: Count,
    limit: Annotated[int, Field(ge=1, le=LONGEST)] | None,
    seed: Annotated[int, Field(ge=0)],
    unknown: Literal["refuse", "replace"],
) -> Generated:
    """Messages that begin with the prompt.

    Args:
        folder: of a run of character models.
        model: name of one; by default the one that paid least on the validation part, of those that can be asked for a
            class if one is.
        prompt: what each message begins with.
        label: name of the class to write.
        temperature: 0 for the likeliest character at every step, and so the same message `n` times.
        top_k, top_p: choose among so many of the likeliest characters, or those that together have this probability.
        n: messages.
        limit: characters that are written at most; by default as in the run.
        seed: of the random numbers.
        unknown: "replace" lets the symbol of unknown characters stand for those of the prompt that the model does not
            know; a model that has none does not see them.

    Raises:
        UserError: there is no such model, class or character, or a file is damaged.
    """
    saved = {path.stem: load(path) for path in sorted((folder / "models").glob("*.npz"))}
    cards = {name: model.card for name, model in saved.items()}
    name = _choose(cards, read_json(folder / "report.json", CharactersReport).champion, model, label)
    card = cards[name]
    start = END if label is None else start_of(_class(card, label), card.alphabet.num_symbols)
    read = np.concatenate([[start], _read(prompt, card, unknown)])
    start_keras(0)
    from pipeline.models.characters.network import build
    from pipeline.models.characters.reader import NetworkReader

    network = build(card.build, card.alphabet, conditional=card.conditional, weights=saved[name].weights)
    reader = NetworkReader(network, saved[name].opening)
    manner = Manner(temperature, top_k, top_p, limit or card.limit)
    written = write_one_by_one(reader, (read for _ in range(n)), manner, unknown=card.alphabet.unknown, seed=[seed])
    told = [name, *([label] if label else []), f"temperature {temperature:g}", f"seed {seed}"]
    messages = ((prompt + decode(one.symbols, card.alphabet), one.ended) for one in written)
    return Generated(messages, manner.limit, ", ".join(told))


def _choose(cards: dict[str, Card], champion: str, model: str | None, label: str | None) -> str:
    if not cards:
        raise UserError(
            "The run folder holds no model.",
            expected="models/NAME.npz, as the run wrote them",
            remedy="Run the experiment again; reused stages take no time.",
        )
    if model is not None and model not in cards:
        raise UserError(
            f"The run has no model {model!r}.",
            expected=f"one of {', '.join(cards)}",
            remedy=f"{nearest(model, cards)}Mend model, or leave it out.",
        )
    able = [name for name, card in cards.items() if label is None or card.conditional]
    wanted = model or (champion if champion in able else next(iter(able), None))
    if wanted is None or wanted not in able:
        raise UserError(
            f"{model or 'No model of the run'} can{'not' if model else ''} be asked for a class.",
            expected=f"one of {', '.join(able)}" if able else "a model that was trained with conditional: true",
            remedy=f"Set model={able[0]}, or leave label out." if able else "Leave label out.",
        )
    return wanted


def _class(card: Card, label: str) -> int:
    if label not in card.classes:
        raise UserError(
            f"There is no class {label!r}.",
            expected=f"one of {', '.join(card.classes)}",
            remedy=f"{nearest(label, card.classes)}Mend label, or leave it out.",
        )
    return card.classes.index(label)


def _read(prompt: str, card: Card, unknown: str) -> NDArray[np.uint16]:
    alphabet = card.alphabet
    lacking = sorted(set(prompt) - set(alphabet.characters))
    if lacking and unknown == "refuse":
        shown = ", ".join(map(repr, lacking))
        has = "a character" if len(lacking) == 1 else "characters"
        raise UserError(
            f"The prompt has {has} that the model does not know: {shown}.",
            expected=f"characters of its alphabet: {_shown(alphabet.characters)}",
            remedy="Write it without, or set unknown=replace.",
        )
    if alphabet.unknown is None:
        prompt = "".join(character for character in prompt if character not in lacking)
    return encode([prompt], alphabet)[0][:-1]


def _shown(characters: Sequence[str], most: int = 200) -> str:
    visible = "".join(character for character in characters if character.isprintable())
    return visible if len(visible) <= most else f"{visible[:most]} and {len(visible) - most:,} more"
