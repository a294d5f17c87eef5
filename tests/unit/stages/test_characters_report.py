"""What a run of character models writes into its folder."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from pipeline.artifacts import Pool, Texts
from pipeline.artifacts.characters import Samples, SampleScores, Surprisal, Writer
from pipeline.models.characters.files import load
from pipeline.reporting.characters.facts import CharactersReport
from pipeline.reporting.folder import read_json
from pipeline.settings import INJECTED, keywords
from pipeline.stages import characters_report as stage
from pipeline.stages.characters_account import _copies, _spread
from pipeline.stages.characters_report import characters_report
from pipeline.stages.fit_writer import score_writer
from pipeline.stages.judge_bits import judge_bits
from pipeline.stages.judge_samples import judge_samples
from pipeline.stages.score_references import score_references
from pipeline.stages.write_samples import write_ngram_samples, write_samples
from writer_samples import LSTM, messages, shape, writer

CONF = Path(__file__).parents[3] / "conf"
MADE = messages()
CHARACTERS = MADE.encoded()
FRAME = {
    "experiment": "char_comparison",
    "protocol": "clean",
    "source": "text_generation",
    "seed": 7,
    "command": "run me",
}
SAMPLES: dict[str, Any] = {
    "temperatures": [0.5, 0.9, 1.4], "num_messages": 8, "num_draws": 2, "limit": 15, "top_k": None, "top_p": None,
    "seed": 4,
}  # fmt: skip
ODD = 'a\rb\n\r\n\u2028\x85,"q" \\n 中'


def write_run(folder: Path, *, seconds: float = 1.0) -> tuple[Path, str]:
    """A run of two models that were never trained, without its page; the headline."""
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(FRAME), encoding="utf-8")
    split, symbols = MADE.split, CHARACTERS.alphabet.num_symbols
    writers = [
        writer(LSTM, num_symbols=symbols),
        writer(shape("gru", 4, 3), name="mine", conditional=True, seed=1, num_symbols=symbols),
    ]
    references = score_references(MADE.corpus, split, CHARACTERS, orders=3)
    paid = [score_writer(CHARACTERS, split, one) for one in writers]
    written = [write_samples(CHARACTERS, one, **SAMPLES) for one in writers]
    written.append(write_ngram_samples(CHARACTERS, split, references, **SAMPLES))
    written = [Samples(one.name, one.table, seconds) for one in written]
    written[0].table.loc[0, "text"] = ODD
    bits = judge_bits(split, CHARACTERS, references, *paid, resamples=100, seed=1)
    judged = judge_samples(MADE.corpus, split, *written, seed=1)
    rows = len(MADE.corpus.table)
    texts = Texts(MADE.corpus.table[["text"]], [], stand_in=False)
    pool = Pool(np.arange(rows), np.arange(rows), grouped=True, num_exact=0, changes=[])
    made: list[Writer | Surprisal | Samples] = [*writers, *paid, *written]
    said = characters_report(
        MADE.corpus, texts, pool, split, CHARACTERS, references, bits, judged, *made,
        num_samples=3, num_shown=4, limit=15, folder=folder,
    )  # fmt: skip
    return folder, said


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "draw_characters", lambda _: None)
        return write_run(tmp_path_factory.mktemp("stage") / "run")


@pytest.fixture(scope="module")
def metrics(run: tuple[Path, str]) -> dict[str, Any]:
    return strict_json(run[0] / "metrics.json")


def strict_json(path: Path) -> dict[str, Any]:
    """JSON as its standard has it: without NaN and infinity."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{path.name} holds {name}")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def table(run: tuple[Path, str], name: str) -> pd.DataFrame:
    return pd.read_parquet(run[0] / "tables" / f"{name}.parquet")


def keys_of(value: Any) -> set[str]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return (set(value) if isinstance(value, dict) else set()).union(*map(keys_of, inner))


def test_the_config_holds_exactly_the_settings() -> None:
    report = yaml.safe_load((CONF / "report" / "characters.yaml").read_text(encoding="utf-8"))
    samples = yaml.safe_load((CONF / "samples" / "standard.yaml").read_text(encoding="utf-8"))
    assert set(report) | {"limit"} == keywords(characters_report) - INJECTED
    assert set(samples) == keywords(write_samples) - INJECTED == keywords(write_ngram_samples) - INJECTED


