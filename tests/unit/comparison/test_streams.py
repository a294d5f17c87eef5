"""Comparing runs on streams: names, repeats, verdicts, what is left out, the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import run_samples

from pipeline.compare import main
from pipeline.comparison import compare, streams
from pipeline.comparison.choice import compare_folders
from pipeline.comparison.stream_contests import adjust
from pipeline.comparison.streams import compare_streams
from pipeline.errors import UserError
from pipeline.reporting.stream_comparison.report import draw_stream_comparison
from pipeline.reporting.stream_comparison.scene import Scene, read_scene
from pipeline.reporting.stream_comparison.tables import results
from stream_samples import Made, write_memory_run, write_run

SMALL = Made(num_messages=400, resamples=40, window=100)
FILE = replace(SMALL, order="file")
SORTED = replace(SMALL, order="file", is_sorted=True)


@pytest.fixture(autouse=True)
def runs_undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs without their own reports, which have tests of their own."""
    for stage in ("stream_report", "memory_report"):
        monkeypatch.setattr(f"pipeline.stages.{stage}.draw_stream", lambda folder: folder / "report.html")


def finish(folder: Path, made: Made, *, status: str = "finished", **settings: str) -> Path:
    """Have the folder of a run say that it has ended, and with which settings; what is sorted is another data set."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    report |= {"dataset": "enron_spam"} if made.is_sorted else {}
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"status": status, "choices": {"dataset": "sms_spam"}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    config: dict[str, Any] = {"name": "x", "seed": made.seed, "stream": {"order": made.order}, "filters": settings}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    return folder


def write(home: Path, *runs: Made, **settings: str) -> list[Path]:
    folders = []
    for made in runs:
        folders.append(home / str(len(list(home.glob("[0-9]*")))))
        write_run(folders[-1], made)
        finish(folders[-1], made, **settings)
    return folders


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the report, which has a test of its own."""
    monkeypatch.setattr(streams, "draw_stream_comparison", lambda folder: folder / "report.html")


