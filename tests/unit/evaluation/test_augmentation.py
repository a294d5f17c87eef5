from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from message_samples import NUM_WORDS, messages, split_of, word_table
from sklearn.metrics import average_precision_score, f1_score, recall_score
from sklearn.naive_bayes import MultinomialNB

from pipeline.artifacts import Rows
from pipeline.artifacts.synthesis import Messages
from pipeline.errors import UserError
from pipeline.evaluation.augmentation import DIFFERENCES, Parts, study
from pipeline.evaluation.bags import count_words, squash
from pipeline.evaluation.filling import METHODS, Generate
from pipeline.evaluation.quick import CLASSIFIERS
from pipeline.evaluation.thresholds import highest_f1_threshold

Generated = tuple[np.ndarray, np.ndarray]
PARTS = Parts(messages(400, 0.3, seed=1), messages(150, 0.3, seed=2), messages(200, 0.3, seed=3))
SPLIT = split_of(PARTS.train, PARTS.validation, PARTS.test)


def repeat_real(rows: Rows, count: int, seed: int) -> Generated:
    """Positive messages among those that may be learned from."""
    positive = rows[SPLIT.labels[rows] == 1]
    chosen = np.random.default_rng(seed).choice(positive, count)
    return PARTS.train.ids[chosen], PARTS.train.vectors[chosen]


def run(generate: Generate = repeat_real, parts: Parts = PARTS, **changes: object) -> pd.DataFrame:
    settings = {"percents": [10, 100], "repeats": 2, "resamples": 100, "seed": 5} | changes
    return study(SPLIT, parts, generate, word_table(), **settings)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return run()


def pick(table: pd.DataFrame, **where: object) -> pd.DataFrame:
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def test_there_is_a_row_for_each_classifier_share_method_and_metric(table: pd.DataFrame) -> None:
    assert len(table) == 3 * 2 * 5 * 4
    assert not table.duplicated(["classifier", "percent", "method", "metric"]).any()
    assert set(table["classifier"]) == set(CLASSIFIERS)
    assert set(table["method"]) == set(METHODS)
    assert set(table["metric"]) == {"f1", "f1_validated", "recall", "pr_auc"}
    assert dict(zip(table["percent"], table["positives"], strict=True)) == {10: 12, 100: 120}


def test_none_at_the_whole_share_equals_a_plain_fit(table: pd.DataFrame) -> None:
    model = MultinomialNB().fit(count_words(PARTS.train.ids, NUM_WORDS).toarray(), PARTS.train.labels)
    scores = {}
    for name, part in (("validation", PARTS.validation), ("test", PARTS.test)):
        log_probabilities = model.predict_log_proba(count_words(part.ids, NUM_WORDS).toarray())
        scores[name] = squash(np.diff(log_probabilities)[:, 0])
    labels, threshold = PARTS.test.labels, highest_f1_threshold(PARTS.validation.labels, scores["validation"])
    found = pick(table, classifier="mnb", percent=100, method="none").set_index("metric")["value"]
    assert found.to_dict() == pytest.approx(
        {
            "f1": f1_score(labels, scores["test"] >= 0.5),
            "f1_validated": f1_score(labels, scores["test"] >= threshold),
            "recall": recall_score(labels, scores["test"] >= 0.5),
            "pr_auc": average_precision_score(labels, scores["test"]),
        }
    )


def test_intervals_hold_their_values(table: pd.DataFrame) -> None:
    for value, prefix in (("value", ""), *((name, f"{name}_") for name in DIFFERENCES)):
        assert table[value].between(table[f"{prefix}low"], table[f"{prefix}high"]).all()


def test_a_method_differs_from_itself_by_exactly_0(table: pd.DataFrame) -> None:
    for name, method in DIFFERENCES.items():
        columns = [name, f"{name}_low", f"{name}_high"]
        assert pick(table, method=method)[columns].eq(0).to_numpy().all()
        assert table[table["method"] != method][columns].ne(0).to_numpy().any()


def test_differences_are_those_of_the_values(table: pd.DataFrame) -> None:
    values = table.pivot_table(index=["classifier", "percent", "metric"], columns="method", values="value")
    assert set(DIFFERENCES.values()) == set(METHODS) - {"synthetic"}, "every rival"
    for name, other in DIFFERENCES.items():
        wide = table.pivot_table(index=["classifier", "percent", "metric"], columns="method", values=name)
        pd.testing.assert_frame_equal(wide, values.sub(values[other], axis=0))


