from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from density_samples import HIDDEN, LATENT, RECIPE, SAMPLES, made, relabelled
from pipeline.artifacts.detection import Detection, Suspicion
from pipeline.errors import UserError
from pipeline.evaluation.detection.length import adjust_for_length
from pipeline.models.density import deep, outliers, plain
from pipeline.models.density.material import History, Material
from pipeline.settings import Node, bind
from pipeline.stages.detect import DEAREST, choose, detect_messages
from pipeline.stages.suspect import suspect

BAGS, SPLIT = made()
UNIGRAM = partial(plain.unigram, smoothing=1.0)
VAE = partial(deep.bernoulli_vae, hidden=HIDDEN, latent=LATENT, start="shares", samples=SAMPLES, training=RECIPE)


@pytest.fixture(scope="module")
def suspicion() -> Suspicion:
    return suspect(BAGS, SPLIT, kinds=2, longest=30, smoothing=0.1, starts=2, seed=0)


def detect(suspicion: Suspicion, model: Any = UNIGRAM, split: Any = SPLIT, **changes: Any) -> Detection:
    settings: dict[str, Any] = {"name": "tried", "fitted_on": "all", "weighting": "message", "seed": 0, **changes}
    return detect_messages(BAGS, split, suspicion, model=model, **settings)


def given(suspicion: Suspicion, **changes: Any) -> Material:
    """What a model would be fitted on."""
    caught: list[Material] = []

    def model(material: Material) -> Any:
        caught.append(material)
        return plain.length(material)

    detect(suspicion, model, **changes)
    return caught[0]


def test_which_rows_a_detector_is_fitted_on(suspicion: Suspicion) -> None:
    rows = SPLIT.train
    assert choose(rows, SPLIT, suspicion, "all").tolist() == rows.tolist()
    negative = choose(rows, SPLIT, suspicion, "negative")
    assert negative.tolist() == [row for row in rows if SPLIT.labels[row] == 0]
    unsuspected = choose(rows, SPLIT, suspicion, "unsuspected")
    assert (suspicion.log_odds(unsuspected) <= 0).all()
    assert (suspicion.log_odds(np.setdiff1d(rows, unsuspected)) > 0).all()
    assert 0 < len(unsuspected) < len(rows)


@pytest.mark.parametrize("fitted_on", ["all", "unsuspected"])
def test_without_labels_means_without_labels(suspicion: Suspicion, fitted_on: Any) -> None:
    other = relabelled(SPLIT)
    chosen = [choose(SPLIT.train, split, suspicion, fitted_on).tolist() for split in (SPLIT, other)]
    assert chosen[0] == chosen[1]
    one, same = (detect(suspicion, split=s, fitted_on=fitted_on) for s in (SPLIT, other))
    pd.testing.assert_frame_equal(one.scores, same.scores)
    pd.testing.assert_frame_equal(one.words, same.words)
    assert sum(one.fitted) == sum(same.fitted)


def test_a_model_is_given_the_chosen_rows_of_both_parts_and_labels_only_to_show(suspicion: Suspicion) -> None:
    material = given(suspicion, fitted_on="negative", seed=7)
    for bags, rows in ((material.bags, SPLIT.train), (material.held, SPLIT.validation)):
        expected = BAGS.take(rows[SPLIT.labels[rows] == 0])
        np.testing.assert_array_equal(bags.toarray(), expected.toarray())
    assert material.shown is not None
    np.testing.assert_array_equal(material.shown[0].toarray(), BAGS.take(SPLIT.validation).toarray())
    np.testing.assert_array_equal(material.shown[1], SPLIT.labels[SPLIT.validation])
    assert material.seed == 7
    assert not material.is_weighted


def test_near_duplicates_together_weigh_as_one(suspicion: Suspicion) -> None:
    groups = np.arange(len(SPLIT.labels))
    groups[SPLIT.train[:6]], groups[SPLIT.train[6:8]] = -1, -2
    split = replace(SPLIT, groups=groups)
    weights = given(suspicion, split=split, weighting="group").weights
    assert weights.mean() == pytest.approx(1)
    single = weights[8]
    np.testing.assert_allclose(weights[8:], single)
    assert weights[:6].sum() == pytest.approx(single)
    assert weights[6:8].sum() == pytest.approx(single)
    assert not given(suspicion, split=split, weighting="message").is_weighted


