"""What a user sees: the help page, and one block for each mistake."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

VAE = "+experiment=lstm_vae dataset=sample"
GAN = "+experiment=fashion_cgan"
Run = Callable[..., subprocess.CompletedProcess[str]]


def test_help_lists_every_experiment(run_pipeline: Run) -> None:
    page = run_pipeline("--help")
    assert page.returncode == 0
    assert re.search(r"^  gru_glove +GRU on Enron e-mails", page.stdout, re.MULTILINE)
    assert 'python -m pipeline.generate run=FOLDER prompt="..."' in page.stdout
    assert re.search(r"^  fashion_cgan +A conditional GAN", page.stdout, re.MULTILINE)
    assert re.search(r"^  dataset=NAME +csv, digits, .*fashion_mnist, images", page.stdout, re.MULTILINE)
    assert all(len(line) <= 120 for line in page.stdout.splitlines())


def test_the_composed_config_can_be_shown(run_pipeline: Run) -> None:
    shown = run_pipeline("+experiment=gru_glove", "--cfg", "job")
    assert shown.returncode == 0
    assert "name: gru_glove" in shown.stdout


@pytest.mark.parametrize(
    ("override", "happened", "expected", "remedy"),
    [
        ("modle=gru", "no setting 'modle'", "model", "Did you mean 'model'?"),
        ("model=gruu", "model=gruu is not known", "one of cgan, cgan_conv, gru", "Did you mean 'gru'?"),
        ("+experiment=gru_glov", "experiment=gru_glov is not known", "gru_glove", "Did you mean 'gru_glove'?"),
        ("experiment=gru_glove", "with a plus sign", "+experiment=gru_glove", "+experiment"),
        ("embedding=glove embedding.dim=70", "embedding.dim = 70", "50, 100", "embedding.path"),
        ("embedding=corpus embedding.path=x.txt", "would not be read", "from a file", "embedding=glove"),
        ("split.test_share=0.6 split.validation_share=0.5", "no training rows", "below 1", "Lower"),
        ("model.build.unitz=3", "no setting 'model.build.unitz'", "model.build.units", "Did you mean"),
        ("+model.build.unitz=3", "Nothing reads the setting 'model.build.unitz'", "units", "Did you mean 'units'?"),
        ("+modle=3", "Nothing reads the setting 'modle'", "model", "Did you mean 'model'?"),
        ("flow=stream filters.ngrams=[2,1]", "filters.ngrams = [2, 1] is not allowed", "[1, 2]", "filters.ngrams"),
        ("flow=stream filters.models={a:1}", "cannot be replaced as a whole", "plus sign", "+filters.models.NAME"),
        (
            "+experiment=char_lstm writers.char_lstm.training.steps=9",
            "writers.char_lstm.training follows recipes.lstm",
            "recipes.lstm.steps",
            "Set recipes.lstm.steps=...",
        ),
        ("flow=stream stream.order=foo", "stream.order = 'foo'", "'file' or 'shuffled'", "stream.order"),
        ("flow=stream prequential.period=0", "prequential.period = 0", "greater than or equal to 1", "period"),
        ("flow=stream evaluate.reference=nobody", "'nobody'", "exact_naive_bayes", "reference"),
        ("flow=stream_drift drift.replacement=a1", "drift.replacement = 'a1'", "pattern", "drift.replacement"),
        ("flow=stream_memory memory.log2_cells=[1] memory.num_hashes=[4]", "No table", "two buckets", "log2_cells"),
        ("model.build.units=0", "model.build.units = 0", "greater than or equal to 1", "model.build.units"),
        ("model.build.dropout=1.5", "model.build.dropout = 1.5", "less than 1", "model.build.dropout"),
        ("embedding.oov=meen", "embedding.oov = 'meen'", "'zeros', 'mean' or 'random'", "Did you mean 'mean'?"),
        ("seed=-1", "seed = -1", "greater than or equal to 0", "seed"),
        ("~training.epochs", "training.epochs is missing", "a value", "training.epochs"),
        ("model.build._target_=os.system", "is refused", "this package", "a function"),
        ("model.build._target_=pipeline.models.classifiers.build_gri", "does not exist", "build_gru", "Did you mean"),
        ("seed=0,1", "several values", "one value", "-m"),
        ("'a b", "cannot be read", "key=value", "quotes"),
        ("flow=nothing", "flow=nothing is not known", "classify", "conf/flow"),
        ("dataset=csv", "dataset.path is missing", "CSV", "dataset.path="),
        ("dataset.path=nothing.csv", "no file nothing.csv", "existing file", "path"),
        ("sampling=synthetic", "embedding=learned has none", "vectors that are there", "embedding=glove"),
        ("flow=synthesise embedding=learned dataset=sample", "embedding=learned has none yet", "are there", "=glove"),
        (f"{VAE} synthesiser.build.latent=64", "50 wide, narrower", "no wider than a word vector", "latent=50 or less"),
        (f"{VAE} sampling=synthetic", "no setting 'sampling'", "synthesiser", "--cfg job"),
        (f"{VAE} synthesiser.build.latemt=3", "no setting 'synthesiser.build.latemt'", "build.latent", "Did you mean"),
        (f"{VAE} +synthesiser.build.unitz=3", "Nothing reads the setting 'synthesiser.build.unitz'", "cfg", "remove"),
        (f"{GAN} model.build.noise=0", "model.build.noise = 0", "greater than or equal to 1", "model.build.noise"),
        (f"{GAN} dataset=sms_spam", "'sms_spam' holds messages", "images", "dataset=fashion_mnist"),
        (f"{GAN} dataset=images", "dataset.train is missing", "a label and 784 pixels", "dataset.train="),
        (f"{GAN} training.keep=beste", "training.keep = 'beste'", "'best' or 'last'", "Did you mean 'best'?"),
        ("dataset=fashion_mnist", "'fashion_mnist' holds images", "messages", "+experiment=fashion_cgan"),
        (f"{VAE} synthesiser.generate.temperature=-1", "temperature = -1", "greater than or equal to 0", "temperature"),
    ],
)
def test_a_mistake_gets_one_block_and_exit_code_2(
    run_pipeline: Run, override: str, happened: str, expected: str, remedy: str
) -> None:
    failed = run_pipeline(*(override.split() if override != "'a b" else [override]))
    assert failed.returncode == 2
    block = " ".join(failed.stderr[failed.stderr.index("error:") :].split())
    what, _, rest = block.partition(" expected: ")
    wanted, _, advice = rest.partition(" to do: ")
    assert happened in what
    assert expected in wanted
    assert remedy in advice
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""


def test_a_mistake_in_the_settings_leaves_no_run_folder(run_pipeline: Run, tmp_path: Path) -> None:
    failed = run_pipeline("model.build.units=0")
    assert failed.returncode == 2
    assert failed.stderr.startswith("error:    model.build.units = 0")
    assert list(tmp_path.glob("outputs/runs/custom/*")) == []


def test_a_mistake_in_the_data_leaves_a_manifest_and_a_log(run_pipeline: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("text,label\nhello,0\n")
    assert run_pipeline("dataset=csv", "dataset.path=mine.csv").returncode == 2
    (folder,) = tmp_path.glob("outputs/runs/custom/*")
    assert json.loads((folder / "manifest.json").read_text())["status"] == "failed"
    assert "holds one class only" in (folder / "run.log").read_text()


def test_strict_refuses_a_stand_in_and_says_what_to_put_where(run_pipeline: Run) -> None:
    failed = run_pipeline("dataset=spam_or_not_spam", "strict=true")
    assert failed.returncode == 2
    said = " ".join(failed.stderr.split())
    for part in (
        "kaggle.com",
        "spam_or_not_spam.csv",
        "2854a947",
        "$PIPELINE_DATA_DIR/spam_or_not_spam",
        "data/raw/spam_or_not_spam",
    ):
        assert part in said
