import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import UserError
from pipeline.filter.counting import Counted, Task, count_files, count_task, dealt
from pipeline.filter.lines import Limits
from pipeline.filter.messages import Labels
from pipeline.online.blocks import block_of
from pipeline.online.filters import Filter, new_filter
from pipeline.online.settings import FilterSettings

SETTINGS = FilterSettings("naive_bayes", (1, 2), 8, 2, 0, "ngrams", 1.0)


def write_files(folder: Path) -> tuple[tuple[Path, ...], list[bytes], list[int]]:
    """Seven files of 0 to 60 messages each, and all messages and labels."""
    rng = np.random.default_rng(0)
    files, texts, labels = [], list[bytes](), list[int]()
    for number in range(7):
        size = number * 10
        files.append(folder / f"{number}.tsv")
        new = [" ".join(f"w{word}" for word in rng.integers(0, 50, 8)).encode() for _ in range(size)]
        spam = rng.integers(0, 2, size).tolist()
        lines = [(b"spam", b"ham")[1 - label] + b"\t" + text for label, text in zip(spam, new, strict=True)]
        files[-1].write_bytes(b"\n".join([*lines, b"\tunlabelled", b""]))
        texts, labels = texts + new, labels + spam
    return tuple(files), texts, labels


def task_of(files: tuple[Path, ...], *, stops: bool = False, settings: FilterSettings = SETTINGS) -> Task:
    return Task(files, settings, "tsv", Labels(), Limits(block_lines=7), stops)


def learnt_at_once(texts: list[bytes], labels: list[int]) -> Filter:
    model = new_filter(SETTINGS)
    model.learn(model.read(block_of(texts)), np.array(labels, np.int8))
    return model


@pytest.mark.parametrize("jobs", [1, 3])
def test_files_counted_apart_are_the_model_of_all(tmp_path: Path, jobs: int) -> None:
    files, texts, labels = write_files(tmp_path)
    model = learnt_at_once(texts[:5], labels[:5])  # what is counted is added to what was learnt
    tally = count_files(task_of(files), model, jobs, None, print)
    whole = learnt_at_once(texts + texts[:5], labels + labels[:5])
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(model.arrays()[name], array)
    assert (tally.lines, tally.learnt) == (len(texts) + 7, len(texts))


def test_files_are_dealt_by_size_and_each_once(tmp_path: Path) -> None:
    files, _, _ = write_files(tmp_path)
    tasks = dealt(task_of(files), 3)
    assert sorted(path for task in tasks for path in task.files) == sorted(files)
    sizes = [sum(path.stat().st_size for path in task.files) for task in tasks]
    assert max(sizes) < 1.5 * min(sizes)
    assert len(dealt(task_of(files), 100)) == len(files)


def test_bad_lines_are_told_with_their_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"spam\tx\nspm\ty\n")
    told = list[str]()
    tally = count_files(task_of((tmp_path / "a",)), new_filter(SETTINGS), 1, None, told.append)
    assert told == [f"{tmp_path / 'a'}: line 2: the label 'spm' is neither 'spam' nor 'ham'"]
    assert (tally.learnt, tally.faults.total()) == (1, 1)


def test_where_a_bad_line_stops_nothing_is_learnt(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"spam\tx\n")
    (tmp_path / "b").write_bytes(b"spam\tx\nspm\ty\n")
    model = new_filter(SETTINGS)
    with pytest.raises(UserError, match="b, line 2: the label 'spm'"):
        count_files(task_of((tmp_path / "a", tmp_path / "b"), stops=True), model, 2, None, print)
    assert model.num_learnt == 0


@pytest.mark.parametrize("learner", ["perceptron", "averaged_perceptron", "logistic"])
def test_what_depends_on_the_order_of_messages_is_not_counted(tmp_path: Path, learner: str) -> None:
    settings = dataclasses.replace(SETTINGS, learner=learner)
    with pytest.raises(UserError, match=f"--count cannot be used with --learner {learner}") as caught:
        count_files(task_of((), settings=settings), new_filter(settings), 1, None, print)
    assert "order of the messages" in caught.value.expected


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="none cannot be read"):
        count_files(task_of((tmp_path / "none",)), new_filter(SETTINGS), 1, None, print)


def test_ray_that_is_not_installed_is_told_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    (tmp_path / "a").write_bytes(b"spam\tx\n")
    with pytest.raises(UserError) as caught:
        count_files(task_of((tmp_path / "a",)), new_filter(SETTINGS), 1, "local", print)
    assert "pip install 'text-experiment-pipeline[ray]'" in caught.value.remedy


def test_a_file_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"spam\tx\n")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    model = new_filter(SETTINGS)
    with pytest.raises(UserError, match="b is given to --count twice"):
        count_files(task_of((tmp_path / "a", tmp_path / "b")), model, 1, None, print)
    assert model.num_learnt == 0


def test_tasks_of_ray_have_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run in folders of their own."""
    (tmp_path / "a").write_bytes(b"spam\tx\n")
    monkeypatch.chdir(tmp_path)
    given = list[Path]()

    def by_ray(task: Task, _: str) -> list[Counted]:
        given.extend(task.files)
        return [count_task(task)]

    monkeypatch.setattr("pipeline.filter.counting._by_ray", by_ray)
    count_files(task_of((Path("a"),)), new_filter(SETTINGS), 1, "local", print)
    assert given == [(tmp_path / "a").resolve()]


@pytest.mark.parametrize("address", ["foo", "local:abc", "localhost:99999", ""])
def test_what_is_no_address_of_a_cluster_is_told(tmp_path: Path, address: str) -> None:
    pytest.importorskip("ray")
    (tmp_path / "a").write_bytes(b"spam\tx\n")
    with pytest.raises(UserError, match=f"--ray-address {address}: there is no Ray that answers"):
        count_files(task_of((tmp_path / "a",)), new_filter(SETTINGS), 1, address, print)


def test_a_cluster_that_does_not_answer_is_told(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    (tmp_path / "a").write_bytes(b"spam\tx\n")
    with pytest.raises(UserError, match="--ray-address localhost:1: there is no Ray that answers"):
        count_files(task_of((tmp_path / "a",)), new_filter(SETTINGS), 1, "localhost:1", print)
