"""`python -m pipeline.generate`: one message a line, and every mistake answered in one block."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from character_samples import BEST, LSTM, Made, make_facts
from pipeline import generate
from pipeline.artifacts.characters import Alphabet
from pipeline.generate import main
from pipeline.models.characters.files import Card, Saved, save
from writer_samples import shape, writer

ODD = "\n\r\u2028\x85\x1b\t\\"
KNOWN = Alphabet(sorted("abcé中 " + ODD), has_unknown=True)
CLOSED = Alphabet(sorted("abc"), has_unknown=False)
Said = Any


def save_model(folder: Path, name: str, alphabet: Alphabet, *, conditional: bool = False) -> None:
    made = writer(shape("lstm", 5), conditional=conditional, num_symbols=alphabet.num_symbols)
    card = Card(name, made.build, conditional, alphabet, ("ham", "spam"), limit=25)
    save(folder / "models" / f"{name}.npz", Saved(card, made.weights, made.opening))


def write_report(folder: Path, **changes: Any) -> None:
    facts = make_facts(Made(networks=(LSTM, replace(BEST, gap=1.0)))) | changes
    (folder / "report.json").write_text(json.dumps(facts), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose best model cannot be asked for a class; one model has no unknown symbol."""
    made = tmp_path_factory.mktemp("runs") / "run"
    (made / "models").mkdir(parents=True)
    write_report(made)
    save_model(made, "char_lstm", KNOWN)
    save_model(made, "char_best", KNOWN, conditional=True)
    save_model(made, "closed", CLOSED)
    return made


