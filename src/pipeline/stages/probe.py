"""Follow single messages through a synthesiser: read and written again, and what lies between two of them.

Shapes: n messages, T words, L latent dimensions.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from pipeline.artifacts import Embedding, Resource, Split, Texts, Tokens
from pipeline.artifacts.synthesis import FittedVae, Given, Probes
from pipeline.errors import UserError
from pipeline.evaluation.bags import pad_on
from pipeline.models.backend import start_keras
from pipeline.models.vae.settings import Shape
from pipeline.ranges import Count
from pipeline.stages.generation import Generation, Writer, writer
from pipeline.stages.load import clean_messages
from pipeline.text.clean import Characters, Contractions
from pipeline.text.decoding import to_texts
from pipeline.text.stem import Stemming

Pair = Annotated[list[str], Field(min_length=2, max_length=2)]


def read_given(
    file: Resource,
    tokens: Tokens,
    *,
    unicode: bool,
    lower: bool,
    characters: Characters,
    contractions: Contractions,
    stop_words: str,
    stemming: Stemming,
    reconstruct: list[str],
    interpolate: Pair | None,
) -> Given:
    """The user's own messages, cleaned like the corpus: those to `reconstruct`, and two to `interpolate` between.

    It is a stage of its own, so that a message that cannot be read is told before anything is trained.

    Raises:
        UserError: a message has no word of the vocabulary.
    """
    messages = [*reconstruct, *(interpolate or [])]
    words = clean_messages(
        messages,
        file,
        unicode=unicode,
        lower=lower,
        characters=characters,
        contractions=contractions,
        stop_words=stop_words,
        stemming=stemming,
    ).texts
    return Given(words, _index(words, messages, tokens), len(reconstruct))


def probe_messages(
    given: Given,
    texts: Texts,
    split: Split,
    tokens: Tokens,
    embedding: Embedding,
    fitted: FittedVae,
    *,
    build: Shape,
    generate: Generation,
    num_reconstructions: Count,
    num_steps: Annotated[int, Field(ge=3)],
    seed: int,
) -> Probes:
    """Reconstruct messages, and walk between two of one class.

    The class of a given message is not known: it is read and written as each of the two. `num_reconstructions` of each
    class come from the validation part beside those given. Walks are between the two that were given, else between two
    of the validation part, for each class. `num_steps` counts the places of a walk, its ends included.
    """
    start_keras(seed)
    pen = writer(fitted, split.train, split, tokens, embedding, build=build, generate=generate)
    chances = np.random.default_rng(seed).random(pen.max_length)
    own = slice(given.num_reconstruct)
    chosen = _choose(split, num_reconstructions, seed)
    shown = pd.DataFrame(
        {
            "label": np.concatenate([np.tile([0, 1], given.num_reconstruct), split.labels[chosen]]).astype(np.int8),
            "original": [*np.repeat(given.texts[own], 2), *texts.table["text"].to_numpy()[chosen]],
            "given": [True] * (2 * given.num_reconstruct) + [False] * len(chosen),
        }
    )
    rows = np.concatenate([np.repeat(given.ids[own], 2, axis=0), tokens.ids[chosen]])
    shown.insert(2, "reconstruction", _reconstruct(pen, rows, shown["label"].to_numpy(np.int8), tokens, chances))
    pairs, ends, labels = _pairs(split, tokens, texts, _choose(split, 2, seed))
    if len(given.texts) > given.num_reconstruct:
        pairs, labels = np.tile(given.ids[given.num_reconstruct :], (2, 1, 1)), np.array([0, 1], np.int8)
        ends = [given.texts[given.num_reconstruct :]] * 2
    paths = _walk(pen, pairs, labels, num_steps, tokens, chances)
    named = pd.DataFrame([(path, *both) for path, both in enumerate(ends)], columns=["path", "first", "second"])
    return Probes(shown, paths, named)


def _reconstruct(
    pen: Writer, ids: NDArray[np.int32], labels: NDArray[np.int8], tokens: Tokens, chances: NDArray[np.float64]
) -> list[str]:
    """Texts written from the means of the messages' codes, each as long as the message, all by the same chances."""
    codes = pen.model.encode(ids, labels).means
    written = pen.write(codes, labels, np.count_nonzero(ids, axis=1), np.tile(chances, (len(ids), 1)))
    return to_texts(written.ids, tokens.vocabulary)


def _walk(
    pen: Writer,
    pairs: NDArray[np.int32],
    labels: NDArray[np.int8],
    num_steps: int,
    tokens: Tokens,
    chances: NDArray[np.float64],
) -> pd.DataFrame:
    """Texts at `num_steps` places between the codes of the two messages of each path (P, 2, T), of its class (P,).

    All are drawn by the same chances (T,): what differs between two places, the code has changed.
    """
    tables = [pd.DataFrame({"path": [], "step": [], "label": [], "text": []})] if not len(pairs) else []
    for path, (pair, label) in enumerate(zip(pairs, labels, strict=True)):
        same = np.full(num_steps, label, np.int8)
        first, second = pen.model.encode(pair, same[:2]).means
        steps = np.linspace(0, 1, num_steps)
        codes = ((1 - steps)[:, None] * first + steps[:, None] * second).astype(np.float32)
        lengths = pen.draw_lengths(codes, same, np.full(num_steps, 0.5))
        written = pen.write(codes, same, lengths, np.tile(chances, (num_steps, 1)))
        said = to_texts(written.ids, tokens.vocabulary)
        tables.append(pd.DataFrame({"path": path, "step": steps, "label": same, "text": said}))
    return pd.concat(tables, ignore_index=True)


def _choose(split: Split, number: int, seed: int) -> NDArray[np.int64]:
    """Rows of the validation part, `number` of each class where there are as many, the negative class first."""
    random = np.random.default_rng(seed)
    of_class = [split.validation[split.labels[split.validation] == label] for label in (0, 1)]
    return np.concatenate([random.permutation(rows)[:number] for rows in of_class])


def _pairs(
    split: Split, tokens: Tokens, texts: Texts, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int32], list[list[str]], NDArray[np.int8]]:
    """The first two of the chosen messages of each class: indices (P, 2, T), texts, and classes (P,)."""
    found = [chosen[split.labels[chosen] == label][:2] for label in (0, 1)]
    labels = [label for label, rows in enumerate(found) if len(rows) == 2]
    rows = np.array([found[label] for label in labels], np.int64).reshape(-1, 2)
    return tokens.ids[rows], [texts.table["text"].to_numpy()[both].tolist() for both in rows], np.array(labels, np.int8)


def _index(words: list[str], given: list[str], tokens: Tokens) -> NDArray[np.int32]:
    """Indices (n, T) of the words that the vocabulary has, cut and padded as the corpus is.

    Raises:
        UserError: a message has none.
    """
    index = {word: number for number, word in enumerate(tokens.vocabulary) if number >= tokens.num_reserved}
    length = tokens.ids.shape[1]
    ids = np.zeros((len(words), length), np.int32)
    for row, (text, original) in enumerate(zip(words, given, strict=True)):
        known = [index[word] for word in text.split() if word in index]
        known = known[-length:] if tokens.padding == "pre" else known[:length]
        if not known:
            raise UserError(
                f"The message {original!r} has no word that the vocabulary knows.",
                expected="at least one word of the training messages, after cleaning",
                remedy="Give another message in probe.reconstruct or probe.interpolate.",
            )
        ids[row, : len(known)] = known
    return pad_on(tokens.padding, ids)