def test_the_same_seed_gives_the_same_table(table: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(run(), table)
    assert not run(seed=6)["value"].equals(table["value"])


def test_a_generator_that_knows_the_messages_left_out_helps() -> None:
    whole = PARTS.train.take(PARTS.train.labels == 1)

    def know_all(rows: Rows, count: int, seed: int) -> Generated:
        chosen = np.arange(count) % len(whole.labels)
        return whole.ids[chosen], whole.vectors[chosen]

    table = run(know_all, percents=[10], resamples=200)
    better = pick(table, method="synthetic", metric="pr_auc").set_index("classifier")
    assert (better.loc[["mnb", "logistic"], "difference_low"] > 0).all()
    for name in DIFFERENCES:
        assert (better.loc[["mnb", "logistic"], f"{name}_low"] > 0).all(), name


def recorder(calls: list[tuple[Rows, int, int]]) -> Callable[[Rows, int, int], Generated]:
    def record(rows: Rows, count: int, seed: int) -> Generated:
        calls.append((rows, count, seed))
        return repeat_real(rows, count, seed)

    return record


def test_the_generator_is_told_only_the_rows_drawn_and_what_is_missing_to_equality() -> None:
    calls: list[tuple[Rows, int, int]] = []
    run(recorder(calls), percents=[10, 50])
    assert len(calls) == 4
    assert len({seed for *_, seed in calls}) == 4
    for rows, count, _ in calls:
        negative, positive = (rows[SPLIT.labels[rows] == label] for label in (0, 1))
        np.testing.assert_array_equal(negative, SPLIT.train[SPLIT.labels[SPLIT.train] == 0])
        assert set(positive) <= set(SPLIT.train)
        assert count == len(negative) - len(positive)
    small, large = ([set(rows) for rows, *_ in calls[start : start + 2]] for start in (0, 2))
    assert small[0] < large[0]
    assert small[1] < large[1]
    assert small[0] != small[1]


def test_duplicate_groups_are_drawn_whole() -> None:
    groups = PARTS.train.groups // 3
    calls: list[tuple[Rows, int, int]] = []
    run(recorder(calls), replace(PARTS, train=replace(PARTS.train, groups=groups)), percents=[25], repeats=3)
    positive = PARTS.train.labels == 1
    for rows, *_ in calls:
        drawn = rows[positive[rows]]
        assert set(np.flatnonzero(positive & np.isin(groups, groups[drawn]))) == set(drawn)
        assert len(drawn) == pytest.approx(30, abs=2)


def test_the_labels_of_the_test_part_change_no_decision(table: pd.DataFrame) -> None:
    turned = replace(PARTS.test, labels=(1 - PARTS.test.labels).astype(np.int8))
    again = run(parts=replace(PARTS, test=turned))
    plain, other = (pick(one, percent=100, method="none").set_index("classifier") for one in (table, again))
    # Recall under either labelling gives how many messages of each class are called positive, and so F1.
    hits = 60 * pick(plain, metric="recall")["value"]
    called = hits + 140 * pick(other, metric="recall")["value"]
    pd.testing.assert_series_equal(2 * hits / (called + 60), pick(plain, metric="f1")["value"])


def test_an_interval_covers_both_the_test_messages_and_the_draw_of_positive_ones() -> None:
    one_group = replace(PARTS.test, groups=np.zeros(200, np.int64))  # resampled it stays as it is

    def widths(parts: Parts, repeats: int) -> pd.Series:
        found = pick(run(parts=parts, percents=[10], repeats=repeats), method="none", metric="pr_auc")
        return found["high"] - found["low"]

    assert (widths(replace(PARTS, test=one_group), repeats=1) == 0).all()
    assert (widths(replace(PARTS, test=one_group), repeats=3) > 0).all()
    assert (widths(PARTS, repeats=1) > 0).all()


def test_too_few_positive_groups_for_a_share_are_refused() -> None:
    one_group = np.where(PARTS.train.labels == 1, -1 - np.arange(400) % 5, PARTS.train.groups)
    parts = replace(PARTS, train=replace(PARTS.train, groups=one_group))
    with pytest.raises(UserError, match=r"10 % of the 120 positive training messages, which are 5 groups") as error:
        run(parts=parts, percents=[100, 10])
    assert "Leave 10 out of augmentation.percents" in error.value.remedy


@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_part_of_one_class_is_refused(part: str) -> None:
    whole: Messages = getattr(PARTS, part)
    with pytest.raises(UserError, match=rf"messages of the {part} part 0 are positive") as error:
        run(parts=replace(PARTS, **{part: whole.take(whole.labels == 0)}))
    assert f"split.{part}_share" in error.value.remedy
