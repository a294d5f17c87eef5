"""The file of a filter: made by what the command line says, or held against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from filelock import FileLock, Timeout
from pydantic import Field, StrictInt, StrictStr, TypeAdapter, ValidationError

from pipeline.errors import UserError
from pipeline.filter.messages import Labels
from pipeline.filter.progress import Known
from pipeline.online.files import Notes, load_filter, remove_leftovers, save_filter
from pipeline.online.filters import Filter, new_filter
from pipeline.online.settings import FilterSettings

DEFAULTS: dict[str, object] = {
    "learner": "naive_bayes",
    "ngrams": (1, 2),
    "log2_buckets": 20,
    "num_hashes": 1,
    "hash_seed": 0,
    "likelihood": "ngrams",
    "rate": 1.0,
    "positive": "spam",
    "negative": "ham",
}
RATES = {"perceptron": 0.5, "logistic": 8.0}  # as the experiments have them; the others have that above
_NO_LABELS = ("", "error")  # one says that there is none, the other that a line is bad


@dataclass
class ModelFile:
    """A filter and where it is kept.

    Attributes:
        known: what the file says that the filter knows of its input.
    """

    path: Path
    model: Filter
    labels: Labels
    known: Known = field(default_factory=Known)

    def save(self, known: Known) -> None:
        """Replace the file, at one stroke.

        Raises:
            UserError: it cannot be written.
        """
        save_filter(self.path, self.model, vars(self.labels) | vars(known))
        self.known = known


@dataclass(frozen=True)
class _Notes:
    """What is in the file beside the filter."""

    positive: StrictStr
    negative: StrictStr
    lines: Annotated[StrictInt, Field(ge=0)]
    digest: StrictStr


def open_model(path: Path, given: dict[str, object], *, learns: bool) -> ModelFile:
    """The filter of a file, or where there is none and it is to learn, a new one.

    Args:
        given: what was said of how it is made; may be less than all.

    Raises:
        UserError: the file cannot be read, was made otherwise than was said, or is missing where nothing is learnt.
    """
    if path.exists():
        model, notes = load_filter(path)
        file = _with_notes(path, model, notes)
        _compare(path, given, vars(model.settings) | vars(file.labels))
        return file
    if not learns:
        raise UserError(
            f"There is no filter {path}, and without learning there will be none.",
            expected="a filter that has learnt",
            remedy="Check the name, or learn from labelled messages first: --format tsv or jsonl.",
        )
    rate = RATES.get(str(given.get("learner")), DEFAULTS["rate"])
    made = DEFAULTS | {"rate": rate} | given
    labels = Labels(str(made.pop("positive")), str(made.pop("negative")))
    _check_labels(labels)
    return ModelFile(path, new_filter(_settings(made)), labels)


def _with_notes(path: Path, model: Filter, notes: Notes) -> ModelFile:
    try:
        read = TypeAdapter(_Notes).validate_python(notes)
        labels = Labels(read.positive, read.negative)
        _check_labels(labels)
    except ValueError as error:  # of pydantic, or ours
        what = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "the labels"
        raise UserError(
            f"The filter {path} cannot be read: {what} of its notes are missing or wrong.",
            expected="a filter that python -m pipeline.filter has saved, this version of it",
            remedy="Put the file back from a copy, or name a new file and learn the messages again.",
        ) from None
    return ModelFile(path, model, labels, Known(read.lines, read.digest))


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let no other process learn into the same file meanwhile: what one of them learns would be lost.

    Raises:
        UserError: another one does, or the folder is missing or cannot be written.
    """
    lock = FileLock(path.parent / f".{path.name}.lock", timeout=0)
    try:
        if not path.parent.is_dir():
            raise NotADirectoryError
        lock.acquire()
    except Timeout:
        raise UserError(
            f"Another process is learning into {path}.",
            expected="one process at a time that learns into a file; any number that only score (--no-learn)",
            remedy="Wait for it, or name another file.",
        ) from None
    except OSError:
        raise UserError(
            f"{path} cannot be written.",
            expected="a file in a folder that is there and can be written",
            remedy="Check the name, or make the folder.",
        ) from None
    try:
        remove_leftovers(path)
        yield
    finally:
        lock.release()


def _compare(path: Path, given: dict[str, object], made: dict[str, object]) -> None:
    for name, value in given.items():
        if value != made[name]:
            flag = "--" + name.replace("_", "-")
            raise UserError(
                f"{path} was made with {flag} {_spelled(made[name])}, and {flag} {_spelled(value)} is given now.",
                expected="what the filter was made with, or nothing: the file knows",
                remedy=f"Leave {flag} out, or name a new file.",
            )


def _spelled(value: object) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _check_labels(labels: Labels) -> None:
    names = (labels.positive, labels.negative)
    if labels.positive == labels.negative or any(name in _NO_LABELS or set(name) & set("\t\r\n") for name in names):
        raise UserError(
            f"{labels.positive!r} and {labels.negative!r} cannot be the labels.",
            expected="two different ones, without tabs and line ends, neither of them empty or 'error'",
            remedy="Name them otherwise: --positive spam --negative ham.",
        )


def _settings(made: dict[str, object]) -> FilterSettings:
    try:
        return TypeAdapter(FilterSettings).validate_python(made)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(
            f"--{str(first['loc'][0]).replace('_', '-')} {_spelled(made[str(first['loc'][0])])} is not allowed.",
            expected=first["msg"].removeprefix("Value error, "),
            remedy="See python -m pipeline.filter --help.",
        ) from None
