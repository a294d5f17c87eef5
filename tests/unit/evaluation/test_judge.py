from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Scores
from pipeline.errors import UserError
from pipeline.evaluation.intervals import bootstrap_weights
from pipeline.evaluation.judge import judge
from pipeline.evaluation.metrics import METRICS, confusion, measure
from pipeline.evaluation.thresholds import highest_f1_threshold

DESCRIPTIONS = {"rival": "a better model", "model": "the main model", "twin": "its copy", "constant": "one number"}
KEYS = [metric.key for metric in METRICS]


def predictions(n: int = 120) -> pd.DataFrame:
    """Validation and test rows in random order, scored by a model, a better one, a copy and a constant."""
    random = np.random.default_rng(1)
    labels = (random.random(2 * n) < 0.3).astype(np.int8)
    model = np.clip(0.3 + 0.3 * labels + random.normal(0, 0.2, 2 * n), 0, 1)
    rival = np.clip(0.2 + 0.6 * labels + random.normal(0, 0.15, 2 * n), 0, 1)
    table = pd.DataFrame({"part": ["validation"] * n + ["test"] * n, "row": np.arange(2 * n), "label": labels})
    table = table.assign(model=model, rival=rival, twin=model, constant=0.3)
    return table.sample(frac=1, random_state=2).reset_index(drop=True)


def verdict(table: pd.DataFrame, **changes: object) -> Scores:
    settings = {"main": "model", "threshold": "f1", "resamples": 200, "seed": 5} | changes
    return judge(table, DESCRIPTIONS, np.arange(len(table)), **settings)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return predictions()


@pytest.fixture(scope="module")
def scores(table: pd.DataFrame) -> Scores:
    return verdict(table)


def test_the_main_model_comes_first_and_has_no_difference(scores: Scores) -> None:
    assert list(scores.models) == ["model", "rival", "twin", "constant"]
    assert scores.models["model"].difference == {}
    assert {name: judged.description for name, judged in scores.models.items()} == DESCRIPTIONS


def test_thresholds_come_from_validation_and_metrics_from_test(table: pd.DataFrame, scores: Scores) -> None:
    validation, test = table[table["part"] == "validation"], table[table["part"] == "test"]
    for name, judged in scores.models.items():
        threshold = highest_f1_threshold(validation["label"].to_numpy(), validation[name].to_numpy())
        on_test = test["label"].to_numpy(), test[name].to_numpy(), threshold
        assert judged.threshold == threshold
        assert judged.confusion == confusion(*on_test)
        assert {key: interval.value for key, interval in judged.metrics.items()} == {
            key: value.item() for key, value in measure(*on_test).items()
        }
    assert scores.threshold_from == "chosen on validation for the highest F1"


def test_scores_of_the_test_part_do_not_move_a_threshold(table: pd.DataFrame, scores: Scores) -> None:
    changed = table.copy()
    changed.loc[changed["part"] == "test", "model"] **= 3
    again = verdict(changed)
    assert again.models["model"].threshold == scores.models["model"].threshold
    pd.testing.assert_frame_equal(again.thresholds, scores.thresholds)
    assert again.models["model"].metrics != scores.models["model"].metrics


def test_a_fixed_threshold_holds_for_all_models(table: pd.DataFrame) -> None:
    scores = verdict(table, threshold=0.5)
    assert {judged.threshold for judged in scores.models.values()} == {0.5}
    assert scores.threshold_from == "fixed beforehand"


def test_every_metric_lies_in_its_interval_and_on_the_scale(scores: Scores) -> None:
    for judged in scores.models.values():
        assert list(judged.metrics) == KEYS
        for key, interval in judged.metrics.items():
            assert interval.low <= interval.value <= interval.high, key
            assert (-1 if key == "mcc" else 0) <= interval.low
            assert interval.high <= 1


def test_a_copy_differs_by_exactly_0_and_a_better_model_by_more(scores: Scores) -> None:
    assert {tuple(asdict(interval).values()) for interval in scores.models["twin"].difference.values()} == {(0, 0, 0)}
    difference = scores.models["rival"].difference
    assert list(difference) == KEYS
    assert difference["f1"].low > 0
    assert difference["brier"].high < 0


def test_differences_are_paired(table: pd.DataFrame, scores: Scores) -> None:
    test = table[table["part"] == "test"]
    weights = bootstrap_weights(np.arange(len(test)), 200, seed=5)
    accuracy = {
        name: measure(test["label"].to_numpy(), test[name].to_numpy(), scores.models[name].threshold, weights)[
            "accuracy"
        ]
        for name in ("model", "rival")
    }
    expected = np.quantile(accuracy["rival"] - accuracy["model"], [0.025, 0.975])
    interval = scores.models["rival"].difference["accuracy"]
    assert [interval.low, interval.high] == pytest.approx(expected)


def test_groups_of_near_duplicates_widen_the_interval(table: pd.DataFrame) -> None:
    tripled = table.loc[table.index.repeat(3)].reset_index(drop=True)
    settings = {"main": "model", "threshold": 0.5, "resamples": 400, "seed": 5}
    alone = judge(tripled, DESCRIPTIONS, np.arange(len(tripled)), **settings)
    grouped = judge(tripled, DESCRIPTIONS, np.arange(len(tripled)) // 3, **settings)
    widths = [scores.models["model"].metrics["accuracy"] for scores in (grouped, alone)]
    assert (widths[0].high - widths[0].low) / (widths[1].high - widths[1].low) == pytest.approx(3**0.5, rel=0.2)


def test_validation_may_be_the_test_part(table: pd.DataFrame) -> None:
    test = table[table["part"] == "test"]
    both = pd.concat([test.assign(part="validation"), test], ignore_index=True)
    judged = verdict(both).models["model"]
    best = max(measure(test["label"].to_numpy(), test["model"].to_numpy(), at)["f1"].item() for at in test["model"])
    assert judged.metrics["f1"].value == pytest.approx(best)


def test_the_same_seed_gives_the_same_verdict(table: pd.DataFrame, scores: Scores) -> None:
    assert verdict(table).models == scores.models
    assert verdict(table, seed=6).models != scores.models


def test_the_curves_name_their_models(scores: Scores) -> None:
    assert list(scores.roc.columns) == ["model", "false_positive_rate", "recall"]
    assert list(scores.precision_recall.columns) == ["model", "recall", "precision"]
    assert list(scores.calibration.columns) == ["model", "predicted", "observed", "count"]
    assert list(scores.thresholds.columns) == ["threshold", "precision", "recall", "f1"]
    for curve in (scores.roc, scores.precision_recall, scores.calibration):
        assert list(curve["model"].unique()) == list(scores.models)
        assert list(curve.index) == list(range(len(curve)))
    assert scores.calibration.groupby("model")["count"].sum().eq(120).all()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_of_one_class_cannot_be_judged(table: pd.DataFrame, part: str) -> None:
    one_class = table[(table["part"] != part) | (table["label"] == 0)]
    with pytest.raises(UserError, match=rf"The {part} part holds 0 positive and \d+ negative messages") as error:
        verdict(one_class)
    assert f"split.{part}_share" in error.value.remedy


@pytest.mark.parametrize("score", [np.nan, 1.5, -0.1])
def test_scores_that_are_no_probabilities_are_named(table: pd.DataFrame, score: float) -> None:
    broken = table.copy()
    place = broken.index[broken["part"] == "test"][10]
    broken.loc[place, "rival"] = score
    with pytest.raises(UserError, match=rf"1 of 120 scores of 'rival' .* {score} in row {broken['row'][place]}\b"):
        verdict(broken)
