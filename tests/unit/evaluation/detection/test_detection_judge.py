from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from detection_samples import contamination, detection, family, judged, messages, with_bound
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn import metrics as sklearn_metrics

from pipeline.artifacts.detection import Contamination, DetectionScores
from pipeline.errors import UserError
from pipeline.evaluation.curves import precision_recall_curve
from pipeline.evaluation.detection import resamples
from pipeline.evaluation.detection.resamples import area_samples, rule_samples
from pipeline.evaluation.intervals import bootstrap_weights, percentile_interval
from pipeline.evaluation.metrics import measure

RULES = ["expected", "estimated", "elbow", "labels"]
TABLES = ("detectors", "measures", "rules", "thresholds", "rule_contests", "contests", "curves", "contamination")


def one_of(table: pd.DataFrame, **which: Any) -> pd.Series:
    """The one row of these values."""
    for column, value in which.items():
        table = table[table[column] == value]
    assert len(table) == 1, which
    return table.iloc[0]


def areas_by_sklearn(labels: NDArray, scores: NDArray) -> dict[str, float]:
    return {
        "roc_auc": float(sklearn_metrics.roc_auc_score(labels, scores)),
        "pr_auc": float(sklearn_metrics.average_precision_score(labels, scores)),
    }


@pytest.fixture(scope="module")
def verdict() -> DetectionScores:
    made = messages()
    return judged(made, family(made), contamination(made), measure="residual")


@pytest.mark.parametrize("seed", range(3))
def test_areas_equal_scikit_learns(seed: int) -> None:
    made = messages(seed=seed)
    costs = made.costs(seed)
    scores = judged(made, [detection(made, "net", costs)])
    for metric, expected in areas_by_sklearn(made.labels[made.test], costs[made.test]).items():
        row = one_of(scores.measures, detector="net", metric=metric)
        assert row["value"] == pytest.approx(expected)
        assert row["low"] < expected < row["high"]


@pytest.mark.parametrize("in_work", [1, 200, 2**15])  # weights: one resample at a time, two, all
def test_resamples_equal_a_classifiers_metrics_under_their_weights(
    in_work: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resamples, "IN_WORK", in_work)
    made = messages(n=80)
    drawn = {"resamples": 7, "seed": 3}
    scores = made.costs(0) / 40
    weights = np.concatenate([np.ones((1, 80), int), bootstrap_weights(made.groups, 7, 3)])
    expected = measure(made.labels, scores, 0.5, weights)
    found = area_samples(made.labels, [scores], made.groups, **drawn)
    found |= rule_samples(made.labels, [scores >= 0.5], made.groups, **drawn)
    assert sorted(found) == ["f1", "pr_auc", "precision", "recall", "roc_auc"]
    for key, values in found.items():
        assert values == pytest.approx(expected[key][None])


def test_monotone_transforms_of_costs_change_no_area_and_no_contest() -> None:
    made = messages()
    costs = made.costs(1)
    words = detection(made, "words", made.costs(2), model="unigram")
    one, other = (judged(made, [words, detection(made, "net", it)]) for it in (costs, np.exp(costs / 3) - 50))
    pd.testing.assert_frame_equal(one.measures, other.measures)
    pd.testing.assert_frame_equal(one.contests, other.contests)


def test_equal_seeds_make_equal_tables_and_others_do_not(verdict: DetectionScores) -> None:
    made = messages()
    detections, contaminated = family(made), contamination(made)
    again = judged(made, detections, contaminated, measure="residual")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(verdict, name), getattr(again, name))
    other = judged(made, detections, contaminated, measure="residual", seed=2)
    assert verdict.measures["value"].equals(other.measures["value"])
    assert not verdict.measures["low"].equals(other.measures["low"])


def test_detectors_are_described_in_their_order_and_the_supervised_one_is_last(verdict: DetectionScores) -> None:
    made, table = messages(), verdict.detectors
    assert table["detector"].tolist() == [one.name for one in family(made)] + ["tfidf"]
    assert table["measure"].tolist() == ["message", *["residual"] * 4, "message", "message"]
    assert table["needs_labels"].tolist() == [False, False, True, False, True, False, True]
    assert table["model"].iloc[-1] == "supervised"
    assert table[["fitted_negative", "fitted_positive"]].drop_duplicates().to_numpy().tolist() == [[80, 20]]
    assert table["active_units"].tolist() == pytest.approx([np.nan] * 3 + [2, 2] + [np.nan] * 2, nan_ok=True)
    assert table["length_correlation"].iloc[0] == pytest.approx(1)
    expected = spearmanr(made.costs(5)[made.test], made.known[made.test])[0]  # the message, though it has a residual
    assert one_of(table, detector="net")["length_correlation"] == pytest.approx(expected)


