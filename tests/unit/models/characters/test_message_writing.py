"""Writing: which symbol is chosen, and messages that depend on nothing but their seed and place."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax
from scipy.stats import chisquare

from pipeline.artifacts.characters import END
from pipeline.models.characters import writing
from pipeline.models.characters.material import Symbols
from pipeline.models.characters.writing import Manner, Written, choose, write
from writer_samples import CELLS, V, network, random_rows, shape

PLAIN = Manner(1.0, None, None, limit=30)
LOGITS = np.array([0.3, 2.0, -1.0, 1.2, 0.0, -3.0])
DRAWS = 40_000
CHANCES = np.random.default_rng(11).random(DRAWS)


def nucleus(probabilities: NDArray[np.float64], share: float) -> set[int]:
    """The fewest symbols that together have this share."""
    order = np.argsort(-probabilities, kind="stable")
    reached = np.cumsum(probabilities[order])
    return set(order[: int(np.argmax(reached >= share - 1e-12)) + 1].tolist())


def expected(manner: Manner) -> NDArray[np.float64]:
    """The exact probability of each symbol."""
    probabilities = softmax(LOGITS / manner.temperature)
    if manner.top_k is not None:
        probabilities[np.argsort(-probabilities)[manner.top_k :]] = 0
    probabilities /= probabilities.sum()
    if manner.top_p is not None:
        kept = nucleus(probabilities, manner.top_p)
        probabilities[[symbol for symbol in range(len(LOGITS)) if symbol not in kept]] = 0
    return probabilities / probabilities.sum()


@pytest.mark.parametrize("top_k", [None, 1, 3, 6, 99])
@pytest.mark.parametrize("top_p", [None, 0.05, 0.6, 0.9, 1.0])
@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
def test_symbols_are_as_frequent_as_they_are_likely(temperature: float, top_p: float | None, top_k: int | None) -> None:
    manner = Manner(temperature, top_k, top_p, 1)
    chosen = choose(np.tile(log_softmax(LOGITS), (DRAWS, 1)), CHANCES, manner)
    counts, wanted = np.bincount(chosen, minlength=len(LOGITS)), expected(manner) * DRAWS
    assert not counts[wanted == 0].any()
    if (wanted > 0).sum() > 1:
        assert chisquare(counts[wanted > 0], wanted[wanted > 0]).pvalue > 1e-3


def log_probabilities(seed: int = 2, rows: int = 500) -> NDArray[np.float64]:
    return log_softmax(3 * np.random.default_rng(seed).normal(size=(rows, 9)), axis=1)


@pytest.mark.parametrize(
    "manner",
    [Manner(0.0, None, None, 1), Manner(1.0, 1, None, 1), Manner(1.0, None, 1e-9, 1), Manner(1e-4, None, None, 1),
     Manner(5e-324, None, None, 1), Manner(0.0, 3, 0.9, 1)],
)  # fmt: skip
def test_the_likeliest_is_always_chosen(manner: Manner) -> None:
    given = log_probabilities()
    np.testing.assert_array_equal(choose(given, CHANCES[: len(given)], manner), given.argmax(axis=1))


@given(
    st.lists(st.floats(-30, 0), min_size=2, max_size=8), st.integers(0, 7),
    st.sampled_from([0.0, 5e-324, 0.1, 1.0, 50.0]), st.sampled_from([None, 1, 2, 5]),
    st.sampled_from([None, 0.01, 0.5, 1.0]),
)  # fmt: skip
def test_the_impossible_is_never_chosen(
    logs: list[float], certain: int, temperature: float, top_k: int | None, top_p: float | None
) -> None:
    """Whatever the chance, to the very ends of its range."""
    given = np.array(logs)
    possible = np.arange(len(logs)) % 3 == certain % 3
    possible[certain % len(logs)] = True
    given[~possible] = -np.inf
    chances = np.array([0.0, 1e-300, 0.5, np.nextafter(1, 0)])
    chosen = choose(np.tile(given, (4, 1)), chances, Manner(temperature, top_k, top_p, 1))
    assert possible[chosen].all()


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 0.9, 0.999])
def test_the_nucleus_is_the_least_set_that_reaches_its_share(share: float) -> None:
    for row in log_probabilities(rows=40):
        chosen = choose(np.tile(row, (4_000, 1)), np.linspace(0, 1, 4_000, endpoint=False), replace(PLAIN, top_p=share))
        kept = nucleus(np.exp(row), share)
        assert set(chosen.tolist()) <= kept
        likely = {symbol for symbol in kept if np.exp(row[symbol]) > 1e-3}
        assert likely <= set(chosen.tolist())


def test_a_nucleus_among_the_likeliest_is_of_what_they_have_together() -> None:
    given = np.log([[0.4, 0.3, 0.2, 0.1]])
    tops = [Manner(1.0, 2, share, 1) for share in (0.5, 0.6)]  # of 4/7 and 3/7
    chosen = [{int(choose(given, np.array([u]), manner)[0]) for u in np.linspace(0, 0.99, 50)} for manner in tops]
    assert chosen == [{0}, {0, 1}]


def reader(net: Any = None) -> Any:
    net = net or network(shape("lstm", 7))
    from pipeline.models.characters.reader import NetworkReader

    return NetworkReader(net, random_rows(4, rows=1, columns=net.num_states)[0] / 2)


def starts(number: int, *prompt: int) -> list[Symbols]:
    return [np.array([END, *prompt])] * number


def texts(written: list[Written]) -> list[tuple[int, ...]]:
    return [tuple(one.symbols) for one in written]


@pytest.mark.parametrize("manner", [PLAIN, Manner(0.8, 5, 0.9, 30)])
def test_a_message_depends_on_its_seed_and_place_alone(manner: Manner, monkeypatch: pytest.MonkeyPatch) -> None:
    model = reader()
    forty = write(model, starts(40), manner, unknown=None, seed=[5, 1])
    assert write(model, starts(3), manner, unknown=None, seed=[5, 1]) == forty[:3]
    assert write(model, starts(40), manner, unknown=None, seed=[5, 1]) == forty
    monkeypatch.setattr(writing, "AT_ONCE", 7)
    assert write(model, starts(40), manner, unknown=None, seed=[5, 1]) == forty
    for other in ([5, 2], [6, 1]):
        assert texts(write(model, starts(40), manner, unknown=None, seed=other)) != texts(forty)
    assert len(set(texts(forty))) > 20, "places differ"


def test_other_prompts_beside_it_do_not_change_a_message() -> None:
    model = reader()
    mixed = [np.array([END, *[1, 2, 3][: place % 4]]) for place in range(12)]
    together = write(model, mixed, PLAIN, unknown=None, seed=[2])
    for length in range(4):
        alone = write(model, starts(12, *[1, 2, 3][:length]), PLAIN, unknown=None, seed=[2])
        assert alone[length::4] == together[length::4]


def test_the_limit_is_of_characters_and_an_end_just_after_it_counts() -> None:
    model = reader()
    long = write(model, starts(200), PLAIN, unknown=None, seed=[1])
    for limit in (1, 4):
        short = write(model, starts(200), replace(PLAIN, limit=limit), unknown=None, seed=[1])
        assert texts(short) == [tuple(one.symbols[:limit]) for one in long]
        assert [one.ended for one in short] == [one.ended and len(one.symbols) <= limit for one in long]
        exact = [one for one in short if one.ended and len(one.symbols) == limit]
        assert exact, "some end by themselves at the limit"
    assert any(not one.symbols and one.ended for one in long), "an empty message is a message"
    assert END not in {symbol for one in long for symbol in one.symbols}


def test_a_limit_beyond_all_memory_costs_nothing_where_messages_end() -> None:
    written = write(reader(), starts(5), replace(PLAIN, limit=10**12), unknown=None, seed=[1])
    assert all(one.ended for one in written)
    assert written[:3] == write(reader(), starts(3), replace(PLAIN, limit=10**4), unknown=None, seed=[1])


@pytest.mark.parametrize("temperature", [0.0, 1.0, 100.0])
def test_the_unknown_symbol_is_never_written(temperature: float) -> None:
    net = network()
    bias = np.zeros(V, np.float32)
    bias[V - 1] = 9
    net.dense.bias.assign(bias)
    manner = Manner(temperature, None, None, 20)
    assert V - 1 in {
        symbol for one in write(reader(net), starts(5), manner, unknown=None, seed=[1]) for symbol in one.symbols
    }
    written = write(reader(net), starts(5), manner, unknown=V - 1, seed=[1])
    assert V - 1 not in {symbol for one in written for symbol in one.symbols}
    prompted = write(reader(net), starts(5, V - 1), manner, unknown=V - 1, seed=[1])
    assert texts(prompted) != texts(written), "it may stand in the prompt"


def test_greedy_messages_are_all_the_same_and_follow_the_prompt() -> None:
    model = reader(network(shape("gru", 7), seed=2))
    greedy = replace(PLAIN, temperature=0.0)
    found = [
        texts(write(model, starts(4, *prompt), greedy, unknown=None, seed=[9])) for prompt in ((), (3,), (3, 1, 4))
    ]
    assert all(len(set(some)) == 1 for some in found)
    assert len({some[0] for some in found}) > 1


@pytest.mark.parametrize("cell", CELLS)
def test_symbol_by_symbol_the_network_says_what_it_says_at_once(cell: Any) -> None:
    """The state is carried on, whoever is dropped on the way."""
    net = network(shape(cell, 6, 3))
    from pipeline.models.characters.reader import NetworkReader
    from pipeline.models.characters.scoring import scorer

    opening = random_rows(4, rows=1, columns=net.num_states)[0] / 2
    model, score = NetworkReader(net, opening), scorer(net)
    messages = [np.array([1, 2, 3, 4, 5, END]), np.array([5, 5, END]), np.array([2, 1, 1, 4, END])]
    paid: list[list[float]] = [[] for _ in messages]
    found, going = model.begin([np.array([END])] * 3), np.arange(3)
    for step in range(6):
        wanted = np.array([messages[number][step] for number in going])
        np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, rtol=1e-5)
        for number, bits in zip(going, -found[np.arange(len(going)), wanted] / np.log(2), strict=True):
            paid[number].append(bits)
        goes_on = np.flatnonzero(wanted != END)
        going = going[goes_on]
        if len(going):
            model.keep(goes_on)
            found = model.go_on(wanted[goes_on])
    np.testing.assert_allclose(np.concatenate(paid), score(messages, opening), rtol=1e-4, atol=1e-5)
    prompted = model.begin([np.array([END, 1, 2, 3])])
    at_once = [score([np.array([1, 2, 3, symbol])], opening)[-1] for symbol in range(V)]
    np.testing.assert_allclose(-prompted[0] / np.log(2), at_once, rtol=1e-4, atol=1e-5)


def test_messages_are_as_frequent_as_the_network_finds_them_likely() -> None:
    """Of the shortest messages, against the bits that the network pays for them."""
    net = network(shape("simple_rnn", 4), seed=1)
    from pipeline.models.characters.reader import NetworkReader
    from pipeline.models.characters.scoring import scorer

    opening, number = np.zeros(4, np.float32), 3_000
    written = texts(write(NetworkReader(net, opening), starts(number), replace(PLAIN, limit=2), unknown=None, seed=[4]))
    short = [(), *((symbol,) for symbol in range(1, V))]
    bits = scorer(net)([np.array([*message, END]) for message in short], opening)
    edges = np.cumsum([0, *(len(message) + 1 for message in short)])
    likely = 2.0 ** -np.add.reduceat(bits.astype(np.float64), edges[:-1])
    counts = [written.count(message) for message in short]
    rest = number - sum(counts)
    assert chisquare([*counts, rest], number * np.append(likely, 1 - likely.sum())).pvalue > 1e-3
