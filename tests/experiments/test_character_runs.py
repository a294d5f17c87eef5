"""Character models as a whole, with tiny settings on the embedded sample and on a file of the user's."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.config import conf_dir
from pipeline.generate import main as generate
from pipeline.reporting.characters.folder import COLUMNS

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow
NOT_STORED = {"locate_corpus", "locate_stop_words", "characters_report"}
NETWORKS = ["char_rnn", "char_lstm", "char_rnn_windowed", "char_lstm_windowed", "char_best"]
NGRAMS = [f"ngram_{order}" for order in range(1, 7)]
COMPRESSORS = ["zlib", "lzma", "bz2"]
SETS = {"num_messages": 20, "num_draws": 2, "limit": 40}
SHORT = ("evaluate.resamples=100", "samples.temperatures=[0.5,1.0]", *(f"samples.{k}={v}" for k, v in SETS.items()))
SMALL = (
    *SHORT,
    *(f"recipes.{name}.epochs=2" for name in ("rnn", "lstm", "best")),
    *(f"recipes.{name}_windowed.{how}" for name in ("rnn", "lstm") for how in ("steps=5", "batch_size=4096")),
    *(f"writers.{name}.build.units=8" for name in NETWORKS),
)
EXPERIMENT = ("+experiment=char_comparison", "dataset=sample", "dataset.path=some.csv", *SMALL)
MINE = (
    *("+experiment=char_lstm", "dataset=csv", "dataset.path=mine.csv", 'dataset.positive="δόλος"', *SHORT),
    *("recipes.lstm.epochs=60", "recipes.lstm.steps=20", "writers.char_lstm.build.units=8"),
)
WORDLESS = (
    *("+experiment=char_lstm", "dataset=csv", "dataset.path=wordless.csv", "dataset.positive=no", *SHORT),
    *("recipes.lstm.epochs=2", "recipes.lstm.steps=20", "writers.char_lstm.build.units=8", "samples.top_p=1"),
)
WORDS = (
    ["καλημέρα", "έλα", "αύριο", "σπίτι", "ευχαριστώ", "πολύ", "φίλε", "πάμε", "τώρα", "μαζί"],
    ["中奖", "恭喜", "您", "免费", "领取", "现金", "点击", "链接", "ΔΩΡΕΑΝ", "κέρδισες"],
)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store the runs share, with a part of the sample and a file in other scripts."""
    folder = tmp_path_factory.mktemp("shared")
    pd.read_csv(conf_dir().parent / "data" / "sample" / "messages.csv")[:500].to_csv(folder / "some.csv", index=False)
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 3 == 0
    texts = [" ".join(rng.choice(WORDS[int(label)], rng.integers(4, 10))) for label in labels]
    texts[7] += "\nδεύτερη γραμμή 🎉"  # with characters that no other message has
    mine = pd.DataFrame({"text": texts, "label": np.where(labels, "δόλος", "φίλος")})
    mine.to_csv(folder / "mine.csv", index=False)
    pieces = ("我你他今天明去来好吗", "😀🎉🎁💰🔥📱💎🚀⭐👍")
    texts = ["".join(rng.choice([*pieces[int(label)]], rng.integers(8, 16))) for label in labels]
    wordless = pd.DataFrame({"text": texts, "label": np.where(labels, "no", "yes")})
    wordless.to_csv(folder / "wordless.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def first(run_in: Run, workshop: Path) -> Path:
    """The folder of a run of all five models; not to be changed."""
    return folder_of(workshop, run_in(workshop, *EXPERIMENT))


@pytest.fixture(scope="module")
def mine(run_in: Run, workshop: Path) -> Path:
    """The folder of a run on a file of the user's, which was killed while it trained, then started again."""
    variables = {name: value for name, value in os.environ.items() if name != "PIPELINE_DATA_DIR"}
    process = subprocess.Popen([sys.executable, "-m", "pipeline", *MINE], cwd=workshop, env=variables)
    deadline = time.monotonic() + 120
    while not list(workshop.glob("outputs/store/.scratch/fit_writer-*/training.npz")):
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline, "no epoch was ever written"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return folder_of(workshop, run_in(workshop, *MINE))


def folder_of(workshop: Path, ran: subprocess.CompletedProcess[str]) -> Path:
    """The run folder that a run tells at its end."""
    assert ran.returncode == 0, ran.stderr
    return workshop / ran.stdout.splitlines()[0].removeprefix("run: ")


def read(folder: Path, name: str) -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def statuses(folder: Path) -> list[tuple[str, str]]:
    """Stage and status of every stage of a run; those of several models come several times."""
    return [(stage["stage"], stage["status"]) for stage in read(folder, "manifest.json")["stages"]]


def test_the_run_folder_holds_what_is_promised(first: Path) -> None:
    report, manifest = read(first, "report.json"), read(first, "manifest.json")
    assert (report["family"], manifest["status"]) == ("characters", "finished")
    assert {path.stem for path in (first / "models").iterdir()} == set(NETWORKS)
    for name, columns in COLUMNS.items():
        assert set(columns) <= set(pd.read_parquet(first / "tables" / f"{name}.parquet")), name
    figures = {path.name for path in (first / "figures").iterdir()}
    drawn = ("bits", "learning_epochs", "learning_seconds", "temperatures", "recognition", "surprise")
    assert figures == {f"{name}.{ending}" for name in drawn for ending in ("png", "svg")}
    page = (first / "report.html").read_text(encoding="utf-8")
    assert all(name in page for name in (*NETWORKS, *COMPRESSORS, "6-gram"))
    assert {"config.yaml", "run.log", "samples.csv"} <= {path.name for path in first.iterdir()}


def test_the_metrics_are_where_other_programs_look_for_them(first: Path) -> None:
    metrics, report = read(first, "metrics.json"), read(first, "report.json")
    bits = metrics["bits_per_char"]
    assert list(bits) == [*NETWORKS, *NGRAMS, *COMPRESSORS]
    assert set(metrics["ci95"]) == {*NETWORKS, *NGRAMS}
    assert all(low <= bits[name] <= high for name, (low, high) in metrics["ci95"].items())
    assert {name: round(2**value, 2) for name, value in bits.items()} == {
        name: round(value, 2) for name, value in metrics["perplexity"].items()
    }
    paid = metrics["validation_bits_per_char"]
    assert metrics["champion"] == report["champion"] == min(NETWORKS, key=paid.__getitem__)
    assert metrics["ngram"] == min(NGRAMS, key=paid.__getitem__)
    assert bits["ngram_3"] < bits["ngram_2"] < bits["ngram_1"]
    assert bits["char_lstm"] < np.log2(metrics["num_symbols"]), "less than by chance"
    assert ("char_rnn", "char_lstm") in {(pair["first"], pair["second"]) for pair in metrics["contests"]}
    assert "seconds" not in (first / "metrics.json").read_text(encoding="utf-8"), "results only, no times"
    race = pd.read_parquet(first / "tables" / "race.parquet")
    assert set(zip(race["streamed"], race["windowed"], strict=True)) == {
        (name, f"{name}_windowed") for name in ("char_rnn", "char_lstm")
    }


def test_the_samples_are_a_table_with_a_set_of_each_kind(first: Path) -> None:
    samples = pd.read_csv(first / "samples.csv", keep_default_na=False)
    assert list(samples)[:2] == ["name", "text"]
    writers = [*NETWORKS, read(first, "metrics.json")["ngram"]]
    sizes = samples.groupby(["name", "temperature", "label", "draw"]).size()
    no_class = {(name, at, -1, draw) for name in writers for at in (0.5, 1.0) for draw in range(SETS["num_draws"])}
    asked = {("char_best", at, label, 0) for at in (0.5, 1.0) for label in (0, 1)}
    assert set(sizes.index) == no_class | asked
    assert set(sizes) == {SETS["num_messages"]}
    assert (samples["text"].str.len() == samples["characters"]).all()
    assert samples["characters"].max() <= SETS["limit"]
    assert (samples["ended"] | (samples["characters"] == SETS["limit"])).all()
    called = {(row["name"], row["label"]) for row in read(first, "metrics.json")["recognition"]}
    assert called == {(name, -1) for name in writers} | {("char_best", label) for label in (0, 1)}


def test_a_second_run_reuses_everything_and_gives_the_same_bytes(run_in: Run, workshop: Path, first: Path) -> None:
    again = folder_of(workshop, run_in(workshop, *EXPERIMENT))
    found = statuses(again)
    assert {stage for stage, status in found if status == "computed"} <= NOT_STORED
    assert found.count(("fit_writer", "reused")) == found.count(("write_samples", "reused")) == len(NETWORKS)
    for name in ("metrics.json", "samples.csv", *(f"models/{name}.npz" for name in NETWORKS)):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name


def test_the_page_is_drawn_again_from_the_files(workshop: Path, first: Path) -> None:
    page, figures = first / "report.html", sorted((first / "figures").iterdir())
    drawn = [path.read_bytes() for path in (page, *figures)]
    for path in (page, *figures):
        path.unlink()
    command = [sys.executable, "-m", "pipeline.report", str(first)]
    redrawn = subprocess.run(command, cwd=workshop, capture_output=True, text=True, check=False)
    assert redrawn.returncode == 0, redrawn.stderr
    assert [path.read_bytes() for path in (page, *figures)] == drawn


def test_a_finished_run_writes_messages_that_begin_with_the_prompt(
    workshop: Path, first: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    given = [f"run={first.relative_to(workshop)}", "prompt=Hi, are", "temperature=0.7", "n=5"]
    command = [sys.executable, "-m", "pipeline.generate", *given]
    told = subprocess.run(command, cwd=workshop, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    written = told.stdout.splitlines()
    assert len(written) == 5
    assert len(set(written)) > 1
    assert all(line.startswith("Hi, are") for line in written)
    champion = read(first, "report.json")["champion"]
    assert told.stderr.startswith(f"{champion}, temperature 0.7, seed 0"), "and nothing of TensorFlow's before it"
    assert generate([f"run={first}", *given[1:]]) == 0
    assert capfd.readouterr().out == told.stdout, "the same seed, the same messages, from wherever it is asked"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("label=spam", "char_best, spam, temperature 0.7, seed 0"),
        ("model=char_rnn_windowed seed=3 limit=9 top_k=5 top_p=0.9", "char_rnn_windowed, temperature 0.7, seed 3"),
        ("temperature=0 label=ham", "char_best, ham, temperature 0, seed 0"),
        ("'prompt=to 日本' unknown=replace", "temperature 0.7"),
    ],
)
def test_what_a_finished_run_writes_can_be_steered(
    first: Path, capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    assert generate([f"run={first}", "n=3", *shlex.split(given)]) == 0
    told = capsys.readouterr()
    assert said in told.err
    written = told.out.splitlines()
    assert len(written) == 3
    if "temperature=0" in given:
        assert len(set(written)) == 1, "always the likeliest character"
    if "limit=9" in given:
        assert max(map(len, written)) <= 9
    if "prompt" in given:
        assert all(line.startswith("to 日本") for line in written)


@pytest.mark.parametrize(
    ("given", "happened", "remedy"),
    [
        ("prompt=日本", "characters that the model does not know: '日', '本'", "unknown=replace"),
        ("temperature=-0.1", "temperature = '-0.1' is not allowed", "temperature"),
        ("temperature=nan", "temperature = 'nan' is not allowed", "temperature"),
        ("n=0", "n = '0' is not allowed", "n"),
        ("top_p=1.5", "top_p = '1.5' is not allowed", "top_p"),
        ("unknown=keep", "unknown = 'keep' is not allowed", "unknown"),
        ("label=eggs", "no class 'eggs'", "label"),
        ("model=char_lstm label=spam", "char_lstm cannot be asked for a class", "model=char_best"),
        ("model=char_rn", "no model 'char_rn'", "Did you mean 'char_rnn'?"),
        ("temprature=1", "Nothing reads the setting 'temprature'", "Did you mean 'temperature'?"),
        ("hello", "'hello' is no setting", "n=5"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_block(
    first: Path, capsys: pytest.CaptureFixture[str], given: str, happened: str, remedy: str
) -> None:
    assert generate([f"run={first}", *given.split()]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("error:") == 1
    what, _, rest = " ".join(told.err.split()).partition(" expected: ")
    assert happened in what
    assert remedy in rest.partition(" to do: ")[2]


def test_a_run_that_was_killed_while_training_goes_on(mine: Path) -> None:
    assert "training of char_lstm goes on after epoch" in (mine / "run.log").read_text(encoding="utf-8")
    assert ("encode_characters", "reused") in statuses(mine)
    history = pd.read_parquet(mine / "tables" / "history.parquet")
    assert history["epoch"].tolist() == list(range(1, 61)), "each epoch once"


def test_a_model_alone_learns_other_scripts_from_a_file_of_the_users(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics, report = read(mine, "metrics.json"), read(mine, "report.json")
    assert report["classes"] == {"negative": "φίλος", "positive": "δόλος"}
    assert (metrics["champion"], list(metrics["bits_per_char"])) == ("char_lstm", ["char_lstm", *NGRAMS, *COMPRESSORS])
    assert pd.read_parquet(mine / "tables" / "race.parquet").empty
    assert metrics["bits_per_char"]["char_lstm"] < metrics["bits_per_char"]["ngram_1"], "it learns more than counts"
    written = "".join(pd.read_csv(mine / "samples.csv", keep_default_na=False)["text"])
    assert set("καλημέρα中奖") <= set(written) <= {*"".join(WORDS[0] + WORDS[1]), " "}
    assert generate([f"run={mine}", "prompt=καλημ", "n=2"]) == 0
    assert all(line.startswith("καλημ") for line in capsys.readouterr().out.splitlines())


def test_messages_without_words_are_messages(run_in: Run, workshop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One class writes Chinese, of which no two messages share a clause, the other one emoji."""
    folder = folder_of(workshop, run_in(workshop, *WORDLESS))
    report, manifest = read(folder, "report.json"), read(folder, "manifest.json")
    assert report["rows_kept"] == sum(part["negative"] + part["positive"] for part in report["counts"]) == 300
    assert manifest["rows"] == [], "none is dropped, and none is altered"
    assert read(folder, "metrics.json")["recognition"] == []
    assert pd.read_parquet(folder / "tables" / "recognition.parquet").empty
    assert "It was not tried." in (folder / "report.html").read_text(encoding="utf-8")
    assert not list((folder / "figures").glob("recognition.*"))
    assert generate([f"run={folder}", "prompt=🎉", "n=2"]) == 0
    assert all(line.startswith("🎉") for line in capsys.readouterr().out.splitlines())


def test_published_holds_nothing_out(run_in: Run, workshop: Path, first: Path) -> None:
    small = ("recipes.lstm.epochs=1", "recipes.lstm.steps=5", "recipes.lstm.batch_size=4096")
    given = ("+experiment=char_lstm", "protocol=published", "dataset=sample", "dataset.path=some.csv", *SHORT, *small)
    folder = folder_of(workshop, run_in(workshop, *given, "writers.char_lstm.build.units=8"))
    report, metrics = read(folder, "report.json"), read(folder, "metrics.json")
    sizes = {part["part"]: (part["negative"], part["positive"]) for part in report["counts"]}
    assert sizes["train"] == sizes["validation"] == sizes["test"]
    assert report["validation_is_test"]
    assert sum(sizes["train"]) == 500
    texts = pd.read_csv(workshop / "some.csv", keep_default_na=False)["text"]
    assert metrics["num_symbols"] == 1 + len(set("".join(texts))), "every character and the end, none is unknown"
    assert report["num_unknown"] == 0
    assert "published protocol" in (folder / "report.html").read_text(encoding="utf-8")