def test_each_detector_has_one_main_measure_and_no_row_for_what_it_lacks() -> None:
    made = messages()
    net = with_bound(detection(made, "net", made.costs(1), residual=made.costs(2)), "elbo", 5.0)
    scores = judged(made, [detection(made, "length", made.known + 1.0), net], measure="residual")
    table = scores.measures[scores.measures["metric"] == "roc_auc"]
    which = table[["detector", "bound", "measure", "is_main"]].to_numpy().tolist()
    assert which == [
        ["length", "cost", "message", True],
        ["net", "cost", "message", False],
        ["net", "cost", "residual", True],
        ["net", "elbo", "message", False],
        ["net", "elbo", "residual", False],
        ["tfidf", "cost", "message", True],
    ]


def test_rules_choose_on_validation_and_are_measured_on_test() -> None:
    made = messages()
    costs = made.costs(4, 2.0)
    scores = judged(made, [detection(made, "net", costs)])
    assert scores.thresholds["rule"].tolist() == 2 * RULES
    labels, on_test = made.labels[made.test], costs[made.test]
    for rule in RULES:
        row = one_of(scores.thresholds, detector="net", rule=rule)
        called = on_test >= row["threshold"]
        assert row["called"] == called.mean()
        for metric in ("f1", "precision", "recall"):
            by_sklearn = getattr(sklearn_metrics, f"{metric}_score")(labels, called)
            found = one_of(scores.rules, detector="net", rule=rule, metric=metric)
            assert found["value"] == pytest.approx(by_sklearn)
            assert found["low"] <= by_sklearn <= found["high"]
    on_validation = costs[made.validation] >= one_of(scores.thresholds, detector="net", rule="estimated")["threshold"]
    assert on_validation.mean() == pytest.approx(0.3, abs=0.03)


def test_rules_are_compared_pair_by_pair_on_the_same_resamples(verdict: DetectionScores) -> None:
    table = verdict.rule_contests
    of_net = table[table["detector"] == "net"]
    assert of_net[["rule", "rival"]].to_numpy().tolist() == [list(pair) for pair in combinations(RULES, 2)]
    for contest in of_net.to_dict("records"):
        value, rival = (
            one_of(verdict.rules, detector="net", rule=contest[name], metric="f1")["value"]
            for name in ("rule", "rival")
        )
        assert contest["difference"] == pytest.approx(value - rival)
        assert contest["low"] <= contest["high"]
    own = np.array([one_of(verdict.rules, detector="net", rule=rule, metric="f1")["value"] for rule in RULES])
    assert len(set(own)) > 1


def test_rules_that_call_the_same_are_a_draw() -> None:
    made = messages()
    scores = judged(made, [detection(made, "net", made.costs(1))], expected_share=0.3, estimated_share=0.3)
    draw = one_of(scores.rule_contests, detector="net", rule="expected", rival="estimated")
    assert draw[["difference", "low", "high", "p"]].tolist() == [0, 0, 0, 1]


def test_thresholds_without_labels_stay_when_labels_are_permuted() -> None:
    made = messages()
    shuffled = replace(made, labels=np.random.default_rng(1).permutation(made.labels))
    net = detection(made, "net", made.costs(1))
    one, other = (judged(it, [net]).thresholds.query("detector == 'net'") for it in (made, shuffled))
    is_free = (one["rule"] != "labels").to_numpy()
    pd.testing.assert_frame_equal(one[is_free], other[is_free])


def test_rivals_are_the_unigram_of_the_same_messages_and_of_it_the_length(verdict: DetectionScores) -> None:
    table = verdict.contests
    assert table["metric"].tolist() == ["roc_auc", "pr_auc"] * 8
    assert (verdict.champion, verdict.picked) == ("words", "net_ham")
    assert table[["detector", "measure", "rival"]].drop_duplicates().to_numpy().tolist() == [
        ["words", "residual", "length"],
        ["words_ham", "residual", "length"],
        ["net", "residual", "words"],
        ["net_ham", "residual", "words_ham"],
        ["net_ham", "residual", "words"],
        ["forest_unsuspected", "message", "words"],
        ["tfidf", "message", "words"],
        ["net", "message", "length"],
    ]
    for contest in table.to_dict("records"):
        own = {"detector": contest["detector"], "measure": contest["measure"]}
        value, rival = (
            one_of(verdict.measures, metric=contest["metric"], **which)["value"]
            for which in (own, {"detector": contest["rival"], "is_main": True})
        )
        assert contest["difference"] == pytest.approx(value - rival)
        assert contest["low"] <= contest["high"]
        assert 0 < contest["p"] <= 1


