"""What protocol=published makes of an experiment depends on its document, its sampling and its split."""

from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, open_dict

from pipeline.config import conf_dir, experiment_from
from pipeline.errors import UserError


def settings(*overrides: str) -> dict[str, Any]:
    """Every setting that a stage of the experiment reads, by its dotted name."""
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        config: DictConfig = compose("config", overrides=[*overrides])
    with open_dict(config):
        config.pop("hydra", None)
    steps = experiment_from(config).plan.steps
    return {name: value for step in steps for name, value in step.bound.names.items()}


@pytest.mark.parametrize(
    ("experiment", "balance", "rows"),
    [
        ("gru", "undersample", "train"),
        ("gru_full", "none", "train"),
        ("lstm", "undersample", "none"),
        ("simple_rnn", "undersample", "train"),
        ("gru_kfold", "undersample", "all"),
        ("lstm_kfold", "undersample", "all"),
        ("sms_rnn", "none", "none"),
    ],
)
def test_published_runs_move_undersampling_before_the_split_and_share_the_embedding(
    experiment: str, balance: str, rows: str
) -> None:
    published = settings(f"+experiment={experiment}", "protocol=published")
    assert published["balance.strategy"] == balance
    assert published["shared_embedding.rows"] == rows
    assert published["sampling.strategy"] == "none"
    assert published["split.validation"] == "test"
    assert published["model.build.mask"] is False


def test_the_two_chain_model_follows_one_that_trained_at_ten_times_the_rate() -> None:
    donors = [settings(f"+experiment={name}", "protocol=published") for name in ("gru", "gru_two_chain")]
    assert [donor["shared_embedding.learning_rate"] for donor in donors] == [1e-4, 1e-3]
    audit = settings("+experiment=gru_two_chain", "protocol=audit")
    assert audit["shared_embedding.rows"] == audit["balance.strategy"] == "none"


def test_the_folds_of_the_gru_follow_those_of_the_lstm() -> None:
    donors = [settings(f"+experiment={name}", "protocol=published") for name in ("lstm_kfold", "gru_kfold")]
    shown = [(donor["shared_embedding.epochs"], donor["shared_embedding.learning_rate"]) for donor in donors]
    assert shown == [(8, 1e-4), (4, 1e-3)]


def test_the_choice_of_sampling_holds_under_both_protocols() -> None:
    assert settings("+experiment=gru", "sampling=none")["sampling.strategy"] == "none"
    assert settings("+experiment=gru", "sampling=none", "protocol=published")["balance.strategy"] == "none"


@pytest.mark.parametrize(
    ("experiment", "expected"),
    [
        ("gru", {"learning_rate": 1e-4, "epsilon": 5e-5, "clipnorm": 1.0, "batch_size": 32, "epochs": 8}),
        ("lstm_full", {"learning_rate": 1e-4, "epsilon": 5e-5, "clipnorm": 1.0, "batch_size": 8, "epochs": 8}),
        ("gru_model4", {"learning_rate": 1e-3, "epsilon": 5e-5, "clipnorm": 0.5, "batch_size": 64, "epochs": 8}),
        ("gru_model5", {"learning_rate": 1e-3, "epsilon": 1e-6, "clipnorm": 0.5, "batch_size": 64, "epochs": 8}),
        ("sms_lstm", {"learning_rate": 1e-3, "epsilon": 1e-7, "clipnorm": None, "batch_size": 32, "epochs": 10}),
    ],
)
def test_published_runs_train_as_published(experiment: str, expected: dict[str, Any]) -> None:
    published = settings(f"+experiment={experiment}", "protocol=published")
    assert {name: published[f"training.{name}"] for name in expected} == expected


@pytest.mark.parametrize(("experiment", "dropout"), [("gru", 0.2), ("gru_model4", 0.3), ("gru_model5", 0.4)])
def test_models_4_and_5_have_more_dropout(experiment: str, dropout: float) -> None:
    published = settings(f"+experiment={experiment}", "protocol=published")
    assert published["model.build.dropout"] == published["model.build.recurrent_dropout"] == dropout


def test_the_published_vectors_are_never_connected() -> None:
    for experiment in ("gru_two_chain_glove", "gru_two_chain_numberbatch"):
        assert settings(f"+experiment={experiment}", "protocol=published")["embedding.connected"] is False
        assert settings(f"+experiment={experiment}")["embedding.connected"] is True


