"""Bits per character of language models on the same messages: intervals, and who is better.

Shapes: n messages of a part, G groups of them, M models, R resamples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Rows, Split
from pipeline.artifacts.characters import BitScores, References, Surprisal
from pipeline.errors import UserError
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.paired import bootstrap_difference, holm

DRAWN = 2**22  # weights drawn at a time: 16 MB, however many groups there are


def judge(
    references: References,
    paid: Sequence[Surprisal],
    split: Split,
    *,
    num_unknown: int,
    resamples: int,
    seed: int,
) -> BitScores:
    """What networks, n-gram models and compressors pay, and the networks against the best n-gram and each other.

    All models are measured on the same resamples of the duplicate groups: their differences are paired.

    Args:
        references: what n-gram models and compressors pay.
        paid: what networks pay, one or more.
        split: rows of the parts, and the duplicate group of every row.
        num_unknown: symbols of the test messages that stand for a character outside of the alphabet.
        resamples: of the bootstrap, of each part.
        seed: of the bootstrap.

    Raises:
        UserError: two models have the same name, or the bits of one are no finite numbers.
    """
    assert paid
    _refuse_clashes(references, paid)
    rows = {"validation": split.validation, "test": split.test}
    kinds = {one.name: "network" for one in paid} | dict.fromkeys(references.ngrams["name"], "ngram")
    summed = pd.concat([*(one.table.assign(name=one.name) for one in paid), references.ngrams], ignore_index=True)
    costs = {part: _line_up(summed[summed["part"] == part], part_rows) for part, part_rows in rows.items()}
    samples: dict[str, dict[str, NDArray[np.float64]]] = {}
    for part, (bits, characters) in costs.items():
        values = bit_samples(np.stack(list(bits.values())), characters, split.groups[rows[part]], resamples, seed)
        samples[part] = dict(zip(bits, values, strict=True))
    networks = [one.name for one in paid]
    test_bits, _ = costs["test"]
    return BitScores(
        table=pd.concat([_table(samples, kinds), _compressed(references)], ignore_index=True),
        contests=hold_contests(networks, references.ngram, samples["test"], test_bits, split.groups[split.test]),
        champion=min(networks, key=lambda name: samples["validation"][name][0]),
        num_resamples=resamples,
        num_unknown=num_unknown,
    )


def bit_samples(
    bits: NDArray[np.floating],
    characters: NDArray[np.integer],
    groups: NDArray[np.integer],
    resamples: int,
    seed: int,
) -> NDArray[np.float64]:
    """Bits per character of each model on the messages themselves, then on each resample of their groups.

    The sum of the bits by the sum of the characters: a long message weighs more than a short one.

    Shapes: bits (M, n), characters and groups (n,); result (M, 1 + R).
    """
    names, group = np.unique(groups, return_inverse=True)
    summands = np.stack([np.bincount(group, weights=values) for values in (characters, *bits)], axis=1)
    sums = [summands.sum(axis=0, keepdims=True)]
    at_once = max(1, DRAWN // len(names))
    for block, start in enumerate(range(0, resamples, at_once)):
        weights = bootstrap_weights(np.arange(len(names)), min(at_once, resamples - start), seed + block)
        sums.append(weights @ summands)
    characters_drawn, *bits_drawn = np.concatenate(sums).T
    return np.stack(bits_drawn) / characters_drawn


def hold_contests(
    networks: Sequence[str],
    ngram: str,
    samples: Mapping[str, NDArray[np.float64]],
    bits: Mapping[str, NDArray[np.float64]],
    groups: NDArray[np.integer],
) -> pd.DataFrame:
    """The table `contests` of `BitScores`: every network against the n-gram model, then every pair of networks.

    Args:
        networks: their names.
        ngram: name of the n-gram model.
        samples: of each model (1 + R,): on the messages themselves, then on resamples common to all.
        bits: of each model (n,): what each message costs it.
        groups: (n,) duplicate group of each message.
    """
    rows = []
    for first, second in [*((name, ngram) for name in networks), *combinations(networks, 2)]:
        differing = len(np.unique(groups[bits[first] != bits[second]]))
        gap = bootstrap_difference(samples[first], samples[second], num_differing=differing)
        rows.append((first, second, gap.value, gap.low, gap.high, gap.p))
    table = pd.DataFrame(rows, columns=["first", "second", "difference", "low", "high", "p"])
    return table.assign(p=holm(table["p"].tolist()))


def _line_up(table: pd.DataFrame, rows: Rows) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.int64]]:
    """Of one part what each model pays for each message, (n,) each, and the characters of these, all in one order."""
    bits: dict[str, NDArray[np.float64]] = {}
    characters = None
    for name, of_model in table.groupby("name", sort=False):
        own = of_model.set_index("row").loc[rows]
        assert len(own) == len(rows), name
        counted = own["characters"].to_numpy(np.int64)
        assert characters is None or np.array_equal(characters, counted), name
        characters = counted
        bits[str(name)] = own["bits"].to_numpy(np.float64)
    assert characters is not None
    return bits, characters


def _table(samples: Mapping[str, Mapping[str, NDArray[np.float64]]], kinds: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for name, kind in kinds.items():
        for part, of_part in samples.items():
            value, low, high = _interval(of_part[name])
            rows.append((name, kind, part, value, low, high, 2**value))
    return pd.DataFrame(rows, columns=["name", "kind", "part", "bits", "low", "high", "perplexity"])


def _interval(samples: NDArray[np.float64]) -> tuple[float, float, float]:
    found = percentile_interval(float(samples[0]), samples[1:])
    return found.value, found.low, found.high


def _compressed(references: References) -> pd.DataFrame:
    table = references.compressors
    return table.assign(kind="compressor", low=np.nan, high=np.nan, perplexity=2 ** table["bits"])


def _refuse_clashes(references: References, paid: Sequence[Surprisal]) -> None:
    taken = {*references.ngrams["name"], *references.compressors["name"]}
    for one in paid:
        if one.name in taken:
            raise UserError(
                f"Two models of this run are called {one.name}.",
                expected="a name of its own for each network, other than those of n-gram models and compressors",
                remedy="Rename one of them in writers.",
            )
        taken.add(one.name)
        if not np.isfinite(one.table["bits"]).all():
            raise UserError(
                f"The network {one.name} pays no finite number of bits for some messages: its training went astray.",
                expected="a network that gives every symbol a chance",
                remedy="Lower its learning rate.",
            )
