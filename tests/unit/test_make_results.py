"""The page of results, from run folders."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import character_samples as characters
import detection_samples_page as detection
import stream_samples
from pipeline.comparison.streams import compare_streams
from pipeline.reporting.characters.report import draw_characters
from pipeline.reporting.grid import Row, Table
from pipeline.reporting.tables import Cell
from synthesis_samples import Made, write_run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("make_results")


def finish(folder: Path) -> None:
    """Have the manifest say that the run has ended."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"status": "finished"}), encoding="utf-8")


def test_a_run_of_synthesis_has_a_section_of_its_own(script: Any, tmp_path: Path) -> None:
    write_run(tmp_path / "run", Made(undefined=True))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "## lstm_vae on spam_or_not_spam, protocol clean, seed 7" in page
    assert "The latent is alive: KL 7.461 nats a message" in page
    assert "| gnb | published; not said on what | 0.926 | 0.846 |  | 0.814 |  |" in page
    assert "| gnb | synthetic → real | 0.902 [0.875, 0.923] |" in page
    assert "| mmd | 0.0213 [0.0187, 0.0244] | undefined |" in page
    assert "By F1, adding synthetic messages cannot be told from doing nothing, random oversampling" in page
    assert "| classifier | real positive messages | metric | over doing nothing | over random oversampling |" in page
    assert "| mnb | 10 % | F1 | undefined | undefined | undefined | undefined |" in page
    assert "| mnb | 25 % | F1 | +0.010 [−0.011, 0.031] |" in page
    assert "| experiment | data set |" not in page, "no table of classifiers"
    shown = re.findall(r"\((figures/\S+)\)", page)
    assert len(shown) == 5
    assert all((tmp_path / "docs" / name).exists() for name in shown)


def test_a_published_run_of_synthesis_says_what_limits_its_figures(script: Any, tmp_path: Path) -> None:
    write_run(tmp_path / "run", Made(protocol="published", collapsed=True, undefined=True, repeats=1))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "\nLATENT COLLAPSED, spam_or_not_spam: KL 0.03 nats" in page
    assert "| membership_auc | undefined [undefined, undefined] | undefined (needs a third real part) |" in page
    assert "intervals cover the luck of the test messages alone, not which spam was drawn" in page


