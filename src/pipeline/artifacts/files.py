"""Files that were found, and models as the bytes of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol


@dataclass(frozen=True)
class Located:
    """A file that was found.

    Attributes:
        path: where it lies.
        sha256: checksum of its bytes.
        origin: which place it was found in.
        verified: whether a known checksum fits; None where none is known.
    """

    path: Path
    sha256: str
    origin: Literal["path", "data_dir", "raw", "download", "sample"]
    verified: bool | None


class Found(Protocol):
    """The outcome of a look-up, whatever was looked for."""

    @property
    def stand_in(self) -> bool:
        """Whether something else stands in for what could not be had."""
        ...

    @property
    def files(self) -> dict[str, Located]:
        """What was found, by what it is; "" for an only file."""
        ...

    @property
    def key(self) -> str:
        """What identifies it in the keys of artifacts made from it."""
        ...

    def describe(self) -> str:
        """One line for the log."""
        ...


@dataclass(frozen=True)
class Resource:
    """The outcome of a look-up: a file, or none because none is needed or because none could be had.

    Attributes:
        located: the file.
        stand_in: whether something else stands in for a file that could not be had.
    """

    located: Located | None
    stand_in: bool

    @property
    def files(self) -> dict[str, Located]:
        """What was found, by what it is: the only file needs no name."""
        return {"": self.located} if self.located else {}

    @property
    def key(self) -> str:
        """What identifies it in the keys of artifacts made from it: content and suffixes (which tell its format)."""
        content = "nothing"
        if self.located:
            content = "".join([self.located.sha256, *self.located.path.suffixes[-2:]]).lower()
        return f"stand-in:{content}" if self.stand_in else content

    def describe(self) -> str:
        """One line for the log."""
        if self.located is None:
            return "could not be had: a stand-in is used" if self.stand_in else "not needed"
        return f"STAND-IN {self.located.path}" if self.stand_in else str(self.located.path)


@dataclass(frozen=True)
class KerasFile:
    """The bytes of a `.keras` file: a model that travels without Keras being imported."""

    content: bytes
