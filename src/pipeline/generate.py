"""Let a finished run generate messages or images: `python -m pipeline.generate run=FOLDER [n=5] [label=...]`."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import UserError

ENVIRONMENT = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}  # as conf/config.yaml has it for runs
STEERING = {"Cc", "Cs", "Zl", "Zp"}  # control characters, lone surrogates, separators of lines and paragraphs
TURNING = {*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))}  # these reorder the line that they are in
ESCAPED = {"\\", *TURNING}
HELP = """\
usage: python -m pipeline.generate run=FOLDER [setting=value ...]

Let a model of a finished run write or draw. FOLDER is outputs/runs/<experiment>/<time>.

Of a run of character models, one message a line: line breaks, other control characters and what reorders a line are
written as \\n, \\t, \\x1b, \\u2028, and a backslash as \\\\.
  prompt="Hi, are"     what each message begins with
  n=5                  messages
  temperature=0.7      0: always the likeliest character; 1: as likely as the model finds it
  top_k=20 top_p=0.9   choose among so many of the likeliest, or those that together have this probability
  label=spam           the class to write, of models that can be asked for one
  model=char_lstm      by default the run's best
  limit=500            characters at most
  seed=0               the same seed, the same messages
  unknown=replace      let the model read on over characters of the prompt that it does not know

Of a run of a GAN, one PNG file, whose name is printed:
  label=sneaker        the class to draw; by default a row of each
  n=16                 images of a class
  output=shoes.png     the file, which must not exist; by default a new one here, named after the class
  scale=4              pixels of the file for a pixel of an image, each way
  seed=0               the same seed, the same images
  noise_std=0.7        standard deviation of the noise, at most 1: less draws what is more usual; else as in the run
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate to standard output; the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if not given or {"-h", "--help"} & set(given):
        print(HELP, end="")
        return 0
    try:
        manner = _generate(_read(given))
    except UserError as error:
        print(error.block(), file=sys.stderr)
        return 2
    print(manner, file=sys.stderr)
    return 0


def _print(messages: Iterable[tuple[str, bool]]) -> tuple[int, int]:
    """Write to standard output, whatever its encoding lacks, for as long as somebody reads it.

    How many messages were written, and how many of them did not end by themselves.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    number = cut = 0
    try:
        for message, ended in messages:
            print(_one_line(message))
            number, cut = number + 1, cut + (not ended)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the messages has enough of them; what is left goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return number, cut


def _one_line(message: str) -> str:
    """The message without what ends a line, steers a terminal or cannot be encoded; no two messages become the same."""
    return "".join(
        repr(character)[1:-1] if character in ESCAPED or unicodedata.category(character) in STEERING else character
        for character in message
    )


def _read(arguments: Sequence[str]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for argument in arguments:
        name, sign, value = argument.partition("=")
        if not sign or name in settings:
            raise UserError(
                f"{argument!r} is no setting." if not sign else f"The setting {name!r} is given twice.",
                expected="settings as NAME=VALUE, each once",
                remedy='For example: python -m pipeline.generate run=FOLDER prompt="Hi, are" n=5',
            )
        settings[name] = value
    return settings


def _generate(settings: dict[str, str]) -> str:
    """Generate, and say in a line how."""
    if "run" not in settings:
        raise UserError(
            "No run is named.",
            expected="run=FOLDER, the folder of a finished run of character models or of a GAN",
            remedy="List outputs/runs/ and give one of the folders below it.",
        )
    os.environ.update(ENVIRONMENT)
    from pipeline.reporting.folder import read_family

    folder = Path(settings.pop("run"))
    family = read_family(folder)
    if family not in GENERATE:
        raise UserError(
            f"The run in {folder} is of the kind {family!r}, which has no model to generate with.",
            expected="the folder of a run of character models or of a GAN",
            remedy="Run one first: python -m pipeline +experiment=char_lstm, or +experiment=fashion_cgan",
        )
    return GENERATE[family](folder, settings)


def _texts(folder: Path, settings: dict[str, str]) -> str:
    from pipeline.generation.texts import DEFAULTS, generate_texts

    generated = generate_texts(folder, **_bound(generate_texts, DEFAULTS | settings))
    number, cut = _print(generated.messages)
    return generated.manner + (f"; {cut} of {number} stopped at limit={generated.limit}" if cut else "")


def _pictures(folder: Path, settings: dict[str, str]) -> str:
    from pipeline.generation.pictures import DEFAULTS, generate_images

    picture = generate_images(folder, **_bound(generate_images, DEFAULTS | settings))
    _print([(str(picture.path), True)])
    return picture.manner


def _bound(function: Callable[..., Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, checked against what the function takes."""
    from pipeline.settings import Node, bind, keywords, refuse_unknown

    node = Node("", settings)
    refuse_unknown(node, keywords(function))
    return bind(function, node, injected=frozenset()).settings


GENERATE = {"characters": _texts, "images": _pictures}


if __name__ == "__main__":
    raise SystemExit(main())