def test_groups_weigh_by_the_messages_that_are_fitted_on(suspicion: Suspicion) -> None:
    """A duplicate in another part, or of a kind that is not fitted on, makes a message no lighter."""
    groups = np.arange(len(SPLIT.labels))
    ham = SPLIT.train[SPLIT.labels[SPLIT.train] == 0]
    groups[[ham[0], SPLIT.test[0], SPLIT.validation[0], SPLIT.train[SPLIT.labels[SPLIT.train] == 1][0]]] = -1
    split = replace(SPLIT, groups=groups)
    assert not given(suspicion, split=split, weighting="group", fitted_on="negative").is_weighted


def test_a_model_that_cannot_weigh_is_refused(suspicion: Suspicion) -> None:
    split = replace(SPLIT, groups=np.maximum(np.arange(len(SPLIT.labels)), 9))
    with pytest.raises(UserError, match="pca cannot weigh"):
        detect(suspicion, partial(outliers.pca, components=3), split, weighting="group")


def test_too_few_messages_are_refused(suspicion: Suspicion) -> None:
    few = replace(SPLIT, train=SPLIT.train[:9])
    with pytest.raises(UserError, match="tried has 9 messages to be fitted on"):
        detect(suspicion, split=few)
    none = replace(SPLIT, labels=np.ones_like(SPLIT.labels))
    with pytest.raises(UserError, match=r"has 0 messages .* fitted_on=negative"):
        detect(suspicion, split=none, fitted_on="negative")
    one = replace(SPLIT, validation=SPLIT.validation[:1])
    with pytest.raises(UserError, match="1 validation"):
        detect(suspicion, split=one)


def test_scores_are_costs_a_message_a_word_and_beside_the_usual(suspicion: Suspicion) -> None:
    found = detect(suspicion)
    density = UNIGRAM(Material(BAGS.take(SPLIT.train), np.ones(len(SPLIT.train), np.float32), None, None, 0))
    usual = density.costs(BAGS.take(SPLIT.validation))["cost"]
    assert found.scores.columns.tolist() == ["bound", "part", "row", "message", "word", "residual"]
    assert len(found.scores) == len(SPLIT.validation) + len(SPLIT.test)
    for part, rows in (("validation", SPLIT.validation), ("test", SPLIT.test)):
        scores = found.scores[found.scores["part"] == part]
        costs = density.costs(BAGS.take(rows))["cost"]
        assert scores["row"].tolist() == rows.tolist()
        np.testing.assert_allclose(scores["message"], costs)
        np.testing.assert_allclose(scores["word"], costs / np.maximum(BAGS.known[rows], 1))
        beside = adjust_for_length(costs, BAGS.known[rows], usual_cost=usual, usual_known=BAGS.known[SPLIT.validation])
        np.testing.assert_allclose(scores["residual"], beside)
    assert (BAGS.known[SPLIT.used] == 0).any()
    assert np.isfinite(found.scores[["message", "word", "residual"]]).all(axis=None), "of wordless messages too"


def test_what_is_usual_is_learnt_from_the_kind_that_is_fitted_on(suspicion: Suspicion) -> None:
    rows = SPLIT.validation[SPLIT.labels[SPLIT.validation] == 0]
    scores = detect(suspicion, fitted_on="negative").scores.set_index("row")["residual"]
    assert scores[rows].mean() == pytest.approx(0, abs=0.1)
    assert scores[rows].std() == pytest.approx(1, abs=0.2)
    assert scores[SPLIT.test[SPLIT.labels[SPLIT.test] == 1]].mean() > 1


