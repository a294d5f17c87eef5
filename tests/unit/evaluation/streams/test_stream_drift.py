from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.evaluation.streams.drift import find_alarms, recovery

DELTA = 0.002
NO_ALARMS = pd.DataFrame({"position": [], "rate_before": [], "rate_after": []})


def errors_at(rate: float, n: int, seed: int) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random(n) < rate


@pytest.mark.parametrize("seed", range(5))
def test_an_abrupt_rise_of_errors_rings_soon(seed: int) -> None:
    errors = np.concatenate([errors_at(0.05, 2000, seed), errors_at(0.5, 1000, seed + 100)])
    alarms = find_alarms(errors, first=0, delta=DELTA)
    first = alarms.iloc[0]
    assert 2000 < first["position"] < 2200
    assert first["rate_before"] == pytest.approx(0.05, abs=0.03)
    assert first["rate_after"] > 2 * first["rate_before"]


@pytest.mark.parametrize("seed", range(5))
def test_errors_that_fall_ring_as_well_and_the_rates_tell(seed: int) -> None:
    errors = np.concatenate([errors_at(0.5, 2000, seed), errors_at(0.05, 1000, seed + 100)])
    alarms = find_alarms(errors, first=0, delta=DELTA)
    assert 2000 < alarms["position"].iloc[0] < 2200
    assert (alarms["rate_after"] < alarms["rate_before"]).all()


def test_a_constant_rate_of_errors_rings_rarely() -> None:
    alarms = [find_alarms(errors_at(0.1, 5000, seed), first=0, delta=DELTA) for seed in range(10)]
    assert sum(map(len, alarms)) <= 1


@pytest.mark.parametrize("error", [False, True])
def test_a_model_that_is_always_the_same_never_rings(error: bool) -> None:
    alarms = find_alarms(np.full(2000, error), first=0, delta=DELTA)
    assert alarms.empty
    assert alarms.dtypes.map(str).tolist() == ["int64", "float64", "float64"]


def test_rates_are_shares_of_errors_between_alarms() -> None:
    errors = np.concatenate([errors_at(rate, 1000, seed) for seed, rate in enumerate([0.05, 0.6, 0.1])])
    alarms = find_alarms(errors, first=0, delta=DELTA)
    edges = [0, *alarms["position"], len(errors)]
    rates = [errors[start:end].mean() for start, end in pairwise(edges)]
    assert len(alarms) >= 2
    assert alarms["rate_before"].tolist() == rates[:-1]
    assert alarms["rate_after"].tolist() == rates[1:]


def test_after_an_alarm_at_the_last_message_there_is_no_rate() -> None:
    errors = np.repeat([False, True], [1000, 500])
    position = int(find_alarms(errors, first=0, delta=DELTA)["position"].iloc[0])
    alarms = find_alarms(errors[:position], first=0, delta=DELTA)
    assert alarms["position"].tolist() == [position]
    assert alarms["rate_before"].item() == (position - 1000) / position
    assert np.isnan(alarms["rate_after"].item())


def test_alarms_count_from_where_a_model_starts() -> None:
    errors = np.repeat([False, True], [1000, 500])
    early, late = (find_alarms(errors, first=first, delta=DELTA) for first in (0, 70))
    assert (late["position"] - early["position"]).tolist() == [70] * len(early)
    assert len(early)


def test_a_lower_delta_rings_later_or_not_at_all() -> None:
    errors = np.concatenate([errors_at(0.1, 1000, 1), errors_at(0.3, 1000, 2)])
    eager, slow = (find_alarms(errors, first=0, delta=delta)["position"].min() for delta in (0.1, 1e-6))
    assert eager < slow