@pytest.fixture
def say(folder: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """The lines on standard output, and what is said beside, of a command that works."""

    def run(*settings: str) -> tuple[list[str], str]:
        assert main([f"run={folder}", *settings]) == 0
        said = capsys.readouterr()
        assert said.out.endswith("\n")
        return said.out.splitlines(), said.err

    return run


@pytest.fixture
def refuse(capsys: pytest.CaptureFixture[str]) -> Said:
    """The words of the one block of a command that is refused."""

    def run(*settings: str) -> str:
        assert main(list(settings)) == 2
        said = capsys.readouterr()
        assert said.out == ""
        labels = [line.split(":")[0] for line in said.err.splitlines() if not line.startswith(" ")]
        assert labels == ["error", "expected", "to do"]
        assert "Traceback" not in said.err
        return " ".join(said.err.split())

    return run


def plain(line: str) -> str:
    """A line as the message that it stands for."""
    found, place = "", 0
    while place < len(line):
        size = 1
        if line[place] == "\\":
            size = {"x": 4, "u": 6}.get(line[place + 1], 2)
            found += (
                json.loads(f'"\\u00{line[place + 2 : place + 4]}"')
                if size == 4
                else json.loads(f'"{line[place : place + size]}"')
            )
        else:
            found += line[place]
        place += size
    return found


def test_there_are_as_many_lines_as_messages(say: Said, folder: Path) -> None:
    """Though the model writes every character that ends a line."""
    lines, said = say("n=40", "temperature=3")
    assert len(lines) == 40
    assert any(escape in "".join(lines) for escape in ("\\n", "\\r", "\\x85", "\\u2028"))
    assert "\\\\" in "".join(lines)
    assert said.startswith("char_lstm, temperature 3, seed 0")
    from pipeline.generation.texts import DEFAULTS, generate_texts

    generated = generate_texts(folder, **DEFAULTS | {"n": 40, "temperature": 3.0})
    assert [plain(line) for line in lines] == [message for message, _ in generated.messages]
    assert len(say()[0]) == 5


@given(st.text(st.characters(), max_size=30))
def test_a_message_is_one_line_and_can_be_read_back(message: str) -> None:
    line = generate._one_line(message)
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")
    assert plain(line) == message


def test_what_turns_a_line_around_is_shown_and_what_joins_characters_stays() -> None:
    turning = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    line = "".join(f"a{chr(code)}b" for code in turning)
    assert generate._one_line(line) == "".join(f"a\\u{code:04x}b" for code in turning)
    kept = "مرحبا\u200f \u200e👩\u200d🚀\ufe0f م\u200cx"
    assert generate._one_line(kept) == kept


def test_what_shows_on_paper_stays_as_it_is() -> None:
    text = "£5 “now” 👩🏽‍🚀 می‌خواهم\xa0中文 n't"
    assert generate._one_line(text) == text
    assert generate._one_line("a\\n\n\x1b[1m\u2029\ud800") == r"a\\n\n\x1b[1m\u2029\ud800"
    assert "\\n, \\t, \\x1b, \\u2028, and a backslash as \\\\" in generate.HELP


def test_a_seed_gives_the_same_messages_and_fewer_are_some_of_them(say: Said) -> None:
    lines, _ = say("n=6", "temperature=2")
    assert say("n=6", "temperature=2")[0] == lines
    assert say("n=2", "temperature=2")[0] == lines[:2]
    assert say("n=6", "temperature=2", "seed=1")[0] != lines


def test_without_temperature_all_messages_are_the_same(say: Said) -> None:
    lines, said = say("n=4", "temperature=0")
    assert len(set(lines)) == 1
    assert "temperature 0, " in said
    assert lines == say("n=4", "top_k=1")[0] == say("n=4", "top_p=1e-9", "seed=3")[0]


def test_messages_begin_with_the_prompt_and_go_on_from_it(say: Said) -> None:
    lines, _ = say("n=30", "prompt=ab=c", "model=char_lstm", "unknown=replace")
    assert all(line.startswith("ab=c") for line in lines)
    rest = [line.removeprefix("ab=c") for line in lines]
    assert rest != say("n=30")[0], "it has read the prompt"
    broken, _ = say("prompt=a\nb\r\u2028中", "n=3")
    assert len(broken) == 3
    assert all(line.startswith(r"a\nb\r\u2028中") for line in broken)
    assert say("prompt=", "n=3")[0] == say("n=3")[0]


def test_the_limit_is_of_what_is_written_and_said_where_it_cuts(say: Said) -> None:
    lines, said = say("n=50", "limit=2", "prompt=abcabc", "temperature=1")
    assert max(len(plain(line)) for line in lines) == 8
    cut = int(said.split("; ")[1].split()[0])
    assert f"; {cut} of 50 stopped at limit=2" in said
    assert 0 < cut <= sum(len(plain(line)) == 8 for line in lines)
    assert max(len(plain(line)) for line in say("n=200", "temperature=1")[0]) <= 25, "the run's own limit"


def test_a_class_is_asked_of_a_model_that_knows_classes(say: Said) -> None:
    spam, said = say("label=spam", "n=8")
    assert said.startswith("char_best, spam, temperature 0.7"), "the run's best does not"
    assert spam != say("label=ham", "n=8")[0] != say("model=char_best", "n=8")[0]
    assert say("n=1")[1].startswith("char_lstm, ")


def test_unknown_characters_are_read_on_over_where_that_is_asked_for(say: Said) -> None:
    lines, _ = say("prompt=a☃b", "unknown=replace", "n=3")
    assert all(line.startswith("a☃b") for line in lines)
    ends = [line.removeprefix("a☃b") for line in lines]
    assert ends == [line.removeprefix("aΩb") for line in say("prompt=aΩb", "unknown=replace", "n=3")[0]]
    closed = [say("model=closed", f"prompt={prompt}", "unknown=replace", "n=3")[0] for prompt in ("a☃b", "ab")]
    assert [line.replace("☃", "") for line in closed[0]] == closed[1], "a model without the symbol does not see them"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["prompt=a☃b"], "The prompt has a character that the model does not know: '☃'."),
        (["prompt=☃Ω"], "The prompt has characters that the model does not know: 'Ω', '☃'."),
        (["prompt=\ud800"], r"does not know: '\ud800'."),
        (["prompt=aé", "model=closed"], "does not know: 'é'. expected: characters of its alphabet: abc to do:"),
        (["temperature=-0.1"], "temperature = '-0.1' is not allowed. expected: greater than or equal to 0"),
        (["temperature=nan"], "temperature = 'nan' is not allowed."),
        (["temperature=inf"], "temperature = 'inf' is not allowed."),
        (["temperature=hot"], "temperature = 'hot' is not allowed."),
        (["n=0"], "n = '0' is not allowed. expected: greater than or equal to 1"),
        (["n=2.5"], "n = '2.5' is not allowed."),
        (["limit=100001"], "limit = '100001' is not allowed. expected: less than or equal to 100000"),
        (["limit=0"], "limit = '0' is not allowed."),
        (["top_k=0"], "top_k = '0' is not allowed."),
        (["top_p=0"], "top_p = '0' is not allowed. expected: greater than 0"),
        (["top_p=1.5"], "top_p = '1.5' is not allowed. expected: less than or equal to 1"),
        (["seed=-1"], "seed = '-1' is not allowed."),
        (["unknown=replce"], "= 'replce' is not allowed. expected: one of 'refuse' or 'replace' to do: Did you mean"),
        (["temprature=1"], "Nothing reads the setting 'temprature'."),
        (["temprature=1"], "Did you mean 'temperature'?"),
        (["folder=x"], "Nothing reads the setting 'folder'."),
        (["model=char_lst"], "The run has no model 'char_lst'. expected: one of char_best, char_lstm, closed"),
        (["model=char_lst"], "Did you mean 'char_lstm'?"),
        (["label=spam", "model=char_lstm"], "char_lstm cannot be asked for a class. expected: one of char_best"),
        (["label=Spam"], "There is no class 'Spam'. expected: one of ham, spam to do: Did you mean 'spam'?"),
        (["label="], "There is no class ''."),
        (["prompt"], "'prompt' is no setting. expected: settings as NAME=VALUE"),
        (["n=1", "n=2"], "The setting 'n' is given twice."),
    ],
)  # fmt: skip
def test_mistakes_in_settings(settings: list[str], words: str, folder: Path, refuse: Said) -> None:
    assert words in refuse(f"run={folder}", *settings)


