"""`python -m pipeline.filter` as a program: killed, stopped, fed with what is no message."""

import json
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from pipeline.online.files import load_filter

PIPE = subprocess.PIPE
COMMAND = (sys.executable, "-m", "pipeline.filter")
SMALL = ("--log2-buckets", "12")


def run(folder: Path, *arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, "--model", "m", *arguments]
    return subprocess.run(command, cwd=folder, input=data, capture_output=True, check=False)


def start(folder: Path, *arguments: str, source: int | IO[bytes] = PIPE) -> subprocess.Popen[bytes]:
    command = [*COMMAND, "--model", "m", *arguments]
    return subprocess.Popen(command, cwd=folder, stdin=source, stdout=PIPE, stderr=PIPE)


def give(process: subprocess.Popen[bytes], data: bytes) -> None:
    """Write to its standard input, and leave that open."""
    assert process.stdin
    process.stdin.write(data)
    process.stdin.flush()


def answer_of(process: subprocess.Popen[bytes]) -> bytes:
    """The next line of its standard output."""
    assert process.stdout
    assert select.select([process.stdout], [], [], 60)[0]
    return process.stdout.readline()


def stream(size: int, seed: int = 0) -> bytes:
    """Labelled messages of a few dozen words, a few unlabelled or bad."""
    rng = np.random.default_rng(seed)
    lines = []
    for kind, count in zip(rng.random(size), rng.integers(1, 12, size), strict=True):
        words = " ".join(f"w{word}" for word in (rng.random(count) ** 2 * 60).astype(int))
        label = "spam" if kind < 0.4 else "ham" if kind < 0.95 else "" if kind < 0.98 else "eggs"
        lines.append(f"{label}\t{words}\n")
    return "".join(lines).encode()


def arrays(path: Path) -> dict[str, bytes]:
    """Of a saved filter each table, as bytes."""
    return {name: array.tobytes() for name, array in load_filter(path)[0].arrays().items()}


def lines_known(path: Path) -> int:
    return int(load_filter(path)[1]["lines"]) if path.exists() else 0