def test_metrics_have_the_layout_that_others_read(metrics: dict[str, Any]) -> None:
    assert list(metrics) == [
        "experiment", "dataset", "protocol", "stand_in", "seed", "model", "num_symbols", "num_test",
        "num_test_characters", "champion", "ngram", "bits_per_char", "ci95", "perplexity", "validation_bits_per_char",
        "num_params", "contests", "samples", "recognition",
    ]  # fmt: skip
    everybody = {"char_lstm", "mine", "ngram_1", "ngram_2", "ngram_3", "zlib", "lzma", "bz2"}
    assert set(metrics["bits_per_char"]) == set(metrics["perplexity"]) == everybody
    assert set(metrics["validation_bits_per_char"]) == everybody
    assert set(metrics["ci95"]) == everybody - {"zlib", "lzma", "bz2"}
    for name, (low, high) in metrics["ci95"].items():
        assert low < metrics["bits_per_char"][name] < high
    for name, bits in metrics["bits_per_char"].items():
        assert metrics["perplexity"][name] == pytest.approx(2**bits, rel=1e-4)
    texts = MADE.corpus.table["text"].iloc[MADE.split.test]
    assert metrics["num_test_characters"] == sum(len(text) + 1 for text in texts)


def test_metrics_hold_nothing_that_two_equal_runs_could_differ_in(
    metrics: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not {key for key in keys_of(metrics) if re.search("seconds|time|started|path", key)}
    monkeypatch.setattr(stage, "draw_characters", lambda _: None)
    again, _ = write_run(tmp_path / "run", seconds=99.0)
    assert strict_json(again / "metrics.json") == metrics


def test_the_report_is_read_as_such(run: tuple[Path, str], metrics: dict[str, Any]) -> None:
    folder, said = run
    strict_json(folder / "report.json")
    report = read_json(folder / "report.json", CharactersReport)
    assert report.headline == said
    assert said
    assert (report.champion, report.ngram) == (metrics["champion"], metrics["ngram"])
    assert (report.temperatures, report.temperature, report.limit) == ([0.5, 0.9, 1.4], 0.9, 15)
    assert (report.num_messages, report.num_draws) == (8, 2)
    assert report.num_symbols == CHARACTERS.alphabet.num_symbols
    symbols = np.concatenate(CHARACTERS.take(MADE.split.test))
    assert report.num_unknown == (symbols == CHARACTERS.alphabet.unknown).sum() > 0
    assert report.test_characters == len(symbols)
    assert [report.classes.negative, report.classes.positive] == ["ham", "spam"]


def test_samples_are_one_row_each_whatever_they_hold(run: tuple[Path, str]) -> None:
    """A carriage return ends a row for those who read it, unless it is quoted."""
    found = pd.read_csv(run[0] / "samples.csv", keep_default_na=False)
    assert len(found) == 8 * (3 * 2 + 3 * (2 + 2) + 3 * 2)
    assert found["text"].iloc[0] == ODD
    assert set(found["name"]) == {"char_lstm", "mine", read_json(run[0] / "report.json", CharactersReport).ngram}
    assert found["draw"].isin([0, 1]).all()
    assert found["label"].isin([-1, 0, 1]).all()


def test_the_characters_of_a_surprise_are_the_message(run: tuple[Path, str]) -> None:
    """The real ones, even where the model has no symbol for them."""
    surprise, report = table(run, "surprise"), read_json(run[0] / "report.json", CharactersReport)
    assert set(surprise["name"]) == {report.champion, report.ngram}
    rows = {name: set(own["row"]) for name, own in surprise.groupby("name")}
    assert rows[report.champion] == rows[report.ngram] <= set(MADE.split.test.tolist())
    for (_, row), own in surprise.groupby(["name", "row"]):
        assert "".join(own["character"]) == MADE.corpus.table["text"].iloc[int(str(row))]
        assert own["character"].iloc[-1] == ""
        assert own["position"].tolist() == list(range(len(own)))
        assert set(own["label"]) == {MADE.split.labels[int(str(row))]}
    assert np.isfinite(surprise["bits"]).all()


def test_the_bits_of_a_surprise_are_those_of_the_models(run: tuple[Path, str]) -> None:
    surprise, report = table(run, "surprise"), read_json(run[0] / "report.json", CharactersReport)
    symbols = CHARACTERS.alphabet.num_symbols
    models = {
        "char_lstm": writer(LSTM, num_symbols=symbols),
        "mine": writer(shape("gru", 4, 3), name="mine", conditional=True, seed=1, num_symbols=symbols),
    }
    paid = score_writer(CHARACTERS, MADE.split, models[report.champion]).table.set_index("row")["bits"]
    references = score_references(MADE.corpus, MADE.split, CHARACTERS, orders=3).ngrams
    counted = references[references["name"] == report.ngram].set_index("row")["bits"]
    for name, expected in ((report.champion, paid), (report.ngram, counted)):
        sums = surprise[surprise["name"] == name].groupby("row")["bits"].sum()
        np.testing.assert_allclose(sums, expected[sums.index], rtol=1e-5)


def test_models_are_saved_with_all_that_writing_needs(run: tuple[Path, str]) -> None:
    assert sorted(path.name for path in (run[0] / "models").iterdir()) == ["char_lstm.npz", "mine.npz"]
    saved = load(run[0] / "models" / "mine.npz")
    expected = writer(shape("gru", 4, 3), conditional=True, seed=1, num_symbols=CHARACTERS.alphabet.num_symbols)
    np.testing.assert_array_equal(saved.weights, expected.weights)
    np.testing.assert_array_equal(saved.opening, expected.opening)
    assert (saved.card.name, saved.card.conditional, saved.card.limit) == ("mine", True, 15)
    assert (saved.card.alphabet, saved.card.classes) == (CHARACTERS.alphabet, ("ham", "spam"))


def test_the_other_tables(run: tuple[Path, str]) -> None:
    writers = table(run, "writers").set_index("name")
    assert writers["embedding"].isna().to_dict() == {"char_lstm": True, "mine": False}
    assert writers["messages_per_second"].to_dict() == {"char_lstm": 48.0, "mine": 96.0}
    assert writers["seconds"].tolist() == [0.5, 0.5]
    examples = table(run, "examples")
    assert set(examples.groupby(["name", "temperature", "label"]).size()) == {3}
    assert table(run, "race").empty
    assert set(table(run, "history")["name"]) == {"char_lstm", "mine"}
    scores = table(run, "sample_scores").dropna()
    assert (scores["holdout_low"] <= scores["holdout"] + 1e-9).all()
    assert (scores["holdout"] <= scores["holdout_high"] + 1e-9).all()


def test_copies_are_counted_among_the_samples_that_are_scored() -> None:
    columns = ["name", "temperature", "draw", "label", "text", "characters", "ended", "copy_of"]
    samples = pd.DataFrame([
        ("a", 1.0, 0, -1, "Ok", 2, True, 7), ("a", 1.0, 1, -1, "See you", 7, True, 4),
        ("a", 1.0, 1, -1, "x", 1, True, -1), ("a", 1.0, 0, 1, "Win cash now", 12, True, 9),
        ("a", 0.5, 0, -1, "x", 1, True, -1), ("b", 1.0, 0, 1, "Win cash now", 12, True, 9),
    ], columns=columns)  # fmt: skip
    found = _copies(SampleScores(pd.DataFrame(), pd.DataFrame(), samples, 1, 2))
    rows = found.set_index(["name", "temperature"]).astype(float).fillna(-1).to_dict("index")
    assert {key: tuple(row.values()) for key, row in rows.items()} == {
        ("a", 1.0): (3, 2, 4.5, 7), ("a", 0.5): (1, 0, -1, -1), ("b", 1.0): (1, 1, 12, 12),
    }  # fmt: skip


def paid_for(bits: list[float], characters: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"row": np.arange(len(bits)), "characters": characters, "bits": bits})


def test_messages_are_shown_from_cheap_to_dear_of_either_class_in_turn() -> None:
    bits = np.random.default_rng(0).uniform(20, 200, 40)
    shown = _spread(paid_for(bits.tolist(), [40] * 40), np.tile(np.array([0, 1], np.int8), 20), 6)
    assert [row % 2 for row in shown] == [0, 1, 0, 1, 0, 1]
    for own in (shown[::2], shown[1::2]):
        assert (np.diff(bits[own]) > 0).all()


@pytest.mark.parametrize(
    ("lengths", "labels"), [([1] * 5, [0] * 5), ([1, 1, 300, 30, 1], [0, 0, 1, 1, 1]), ([50], [1])]
)
def test_few_messages_are_shown_once_each(lengths: list[int], labels: list[int]) -> None:
    shown = _spread(paid_for([9.0] * len(lengths), lengths), np.array(labels, np.int8), 8).tolist()
    assert shown
    assert len(set(shown)) == len(shown)
    if 30 in lengths:
        assert shown == [3], "of those of a length that can be shown"