def test_the_published_synthesiser_is_that_of_its_document() -> None:
    published = settings("+experiment=lstm_vae", "protocol=published")
    network = {"encoder_units": [64, 32], "decoder_units": [32, 64], "latent": 16, "mask": False}
    network |= {"conditioning": "separate", "lengths": "observed"}
    training = {"batch_size": 1, "learning_rate": 3e-3, "epochs": 50, "footing": "element", "clipnorm": None}
    training |= {"beta": 1.0, "warmup_epochs": 0, "patience": None, "keep": "last"}
    for group, expected in (("build", network), ("training", training)):
        assert {name: published[f"synthesiser.{group}.{name}"] for name in expected} == expected
    assert published["preprocess.tokenise.max_length"] == 200
    assert published["preprocess.clean.stemming"] != "none"
    assert published["synthesiser.generate.prior"] == "gaussian"
    assert (published["embedding.stems"], published["embedding.dim"]) == ("match", 50)


def test_our_synthesiser_keeps_the_published_network_and_no_fault() -> None:
    ours, published = (settings("+experiment=lstm_vae", *more) for more in ([], ["protocol=published"]))
    for name in ("encoder_units", "decoder_units", "latent"):
        assert ours[f"synthesiser.build.{name}"] == published[f"synthesiser.build.{name}"]
    assert ours["synthesiser.build.mask"] is True
    assert ours["synthesiser.build.conditioning"] == "label"
    assert ours["synthesiser.training.footing"] == "message"
    assert ours["split.validation"] == "own"
    assert ours["preprocess.tokenise.fit_on"] == "train"


def test_published_detectors_are_those_of_their_document() -> None:
    """It names no sizes and no rates; a message of low density is called spam, however long it is."""
    published = settings("+experiment=vae_density", "protocol=published")
    ours, audit = (settings("+experiment=vae_density", *more) for more in ([], ["protocol=audit"]))
    expected = {"training.optimiser": "sgd", "training.keep": "last", "training.patience": None, "start": "zeros"}
    for part in ("detectors.vae_all.model", "detectors.autoencoder_all.model", "contamination.deep"):
        assert {name: published[f"{part}.{name}"] for name in expected} == expected
        assert all(ours[f"{part}.{name}"] != value for name, value in expected.items())
    faults = {
        "bags.min_messages": 1,
        "evaluate.measure": "message",
        "duplicates.exact": "keep",
        "duplicates.near": "ignore",
        "preprocess.clean.stemming": "porter",
    }
    assert {name: published[name] for name in faults} == faults
    assert all(ours[name] != value for name, value in faults.items())
    assert {name: audit.get(name, ours[name]) for name in ours} == ours, "an audit has the published order alone"
    for name in ("hidden", "latent"):
        assert published[f"detectors.vae_all.model.{name}"] == ours[f"detectors.vae_all.model.{name}"]


@pytest.mark.parametrize("name", ["char_rnn", "char_lstm"])
def test_published_character_models_are_those_of_their_document(name: str) -> None:
    published, audit = (settings(f"+experiment={name}", f"protocol={one}") for one in ("published", "audit"))
    layers = {
        "char_rnn": {"cell": "simple_rnn", "units": 278, "output_dropout": 0.2},
        "char_lstm": {"cell": "lstm", "units": 128, "output_dropout": 0.0},
    }[name] | {"embedding": None, "input_dropout": 0.0}
    training = {
        "scheme": "windowed",
        "steps": 100,
        "optimiser": "rmsprop",
        "learning_rate": 1e-2,
        "schedule": "plateau",
    }
    training |= {"epochs": 30, "patience": None, "keep": "best", "clipnorm": None, "ema_decay": None}
    for group, expected in (("build", layers), ("training", training)):
        assert {part: published[f"writers.{name}.{group}.{part}"] for part in expected} == expected
    assert published[f"writers.{name}.conditional"] is False
    faults = {"alphabet.alphabet_from": "all", "duplicates.exact": "keep", "duplicates.near": "ignore"}
    assert {part: published[part] for part in faults} == faults
    assert not any(part.startswith("split.") for part in published), "nothing is held out"
    ours = settings(f"+experiment={name}")
    assert {part: audit.get(part, ours[part]) for part in ours} == ours, "an audit has the published order alone"
    assert {part: ours[f"writers.{name}.build.{part}"] for part in layers} == layers, "only the training is another"
    assert ours[f"writers.{name}.training.scheme"] == "streamed"
    assert all(ours[part] != value for part, value in faults.items())