def fall(missed: int, n: int = 100, changed_at: int = 40) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Every second message is positive; all are called right but the first `missed` positive ones after the change."""
    labels = (np.arange(n) % 2 == 0).astype(np.int8)
    called = labels == 1
    called[changed_at : changed_at + 2 * missed] = False
    return labels, called


def test_recovery_by_hand() -> None:
    labels, called = fall(missed=5)
    found = recovery(labels, called, NO_ALARMS, first=0, window=20, changed_at=40)
    # Positives at 40, 42, 44, 46 and 48 are missed, of 10 in each window: 0.5 at worst. Back to 0.95 is all 10 right,
    # as soon as the last one missed, at position 48, is out of the window: after 69 messages, 29 after the change.
    assert (found.recall_before, found.lowest, found.messages) == (1.0, 0.5, 29.0)
    assert found.positives == 15  # at 40, 42, ..., 68
    assert np.isnan(found.alarm_after)


def test_95_percent_of_what_it_was_is_enough() -> None:
    """Recall is 0.9 before the change: 0.95 of that is 0.855, which 9 of 10 reach and 8 do not."""
    labels = np.ones(60, np.int8)
    called = np.arange(60) % 10 != 0
    called[30:33] = False
    found = recovery(labels, called, NO_ALARMS, first=0, window=10, changed_at=30)
    assert (found.recall_before, found.lowest) == (0.9, 0.7)
    # Missed are 30, 31, 32, 40, ...: positions 33 to 42 are the first ten with but one of them, after 43 messages.
    assert (found.messages, found.positives) == (13.0, 13.0)


def test_a_model_that_does_not_recover_says_so() -> None:
    labels, called = fall(missed=30)
    found = recovery(labels, called, NO_ALARMS, first=0, window=20, changed_at=40)
    assert (found.recall_before, found.lowest) == (1.0, 0.0)
    assert np.isnan([found.messages, found.positives]).all()


def test_a_model_that_the_change_does_not_touch_needs_no_recovery() -> None:
    labels, called = fall(missed=0)
    found = recovery(labels, called, NO_ALARMS, first=0, window=20, changed_at=40)
    assert (found.recall_before, found.lowest, found.messages, found.positives) == (1.0, 1.0, 0.0, 0.0)


def test_a_recall_that_trembles_on_its_way_down_has_not_recovered() -> None:
    """A message missed just before the change leaves the window while those after the change come in."""
    labels = np.ones(100, np.int8)
    called = np.ones(100, bool)
    called[31] = called[40] = False  # recall 0.9, then 0.8, then 0.9 again as position 31 leaves the window of 10
    called[44:52] = False
    found = recovery(labels, called, NO_ALARMS, first=0, window=10, changed_at=40)
    assert found.lowest == 0.2
    assert found.messages == 21  # positions 51 to 60 hold one missed: 61 seen


def test_what_happens_long_after_the_change_does_not_count() -> None:
    labels, called = fall(missed=5)
    called[80:90] = False
    found = recovery(labels, called, NO_ALARMS, first=0, window=20, changed_at=40)
    assert (found.lowest, found.messages) == (0.5, 29.0)


@pytest.mark.parametrize(("first", "window"), [(30, 20), (50, 20), (0, 41), (0, 200)])
def test_without_a_full_window_before_the_change_nothing_is_told(first: int, window: int) -> None:
    labels, called = fall(missed=5)
    found = recovery(labels, called, NO_ALARMS, first=first, window=window, changed_at=40)
    assert np.isnan([found.recall_before, found.lowest, found.messages, found.positives]).all()


def test_a_model_that_catches_nothing_has_nothing_to_recover() -> None:
    labels, called = fall(missed=5)
    found = recovery(labels, called & False, NO_ALARMS, first=0, window=20, changed_at=40)
    assert found.recall_before == 0
    assert np.isnan([found.lowest, found.messages, found.positives]).all()


def test_windows_without_a_positive_message_tell_nothing() -> None:
    labels, called = fall(missed=5)
    labels[20:40] = 0
    assert np.isnan(recovery(labels, called, NO_ALARMS, first=0, window=20, changed_at=40).recall_before)
    labels[20:40], labels[40:] = 1, 0
    found = recovery(labels, labels == 1, NO_ALARMS, first=0, window=20, changed_at=40)
    assert (found.recall_before, found.lowest, found.messages) == (1.0, 1.0, 0.0)


def test_the_alarm_of_a_change_is_the_first_after_it_that_errors_rose() -> None:
    labels, called = fall(missed=5)
    before, after = [0.1, 0.1, 0.3, 0.1, 0.1], [0.3, 0.3, 0.1, 0.3, 0.3]
    alarms = pd.DataFrame({"position": [32, 40, 48, 64, 96], "rate_before": before, "rate_after": after})
    assert recovery(labels, called, alarms, first=0, window=20, changed_at=40).alarm_after == 24