def wait_for(path: Path, lines: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the filter knows more than so many lines."""
    give_up = time.monotonic() + 60
    while lines_known(path) <= lines:
        assert process.poll() is None, "it has ended before it was killed"
        assert time.monotonic() < give_up
        time.sleep(0.001)


@pytest.mark.slow
@pytest.mark.parametrize(("learner", "quiet"), [("naive_bayes", False), ("perceptron", True)])
def test_killed_again_and_again_it_learns_each_message_once(tmp_path: Path, learner: str, quiet: bool) -> None:
    options = ("--format", "tsv", "--learner", learner, *SMALL, *(["--quiet"] if quiet else []))
    num = 8000
    data = stream(num)
    (tmp_path / "input.tsv").write_bytes(data)
    (tmp_path / "whole").mkdir()
    whole = run(tmp_path / "whole", *options, data=data)
    assert whole.returncode == 0, whole.stderr
    answers = b""
    for killed_after in (0, 2000, 4000):
        before = lines_known(tmp_path / "m")
        command = [*COMMAND, "--model", "m", *options, "--block", "20", "--resume"]
        with (tmp_path / "input.tsv").open("rb") as source, (tmp_path / "out").open("wb") as output:
            process = subprocess.Popen(command, cwd=tmp_path, stdin=source, stdout=output, stderr=subprocess.DEVNULL)
            wait_for(tmp_path / "m", killed_after, process)
            process.kill()
            assert process.wait() == -signal.SIGKILL
        known = lines_known(tmp_path / "m")
        assert killed_after < known < num
        written = (tmp_path / "out").read_bytes().splitlines(keepends=True)
        assert quiet or len(written) >= known - before, "a line is known that was not answered"
        answers += b"".join(written[: known - before])
    last = run(tmp_path, *options, "--resume", data=data)
    assert last.returncode == 0, last.stderr
    assert f"the filter knows {known:,} lines".encode() in last.stderr
    assert answers + last.stdout == whole.stdout
    assert arrays(tmp_path / "m") == arrays(tmp_path / "whole" / "m")
    assert lines_known(tmp_path / "m") == lines_known(tmp_path / "whole" / "m")


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a filter that knows two words."""
    folder = tmp_path_factory.mktemp("learnt")
    done = run(folder, "--format", "tsv", "--quiet", *SMALL, data=b"spam\twin cash\nham\tlunch at noon\n" * 20)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b""
    return folder


def test_messages_are_told_apart_and_the_filter_is_left_be(learnt: Path) -> None:
    before = (learnt / "m").read_bytes()
    done = run(learnt, data=b"\xef\xbb\xbfcash\r\n\r\nlunch\0noon\nwin \xff cash")
    answers = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [answer[0] for answer in answers] == ["spam", "error", "ham", "spam"]
    assert re.fullmatch(r"cash \(\+\d\.\d\d\)", answers[0][2]), "neither mark nor carriage return is part of a word"
    assert answers[3][2].startswith("win (+")
    assert b"line 2: the message is empty" in done.stderr
    assert b"1 undecodable byte sequences were replaced" in done.stderr
    assert done.returncode == 0
    assert (learnt / "m").read_bytes() == before


def test_json_goes_in_and_out(learnt: Path) -> None:
    lines = (b'{"id": "a", "text": "win cash", "label": "ham"}', b"{}", b'{"id": 2, "text": "lunch"}', b"[" * 900_000)
    done = run(learnt, "--format", "jsonl", "--no-learn", "--top", "1", data=b"\n".join(lines))
    first, second, third, fourth = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["label"], third["id"], third["label"]) == ("a", "spam", 2, "ham")
    assert first["score"] > 0.5 > third["score"]
    assert len(first["because"]) == 1
    assert first["because"][0][1] > 0
    assert second == {"error": 'not an object with a string "text"'}
    assert list(fourth) == ["error"]
    assert b"scored before they were learnt: accuracy 0.00 %" in done.stderr


def test_who_types_a_line_gets_its_answer_at_once(learnt: Path) -> None:
    with start(learnt) as process:
        for text, label in ((b"cash", b"spam"), (b"lunch", b"ham"), (b"win cash", b"spam")):
            give(process, text + b"\n")
            assert answer_of(process).startswith(label)
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_all_saved(tmp_path: Path, number: int, code: int) -> None:
    with start(tmp_path, "--format", "tsv", *SMALL) as process:
        give(process, b"spam\twin\nham\tlunch\nspam\tunfini")
        wait_for(tmp_path / "m", 1, process)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in told
    assert b"2 learnt, 2 answered" in told
    assert (load_filter(tmp_path / "m")[0].num_learnt, lines_known(tmp_path / "m")) == (2, 2)


def test_it_ends_quietly_when_nobody_reads_its_answers(tmp_path: Path) -> None:
    (tmp_path / "input.tsv").write_bytes(stream(20_000))
    with (tmp_path / "input.tsv").open("rb") as source:
        process = start(tmp_path, "--format", "tsv", "--block", "1000", *SMALL, source=source)
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
        process.stderr.close()
        assert process.wait(60) == 0
    assert b"Traceback" not in told
    assert b"BrokenPipe" not in told
    assert load_filter(tmp_path / "m")[0].num_learnt > 900
    assert lines_known(tmp_path / "m") % 1000 == 0


