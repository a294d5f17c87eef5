"""Every experiment composes and binds under every protocol; nothing is run."""

import re
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.types import RunMode
from omegaconf import DictConfig, open_dict

from pipeline.config import choices, conf_dir, experiment_from
from pipeline.errors import UserError
from pipeline.filter.model_file import RATES
from pipeline.sweeps.space import swept

EXPERIMENTS, PROTOCOLS = choices("experiment"), choices("protocol")


def composed(*overrides: str) -> DictConfig:
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        config = compose("config", overrides=list(overrides))
    with open_dict(config):
        config.pop("hydra", None)
    return config


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_binds_under_every_protocol(name: str, protocol: str) -> None:
    experiment = experiment_from(composed(f"+experiment={name}", f"protocol={protocol}"))
    assert experiment.frame.name == name
    assert experiment.frame.protocol == protocol
    assert experiment.plan.steps[-1].kind == "report"


@pytest.mark.parametrize("name", [name for name in EXPERIMENTS if name.endswith("_kfold")])
def test_an_experiment_in_folds_has_a_job_for_each_of_five(name: str) -> None:
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        config = compose("config", overrides=[f"+experiment={name}"], return_hydra_config=True)
    assert config.hydra.mode is RunMode.MULTIRUN
    assert {key: list(values.sweep_iterator()) for key, values in swept(config).items()} == {"split.fold": [*range(5)]}


IMAGE_SETS = {"digits", "fashion_mnist", "images"}
MESSAGE_SETS = [name for name in choices("dataset") if name not in IMAGE_SETS]
GROUPS = ["dataset", "preprocess", "duplicates", "sampling", "embedding", "model", "training"]


OF_IMAGES = [
    *(f"dataset={name}" for name in sorted(IMAGE_SETS)),
    *(f"{group}={name}" for group in ("model", "training") for name in ("cgan", "cgan_conv")),
]
CHOICES = [f"{group}={name}" for group in GROUPS for name in choices(group) if f"{group}={name}" not in OF_IMAGES]
OF_STREAMS = "preprocess=cleaned"


@pytest.mark.parametrize("override", [choice for choice in CHOICES if choice != OF_STREAMS])
def test_every_choice_of_every_group_binds(override: str) -> None:
    assert experiment_from(composed(override)).plan.steps


@pytest.mark.parametrize("override", OF_IMAGES)
def test_every_choice_of_images_binds(override: str) -> None:
    assert experiment_from(composed("+experiment=fashion_cgan", override)).plan.steps


@pytest.mark.parametrize("flow", [name for name in choices("flow") if name.startswith(("stream", "detect"))])
def test_flows_with_parts_of_their_own_bind_on_every_data_set(flow: str) -> None:
    for dataset in MESSAGE_SETS:
        assert experiment_from(composed(f"flow={flow}", f"dataset={dataset}")).plan.steps


def test_streams_need_no_words_of_a_vocabulary() -> None:
    assert OF_STREAMS in CHOICES
    assert experiment_from(composed("flow=stream", OF_STREAMS)).plan.steps


def test_the_command_has_the_rates_of_the_experiments() -> None:
    models = composed("+experiment=online_filters").filters.models.values()
    assert {model.learner: model.rate for model in models if model.learner in RATES} == RATES


def test_published_filters_count_messages_and_keep_copies() -> None:
    steps = experiment_from(composed("+experiment=online_filters", "protocol=published")).plan.steps
    names = {key: value for step in steps for key, value in step.bound.names.items()}
    assert names["filters.likelihood"] == "messages"
    assert (names["duplicates.exact"], names["duplicates.near"]) == ("keep", "ignore")


@pytest.mark.parametrize(
    "fault",
    [
        "preprocess.tokenise.fit_on=all",
        "balance.strategy=undersample",
        "shared_embedding.rows=train",
        "embedding.connected=false",
        "preprocess.tokenise.row_for_last_word=false",
        "split.validation=test",
        "preprocess.tokenise.padding=pre",
        "model.build.mask=false",
        "training.keep=last",
        "duplicates.near=ignore",
    ],
)
def test_each_published_fault_can_be_turned_on_alone(fault: str) -> None:
    name, _, value = fault.partition("=")
    expected = {"true": True, "false": False}.get(value, value)
    off = {k: v for step in experiment_from(composed("protocol=audit")).plan.steps for k, v in step.bound.names.items()}
    on = {
        k: v
        for step in experiment_from(composed("protocol=audit", fault)).plan.steps
        for k, v in step.bound.names.items()
    }
    changed = {key for key in on if on[key] != off[key]}
    assert len(changed) == 1
    assert on[changed.pop()] == expected
    published = experiment_from(composed("protocol=published"))
    names = {k: v for step in published.plan.steps for k, v in step.bound.names.items()}
    assert names[name] == expected, "protocol=published has this fault"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_headers_say_what_an_experiment_is_and_what_it_costs(name: str) -> None:
    text = (conf_dir() / "experiment" / f"{name}.yaml").read_text(encoding="utf-8")
    header = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert re.search(r"Source: \S", header)
    assert re.search(r"minutes?\b", header)
    figures = (
        r"(F1|ROC-AUC|class accuracy)\b.*? 0\.\d+",
        r"\b\d\.\d+\b.*?bits per character",
        r"bits per character\b.*? \d\.\d+",
    )
    assert re.search("|".join([*figures, "no figure yet"]), header, re.DOTALL)


