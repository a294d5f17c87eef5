"""Precision, recall, density and coverage against their definitions, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.images import manifold, pairs
from pipeline.evaluation.images.manifold import Overlap, overlap, squared_radii


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def laid(test: np.ndarray, drawn: np.ndarray, neighbours: int = 5) -> Overlap:
    return overlap(test, squared_radii(test, neighbours), drawn, neighbours)


def values(found: Overlap) -> list[float]:
    return [float(part.mean()) for part in (found.precise, found.recalled, found.crowd, found.covered)]


def by_definition(real: np.ndarray, fake: np.ndarray, nearest_k: int) -> list[float]:
    """As Naeem et al. publish them with their paper (package prdc, function `compute_prdc`)."""

    def pairwise(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.array([[np.linalg.norm(x - y) for y in other] for x in one])

    real_radii, fake_radii = (np.sort(pairwise(each, each), axis=1)[:, nearest_k] for each in (real, fake))
    apart = pairwise(real, fake)
    return [
        (apart < real_radii[:, None]).any(axis=0).mean(),
        (apart < fake_radii[None]).any(axis=1).mean(),
        (apart < real_radii[:, None]).sum(axis=0).mean() / nearest_k,
        (apart.min(axis=1) < real_radii).mean(),
    ]


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    sizes=st.tuples(st.integers(7, 40), st.integers(7, 40)),
    neighbours=st.integers(1, 5),
    shift=st.sampled_from([0.0, 1.0, 50.0]),
)
def test_they_are_as_published(seed: int, sizes: tuple[int, int], neighbours: int, shift: float) -> None:
    real, fake = normal(seed, sizes[0], 3), normal(seed + 1, sizes[1], 3) * 0.8 + shift
    assert values(laid(real, fake, neighbours)) == pytest.approx(by_definition(real, fake, neighbours))


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    real, fake = normal(1, 53, 4), normal(2, 47, 4)
    whole = laid(real, fake)
    for module in (manifold, pairs):
        monkeypatch.setattr(module, "BLOCK_ROWS", 10)
    parts = laid(real, fake)
    for name in ("precise", "crowd", "recalled", "covered"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_a_set_overlaps_itself_wholly() -> None:
    vectors = normal(3, 200, 6)
    assert values(laid(vectors, vectors)) == pytest.approx([1, 1, 6 / 5, 1])


def test_two_sets_of_one_distribution_have_density_1() -> None:
    """Naeem et al., section 3.3: expected density 1, expected coverage 1 - (M - 1) ... (M - k) / ((2 M - 1) ...)."""
    found = values(laid(normal(4, 2000, 2), normal(5, 2000, 2)))
    assert found[2] == pytest.approx(1, abs=0.05)
    expected = 1 - np.prod((2000 - np.arange(1, 6)) / (4000 - np.arange(1, 6)))
    assert found[3] == pytest.approx(expected, abs=0.02)


def test_one_point_is_precise_and_recalls_nothing() -> None:
    real = normal(6, 100, 3)
    found = laid(real, np.repeat(real[:1] + 1e-4, 100, axis=0))
    assert found.precise.all()
    assert not found.recalled.any()
    assert found.covered.mean() < 0.2


def test_far_away_there_is_nothing_in_common() -> None:
    assert values(laid(normal(7, 60, 3), normal(8, 60, 3) + 1e3)) == [0, 0, 0, 0]


def test_an_image_is_no_neighbour_of_itself_but_of_its_equals() -> None:
    vectors = np.array([[0.0], [1], [3], [7], [7]])
    assert squared_radii(vectors, 1) == pytest.approx([1, 1, 4, 0, 0])
    assert squared_radii(vectors, 2) == pytest.approx([9, 4, 9, 16, 16])
