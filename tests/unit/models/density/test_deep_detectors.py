"""What trained autoencoders say of messages; each is trained once."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from density_samples import HIDDEN, LATENT, RECIPE, SAMPLES, WORDS, N, counts, dense, material
from pipeline.models.density import deep
from pipeline.models.density.plain import unigram

pytestmark = pytest.mark.slow
OWN, OTHER = counts(), counts(25, seed=4)
KINDS = ("vae", "gaussian_vae", "autoencoder")


def build(kind: str, given: Any = None, start: Any = "shares", **sizes: Any) -> Any:
    given = material() if given is None else given
    if kind == "autoencoder":
        return deep.autoencoder(given, latent=LATENT, start=start, training=RECIPE)
    builder = {"vae": deep.bernoulli_vae, "gaussian_vae": deep.gaussian_vae}[kind]
    return builder(
        given, **{"hidden": HIDDEN, "latent": LATENT, "samples": SAMPLES, **sizes}, start=start, training=RECIPE
    )


@pytest.fixture(scope="module")
def trained() -> dict[str, Any]:
    """A detector of each kind."""
    return {kind: build(kind) for kind in KINDS}


def main_cost(detector: Any, bags: Any = OTHER) -> NDArray[np.float64]:
    return detector.costs(bags)[detector.main]


@pytest.mark.parametrize("kind", KINDS)
def test_every_detector_keeps_the_laws_of_one(kind: str, trained: dict[str, Any]) -> None:
    detector = trained[kind]
    costs = detector.costs(OTHER)
    assert detector.kind == kind
    assert set(costs) == ({"cost"} if kind == "autoencoder" else {"elbo", "iwae"})
    for found in costs.values():
        assert found.dtype == np.float64
        assert found.shape == (25,)
        assert np.isfinite(found).all(), "the message without a word too"
        assert (found > 0).all()
    assert detector.codes(OTHER).shape == (25, LATENT)
    assert detector.num_params == sum(w.size for w in detector.network.get_weights())
    assert detector.history.table["epoch"].tolist() == [1, 2, 3]
    assert str(LATENT) in detector.description


@pytest.mark.parametrize("kind", KINDS)
def test_a_cost_does_not_depend_on_the_other_messages_nor_on_their_order(kind: str, trained: dict[str, Any]) -> None:
    order, found = np.random.default_rng(0).permutation(25), main_cost(trained[kind])
    np.testing.assert_allclose(main_cost(trained[kind], OTHER[order]), found[order], rtol=1e-5)
    np.testing.assert_allclose(main_cost(trained[kind], OTHER[7:8]), found[7:8], rtol=1e-5)
    np.testing.assert_array_equal(main_cost(trained[kind]), found)


def test_a_seed_says_it_all(trained: dict[str, Any]) -> None:
    same, other = build("vae"), build("vae", material(seed=8))
    for one, two in zip(trained["vae"].network.get_weights(), same.network.get_weights(), strict=True):
        assert one.tobytes() == two.tobytes()
    for bound, costs in trained["vae"].costs(OTHER).items():
        assert costs.tobytes() == same.costs(OTHER)[bound].tobytes()
    assert not np.allclose(main_cost(trained["vae"]), main_cost(other))


def test_labels_and_what_is_shown_change_nothing(trained: dict[str, Any]) -> None:
    labels = (np.arange(25) % 2).astype(np.int8)
    shown, other = (build("vae", material(shown=(OTHER, given))) for given in (labels, 1 - labels))
    assert main_cost(shown).tobytes() == main_cost(other).tobytes()
    assert shown.history.table["val_roc_auc"].between(0, 1).all()
    assert trained["vae"].history.table["val_roc_auc"].isna().all()
    assert main_cost(shown).tobytes() == main_cost(trained["vae"]).tobytes()


def test_the_history_shows_how_well_the_elbo_tells_the_classes_apart() -> None:
    from sklearn.metrics import roc_auc_score

    labels = (np.arange(25) % 2).astype(np.int8)
    detector = build("autoencoder", material(shown=(OTHER, labels)))
    last = detector.history.table.iloc[detector.history.kept_epoch - 1]
    assert last["val_roc_auc"] == pytest.approx(roc_auc_score(labels, main_cost(detector)), abs=1e-6)


def test_the_weighted_bound_is_the_better_one_for_the_same_draws(trained: dict[str, Any]) -> None:
    for kind in ("vae", "gaussian_vae"):
        detector = trained[kind]
        noise = np.random.default_rng(0).standard_normal((500, LATENT), np.float32)
        elbo, weighted = detector._bound(OTHER, noise)
        assert (weighted < elbo + 0.05).all()
        assert weighted.mean() < elbo.mean()


def test_words_cost_minus_log_gamma_and_those_alone_that_are_there(trained: dict[str, Any]) -> None:
    detector = trained["vae"]
    network, priced = detector.network, detector.word_costs(OTHER)
    means, log_variances = (np.asarray(part) for part in network.encode(OTHER.toarray()))
    codes = (means + np.exp(log_variances / 2) * detector.noise[:, None]).reshape(-1, LATENT)
    logits = np.asarray(network.decoder.logits(network.decoder.hidden(codes)), np.float64).reshape(SAMPLES, 25, WORDS)
    expected = np.log1p(np.exp(-logits)).mean(axis=0)
    np.testing.assert_allclose(priced.toarray(), dense(OTHER) * expected, rtol=1e-5)
    np.testing.assert_array_equal(priced.indptr, OTHER.indptr)
    np.testing.assert_array_equal(priced.indices, OTHER.indices)


def test_words_that_are_there_and_those_that_are_not_add_up_to_the_reconstruction(trained: dict[str, Any]) -> None:
    detector = trained["vae"]
    priced = detector.word_costs(OTHER).toarray().sum(axis=1)
    codes = [np.asarray(part, np.float64) for part in detector.network.encode(OTHER.toarray())]
    kl = (np.exp(codes[1]) + codes[0] ** 2 - 1 - codes[1]).sum(axis=1) / 2
    missing = detector.costs(OTHER)["elbo"] - kl - priced
    assert missing[1] == pytest.approx(0, abs=1e-5), "the message that holds all words"
    assert (np.delete(missing, 1) > 0.01).all(), "what the words cost that are not there"


def test_without_its_code_it_is_the_unigram_density() -> None:
    """The decoder starts at the log-odds of the shares; with nothing else in it, words are independent."""
    weights = np.random.default_rng(2).uniform(0.5, 2, N)
    given = material(weights=weights)
    detector = build("vae", given)
    network = detector.network
    biases = deep._logits(given, "shares")
    network.set_weights([np.zeros_like(value) for value in network.get_weights()])
    network.decoder.logits.bias.assign(biases)
    expected = unigram(given, smoothing=1e-9)
    for costs in detector.costs(OTHER).values():
        np.testing.assert_allclose(costs, expected.costs(OTHER)["cost"], rtol=1e-5)
    priced = detector.word_costs(OTHER).toarray()
    np.testing.assert_allclose(priced, expected.word_costs(OTHER).toarray(), rtol=1e-5)


def test_it_starts_where_it_is_told() -> None:
    given = material()
    np.testing.assert_array_equal(deep._logits(given, "zeros"), np.zeros(WORDS))
    shares = dense(OWN).mean(axis=0)
    np.testing.assert_allclose(1 / (1 + np.exp(-deep._logits(given, "shares"))), shares, rtol=1e-5)
    assert np.isfinite(deep._logits(material(counts()[:2].maximum(counts()[1:2][[0, 0]])), "shares")).all()
    starts = [build("vae", start=start).history.table["loss"][0] for start in ("shares", "zeros")]
    assert starts[0] < starts[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_of_one_word_and_a_single_latent_are_enough(kind: str) -> None:
    detector = build(kind, material(counts(words=1)), **({} if kind == "autoencoder" else {"latent": 1, "samples": 1}))
    for costs in detector.costs(counts(5, words=1)).values():
        assert np.isfinite(costs).all()
