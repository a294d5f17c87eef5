from collections.abc import Callable
from pathlib import Path

import pytest
from omegaconf import DictConfig

from pipeline.errors import UserError
from pipeline.sweeps.callback import SweepFolder
from pipeline.sweeps.space import refuse_draws, swept

Compose = Callable[..., DictConfig]
SEARCH = "hydra/sweeper=optuna"


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        (["+experiment=gru_kfold", "hparams=gru_optuna"], "split.fold"),
        ([SEARCH, "seed=0,1"], "seed"),
        ([SEARCH, "++seed=range(5)"], "seed"),
        ([SEARCH, "+hydra.sweeper.params={seed: 'choice(0, 1)', split.fold: 'range(3)'}"], "split.fold and seed"),
    ],
)
def test_a_search_does_not_choose_its_draw(composed: Compose, overrides: list[str], named: str) -> None:
    with pytest.raises(UserError) as refused:
        refuse_draws(composed_with(composed, overrides))
    assert refused.value.happened.startswith(f"The search would choose {named}, and")
    assert all(f"{name}=0" in refused.value.remedy for name in named.split(" and "))


@pytest.mark.parametrize(
    "overrides",
    [
        ["+experiment=gru_kfold", "hparams=gru_optuna", "split.fold=0"],
        ["hparams=gru_optuna", "seed=3"],
        ["+experiment=gru_kfold", "seed=0,1"],
    ],
)
def test_a_draw_that_is_fixed_and_a_grid_over_draws_are_fine(composed: Compose, overrides: list[str]) -> None:
    refuse_draws(composed_with(composed, overrides))


def test_the_refusal_ends_the_process_before_there_is_a_folder(
    composed: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        SweepFolder().on_multirun_start(composed_with(composed, ["+experiment=gru_kfold", "hparams=gru_optuna"]))
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("error:    The search would choose split.fold")


def test_the_command_line_wins_over_the_space_of_the_config(composed: Compose) -> None:
    overrides = ["hparams=gru_optuna", "training.batch_size=32", "model.build.units=8,16"]
    found = swept(composed_with(composed, overrides))
    assert set(found) == {"model.build.units", "model.build.dropout", "training.learning_rate"}
    assert found["model.build.units"].input_line == "model.build.units=8,16"


def composed_with(composed: Compose, overrides: list[str]) -> DictConfig:
    """As Hydra composes a sweep: values that are swept stay out of the config and are in its list of overrides."""
    config = composed(*(item for item in overrides if "seed=" not in item and "=8,16" not in item))
    config.hydra.overrides.task = overrides
    return config
