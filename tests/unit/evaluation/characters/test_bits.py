"""Bits per character, their intervals and paired comparisons, and the race of two ways of training."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_messages import Made, made, surprisal, totals, writer

from pipeline.artifacts.characters import BitScores, Characters, References, Surprisal
from pipeline.errors import UserError
from pipeline.evaluation.characters import bits
from pipeline.evaluation.characters.bits import bit_samples
from pipeline.evaluation.characters.race import COLUMNS, race
from pipeline.evaluation.intervals import bootstrap_weights
from pipeline.stages.judge_bits import judge_bits
from pipeline.stages.score_references import score_references


def refer(it: Made, orders: int = 3) -> References:
    return score_references(it.corpus, it.split, it.characters, orders=orders)


def judged(it: Made, references: References, *paid: Surprisal, seed: int = 1) -> BitScores:
    return judge_bits(it.split, it.characters, references, *paid, resamples=200, seed=seed)


def test_tables_hold_every_model_and_part() -> None:
    it = made()
    references = refer(it)
    scores = judged(it, references, surprisal("net", references))
    assert list(scores.table) == ["name", "kind", "part", "bits", "low", "high", "perplexity"]
    assert len(scores.table) == 2 * (1 + 3 + 3)
    assert scores.table["kind"].value_counts().to_dict() == {"network": 2, "ngram": 6, "compressor": 6}
    by = scores.table.query("kind != 'compressor'").set_index(["name", "part"])
    assert by["bits"].xs("test", level="part").drop("net").to_dict() == pytest.approx(totals(references))
    assert (by["low"] < by["bits"]).all()
    assert (by["bits"] < by["high"]).all()
    assert (scores.table["perplexity"] == 2 ** scores.table["bits"]).all()
    compressed = scores.table.query("kind == 'compressor'")
    assert compressed[["low", "high"]].isna().all(axis=None)
    assert compressed["bits"].notna().all()


def test_a_network_that_pays_what_the_ngram_pays_is_no_better() -> None:
    it = made()
    references = refer(it)
    scores = judged(it, references, surprisal("net", references, of=references.ngram))
    assert scores.contests.to_dict("records") == [
        {"first": "net", "second": references.ngram, "difference": 0, "low": 0, "high": 0, "p": 1}
    ]


def test_contests_are_of_all_networks() -> None:
    it = made()
    references = refer(it)
    better = surprisal("a", references, of=references.ngram)
    better = replace(better, table=better.table.assign(bits=better.table["bits"] * 0.9))
    others = surprisal("b", references, noise=0.1), surprisal("c", references, "ngram_1")
    scores = judged(it, references, better, *others)
    pairs = scores.contests[["first", "second"]].to_numpy().tolist()
    best = references.ngram
    assert pairs == [["a", best], ["b", best], ["c", best], ["a", "b"], ["a", "c"], ["b", "c"]]
    value = scores.table.query("part == 'test'").set_index("name")["bits"]
    expected = [value[first] - value[second] for first, second in pairs]
    assert scores.contests["difference"].tolist() == pytest.approx(expected)
    assert scores.contests["p"][0] < 0.1
    assert (scores.contests["low"] <= scores.contests["high"]).all()
    assert scores.champion == "a"


def test_the_champion_is_chosen_on_validation() -> None:
    it = made()
    references = refer(it)
    first, second = surprisal("first", references), surprisal("second", references)
    dear = {"validation": 1.1, "test": 0.5}
    second = replace(second, table=second.table.assign(bits=second.table["bits"] * second.table["part"].map(dear)))
    scores = judged(it, references, first, second)
    assert scores.champion == "first"
    assert scores.contests["difference"].iloc[-1] > 0


def test_the_order_of_messages_and_networks_does_not_matter() -> None:
    it = made()
    references = refer(it)
    one, other = surprisal("one", references, noise=0.1), surprisal("other", references, noise=0.1, seed=1)
    shuffled = replace(one, table=one.table.sample(frac=1, random_state=1))
    scores, again = judged(it, references, one, other), judged(it, references, other, shuffled)
    tables = [found.table.sort_values(["name", "part"], ignore_index=True) for found in (scores, again)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert scores.contests["difference"].iloc[-1] == -again.contests["difference"].iloc[-1]


def test_one_part_for_all_is_judged() -> None:
    it = made(published=True)
    references = refer(it)
    scores = judged(it, references, surprisal("net", references))
    wide = scores.table.pivot_table(index="name", columns="part", values="bits")
    pd.testing.assert_series_equal(wide["test"], wide["validation"], check_names=False)


@pytest.mark.parametrize("name", ["ngram_1", "lzma", "net"])
def test_names_that_are_taken_are_refused(name: str) -> None:
    it = made()
    references = refer(it)
    with pytest.raises(UserError, match=name):
        judged(it, references, surprisal("net", references), surprisal(name, references))


def test_a_network_that_went_astray_is_refused() -> None:
    it = made()
    references = refer(it)
    with pytest.raises(UserError, match="astray"):
        judged(it, references, surprisal("net", references, noise=np.inf))


def test_unknown_characters_of_the_test_part_are_counted() -> None:
    it = made()
    references = refer(it)
    alphabet = replace(it.characters.alphabet, characters=it.characters.alphabet.characters[:-1], has_unknown=True)
    assert alphabet.unknown == it.characters.symbols.max()
    last = it.characters.alphabet.characters[-1]
    scores = judge_bits(
        it.split, Characters(alphabet, it.characters.symbols, it.characters.edges), references,
        surprisal("net", references), resamples=100, seed=1,
    )  # fmt: skip
    assert scores.num_unknown == sum(it.texts[row].count(last) for row in it.split.test) > 0
    assert judged(it, references, surprisal("net", references)).num_unknown == 0


def test_resamples_are_ratios_of_sums_over_whole_groups() -> None:
    random = np.random.default_rng(0)
    groups, characters = random.integers(0, 20, 60), random.integers(1, 50, 60)
    paid = random.random((3, 60)) * characters
    found = bit_samples(paid, characters, groups, resamples=50, seed=4)
    names, group = np.unique(groups, return_inverse=True)
    weights = bootstrap_weights(np.arange(len(names)), 50, 4)[:, group]
    assert found[:, 0] == pytest.approx(paid.sum(axis=1) / characters.sum())
    assert found[:, 1:] == pytest.approx((paid @ weights.T) / (weights @ characters))


def test_a_message_doubled_within_its_group_narrows_nothing() -> None:
    random = np.random.default_rng(0)
    groups, characters = np.arange(40), random.integers(1, 50, 40)
    paid = random.random((1, 40)) * characters
    once = bit_samples(paid, characters, groups, resamples=300, seed=4)
    twice = bit_samples(np.tile(paid, 2), np.tile(characters, 2), np.tile(groups, 2), resamples=300, seed=4)
    assert twice == pytest.approx(once)
    apart = bit_samples(np.tile(paid, 2), np.tile(characters, 2), np.arange(80), resamples=300, seed=4)
    assert apart.std() < 0.85 * once.std()


@given(st.floats(0.1, 20), st.integers(0, 1000))
def test_a_model_that_pays_the_same_everywhere_has_no_interval(bits_each: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    characters = random.integers(1, 50, 30)
    found = bit_samples(bits_each * characters[None], characters, random.integers(0, 9, 30), resamples=20, seed=seed)
    assert found == pytest.approx(np.full((1, 21), bits_each))


def test_many_groups_are_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    characters = random.integers(1, 50, 100)
    paid = random.random((2, 100)) * characters
    monkeypatch.setattr(bits, "DRAWN", 700)
    samples = bit_samples(paid, characters, np.arange(100), resamples=24, seed=4)
    assert samples.shape == (2, 25)
    assert len(np.unique(samples[0])) == 25


def test_intervals_hold_the_truth() -> None:
    """Bits per character of 2 on average in every group of two messages, of which both cost alike: 95 of 100 times."""
    random, held = np.random.default_rng(0), 0
    for trial in range(200):
        groups, characters = np.arange(120) // 2, np.repeat(random.integers(5, 50, 60), 2)
        paid = characters * np.repeat(random.normal(2, 0.5, 60), 2)
        low, high = np.quantile(bit_samples(paid[None], characters, groups, 200, trial)[0, 1:], [0.025, 0.975])
        held += low <= 2 <= high
    assert 180 <= held <= 198


def test_twins_race() -> None:
    """The windowed one is best in its third epoch, 300 seconds in; the streamed one is there in its second, at 20."""
    found = race(
        [
            writer("slow", "windowed", [4.0, 3.5, 3.0, 3.2], 100.0),
            writer("quick", "streamed", [3.6, 3.0, 2.5], 10.0),
            writer("late", "streamed", [4.0, 3.9], 10.0),
            writer("asked", "streamed", [1.0], 10.0, conditional=True),
        ]
    )
    assert list(found) == list(COLUMNS)
    assert found.iloc[0].tolist() == ["quick", "slow", 3.0, 3, 300.0, 2, 20.0]
    assert found.iloc[1, :5].tolist() == ["late", "slow", 3.0, 3, 300.0]
    assert found.iloc[1, 5:].isna().all()
    assert len(found) == 2


def test_other_layers_do_not_race() -> None:
    first = writer("first", "streamed", [3.0], 1.0)
    assert race([first, writer("other", "windowed", [3.0], 1.0, build=replace(first.build, units=9))]).empty
    alone = race([first])
    assert alone.empty
    assert alone.dtypes["streamed_seconds"] == np.float64