@pytest.mark.parametrize(
    ("models", "stated"),
    [
        (("unigram", "gaussian_vae", "pca"), "unigram"),
        (("autoencoder", "pca", "gaussian_vae"), "gaussian_vae"),
        (("pca", "mixture"), None),
    ],
)
def test_the_whole_cost_of_the_density_nearest_to_the_sources_is_set_against_length(
    models: tuple[str, ...], stated: str | None
) -> None:
    made = messages()
    others = [detection(made, it, made.costs(1), model=it, residual=made.costs(2)) for it in models]
    length = detection(made, "length", made.known + 1.0, model="length")
    contests = judged(made, [length, *others], measure="residual").contests
    found = contests[(contests["rival"] == "length") & (contests["measure"] == "message")]
    assert set(found["detector"]) == ({stated} - {None})


def test_where_the_whole_cost_stands_for_a_unigram_it_is_compared_with_length_once() -> None:
    made = messages()
    words = detection(made, "words", made.costs(1), model="unigram", residual=made.costs(2))
    contests = judged(made, [detection(made, "length", made.known + 1.0, model="length"), words]).contests
    assert contests["detector"].tolist() == ["words"] * 2 + ["tfidf"] * 2


def test_a_unigram_with_the_same_weighting_is_the_nearer_rival() -> None:
    made = messages()
    words = [
        detection(made, "by_message", made.costs(1), model="unigram", weighting="message"),
        detection(made, "by_group", made.costs(1), model="unigram", weighting="group"),
    ]
    nets = [detection(made, "net", made.costs(2)), detection(made, "weighted", made.costs(3), weighting="group")]
    contests = judged(made, [*words, *nets]).contests
    rivals = dict(zip(contests["detector"], contests["rival"], strict=True))
    assert (rivals["net"], rivals["weighted"]) == ("by_message", "by_group")


def test_champions_are_chosen_on_validation_whatever_the_test_part_says() -> None:
    made = messages()
    lucky = made.costs(1, signal=3)
    lucky[made.validation] = made.costs(2, signal=0)[made.validation]
    costs = {"steady": made.costs(3, signal=1), "lucky": lucky}
    detections = [detection(made, name, values) for name, values in costs.items()]
    detections += [detection(made, f"{name}_ham", values, fitted_on="negative") for name, values in costs.items()]
    scores = judged(made, detections)
    assert (scores.champion, scores.picked) == ("steady", "steady_ham")
    on_test = {name: one_of(scores.measures, detector=name, metric="roc_auc")["value"] for name in costs}
    assert on_test["lucky"] > on_test["steady"]


def test_without_positives_on_validation_or_without_detectors_nobody_is_champion() -> None:
    made = messages()
    scores = judged(made, [])
    assert (scores.champion, scores.picked) == ("", "")
    made.labels[made.validation] = 0
    scores = judged(made, family(made))
    assert (scores.champion, scores.picked) == ("", "")
    assert "tfidf" not in set(scores.contests["detector"])


def test_the_rival_of_the_classifier_with_labels_is_the_best_without_on_validation() -> None:
    made = messages()
    good, bad = made.costs(1, signal=3), made.costs(2, signal=0)
    best_but_told = detection(made, "told", made.costs(3, signal=9), fitted_on="negative")
    for names in (("good", "bad"), ("bad", "good")):
        costs = {"good": good, "bad": bad}
        contests = judged(made, [*(detection(made, name, costs[name]) for name in names), best_but_told]).contests
        assert set(contests.loc[contests["detector"] == "tfidf", "rival"]) == {"good"}


def test_a_contest_with_an_equal_is_a_draw() -> None:
    made = messages()
    costs = made.costs(1)
    detections = [detection(made, "words", costs, model="unigram"), detection(made, "net", costs)]
    contests = judged(made, detections).contests
    draw = contests[contests["detector"] == "net"]
    assert (draw[["difference", "low", "high"]] == 0).all(axis=None)
    assert (draw["p"] == 1).all()
    assert (contests[contests["detector"] == "tfidf"]["p"] < 1).all()


def test_without_a_rival_there_is_no_contest() -> None:
    made = messages()
    assert judged(made, [detection(made, "net", made.costs(1), fitted_on="negative")]).contests.empty


def test_curves_are_of_the_main_measure() -> None:
    made = messages()
    residual = made.costs(2)
    scores = judged(made, [detection(made, "net", made.costs(1), residual=residual)], measure="residual")
    expected = precision_recall_curve(made.labels[made.test], residual[made.test])
    found = scores.curves[scores.curves["detector"] == "net"].drop(columns="detector")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected)
    assert scores.curves["detector"].unique().tolist() == ["net", "tfidf"]