def test_a_line_of_a_hundred_megabytes_is_read_past_in_little_memory(learnt: Path) -> None:
    code = (
        "import resource, sys; from pipeline.filter.__main__ import main; code = main(sys.argv[1:]);"
        "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes

    def peak(*chunks: bytes) -> tuple[float, bytes, bytes]:
        """Most megabytes that it took, and what it wrote and told."""
        command = [sys.executable, "-c", code, "--model", "m"]
        with subprocess.Popen(command, cwd=learnt, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
            for chunk in chunks:
                give(process, chunk)
            out, told = process.communicate(timeout=60)
        return int(told.split(b"peak ")[1]) * unit / 1e6, out, told

    little, _, _ = peak(b"cash\nlunch\n")
    much, out, told = peak(b"cash\n", *[b"x" * 1_000_000] * 100, b"\nlunch\n")
    assert [line.split(b"\t")[0] for line in out.splitlines()] == [b"spam", b"error", b"ham"]
    assert b"line 2: it has 100,000,000 bytes, more than the 1,000,000 of --max-bytes" in told
    assert much < little + 30


def test_a_bad_line_stops_it_where_that_is_wished(tmp_path: Path) -> None:
    data = b"spam\twin\nham\tlunch\neggs\tx\nspam\tcash\n"
    done = run(tmp_path, "--format", "tsv", "--on-bad", "stop", *SMALL, data=data)
    assert done.returncode == 2
    assert b"line 3: the label 'eggs' is neither 'spam' nor 'ham'" in done.stderr
    assert b"--resume" in done.stderr
    assert done.stdout.count(b"\n") == 2
    mended = run(tmp_path, "--format", "tsv", "--resume", data=data.replace(b"eggs", b"ham"))
    assert (mended.returncode, mended.stdout.count(b"\n")) == (0, 2)
    assert load_filter(tmp_path / "m")[0].num_learnt == 4


def test_another_input_is_not_taken_for_the_one_that_is_resumed(tmp_path: Path) -> None:
    one, other = stream(100), stream(300, seed=1)
    assert run(tmp_path, "--format", "tsv", "--quiet", *SMALL, data=one).returncode == 0
    before = (tmp_path / "m").read_bytes()
    refused = run(tmp_path, "--format", "tsv", "--quiet", "--resume", data=other)
    assert refused.returncode == 2
    assert b"This is another input than the one that the filter knows 100 lines of" in refused.stderr
    assert b"Nothing has been learnt" in refused.stderr
    assert (tmp_path / "m").read_bytes() == before
    with start(tmp_path, "--format", "tsv") as process:  # of the next input a line is learnt, then it is killed
        give(process, other[: other.index(b"\n") + 1])
        while lines_known(tmp_path / "m") != 1:
            assert process.poll() is None
        process.kill()
        process.communicate(timeout=60)
    assert run(tmp_path, "--format", "tsv", "--quiet", "--resume", data=other).returncode == 0
    (tmp_path / "whole").mkdir()
    for data in (one, other):
        assert run(tmp_path / "whole", "--format", "tsv", "--quiet", *SMALL, data=data).returncode == 0
    assert (tmp_path / "m").read_bytes() == (tmp_path / "whole" / "m").read_bytes()


@pytest.mark.parametrize("count", [True, False])
def test_a_wrong_format_is_told_and_makes_no_filter(tmp_path: Path, count: bool) -> None:
    data = b"spam\twin cash\nham\tlunch\n" * 5
    (tmp_path / "a.tsv").write_bytes(data)
    done = run(tmp_path, "--format", "jsonl", *(("--count", "a.tsv") if count else ()), data=data)
    assert done.returncode == 2
    assert b"None of the 10 lines is a message as --format jsonl has it" in done.stderr
    assert b"look like --format tsv" in b" ".join(done.stderr.split())
    assert done.stdout.count(b"\n") == (0 if count else 10)
    assert not (tmp_path / "m").exists()


def test_what_a_killed_save_has_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".m-12345678.unfinished").write_bytes(b"PK")
    assert run(tmp_path, "--format", "tsv", "--quiet", *SMALL, data=b"spam\twin\n").returncode == 0
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_file_that_is_no_filter_is_refused_and_kept(tmp_path: Path, learnt: Path) -> None:
    content = (learnt / "m").read_bytes()
    for bad in (content[: len(content) // 2], b"", b"no filter", content.replace(b'"version": 1', b'"version": 9')):
        (tmp_path / "m").write_bytes(bad)
        done = run(tmp_path, "--format", "tsv", data=b"spam\twin\n")
        assert done.returncode == 2
        assert done.stderr.startswith(b"error:    The filter m cannot be read")
        assert b"Traceback" not in done.stderr
        assert done.stdout == b""
        assert (tmp_path / "m").read_bytes() == bad


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--format", "tsv", "--ngrams", "1-3"), b"m was made with --ngrams 1-2, and --ngrams 1-3 is given now"),
        (("--quiet",), b"--quiet has nothing to do: --format text has no labels"),
        (("--format", "tsv", "--no-learn", "--resume"), b"--resume has nothing to do: --no-learn"),
        (("--format", "tsv", "--count", "x", "--resume"), b"--count and --resume do not go together"),
        (("--format", "tsv", "--count", "x"), b"x cannot be read"),
        (("--format", "tsv", "--model", "none/m"), b"none/m cannot be written"),
        (("--model", "none"), b"There is no filter none"),
    ],
)
def test_mistakes_are_told_in_a_block(learnt: Path, arguments: tuple[str, ...], told: bytes) -> None:
    done = run(learnt, *arguments)
    assert done.returncode == 2
    assert b" ".join(done.stderr.split()).startswith(b"error: " + told)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("stream", "told"), [("0<&-", "input is closed"), ("1>&-", "output is closed")])