def test_unknown_characters_are_named_once_each_and_the_way_out_is_told(folder: Path, refuse: Said) -> None:
    said = refuse(f"run={folder}", "prompt=Ω☃a☃Ω")
    assert said.count("'☃'") == said.count("'Ω'") == 1
    assert "unknown=replace" in said


def test_mistakes_about_the_run(folder: Path, tmp_path: Path, refuse: Said) -> None:
    assert "No run is named." in refuse("n=3")
    assert "There is no run folder" in refuse(f"run={tmp_path / 'none'}")
    assert "report.json" in refuse(f"run={tmp_path}")
    (tmp_path / "report.json").write_text('{"family": "detection"}', encoding="utf-8")
    assert "is of the kind 'detection', which has no model to generate with" in refuse(f"run={tmp_path}")
    write_report(tmp_path)
    assert "The run folder holds no model." in refuse(f"run={tmp_path}")
    (tmp_path / "models").mkdir()
    save_model(tmp_path, "char_lstm", CLOSED)
    assert "No model of the run can be asked for a class." in refuse(f"run={tmp_path}", "label=spam")
    whole = (tmp_path / "models" / "char_lstm.npz").read_bytes()
    (tmp_path / "models" / "char_lstm.npz").write_bytes(whole[: len(whole) // 2])
    assert "char_lstm.npz cannot be read" in refuse(f"run={tmp_path}")


def test_a_run_whose_best_model_was_taken_away_has_others(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_report(tmp_path, champion="gone")
    (tmp_path / "models").mkdir()
    save_model(tmp_path, "closed", CLOSED)
    assert main([f"run={tmp_path}", "n=1"]) == 0
    assert capsys.readouterr().err.startswith("closed, ")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["run=x", "-h"]])
def test_help_names_every_setting(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    from pipeline.generation.texts import DEFAULTS

    said = capsys.readouterr().out
    assert all(f"{name}=" in said for name in (*DEFAULTS, "run"))


def command(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    run = [sys.executable, "-m", "pipeline.generate", *arguments]
    return subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment})


def test_the_command_itself(folder: Path) -> None:
    """In a process of its own, with an output that knows no character but ASCII."""
    process = command(f"run={folder}", "prompt=é中", "n=3", PYTHONIOENCODING="ascii")
    out, error = process.communicate()
    assert process.returncode == 0, error.decode()
    lines = out.decode("ascii").splitlines()
    assert len(lines) == 3
    assert all(line.startswith(r"\xe9\u4e2d") for line in lines)
    assert len(error.decode().splitlines()) == 1, "nothing of TensorFlow's"


def test_any_number_is_written_as_long_as_somebody_reads(folder: Path) -> None:
    with command(f"run={folder}", f"n={10**30}", "temperature=1") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        read = [process.stdout.readline() for _ in range(5)]
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 0
    assert len({*read}) > 1
    assert said.startswith("char_lstm, temperature 1")
    assert len(said.splitlines()) == 1


def test_whoever_has_read_enough_may_close_the_pipe(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run = [sys.executable, "-m", "pipeline.generate", f"run={folder}", "n=2000", "limit=100", "temperature=2"]
    ended = subprocess.run(run, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert ended.returncode == 0
    assert len(ended.stderr.splitlines()) == 1
    assert "Broken" not in ended.stderr
