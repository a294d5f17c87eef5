"""The benchmark of online filters: it runs, writes what was measured, and all systems see the same n-grams."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
TEXTS = ["free entry win £ 1000 now win £ 1000 now", "a", "i ll be there at 5 u 2", "subject re re re meeting $ 50 b"]


@pytest.fixture(scope="module")
def scripts() -> Iterator[Any]:
    """A function that imports a script by its name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        yield importlib.import_module


@pytest.mark.slow
def test_it_runs_and_writes_what_it_measured(
    scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("vowpalwabbit")
    monkeypatch.delenv("PIPELINE_DATA_DIR", raising=False)
    arguments = ["--turns", "2", "--messages", "60", "--period", "20", "--stream", "500", "--output", str(tmp_path)]
    assert scripts("bench_online").main(arguments) == 0
    rows, turns, memory = (
        json.loads((tmp_path / f"online{name}.json").read_text(encoding="utf-8")) for name in ("", "_turns", "_memory")
    )
    names = list(scripts("bench_online_systems").SYSTEMS)
    assert [row["system"] for row in rows] == [entry["system"] for entry in turns["systems"]] == names
    for row, entry in zip(rows, turns["systems"], strict=True):
        assert list(row) == ["system", "messages_per_second", "megabytes_per_second", "ratio_to_vw"]
        rates = [entry["messages"] / turn["seconds"] for turn in entry["measured"]]
        assert row["messages_per_second"] == pytest.approx(np.median(rates), abs=0.1)
        assert row["ratio_to_vw"] == pytest.approx(np.median(entry["ratios"]["vw"]), abs=1e-3)
        assert entry["messages"] == 60
        assert (entry["measured"][0]["right"] is None) == (entry["kind"] != "progressive")
        assert len({turn["right"] for turn in entry["measured"]}) == 1, "each turn learns the stream anew"
    by_name = {entry["system"]: entry["measured"][0]["right"] for entry in turns["systems"]}
    assert by_name["naive_bayes hashing"] == by_name["naive_bayes hashing, strings"]
    assert {sample["messages"] for sample in memory} == {60, 100, 260, 500}
    assert all(sample["peak_mb"] > sample["model_mb"] == 8 for sample in memory)
    assert "made-up messages" in capsys.readouterr().out


def test_ratios_are_taken_to_the_fastest_way_of_each_turn(scripts: Any) -> None:
    rates = {
        "naive_bayes hashing": [10.0, 30.0],
        "vw strings": [5.0, 5.0],
        "vw file": [4.0, 10.0],
        "vw file --sgd": [100.0, 100.0],
        "sklearn hashing alone": [100.0, 100.0],
    }
    ratios = scripts("bench_online").ratios_to("vowpalwabbit", rates)
    assert ratios["naive_bayes hashing"] == [2, 3]
    assert ratios["vw strings"] == [1, 0.5]
    assert scripts("bench_online").ratios_to("river", rates)["vw file"] == []


def test_what_turns_come_to(scripts: Any) -> None:
    bench, measured = scripts("bench_online"), scripts("bench_online_systems").Measured
    turns = bench.Turns("vw file", 100, 50_000, [measured(seconds, seconds / 2, None) for seconds in (1, 4, 2)])
    assert turns.cpu_rates == [200, 50, 100]
    assert bench.row_of(turns, [3, 1, 2]) == bench.Row("vw file", 50, 0.025, 2)
    assert bench.row_of(turns, []).ratio_to_vw is None


@pytest.mark.parametrize("library", ["river", "scikit-learn"])
def test_libraries_see_our_ngrams(scripts: Any, library: str) -> None:
    features = scripts("bench_online_systems").features
    assert features("ours", ["b a b a"]) == [["a", "a b", "b", "b a"]]
    assert features(library, TEXTS) == features("ours", TEXTS)


def test_vowpal_wabbit_sees_as_many_ngrams(scripts: Any) -> None:
    pytest.importorskip("vowpalwabbit")
    assert scripts("bench_online_systems").features("vowpalwabbit", TEXTS) == [2 * len(t.split()) - 1 for t in TEXTS]


def test_made_up_messages_are_seeded_and_as_long_as_real_ones(scripts: Any) -> None:
    stream = scripts("bench_online_stream")
    made, again = stream.make_messages(5000, seed=3), stream.make_messages(5000, seed=3)
    assert made.texts == again.texts != stream.make_messages(5000, seed=4).texts
    lengths = [len(text.split()) for text in made.texts]
    np.testing.assert_allclose(np.quantile(lengths, np.linspace(0.1, 0.9, 17)), stream.LENGTHS[2:-2], rtol=0.2)
    assert made.labels.mean() == pytest.approx(stream.SPAM, abs=0.03)


def test_new_words_keep_coming(scripts: Any) -> None:
    stream = scripts("bench_online_stream")
    blocks, known, new = stream.endless(500, seed=1), set(), []
    for _ in range(4):
        words = next(blocks)[0].data.tobytes().split()
        new.append(len(set(words) - known))
        known |= set(words)
        assert new[-1] > stream.NEW_WORDS * len(words) * (1 - 4 / math.sqrt(stream.NEW_WORDS * len(words)))


def test_a_block_of_the_endless_stream_is_lines(scripts: Any) -> None:
    block, labels = next(scripts("bench_online_stream").endless(300))
    assert len(block) == len(labels) == 300
    assert all(block.data[block.bounds[1:] - 1] == ord("\n"))
    assert np.count_nonzero(block.data == ord("\n")) == 300
    assert block.bounds[-1] == len(block.data)


def test_threads_are_asked_for_within_and_not_after(scripts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = scripts("bench_online_process")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with process.one_thread():
        assert [process.os.environ[name] for name in process.THREADS] == ["1"] * 4
    assert process.os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in process.os.environ


def test_real_messages_are_words_between_single_blanks(
    scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = scripts("bench_online_stream")
    for folder, file, content in (
        ("sms_spam", "SMSSpamCollection", 'spam\tWin £5, "NOW"!\nham\t?!\n'),
        ("spam_or_not_spam", "spam_or_not_spam.csv", "email,label\n hi  there NUMBER,0\n"),
        ("enron_spam", "emails.csv", 'text,spam\n"Subject: it\n works",1\n'),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(content, encoding="utf-8")
    monkeypatch.setenv("PIPELINE_DATA_DIR", str(tmp_path))
    messages = stream.read_messages(seed=0)
    found = {text: (raw, label) for text, raw, label in zip(messages.texts, messages.raw, messages.labels, strict=True)}
    assert found == {
        "win £ 5 now": ('Win £5, "NOW"!', 1),
        "hi there number": ("hi there NUMBER", 0),
        "subject it works": ("Subject: it works", 1),
    }
    (tmp_path / "enron_spam" / "emails.csv").unlink()
    assert "made-up" in stream.read_messages().source


@pytest.mark.parametrize("wrong", [["--period", "0"], ["--turns", "-1"], ["--messages", "0"]])
def test_options_are_checked(scripts: Any, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        scripts("bench_online").main(wrong)
    assert "at least" in capsys.readouterr().err