def test_runs_on_stand_in_data_are_no_results(script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(tmp_path / "run", Made(stand_in=True, num_messages=80))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 2
    assert "None of these folders" in capsys.readouterr().err


def write_stream(folder: Path, made: stream_samples.Made) -> Path:
    """The folder of a finished run on a stream."""
    stream_samples.write_run(folder, made)
    config = {"name": "x", "seed": made.seed, "stream": {"order": made.order}}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    finish(folder)
    return folder


def test_runs_on_streams_have_sections_and_each_order_its_own(script: Any, tmp_path: Path) -> None:
    small = stream_samples.Made(num_messages=400, resamples=40, window=100)
    runs = [
        write_stream(tmp_path / "0", small),
        write_stream(tmp_path / "1", replace(small, order="file", is_sorted=True)),
        write_stream(tmp_path / "2", replace(small, kind="drift", protocol="published")),
    ]
    stream_samples.write_memory_run(tmp_path / "3", replace(small, seed=8))
    finish(tmp_path / "3")
    folders = [str(folder) for folder in (*runs, tmp_path / "3")]
    assert script.main([*folders, "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "## online_filters on sms_spam, shuffled by seed, protocol clean, seed 7" in page
    assert "## online_filters on sms_spam, in the order of the source, protocol clean, seed 7" in page
    assert page.count("**The stream is sorted by class") == 1
    assert (
        "| model | F1 | Recall | Precision | FPR | MCC | PR-AUC | 1−AUC % | F1 less that of exact naive Bayes |" in page
    )
    assert "| hashed naive Bayes | 0." in page
    assert page.count("no detectable difference: ") > 3
    assert page.count("Words change at message 200") == 1
    assert "| perceptron | count-min | 2 × 2^8 | 4.1 KB | 0." in page
    assert "Counts of 41,233 distinct n-grams, 240,117 in all" in page
    shown = re.findall(r"\((figures/\S+)\)", page)
    assert len(set(shown)) == len(shown) == 3 * 3 + 2
    assert all((tmp_path / "docs" / name).exists() for name in shown)


def test_a_comparison_of_streams_has_its_tables_and_figures(script: Any, tmp_path: Path) -> None:
    small = stream_samples.Made(num_messages=400, resamples=40, window=100)
    compare_streams([write_stream(tmp_path / "0", small)], tmp_path / "out", "Filters")
    assert script.main([str(tmp_path / "out"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "## Filters on sms_spam, protocol clean" in page
    assert "1 stream, best F1: sms_spam, shuffled: " in page
    assert "| Stream | Messages | Model | F1 | Difference in F1 from the reference | FPR | PR-AUC |" in page
    assert "Messages without an earlier near-duplicate" in page
    for name in ("f1", "false_positives"):
        assert (tmp_path / "docs" / "figures" / f"Filters_sms_spam_clean_{name}.png").exists()


def test_a_comparison_of_stand_in_streams_is_no_result(script: Any, tmp_path: Path) -> None:
    small = stream_samples.Made(num_messages=400, resamples=40, window=100, stand_in=True)
    compare_streams([write_stream(tmp_path / "0", small)], tmp_path / "out", "Filters")
    assert script.main([str(tmp_path / "out"), str(tmp_path / "0"), "--output", str(tmp_path / "docs")]) == 2


def test_a_run_of_detection_has_a_section_of_its_own(script: Any, tmp_path: Path) -> None:
    detection.write_run(tmp_path / "run", detection.Made(resamples=100))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "## vae_density on sms_spam, protocol clean, seed 7" in page
    assert "\n\n- best without labels: mixture, ROC-AUC 0." in page
    assert "of the test messages 1 without a known word" in page
    assert "13.0 % expected, 15.2 % estimated by the" in page
    assert "| Detector | given | ROC-AUC | PR-AUC | F1 | Precision | Recall | F1, labels’ threshold |" in page
    assert "| VAE, ham only; fitted on 385 messages | labels of ham | **0.9" in page
    assert "| Length alone | 0." in page
    assert "] | – | – | 0.98 | – |" in page, "length has no cost a word"
    assert "| VAE, ham only | unigram, ham only | +0." in page
    assert "| VAE | 20.0 % | 0." in page
    assert "Each fitted on 300 messages." in page
    assert "<script>" not in page, "texts stay in the run's folder"
    shown = re.findall(r"\((figures/\S+)\)", page)
    assert len(set(shown)) == len(shown) == 5
    assert all((tmp_path / "docs" / name).exists() for name in shown)


def test_a_run_of_detection_without_contamination_lacks_that_table(script: Any, tmp_path: Path) -> None:
    detection.write_run(tmp_path / "run", detection.Made(resamples=100, lacks_contamination=True))
    finish(tmp_path / "run")
    assert script.main([str(tmp_path / "run"), "--output", str(tmp_path / "docs")]) == 0
    page = (tmp_path / "docs" / "RESULTS.md").read_text(encoding="utf-8")
    assert "| Detector | less that of |" in page
    assert "| Model | spam among those fitted on |" not in page
    assert "contamination.png" not in page


def test_names_that_users_gave_do_not_break_the_tables_of_a_run_of_detection(script: Any, tmp_path: Path) -> None:
    markdown = importlib.import_module("make_results_detection").markdown
    cells = [Cell("0.9", "[0.8, 1.0]", stands_out=True), Cell("a|b", "", stands_out=False)]
    found = Table("Detector", ["PR|AUC", "<i>"], [[Row("mine*", "a note", cells)]], "Said of x|y.")
    assert markdown(found).splitlines() == [
        "| Detector | PR\\|AUC | &lt;i&gt; |",
        "| --- | --- | --- |",
        "| mine\\*; a note | **0.9 [0.8, 1.0]** | a\\|b |",
        "",
        "Said of x\\|y.",
    ]


def page_of_characters(script: Any, folder: Path, made: characters.Made) -> str:
    """The page of results of one finished run of character models."""
    run = characters.write_run(folder / "run", made)
    facts = json.loads((run / "report.json").read_text(encoding="utf-8"))
    metrics = {name: facts[name] for name in ("experiment", "dataset", "protocol", "stand_in")} | {"seed": made.seed}
    (run / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    draw_characters(run)
    finish(run)
    assert script.main([str(run), "--output", str(folder / "docs")]) == 0
    return (
        (folder / "docs" / "RESULTS.md")
        .read_text(encoding="utf-8")
        .replace("\N{NO-BREAK SPACE}", " ")
        .replace("\\_", "_")
    )


def test_a_run_of_character_models_has_a_section_of_its_own(script: Any, tmp_path: Path) -> None:
    page = page_of_characters(script, tmp_path, characters.FULL)
    assert "## char_comparison on sms_spam, protocol clean, seed 7" in page
    assert (
        "test 1,050. The training part holds 272,632 characters, the validation part 91,034, the test part 96,000"
        in page
    )
    assert f"\n\n    {characters.COMMAND}\n\n" in page
    assert re.search(
        r"\| char_best; LSTM, 448 units, streamed \| \*\*2\.390 \[2\.340, 2\.440\]\*\* \| \*\*−0\.270 \[", page
    )
    assert "| 5-gram | **2.660 [2.610, 2.710]** | – |" in page
    assert "| lzma | 2.720 |" in page
    assert re.search(r"\| char_rnn \| char_lstm \| \*\*\+0\.350 \[.*?\]\*\* \|", page), "paired, with an interval"
    assert re.search(r"\| char_lstm; beside char_lstm_windowed \| .* \| \*\*1/\d+ of the time\*\* \|", page)
    assert re.search(r"^\| Score \| real messages \| char_best \|", page, re.MULTILINE)
    assert re.search(r"\| Real words \| 87\.3 % \(85\.6 to 89\.0\) \| \*\*65\.3 % \(61\.8 to 68\.8\)\*\* \|", page)
    assert "| char_lstm | LSTM, 128 units | streamed | – | 625 |" in page, "messages a second"
    assert re.search(r"\| char_best \| spam \| 94\.0 % \[91\.0, 97\.0\] \|", page)
    assert "<script>" not in page, "texts stay in the run's folder"
    assert "| experiment | data set |" not in page, "no table of classifiers"
    shown = re.findall(r"\((figures/\S+)\)", page)
    assert len(set(shown)) == len(shown) == 5
    assert all((tmp_path / "docs" / name).exists() for name in shown)


def test_a_character_model_alone_has_no_race(script: Any, tmp_path: Path) -> None:
    page = page_of_characters(script, tmp_path, characters.LONE)
    assert "| char_lstm; LSTM, 128 units, streamed |" in page
    assert "Streamed model" not in page


def test_a_published_run_of_character_models_says_what_it_repeats(script: Any, tmp_path: Path) -> None:
    page = page_of_characters(script, tmp_path, replace(characters.LONE, protocol="published", undefined=True))
    assert "## char_comparison on sms_spam, protocol published, seed 7" in page
    assert "undefined" in page