def test_a_closed_stream_is_told(learnt: Path, stream: str, told: str) -> None:
    command = f'"{sys.executable}" -m pipeline.filter --model m {stream}'
    done = subprocess.run(["sh", "-c", command], cwd=learnt, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error:    Standard {told}.".encode())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_answers_that_cannot_be_written_are_told(learnt: Path) -> None:
    command = f'echo cash | "{sys.executable}" -m pipeline.filter --model m > /dev/full'
    done = subprocess.run(["sh", "-c", command], cwd=learnt, capture_output=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(b"error:    The answers cannot be written: No space left")


def test_one_process_at_a_time_learns_into_a_file(tmp_path: Path) -> None:
    with start(tmp_path, "--format", "tsv", *SMALL) as process:
        give(process, b"spam\twin\n")
        wait_for(tmp_path / "m", 0, process)
        other = run(tmp_path, "--format", "tsv", data=b"ham\tlunch\n")
        assert other.returncode == 2
        assert b"Another process is learning into m" in other.stderr
        assert run(tmp_path, data=b"win\n").returncode == 0, "scoring is free"
        process.communicate(timeout=60)


def test_help_has_examples() -> None:
    shown = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    assert "python -m pipeline.filter --model my.filter --format tsv --quiet < labelled.tsv" in shown
    assert all(len(line) <= 120 for line in shown.splitlines())


@pytest.mark.parametrize("jobs", ["2", pytest.param("ray", marks=pytest.mark.slow)])
def test_files_counted_in_parallel_are_the_filter_of_all(tmp_path: Path, jobs: str) -> None:
    (tmp_path / "whole").mkdir()
    parts = [stream(400, seed) for seed in range(6)]
    for number, part in enumerate(parts):
        (tmp_path / f"{number}.tsv").write_bytes(part)
    options = ("--format", "tsv", "--num-hashes", "2", *SMALL)
    counted = run(tmp_path, *options, "--jobs", jobs, "--count", *[f"{number}.tsv" for number in range(6)])
    assert counted.returncode == 0, counted.stderr
    assert b"Warning" not in counted.stderr
    whole = run(tmp_path / "whole", *options, "--quiet", data=b"".join(parts))
    assert arrays(tmp_path / "m") == arrays(tmp_path / "whole" / "m")
    facts = rb"2,400 lines|[\d,]+ learnt,|\d+ with another label"
    assert re.findall(facts, counted.stderr) == re.findall(facts, whole.stderr)
    if jobs == "ray":
        refused = run(tmp_path, "--format", "tsv", "--on-bad", "stop", "--jobs", "ray", "--count", "0.tsv")
        assert refused.returncode == 2
        assert b"the label 'eggs' is neither" in b" ".join(refused.stderr.split())
        assert b"nothing has been learnt" in b" ".join(refused.stderr.split())