def test_contamination_is_measured_against_the_same_model_without_it(verdict: DetectionScores) -> None:
    made, table = messages(), verdict.contamination
    assert table[["model", "share"]].drop_duplicates().to_numpy().tolist() == [
        [model, share] for model in ("vae", "unigram") for share in (0.0, 0.1, 0.2)
    ]
    labels = made.labels[made.test]
    for seed, model in enumerate(("vae", "unigram")):
        clean = areas_by_sklearn(labels, made.costs(seed, 2)[made.test])
        for share in (0.0, 0.1, 0.2):
            for metric, value in areas_by_sklearn(labels, made.costs(seed, 2 - 5 * share)[made.test]).items():
                row = one_of(table, model=model, share=share, metric=metric)
                assert row["value"] == pytest.approx(value)
                if share == 0:
                    assert row[["difference", "difference_low", "difference_high", "p"]].isna().all()
                    continue
                assert row["difference"] == pytest.approx(value - clean[metric])
                assert row["difference_low"] <= row["difference_high"]
                assert 0 < row["p"] <= 1
    assert table["p"].min() == pytest.approx(8 * 2 / 41), "adjusted for two models, shares and metrics"


def test_contamination_from_which_the_clean_fit_is_missing_has_no_difference() -> None:
    made = messages()
    table = judged(made, [], contamination(made, shares=(0.1, 0.2))).contamination
    assert table["value"].notna().all()
    assert table[["difference", "difference_low", "difference_high"]].isna().all(axis=None)


@pytest.mark.parametrize("label", [0, 1])
def test_where_a_class_is_missing_on_test_nothing_is_defined(label: int) -> None:
    made = messages()
    made.labels[made.test] = label
    scores = judged(made, family(made), contamination(made))
    for table, columns in (
        (scores.measures, ["value", "low", "high"]),
        (scores.rules, ["value", "low", "high"]),
        (scores.contests, ["difference", "low", "high", "p"]),
        (scores.contamination, ["value", "low", "high", "difference"]),
    ):
        assert len(table)
        assert table[columns].isna().all(axis=None)
    assert scores.curves.empty
    assert scores.thresholds["threshold"].notna().all()
    assert scores.true_share == label


def test_without_positives_on_validation_only_the_rule_with_labels_is_undefined() -> None:
    made = messages()
    made.labels[made.validation] = 0
    scores = judged(made, family(made))
    for table, columns in ((scores.thresholds, ["threshold", "called"]), (scores.rules, ["value", "low", "high"])):
        is_missing = table[columns].isna().all(axis=1)
        assert (is_missing == (table["rule"] == "labels")).all()


def test_shares_and_messages_without_a_known_word_are_told(verdict: DetectionScores) -> None:
    made = messages()
    assert (verdict.expected_share, verdict.estimated_share) == (0.2, 0.3)
    assert verdict.true_share == made.labels[made.test].mean()
    assert verdict.num_wordless == (made.known[made.test] == 0).sum() > 0


def test_few_resamples_that_lack_a_class_are_left_out() -> None:
    made = messages(n=30)
    made.labels[:] = 0
    made.labels[made.test[:1]] = 1
    scores = judged(made, family(made))
    assert scores.measures["low"].notna().all()
    assert scores.contests["p"].between(0, 1).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_score_that_is_not_finite_is_the_detectors_fault(bad: float, part: str) -> None:
    made = messages()
    costs = made.costs(1)
    row = getattr(made, part)[3]
    costs[row] = bad
    with pytest.raises(UserError, match=f"'net' gives 1 of 100 .*'message'.* in row {row}"):
        judged(made, [detection(made, "net", costs)])


def test_a_measure_that_is_missing_here_and_there_is_refused() -> None:
    made = messages()
    residual = made.costs(2)
    residual[made.test[:2]] = np.nan
    with pytest.raises(UserError, match=r"'net' gives 2 of 100 .*'residual'"):
        judged(made, [detection(made, "net", made.costs(1), residual=residual)])


def test_a_contaminated_model_that_diverges_is_named() -> None:
    made = messages()
    scores = contamination(made).scores
    scores.loc[(scores["model"] == "vae") & (scores["share"] == 0.1), "message"] = np.inf
    with pytest.raises(UserError, match=r"'vae' fitted with a share of 0\.1"):
        judged(made, [], Contamination(scores, num_fitted=50))


@pytest.mark.parametrize("name", ["net", "tfidf"])
def test_names_are_not_taken_twice(name: str) -> None:
    made = messages()
    with pytest.raises(UserError, match=f"called '{name}'"):
        judged(made, [detection(made, "net", made.costs(1)), detection(made, name, made.costs(2))])


def test_intervals_are_of_resamples_of_groups() -> None:
    made = messages()
    costs = made.costs(1)
    row = one_of(judged(made, [detection(made, "net", costs)]).measures, detector="net", metric="roc_auc")
    samples = area_samples(made.labels[made.test], [costs[made.test]], made.groups[made.test], resamples=40, seed=1)
    expected = percentile_interval(0.0, samples["roc_auc"][0, 1:])
    assert (row["low"], row["high"]) == (expected.low, expected.high)