@pytest.fixture
def compared_undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison of classification without its report."""
    monkeypatch.setattr(compare, "draw_comparison", lambda folder: folder / "report.html")


def compared(folders: list[Path], output: Path) -> Scene:
    compare_streams(folders, output, "A title")
    return read_scene(output)


@pytest.mark.usefixtures("undrawn")
def test_streams_are_told_apart_and_those_that_are_sorted_come_last(tmp_path: Path) -> None:
    folders = write(tmp_path, SORTED, replace(SMALL, kind="drift"), SMALL)
    scene = compared(folders, tmp_path / "out")
    assert [stream.name for stream in scene.streams] == [
        "sms_spam, drift, shuffled", "sms_spam, filters, shuffled", "enron_spam, filters, in file order",
    ]  # fmt: skip
    assert [stream.is_sorted for stream in scene.streams] == [False, False, True]
    assert [stream.panel for stream in scene.telling] == ["sms_spam, drift", "sms_spam, filters"]
    assert any("different kinds" in notice for notice in scene.comparison.notices)
    assert set(scene.tables.pairs["stream"]) == {stream.name for stream in scene.telling}


@pytest.mark.usefixtures("undrawn")
def test_settings_tell_streams_of_a_data_set_apart(tmp_path: Path) -> None:
    folders = [*write(tmp_path, SMALL, likelihood="ngrams"), *write(tmp_path, SMALL, likelihood="messages")]
    names = [stream.name for stream in compared(folders, tmp_path / "out").streams]
    assert names == ["sms_spam, likelihood=ngrams, shuffled", "sms_spam, likelihood=messages, shuffled"]


@pytest.mark.usefixtures("undrawn")
def test_one_run_keeps_its_own_figures(tmp_path: Path) -> None:
    (folder,) = write(tmp_path, SMALL)
    scene = compared([folder], tmp_path / "out")
    (stream,) = scene.streams
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["models"]
    for model in stream.models:
        for part in ("all", "unfamiliar"):
            for metric in ("f1", "fpr", "pr_auc", "one_minus_auc_percent"):
                found, own = scene.summary(stream, model, metric, part), metrics[model][part]
                assert [found.value, found.low, found.high] == pytest.approx(
                    [own[metric], *own["ci95"][metric]], abs=1e-6
                )
                assert np.isnan(found.deviation)
    table = scene.tables.pairs.set_index("model")
    assert set(table.index) == set(stream.models) - {stream.reference}
    own = metrics["logistic"]["all"]
    assert table.loc["logistic", "difference"] == pytest.approx(own["difference"]["f1"], abs=1e-6)


@pytest.mark.usefixtures("undrawn")
def test_messages_too_few_to_tell_are_not_said_to_show_no_difference(tmp_path: Path) -> None:
    folders = write(tmp_path, replace(SMALL, num_messages=24))
    table = results(compared(folders, tmp_path / "out"))
    notes = {row[4].note for row in table.bodies[0] if row[4].text != "–"}
    assert notes == {"too few messages to tell"}


@pytest.mark.usefixtures("undrawn")
def test_seeds_are_repeats_with_their_mean_and_their_range(tmp_path: Path) -> None:
    folders = write(tmp_path, *(replace(SMALL, seed=seed) for seed in (3, 1, 2)))
    scene = compared(folders, tmp_path / "out")
    (stream,) = scene.streams
    assert [run.seed for run in stream.repeats] == [1, 2, 3]
    values = [
        json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["models"]["logistic"]["all"]["f1"]
        for folder in folders
    ]
    found = scene.summary(stream, "logistic", "f1")
    assert [found.value, found.low, found.high, found.deviation] == pytest.approx(
        [np.mean(values), min(values), max(values), np.std(values, ddof=1)], abs=1e-6
    )
    assert len(scene.pairs(stream, "logistic")) == 3
    best = scene.best(stream, "f1")
    assert best
    ends = scene.summary(stream, best, "f1")
    assert f"mean of 3 seeds, {ends.low:.3f} to {ends.high:.3f}" in scene.comparison.headline


@pytest.mark.usefixtures("undrawn")
def test_a_run_that_a_later_one_repeats_is_left_out(tmp_path: Path) -> None:
    scene = compared(write(tmp_path, SMALL, SMALL), tmp_path / "out")
    assert [run.folder for run in scene.streams[0].repeats] == ["../1"]
    assert scene.comparison.notices == ["1 run left out: a later one has the same settings and seed (../0)."]


@pytest.mark.usefixtures("undrawn")
def test_a_seed_that_changes_nothing_counts_once(tmp_path: Path) -> None:
    folders = write(tmp_path, FILE, FILE)
    for name in ("config.yaml", "manifest.json"):
        content = json.loads((folders[1] / name).read_text(encoding="utf-8"))
        (folders[1] / name).write_text(json.dumps(content | {"seed": 8}), encoding="utf-8")
    scene = compared(folders, tmp_path / "out")
    assert [run.seed for run in scene.streams[0].repeats] == [7]
    assert len(scene.tables.pairs) == 6
    (notice,) = scene.comparison.notices
    assert notice.startswith("1 run left out: figures are those of another seed")


@pytest.mark.usefixtures("undrawn")
def test_what_is_not_compared_is_listed_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    write_memory_run(tmp_path / "1", SMALL)
    finish(tmp_path / "1", SMALL)
    write_run(tmp_path / "2", SMALL)
    finish(tmp_path / "2", SMALL, status="interrupted")
    (tmp_path / "3").mkdir()
    scene = compared([tmp_path], tmp_path / "out")
    assert {run.folder: run.reason for run in scene.comparison.unfinished} == {
        "../1": "it judges filters in ever less memory, which is not compared",
        "../2": "it was interrupted: the same command goes on",
        "../3": "it did not begin, or stopped before anything was written",
    }


@pytest.mark.usefixtures("compared_undrawn")
def test_beside_runs_of_classification_those_on_streams_are_listed(tmp_path: Path) -> None:
    (stream,) = write(tmp_path, SMALL)
    classified = run_samples.write_run(tmp_path / "classified", run_samples.Sample())
    compare_folders([stream, classified], tmp_path / "out", "A title")
    content = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    assert len(content["variants"]) >= 1
    assert content["unfinished"] == [
        {"folder": "../0", "reason": "it is a run of stream: only runs of classification are compared"}
    ]
    with pytest.raises(UserError, match="it is a run of classification"):
        compare_streams([classified], tmp_path / "other", "A title")


def test_memory_alone_cannot_be_compared(tmp_path: Path) -> None:
    write_memory_run(tmp_path / "0", SMALL)
    with pytest.raises(UserError, match="in ever less memory, which is not compared"):
        compare_streams([finish(tmp_path / "0", SMALL)], tmp_path / "out", "A title")


def pairs(*rows: tuple[float, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["difference", "difference_low", "difference_high", "p"])


def test_a_verdict_needs_the_adjusted_p_and_the_interval() -> None:
    told = adjust(
        pairs((0.1, 0.05, 0.2, 0.001), (-0.1, -0.2, -0.05, 0.001), (0.1, 0.01, 0.2, 0.03), (0.1, -0.01, 0.2, 0.001))
    )
    assert told["p_holm"].tolist() == pytest.approx([0.004, 0.004, 0.03, 0.004])
    assert told["verdict"].tolist() == ["better", "worse", "better", "none"]
    more = adjust(pairs((0.1, 0.01, 0.2, 0.03), *[(0.0, -0.1, 0.1, 0.9)] * 9))
    assert more["verdict"].tolist() == ["none"] * 10, "one of ten differs by luck"
    unknown = adjust(pairs((np.nan, np.nan, np.nan, 0.001)))
    assert unknown["verdict"].tolist() == ["none"]


@pytest.mark.usefixtures("undrawn")
def test_the_headline_counts_every_model(tmp_path: Path) -> None:
    scene = compared(write(tmp_path, SMALL, FILE, SORTED), tmp_path / "out")
    said = scene.comparison.headline
    assert said.startswith("3 streams (1 sorted by class, left out), best F1: sms_spam, shuffled: ")
    for name in ("hashed naive Bayes", "count-min perceptron", "averaged perceptron", "logistic regression"):
        assert f"{name} in " in said
    assert said.count(" of 2") == 6
    assert said.endswith("(12 comparisons, p adjusted by Holm)")


@pytest.mark.usefixtures("undrawn")
def test_of_sorted_streams_alone_nothing_is_said(tmp_path: Path) -> None:
    scene = compared(write(tmp_path, replace(SORTED, stand_in=True)), tmp_path / "out")
    assert scene.comparison.headline == (
        "STAND-IN DATA, 1 stream, all SORTED BY CLASS: nothing can be said of the models"
    )


def test_the_page_is_drawn_from_the_files_of_the_comparison_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "runs", SMALL, FILE, SORTED)
    output = tmp_path / "out"
    assert main([str(tmp_path / "runs"), "--output", str(output), "--title", "<b>A title</b>"]) == 0
    assert "best F1" in capsys.readouterr().out
    page = (output / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;A title&lt;/b&gt;" in page
    assert "<b>A title</b>" not in page
    assert "Sorted by class: enron_spam, in file order" in page
    assert "SORTED BY CLASS" in page
    assert "does not cover the luck of their order" in page
    assert page.count("<img") == 2
    for suffix in ("csv", "md", "tex"):
        assert (output / "tables" / f"unfamiliar.{suffix}").exists()
    table = pd.read_csv(output / "tables" / "results.csv")
    assert len(table) == 3 * 7
    assert {"dataset", "order", "model", "messages", "f1", "fpr", "pr_auc", "bytes", "messages_per_second"} <= set(
        table
    )
    assert table.loc[table["is_sorted"], "p"].isna().all()
    (tmp_path / "runs").rename(tmp_path / "gone")
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    draw_stream_comparison(output)
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before


def test_the_page_of_seeds_and_of_sorted_streams_alone(tmp_path: Path) -> None:
    for name, runs in {
        "seeds": (SMALL, replace(SMALL, seed=8), replace(FILE, kind="versus_batch")),
        "sorted": (SORTED,),
    }.items():
        compare_streams(write(tmp_path / name, *runs), tmp_path / name / "out", "A title")
        page = (tmp_path / name / "out" / "report.html").read_text(encoding="utf-8")
        if name == "seeds":
            assert "detectable in " in page
            assert "what the range covers is the luck of the order alone" in page
            assert "Two seeds say little" in page
            assert "without those before the first training" in page
        else:
            assert "<img" not in page
            assert "nothing can be said of how well the models do" in page