@pytest.mark.parametrize(
    "overrides",
    [
        ["flow=classify_validation"],
        ["split=kfold", "split.fold=0"],
        ["protocol=published", "embedding.connected=true"],
        ["split=kfold", "split.fold=0", "protocol=published", "embedding.connected=true"],
    ],
)
def test_generated_training_messages_go_with_every_flow_of_a_classifier(overrides: list[str]) -> None:
    names = _settings("sampling=synthetic", "embedding=glove", *overrides)
    assert names["sampling.strategy"] == "synthetic"
    assert any(name.startswith("sampling.synthesiser.") for name in names)
    assert names["embedding.connected"] is True
    assert names.get("balance.strategy", "none") == "none", "filled up, not undersampled before the split"


def test_the_audit_of_the_synthesis_is_the_clean_run_by_another_name() -> None:
    clean, audit = (experiment_from(composed("+experiment=lstm_vae", *more)) for more in ([], ["protocol=audit"]))
    assert (clean.frame.protocol, audit.frame.protocol) == ("clean", "audit")
    assert [step.kind for step in clean.plan.steps] == [step.kind for step in audit.plan.steps]
    assert _settings("+experiment=lstm_vae") == _settings("+experiment=lstm_vae", "protocol=audit")


def _settings(*overrides: str) -> dict[str, Any]:
    """Every setting that a stage reads, by its dotted name."""
    steps = experiment_from(composed(*overrides)).plan.steps
    return {name: value for step in steps for name, value in step.bound.names.items()}


def test_every_kind_of_detector_is_in_use() -> None:
    config = composed("+experiment=vae_density")
    used = {detector.model._target_ for detector in config.detectors.values()}
    assert {model._target_ for model in config.density.values()} == used


def test_detectors_can_be_left_out_and_added() -> None:
    mine = "{fitted_on: unsuspected, weighting: group, model: '${density.vae}'}"
    names = _settings(
        "+experiment=vae_density", "~detectors.vae_ham", f"+detectors.mine={mine}", "density.vae.hidden=7"
    )
    assert names["detectors.mine.fitted_on"] == "unsuspected"
    assert names["detectors.mine.model.hidden"] == names["contamination.deep.hidden"] == 7
    assert not any(name.startswith("detectors.vae_ham.") for name in names)


CHARACTER_EXPERIMENTS = [name for name in EXPERIMENTS if name.startswith("char_")]


@pytest.mark.parametrize("name", CHARACTER_EXPERIMENTS)
def test_character_models_bind_on_every_data_set(name: str) -> None:
    for dataset in MESSAGE_SETS:
        assert experiment_from(composed(f"+experiment={name}", f"dataset={dataset}")).plan.steps


def test_the_comparison_has_every_character_model_and_every_recipe() -> None:
    config = composed("+experiment=char_comparison")
    assert sorted(map(str, config.writers)) == choices("writer")
    trained = [dict(writer.training) for writer in config.writers.values()]
    assert all(dict(recipe) in trained for recipe in config.recipes.values())


def test_character_models_can_be_left_out_and_added() -> None:
    mine = ("+writer@writers.mine=char_lstm", "writers.mine.build.cell=gru")
    names = _settings("+experiment=char_comparison", "~writers.char_rnn", *mine, "recipes.lstm.epochs=7")
    assert names["writers.mine.name"] == "mine"
    assert names["writers.mine.build.cell"] == "gru"
    assert names["writers.mine.training.epochs"] == names["writers.char_lstm.training.epochs"] == 7
    assert not any(name.startswith("writers.char_rnn.") for name in names)


@pytest.mark.parametrize(
    ("override", "happened", "expected"),
    [
        ("samples.temperatures=[-0.1]", "samples.temperatures.0 = -0.1", "greater than or equal to 0"),
        ("samples.top_p=0", "samples.top_p = 0", "greater than 0"),
        ("recipes.lstm.steps=1", "writers.char_lstm.training.steps = 1", "greater than or equal to 2"),
        ("recipes.lstm.schedule=step", "training.schedule = 'step'", "'cosine' or 'plateau'"),
        ("writers.char_lstm.build.cell=gruu", "writers.char_lstm.build.cell = 'gruu'", "'lstm' or 'gru'"),
        ("samples.temperatures=[inf]", "samples.temperatures.0 = inf", "finite number"),
        ("samples.temperatures=[1,1.0]", "samples.temperatures = [1", "differ from each other"),
        ("+writer@writers.zlib=char_lstm", "writers.zlib.name = 'zlib'", "a name that no reference has"),
        ("~writers.char_lstm", "nothing left in 'writers'", "one group in it or more"),
        ("references.orders=0", "references.orders = 0", "greater than or equal to 1"),
    ],
)
def test_what_character_models_cannot_have_is_told_before_anything_runs(
    override: str, happened: str, expected: str
) -> None:
    with pytest.raises(UserError) as caught:
        experiment_from(composed("+experiment=char_lstm", override))
    assert happened in caught.value.happened
    assert expected in caught.value.expected
