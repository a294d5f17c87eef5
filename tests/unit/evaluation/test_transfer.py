from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from pipeline.errors import UserError
from pipeline.evaluation.transfer import METRICS, Scored, compare_settings, describe_settings

RESAMPLES = 300


def scored(noise: float, n: int = 150, seed: int = 0) -> Scored:
    random = np.random.default_rng(seed)
    labels = (np.arange(n) % 4 == 0).astype(np.int8)
    scores = np.clip(0.3 + 0.4 * labels + noise * np.random.default_rng(seed + 1).normal(size=n), 0, 1)
    return Scored(labels, scores, random.integers(0, n // 2, n))


@pytest.fixture(scope="module")
def settings() -> dict[str, Scored]:
    real = scored(0.2)
    other = scored(0.2, n=90, seed=7)
    return {"trtr": real, "tstr": scored(0.6), "trts": other, "augmented": replace(real)}


@pytest.fixture(scope="module")
def table(settings: dict[str, Scored]) -> pd.DataFrame:
    return compare_settings("nb", settings, resamples=RESAMPLES, seed=3)


def test_there_is_a_row_for_each_setting_and_metric(table: pd.DataFrame) -> None:
    assert list(table.columns) == [
        *("evaluator", "setting", "metric", "value", "low", "high"),
        *("difference", "difference_low", "difference_high"),
    ]
    assert table[["setting", "metric"]].to_numpy().tolist() == [
        [setting, metric] for setting in ("trtr", "tstr", "trts", "augmented") for metric in METRICS
    ]
    assert set(table["evaluator"]) == {"nb"}


def test_values_are_those_of_scikit_learn(table: pd.DataFrame, settings: dict[str, Scored]) -> None:
    values = table.set_index(["setting", "metric"])["value"]
    for name, test in settings.items():
        called = test.scores >= 0.5
        assert values[name].to_dict() == pytest.approx(
            {
                "accuracy": metrics.accuracy_score(test.labels, called),
                "precision": metrics.precision_score(test.labels, called),
                "recall": metrics.recall_score(test.labels, called),
                "f1": metrics.f1_score(test.labels, called),
                "roc_auc": metrics.roc_auc_score(test.labels, test.scores),
                "pr_auc": metrics.average_precision_score(test.labels, test.scores),
            }
        )


def test_intervals_hold_their_values(table: pd.DataFrame) -> None:
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert table["low"].ge(0).all()
    assert table["high"].le(1).all()


def test_only_settings_with_the_same_test_messages_are_compared(table: pd.DataFrame) -> None:
    columns = ["difference", "difference_low", "difference_high"]
    found = {name: rows[columns].to_numpy() for name, rows in table.groupby("setting")}
    assert np.isnan(found["trtr"]).all()
    assert np.isnan(found["trts"]).all()
    assert (found["augmented"] == 0).all()  # the same scores
    assert not np.isnan(found["tstr"]).any()


def test_worse_scores_have_differences_below_0(table: pd.DataFrame) -> None:
    worse = table[table["setting"] == "tstr"].set_index("metric")
    assert (worse.loc[["accuracy", "f1", "roc_auc", "pr_auc"], "difference_high"] < 0).all()
    inside = worse["difference"].between(worse["difference_low"], worse["difference_high"])
    assert inside.all()


def test_the_same_seed_gives_the_same_table(table: pd.DataFrame, settings: dict[str, Scored]) -> None:
    pd.testing.assert_frame_equal(compare_settings("nb", settings, resamples=RESAMPLES, seed=3), table)
    assert not compare_settings("nb", settings, resamples=RESAMPLES, seed=4)["low"].equals(table["low"])


def test_each_setting_is_told_with_its_numbers() -> None:
    told = describe_settings(np.array([1, 0, 0]), np.array([1, 0]), np.array([1, 1, 0, 0]))
    real, made, test = (
        "3 real messages (1 positive)",
        "2 synthetic messages (1 positive)",
        "4 real messages (2 positive)",
    )
    assert told == {
        "trtr": f"trained on {real}, tested on {test}",
        "tstr": f"trained on {made}, tested on {test}",
        "trts": f"trained on {real}, tested on {made}",
        "augmented": f"trained on {real} and {made}, tested on {test}",
    }


@pytest.mark.parametrize("lacking", [0, 1, 2])
@pytest.mark.parametrize("label", [0, 1])
def test_a_set_of_one_class_is_refused(lacking: int, label: int) -> None:
    sets = [np.array([0, 1])] * 3
    sets[lacking] = np.array([label, label])
    with pytest.raises(UserError, match=rf"Of 2 .* messages {2 * label} are positive"):
        describe_settings(*sets)
