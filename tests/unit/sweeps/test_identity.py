from collections.abc import Callable
from pathlib import Path

import pytest
from omegaconf import DictConfig

from pipeline.config import DATA_DIR_VARIABLE, conf_dir
from pipeline.sweeps import identity
from pipeline.sweeps.identity import config_folders, digest, identity_of

Compose = Callable[..., DictConfig]


def test_the_same_command_is_the_same_sweep_whatever_the_time(composed: Compose) -> None:
    assert identity_of(composed("seed=3")) == identity_of(composed("seed=3"))


@pytest.mark.parametrize("override", ["hydra/launcher=basic", "hydra.launcher.jobs=1", "hydra.sweep.dir=elsewhere"])
def test_where_and_how_jobs_are_run_does_not_matter(composed: Compose, override: str) -> None:
    assert identity_of(composed(override)) == identity_of(composed())


@pytest.mark.parametrize(
    "override", ["seed=1", "model.build.units=7", "name=other", "hydra.sweeper.max_batch_size=2", "outputs=other"]
)
def test_what_changes_a_job_is_another_sweep(composed: Compose, override: str) -> None:
    assert identity_of(composed(override)) != identity_of(composed())


def test_code_data_and_libraries_are_part_of_it(composed: Compose, monkeypatch: pytest.MonkeyPatch) -> None:
    config, found = composed(), set()
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    found.add(identity_of(config))
    monkeypatch.setenv(DATA_DIR_VARIABLE, "data")
    found.add(identity_of(config))
    monkeypatch.setattr(identity, "version", lambda _: "0")
    found.add(identity_of(config))
    monkeypatch.setattr(identity, "digest", lambda *_: "other")
    found.add(identity_of(config))
    assert len(found) == 4


def test_jobs_are_composed_of_the_config_folder(composed: Compose) -> None:
    assert list(config_folders(composed())) == [conf_dir()]


def test_a_digest_sees_names_and_bytes_but_no_launcher(tmp_path: Path) -> None:
    def now() -> str:
        return digest(tmp_path, tmp_path.rglob("*.yaml"))

    (tmp_path / "a.yaml").write_text("1")
    one = now()
    (tmp_path / "hydra" / "launcher").mkdir(parents=True)
    (tmp_path / "hydra" / "launcher" / "x.yaml").write_text("1")
    assert now() == one
    (tmp_path / "a.yaml").write_text("2")
    two = now()
    (tmp_path / "a.yaml").rename(tmp_path / "b.yaml")
    assert len({one, two, now()}) == 3