def test_the_other_character_models_are_no_part_of_what_was_published() -> None:
    """The twins that show what windows cost have its layers and its windows."""
    ours, published = (settings("+experiment=char_comparison", *more) for more in ([], ["protocol=published"]))
    for name in ("char_rnn_windowed", "char_lstm_windowed", "char_best"):
        own = {part: value for part, value in ours.items() if part.startswith(f"writers.{name}.")}
        assert {part: published[part] for part in own} == own
    for name in ("char_rnn", "char_lstm"):
        twin = {part.partition(".build.")[2]: ours[part] for part in ours if part.startswith(f"writers.{name}.build.")}
        assert {part: ours[f"writers.{name}_windowed.build.{part}"] for part in twin} == twin
        assert ours[f"writers.{name}_windowed.training.scheme"] == "windowed"
        assert ours[f"writers.{name}_windowed.training.steps"] == published[f"writers.{name}.training.steps"] == 100


GAN = {"epochs": 30, "batch_size": 64, "generator_rate": 1e-4, "discriminator_rate": 1e-4, "beta_1": 0.9}
GAN |= {"schedule": "constant", "smoothing": 0.0, "ema_decay": None, "keep": "last"}


def test_the_published_gan_is_that_of_its_document() -> None:
    published, audit = (settings("+experiment=fashion_cgan", f"protocol={one}") for one in ("published", "audit"))
    layers = {"kind": "dense", "noise": 100, "generator_units": [256, 512, 1024]}
    layers |= {"discriminator_units": [1024, 512, 256]}
    assert {part: published[f"model.build.{part}"] for part in layers} == layers
    assert published["model.build.dropout"] > 0
    assert {part: published[f"training.{part}"] for part in GAN} == GAN
    assert published["split.copies"] == "keep"
    ours = settings("+experiment=fashion_cgan")
    assert {part: audit.get(part, ours[part]) for part in ours} == ours, (
        "the document has no order of stages of its own"
    )
    assert {part: ours[f"model.build.{part}"] for part in layers} == layers, "only the training is another"
    assert ours["training.keep"] == "best"
    assert ours["split.copies"] == "drop"
    same = {"epochs", "batch_size"}
    assert all((ours[f"training.{part}"] == GAN[part]) == (part in same) for part in GAN)


def test_the_convolutional_gan_is_no_part_of_what_was_published_but_trains_like_it() -> None:
    ours, published = (settings("+experiment=fashion_cgan_conv", *more) for more in ([], ["protocol=published"]))
    build = {part: value for part, value in ours.items() if part.startswith("model.build.")}
    assert build["model.build.kind"] == "convolutional"
    assert {part: published[part] for part in build} == build
    assert {part: published[f"training.{part}"] for part in GAN} == GAN


@pytest.mark.parametrize("name", ["cgan", "cgan_conv"])
def test_a_gan_is_trained_by_the_file_of_its_name(name: str) -> None:
    with initialize_config_dir(str(conf_dir() / "training"), version_base="1.3"):
        own = compose(name)
    for experiment in ("fashion_cgan", "fashion_cgan_conv"):
        found = settings(f"+experiment={experiment}", f"model={name}")
        assert {part: value for part, value in found.items() if part.startswith("training.")} == {
            f"training.{part}": value for part, value in own.items()
        }
        assert found["model.name"] == name
        assert settings(f"+experiment={experiment}", f"model={name}", "training.epochs=5")["training.epochs"] == 5


@pytest.mark.parametrize("wrong", ["+training.epoch=5", "+model.build.unit=3", "+judge.chanels=3"])
def test_what_no_stage_of_a_gan_reads_is_refused(wrong: str) -> None:
    with pytest.raises(UserError, match=wrong.strip("+").partition("=")[0]) as caught:
        settings("+experiment=fashion_cgan", wrong)
    assert caught.value.remedy
