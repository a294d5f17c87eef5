"""Comparing run folders: intervals, pairs, verdicts, what is left out, the command line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from run_samples import Compare, Sample, compare_again, folds, models, seeds, write_json, write_run

from pipeline.compare import main
from pipeline.comparison.compare import compare_runs
from pipeline.errors import UserError
from pipeline.evaluation.repeats import corrected_mean
from pipeline.reporting.comparison.facts import Comparison, Pair


def pair_of(comparison: Comparison, first: str, second: str) -> Pair:
    (pair,) = [pair for pair in comparison.pairs if (pair.first, pair.second) == (first, second)]
    return pair


def test_one_repeat_keeps_the_run_s_own_interval(compared: Compare, tmp_path: Path) -> None:
    found = compared(Sample())
    written = json.loads((tmp_path / "0" / "run_0" / "report.json").read_text())["models"]["model"]["metrics"]["f1"]
    summary = models(found)["gru"].summary["f1"]
    assert (summary.mean, summary.low, summary.high) == (written["value"], written["low"], written["high"])
    assert np.isnan(summary.deviation)


def test_several_repeats_have_the_corrected_interval(compared: Compare) -> None:
    """Folds: a test message for every 4 others. Seeds: 150 of the 600 for the 450 others."""
    for samples, ratio in ((folds(Sample()), 1 / 4), (seeds(Sample(skill=1), 4), 150 / 450)):
        (gru,) = models(compared(*samples)).values()
        expected = corrected_mean([repeat.metrics["f1"].value for repeat in gru.repeats], ratio)
        summary = gru.summary["f1"]
        assert (summary.mean, summary.deviation) == pytest.approx((expected.mean, expected.deviation))
        assert (summary.low, summary.high) == pytest.approx((expected.low, min(1, expected.high)))


def test_one_run_each_is_judged_by_bootstrap_and_mcnemar(compared: Compare) -> None:
    found = compared(Sample(skill=4), Sample("lstm", skill=0.5))
    pair = pair_of(found, "gru", "lstm")
    assert [test.test for test in pair.tests] == ["bootstrap", "mcnemar"]
    assert pair.verdict == "first"
    assert pair.difference.low > 0
    gru, lstm = (models(found)[name].summary["f1"].mean for name in ("gru", "lstm"))
    assert pair.difference.value == pytest.approx(gru - lstm)  # the stored scores give the run's own F1 again
    assert pair_of(found, "lstm", "TF-IDF, all rows").verdict == "second"
    assert "better than lstm" in found.headline


def test_folds_are_judged_by_t_test_and_pooled_mcnemar(compared: Compare) -> None:
    pair = pair_of(compared(*folds(Sample(skill=4)), *folds(Sample("lstm", skill=0.5))), "gru", "lstm")
    assert [test.test for test in pair.tests] == ["corrected_t", "mcnemar"]
    assert pair.num_repeats == 5
    assert pair.verdict == "first"


def test_seeds_share_test_messages_and_are_judged_by_t_test_alone(compared: Compare) -> None:
    found = compared(*seeds(Sample(), 4), *seeds(Sample("lstm"), 3))
    pair = pair_of(found, "gru", "lstm")
    assert [test.test for test in pair.tests] == ["corrected_t"]
    assert pair.num_repeats == 3


def test_a_swapped_pair_is_mirrored(compared: Compare) -> None:
    one, other = Sample(skill=4), Sample("lstm", skill=0.5)
    ahead, back = (pair_of(compared(*order), *names) for order, names in (
        ((one, other), ("gru", "lstm")), ((other, one), ("lstm", "gru"))))  # fmt: skip
    assert back.difference.value == -ahead.difference.value
    assert (back.difference.low, back.difference.high) == pytest.approx((-ahead.difference.high, -ahead.difference.low))
    assert [test.p for test in back.tests] == pytest.approx([test.p for test in ahead.tests])
    assert (ahead.verdict, back.verdict) == ("first", "second")


def test_equal_models_cannot_be_told_apart(compared: Compare) -> None:
    found = compared(Sample(), Sample(sampling="none"))  # made up with the same scores
    pair = pair_of(found, "undersampled", "no undersampling")
    assert (pair.difference.value, pair.verdict) == (0, "none")
    assert "no detectable difference to" in found.headline


def test_p_values_are_adjusted_over_all_pairs_by_kind(compared: Compare) -> None:
    found = compared(Sample(), Sample("lstm", skill=1), Sample("simple_rnn", skill=1.5))
    assert len(found.pairs) == 3 + 3
    for kind in ("bootstrap", "mcnemar"):
        tests = sorted((test for pair in found.pairs for test in pair.tests if test.test == kind), key=lambda t: t.p)
        assert tests[0].p_holm == pytest.approx(min(1, 6 * tests[0].p))
        assert all(test.p <= test.p_holm for test in tests)


@pytest.mark.parametrize(("other", "said"), [
    (Sample(protocol="published"), "figures of different protocols must not be compared"),
    (Sample(dataset="sms_spam"), "figures on different data must not be compared"),
    (Sample(test_share=0.2), "not all variants have the same test messages"),
    (Sample(fold=0), "not all variants have the same test messages"),
])  # fmt: skip
def test_only_the_same_test_messages_are_paired(compared: Compare, other: Sample, said: str) -> None:
    found = compared(Sample(), other)
    names = set(models(found))
    assert len(names) == 2
    assert not [pair for pair in found.pairs if {pair.first, pair.second} == names]
    assert any(said in notice for notice in found.notices)
    assert len(found.pairs) == 2  # each with its own TF-IDF
    assert "best" not in found.headline


def test_other_data_under_the_same_name_are_not_paired(compared: Compare, tmp_path: Path) -> None:
    one, other = (write_run(tmp_path / name, Sample(name)) for name in ("gru", "lstm"))
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["data"][0]["sha256"] = "f" * 64
    write_json(other / "manifest.json", manifest)
    found = compare_again([one, other], tmp_path / "comparison")
    assert {pair.second for pair in found.pairs}.isdisjoint(models(found))


def test_published_figures_stand_beside_ours(compared: Compare) -> None:
    found = compared(Sample(), Sample("lstm", sampling="none"))
    figures = [figure for variant in found.variants for figure in variant.published]
    assert [(figure.metric, figure.value, figure.is_approximate) for figure in figures] == [
        ("recall", 0.9672, False),
        ("recall", 0.96, True),
    ]


def test_what_limits_the_comparison_is_said(compared: Compare) -> None:
    assert compared(Sample(), Sample("lstm")).notices == []
    partial = compared(*list(folds(Sample()))[:2])
    assert partial.notices[0] == "gru: 2 of 5 folds."
    assert compared(Sample(stand_in=True)).headline.startswith("STAND-IN DATA")


def test_unfinished_runs_are_listed(tmp_path: Path, compared: Compare) -> None:
    sweep = tmp_path / "sweep"
    for number, status in enumerate(["finished", "failed", "running", "interrupted"]):
        write_run(sweep / str(number), Sample(status=status))
    (sweep / "10").mkdir()
    write_run(sweep / "9", Sample("lstm"))
    (sweep / "9" / "predictions.parquet").unlink()
    found = compare_again([sweep], sweep)
    assert list(models(found)) == ["gru"]
    assert models(found)["gru"].repeats[0].folder == "0"
    assert [job.folder for job in found.unfinished] == ["1", "2", "3", "9", "10"]
    reasons = [job.reason for job in found.unfinished]
    for reason, said in zip(
        reasons, ("failed", "killed", "interrupted", "lacks predictions", "not begin"), strict=True
    ):
        assert said in reason


@pytest.mark.usefixtures("compared")
def test_runs_of_synthesis_are_left_out_with_a_reason(tmp_path: Path) -> None:
    classified, made = write_run(tmp_path / "classified", Sample()), write_run(tmp_path / "made", Sample())
    write_json(made / "report.json", {"family": "synthesis"})
    found = compare_again([classified, made], tmp_path / "comparison")
    assert [run.folder for variant in models(found).values() for run in variant.repeats] == ["../classified"]
    assert [(job.folder, job.reason) for job in found.unfinished] == [
        ("../made", "it is a run of synthesis: only runs of classification are compared")
    ]
    with pytest.raises(UserError, match="it is a run of synthesis"):
        compare_runs([made], tmp_path / "alone", "Alone")


@pytest.mark.parametrize(("folder", "message"), [("nothing", "no folder"), ("empty", "holds no run")])
def test_folders_without_runs(tmp_path: Path, folder: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=message):
        compare_runs([tmp_path / folder], tmp_path / "comparison", "")
    assert not (tmp_path / "comparison").exists()


def test_no_run_is_left(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no finished run.*\n.*it failed"):
        compare_runs([write_run(tmp_path / "run", Sample(status="failed"))], tmp_path / "comparison", "")


def test_the_folder_of_a_run_is_not_written_over(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", Sample())
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="it is the folder of a run"):
        compare_runs([run], run, "")
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("output", ["thesis.txt", "thesis.txt/comparison"])
def test_a_file_is_no_output(tmp_path: Path, output: str) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match=r"thesis\.txt is no folder"):
        compare_runs([write_run(tmp_path / "run", Sample())], tmp_path / output, "")


@pytest.mark.parametrize("file", ["report.html", "figures/mine.png"])
def test_a_folder_with_other_files_is_no_output(tmp_path: Path, file: str) -> None:
    other = tmp_path / "thesis" / file
    other.parent.mkdir(parents=True)
    other.write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="other files"):
        compare_runs([write_run(tmp_path / "run", Sample())], tmp_path / "thesis", "")
    assert other.read_text(encoding="utf-8") == "mine"


def test_folders_of_sweeps_and_empty_ones_are_outputs(tmp_path: Path, compared: Compare) -> None:
    sweep = tmp_path / "sweep"
    run = write_run(sweep / "0", Sample())
    (sweep / "sweep.json").write_text("{}", encoding="utf-8")
    (sweep / "multirun.yaml").write_text("", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for output in (sweep, tmp_path / "empty"):
        assert list(models(compare_again([run], output))) == ["gru"]


def test_tables_hold_every_repeat(tmp_path: Path, compared: Compare) -> None:
    compared(*seeds(Sample(), 2), *seeds(Sample("lstm"), 2))
    tables = tmp_path / "0" / "comparison" / "tables"
    history = pd.read_parquet(tables / "history.parquet")
    assert list(history.columns[:3]) == ["variant", "repeat", "epoch"]
    assert history.groupby(["variant", "repeat"]).size().to_dict() == {
        (name, f"seed {seed}"): 3 for name in ("gru", "lstm") for seed in (0, 1)
    }
    for name, columns in (("roc", ["false_positive_rate", "recall"]), ("precision_recall", ["recall", "precision"])):
        table = pd.read_parquet(tables / f"{name}.parquet")
        assert list(table.columns) == ["variant", "repeat", *columns]
        assert set(table["variant"]) >= {"gru", "lstm", "TF-IDF, all rows"}


def test_a_comparison_drawn_again_is_the_same(tmp_path: Path, compared: Compare) -> None:
    runs = [write_run(tmp_path / model, Sample(model)) for model in ("gru", "lstm")]
    first, again = (compare_again(runs, tmp_path / "comparison") for _ in range(2))
    assert repr(first) == repr(again)


def test_a_large_comparison_takes_seconds(tmp_path: Path, compared: Compare) -> None:
    """5 models once and 3 in 5 seeds: a minute would mean that something is computed for each pair."""
    once = [Sample("gru", units=units) for units in (8, 16, 32, 64, 128)]
    several = [sample for units in (9, 17, 33) for sample in seeds(Sample("lstm", units=units))]
    folders = [write_run(tmp_path / str(i), sample) for i, sample in enumerate([*once, *several])]
    start = time.perf_counter()
    compare_again(folders, tmp_path / "comparison")
    assert time.perf_counter() - start < 30


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [str(write_run(tmp_path / model, Sample(model))) for model in ("gru", "lstm")]
    assert main([*runs, "--output", str(tmp_path / "out"), "--title", "Two models"]) == 0
    report, headline = capsys.readouterr().out.splitlines()
    assert "Two models" in Path(report).read_text(encoding="utf-8")
    assert headline.startswith("2 variants: enron_spam, clean protocol: best f1")


def test_command_line_tells_mistakes_in_one_block(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing")]) == 2
    assert capsys.readouterr().err.startswith("error:    There is no folder")
