import os
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from pipeline.sweeps.jobs import (
    THREAD_VARIABLES,
    cores,
    job_command,
    labels,
    quoted,
    thread_environment,
    threads_each,
)

NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1)


def read_back(text: str) -> str:
    value = OverridesParser.create().parse_override(f"key={quoted(text)}").value()
    return OmegaConf.create({"key": value}).key


@pytest.mark.parametrize(
    "path", ["a b,c=d", "it's", 'say "x"', "back\\slash", "ends\\", "${now:%Y}", "[a]", "{b}", "null"]
)
def test_a_quoted_path_is_read_back_as_it_was(path: str) -> None:
    assert read_back(path) == path


@given(NAMES.filter(lambda name: "\\${" not in name))  # which OmegaConf has no way to write
def test_any_quoted_text_is_read_back_as_it_was(name: str) -> None:
    assert read_back(name) == name


def test_the_command_of_a_job_says_all_that_it_needs() -> None:
    command = job_command(
        ["model=gru", "seed=1"], Path("a b/0"), flags=["--config-dir", "mine"], hydra_overrides=["hydra.verbose=true"]
    )
    expected = "-m pipeline --config-dir mine model=gru seed=1 hydra.verbose=true hydra.mode=RUN hydra.run.dir='a b/0'"
    assert " ".join(command[1:]) == expected


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([["+experiment=x", "seed=0"], ["+experiment=x", "seed=1"]], ["seed=0", "seed=1"]),
        ([["a=1", "b=1"], ["a=1", "b=2"], ["a=2", "b=1"]], ["a=1 b=1", "a=1 b=2", "a=2 b=1"]),
        ([["a=1", "b=1"]], ["a=1 b=1"]),
        ([["a=1"], ["a=1"]], ["a=1", "a=1"]),
        ([[]], ["no overrides"]),
        ([], []),
    ],
)
def test_a_label_holds_what_sets_a_job_apart(overrides: list[list[str]], expected: list[str]) -> None:
    assert labels(overrides) == expected


@pytest.mark.parametrize(("num_cores", "at_once", "threads"), [(8, 2, 4), (8, 3, 2), (2, 2, 1), (2, 5, 1), (1, 1, 1)])
def test_threads_of_all_jobs_fit_the_cores(num_cores: int, at_once: int, threads: int) -> None:
    assert threads_each(num_cores, at_once) == threads
    assert threads == 1 or threads * at_once <= num_cores


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


def test_every_library_is_held_to_the_same_threads() -> None:
    assert thread_environment(3) == dict.fromkeys(THREAD_VARIABLES, "3")
