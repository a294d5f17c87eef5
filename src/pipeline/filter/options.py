"""The command line of the filter."""

from __future__ import annotations

import argparse
import os
import typing
from pathlib import Path

from pipeline.filter.lines import Limits
from pipeline.filter.messages import Format
from pipeline.filter.model_file import DEFAULTS, RATES
from pipeline.online.settings import BOUNDED

_EXAMPLES = """\
examples:
  learn:      python -m pipeline.filter --model my.filter --format tsv --quiet < labelled.tsv
  classify:   python -m pipeline.filter --model my.filter < messages.txt
  both:       tail -f mail.jsonl | python -m pipeline.filter --model my.filter --format jsonl > answers.jsonl
  carry on after a kill, with the same input:
              python -m pipeline.filter --model my.filter --format tsv --quiet --resume < labelled.tsv
  count many files in parallel:
              python -m pipeline.filter --model my.filter --format tsv --count part-*.tsv --jobs 4

formats, and an answer line for each line of the input, bad ones included:
  text        text                                    -> label<TAB>score<TAB>n-gram (+3.21), n-gram (-1.02), ...
  tsv         label<TAB>text, the label may be empty  -> the same
  jsonl       {"text": ..., "label": ..., "id": ...}, all but the text may be missing
              -> {"id": ..., "label": ..., "score": ..., "because": [[n-gram, weight], ...]}
  The label of a bad line is `error`, its reason in the third column; in JSON it has "error" alone.
  The score is the probability of the positive class; of a perceptron the margin, above 0 for the positive class.
  Weights above 0 speak for the positive class.

Each message is scored first, by what was learnt from all before it, then learnt if it has a label. Lines are worked on
in blocks: large ones where the input pours in, a single line where someone types. After each block its answers are
written, then the filter is saved, whole or not at all. So after a kill the file knows no line that was not answered,
and with --resume every line is learnt exactly once. Blocks without labels teach nothing and are not saved. Lines that
were answered but not saved are answered again: keep as many of the old answers as the program says that it knows lines.
--resume goes with the input that was learnt from last, given again from its first line on; another one is refused.
"""


def parser() -> argparse.ArgumentParser:
    """The options; those of a new filter are absent from the result where they are not given."""
    made = argparse.ArgumentParser(
        prog="python -m pipeline.filter",
        description="A spam filter that learns as it goes: messages on standard input, answers on standard output.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--model", type=Path, required=True, metavar="FILE", help="the filter; made where it is missing")
    made.add_argument("--format", choices=typing.get_args(Format), default="text", help="of the input (default: text)")
    made.add_argument("--no-learn", action="store_true", help="score labelled messages, learn none, leave the file be")
    made.add_argument("--quiet", action="store_true", help="learn without answers")
    made.add_argument("--top", type=_whole, default=5, metavar="N", help="n-grams told with each answer (default: 5)")
    made.add_argument(
        "--resume", action="store_true", help="read past the lines that the filter knows: the same input again"
    )
    made.add_argument(
        "--on-bad", choices=("skip", "stop"), default="skip", help="what to do with a bad line (default: skip and tell)"
    )
    limits = Limits()
    for name, size, text in (
        ("block", limits.block_lines, "most lines between two saves of the filter"),
        ("max-bytes", limits.line_bytes, "of a line; a longer one is read past and told as bad"),
    ):
        made.add_argument(f"--{name}", type=_positive, default=size, metavar="N", help=f"{text} (default: {size:,})")
    _add_counting(made)
    _add_making(made)
    return made


def _add_counting(made: argparse.ArgumentParser) -> None:
    group = made.add_argument_group("many files at once, naive Bayes only")
    group.add_argument(
        "--count", type=Path, nargs="+", metavar="FILE", help="learn these files; standard input is not read then"
    )
    group.add_argument(
        "--jobs",
        type=_jobs,
        default=os.cpu_count() or 1,
        metavar="N|ray",
        help="threads, or tasks of Ray (default: all cores)",
    )
    group.add_argument("--ray-address", default="local", metavar="ADDRESS", help="of a cluster (default: this machine)")


def _add_making(made: argparse.ArgumentParser) -> None:
    group = made.add_argument_group("what a new filter is made with; the file knows it from then on")
    flags: dict[str, tuple[dict[str, typing.Any], str]] = {
        "positive": ({}, "label of the class to filter out"),
        "negative": ({}, "label of the other one"),
        "learner": ({"choices": BOUNDED}, "how it learns"),
        "ngrams": ({"type": _ngrams, "metavar": "LOW-HIGH"}, "words of an n-gram"),
        "log2-buckets": ({"type": int, "metavar": "N"}, "2^N buckets a row"),
        "num-hashes": ({"type": int, "metavar": "N"}, "rows: 1 is feature hashing, more a count-min sketch"),
        "hash-seed": ({"type": int, "metavar": "N"}, "of the hash function"),
        "likelihood": (
            {"choices": ("ngrams", "messages")},
            "of naive Bayes: what the probability of an n-gram is a share of, n-grams of a class or its messages",
        ),
        "rate": ({"type": float, "metavar": "X"}, "learning rate"),
    }
    for name, (how, text) in flags.items():
        value = DEFAULTS[name.replace("-", "_")]
        told = "-".join(map(str, value)) if isinstance(value, tuple) else value
        if name == "rate":
            told = ", ".join(f"{rate} for {learner}" for learner, rate in RATES.items())
        group.add_argument(f"--{name}", default=argparse.SUPPRESS, help=f"{text} (default: {told})", **how)


def made_with(options: argparse.Namespace) -> dict[str, object]:
    """What was said of how the filter is made."""
    return {name: value for name, value in vars(options).items() if name in DEFAULTS}


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _jobs(text: str) -> int | str:
    return text if text == "ray" else _positive(text)


def _ngrams(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return _positive(low), _positive(high or low)
