"""Made-up messages as bags of words, and tiny networks that find odd ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Split, Texts
from pipeline.artifacts.detection import Bags
from pipeline.models.backend import start_keras
from pipeline.models.density.material import Material
from pipeline.models.density.settings import Recipe
from pipeline.stages.bags import count_bags

N, WORDS, HIDDEN, LATENT, SAMPLES, SEED = 40, 12, 5, 2, 4, 3
SPAM_SHARE = 0.2
RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=0.01, optimiser="adam", patience=None, keep="best")


def counts(number: int = N, seed: int = 0, words: int = WORDS) -> Any:
    """Sparse counts (n, V): the first message holds no word, the second all, and some words occur twice."""
    from scipy import sparse

    random = np.random.default_rng(seed)
    dense = (random.random((number, words)) < random.uniform(0.15, 0.6, words)).astype(np.float32)
    dense *= random.integers(1, 3, dense.shape)
    dense[0], dense[1] = 0, 1
    return sparse.csr_array(dense)


def dense(bags: Any) -> NDArray[np.float64]:
    """Which words are there, (n, V), as 0 and 1."""
    return (bags.toarray() > 0).astype(np.float64)


def material(bags: Any = None, weights: Any = None, held: Any = None, **changes: Any) -> Material:
    """What a detector is fitted on."""
    bags = counts() if bags is None else bags
    weights = np.ones(bags.shape[0], np.float32) if weights is None else np.asarray(weights, np.float32)
    held = counts(15, seed=1, words=bags.shape[1]) if held is None else held
    return replace(Material(bags, weights, held, shown=None, seed=SEED), **changes)


def stir(network: Any, seed: int = SEED, scale: float = 0.5) -> Any:
    """The network with weights that are far from small, biases too."""
    random = np.random.default_rng(seed)
    network.set_weights([random.normal(scale=scale, size=w.shape).astype(np.float32) for w in network.get_weights()])
    return network


def bernoulli(latent: int = LATENT, seed: int = SEED) -> Any:
    """An untrained Bernoulli VAE."""
    start_keras(seed)
    from pipeline.models.density.network import BernoulliDecoder, Vae

    decoder = BernoulliDecoder(WORDS, HIDDEN, latent, np.zeros(WORDS, np.float32))
    return stir(Vae(WORDS, HIDDEN, latent, decoder), seed)


def gaussian() -> Any:
    """An untrained VAE over counts."""
    start_keras(SEED)
    from pipeline.models.density.network import GaussianDecoder, Vae

    decoder = GaussianDecoder(WORDS, HIDDEN, LATENT, np.zeros(WORDS, np.float32), np.ones(WORDS, np.float32))
    return stir(Vae(WORDS, HIDDEN, LATENT, decoder))


def plain() -> Any:
    """An untrained autoencoder."""
    start_keras(SEED)
    from pipeline.models.density.network import Autoencoder

    return stir(Autoencoder(WORDS, LATENT, np.zeros(WORDS, np.float32)))


def said(number: int = 240, seed: int = 0) -> tuple[list[str], NDArray[np.int8]]:
    """Texts, a fifth of them spam, that share some words with the others; one in 30 holds no common word."""
    random = np.random.default_rng(seed)
    labels = (random.random(number) < SPAM_SHARE).astype(np.int8)
    own = {0: [f"ham{letter}" for letter in "abcdefghij"], 1: [f"spam{letter}" for letter in "abcdefgh"]}
    both = [f"both{letter}" for letter in "abcd"]
    texts = [
        " ".join([*random.choice(own[int(label)], random.integers(3, 9)), *random.choice(both, random.integers(0, 3))])
        for label in labels
    ]
    for row in range(0, number, 30):
        texts[row], labels[row] = f"odd{'x' * (row + 1)}", 0
    return texts, labels


def corpus(texts: list[str], labels: NDArray[np.int8]) -> tuple[Corpus, Texts]:
    """Texts as stages are given them."""
    table = pd.DataFrame({"row": np.arange(len(texts)), "text": texts, "label": labels})
    return Corpus(table, "made up", "spam", "ham", False, []), Texts(pd.DataFrame({"text": texts}), [], False)


def parted(labels: NDArray[np.int8], groups: Any = None) -> Split:
    """Half of the rows to train on, a quarter each to validate and to test."""
    rows = np.arange(len(labels))
    groups = rows if groups is None else np.asarray(groups)
    parts = [rows[rows % 4 < 2], rows[rows % 4 == 2], rows[rows % 4 == 3]]
    return Split(parts[0], parts[1], parts[2], labels, groups, 0.0, 0.0, validation_is_test=False)


def made(number: int = 240) -> tuple[Bags, Split]:
    """The texts as bags, and their parts."""
    texts, labels = said(number)
    split = parted(labels)
    return count_bags(*corpus(texts, labels), split, min_messages=2, max_words=None), split


def relabelled(split: Split) -> Split:
    """The same parts, the labels dealt out anew."""
    return replace(split, labels=np.random.default_rng(9).permutation(split.labels))