@pytest.mark.parametrize(
    ("model", "word", "residual"),
    [
        (plain.length, False, False),
        (partial(plain.repetition, neighbours=3), False, False),
        (partial(outliers.isolation_forest, trees=10), False, True),
        (partial(outliers.local_outlier_factor, neighbours=5), False, True),
        (partial(outliers.pca, components=3), True, True),
    ],
)
def test_scores_are_left_out_where_they_mean_nothing(
    suspicion: Suspicion, model: Any, word: bool, residual: bool
) -> None:
    found = detect(suspicion, model)
    assert found.scores["message"].notna().all()
    assert found.scores["word"].notna().all() == word
    assert found.scores["word"].notna().any() == word
    assert found.scores["residual"].notna().all() == residual
    assert found.history.empty
    assert (found.kept_epoch, found.active_units, found.num_latent, found.latent_shares) == (0, None, None, [])
    assert found.words.empty
    assert found.latents.empty


def test_the_dearest_words_of_each_test_message_are_told(suspicion: Suspicion) -> None:
    words = detect(suspicion).words
    density = UNIGRAM(Material(BAGS.take(SPLIT.train), np.ones(len(SPLIT.train), np.float32), None, None, 0))
    assert words["row"].is_monotonic_increasing
    assert set(words["row"]) == set(SPLIT.test[BAGS.known[SPLIT.test] > 0])
    for row, told in words.groupby("row"):
        bag = BAGS.take(np.array([row]))
        costs = sorted(density.present[bag.indices], reverse=True)
        np.testing.assert_allclose(told["cost"], costs[:DEAREST], rtol=1e-6)
        assert {BAGS.vocabulary.index(word) for word in told["word"]} <= set(bag.indices.tolist())


@pytest.mark.slow
def test_a_trained_detector_tells_of_its_training_and_its_codes(suspicion: Suspicion) -> None:
    found = detect(suspicion, VAE, fitted_on="negative", name="vae_ham")
    assert (found.name, found.model, found.main, found.num_latent) == ("vae_ham", "vae", "iwae", LATENT)
    assert found.fitted == [int((SPLIT.labels[SPLIT.train] == 0).sum()), 0]
    assert found.history["epoch"].tolist() == [1, 2, 3]
    assert set(found.history) == set(History().table)
    assert found.kept_epoch == found.history["val_loss"].argmin() + 1
    assert found.history["val_roc_auc"].between(0, 1).all()
    assert found.active_units is not None
    assert 0 <= found.active_units <= LATENT
    assert found.latents["row"].tolist() == SPLIT.test.tolist()
    assert sum(found.latent_shares) == pytest.approx(1), "there are two dimensions"
    assert set(found.scores["bound"]) == {"elbo", "iwae"}
    assert len(found.scores) == 2 * (len(SPLIT.validation) + len(SPLIT.test))
    assert np.isfinite(found.scores[["message", "word", "residual"]]).all(axis=None)
    assert set(found.words["row"]) == set(SPLIT.test[BAGS.known[SPLIT.test] > 0])


@pytest.mark.slow
def test_labels_change_no_score_of_a_network_without_labels(suspicion: Suspicion) -> None:
    one, other = (detect(suspicion, VAE, split) for split in (SPLIT, relabelled(SPLIT)))
    pd.testing.assert_frame_equal(one.scores, other.scores, check_exact=True)
    assert one.kept_epoch == other.kept_epoch
    assert not one.history["val_roc_auc"].equals(other.history["val_roc_auc"])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("fitted_on", "ham"),
        ("weighting", "groups"),
        ("model", {"_target_": "pipeline.models.density.plain.unigram", "smoothing": 0}),
        ("model", {"_target_": "pipeline.models.density.outliers.pca", "components": 0}),
        ("model", {"_target_": "pipeline.models.density.plain.unigrams", "smoothing": 1.0}),
    ],
)
def test_settings_that_are_not_allowed_are_refused(key: str, value: Any) -> None:
    model = {"_target_": "pipeline.models.density.plain.unigram", "smoothing": 1.0}
    settings = {"name": "tried", "fitted_on": "all", "weighting": "message", "model": model, key: value}
    with pytest.raises(UserError, match=f"detectors.tried.{key}"):
        bind(detect_messages, Node("detectors.tried", settings))
