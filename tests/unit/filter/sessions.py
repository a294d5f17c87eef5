"""Sessions of a filter in a folder, for tests."""

import dataclasses
from pathlib import Path

from pipeline.filter.lines import Limits
from pipeline.filter.messages import Format, Labels
from pipeline.filter.model_file import ModelFile, open_model
from pipeline.filter.session import Session
from pipeline.online.files import load_filter
from pipeline.online.filters import new_filter
from pipeline.online.settings import FilterSettings

SMALL = FilterSettings("naive_bayes", (1, 2), 8, 1, 0, "ngrams", 1.0)
LINES = [b"spam\twin cash now", b"ham\tlunch at noon", b"\twin lunch", b"hm\tbad", b"spam\tcash cash", b"ham\tnoon"]


class Pieces:
    """A source that gives its pieces, None where it pauses."""

    def __init__(self, *pieces: bytes | None) -> None:
        self.pieces = list(pieces)

    def read(self, timeout: float | None) -> bytes | None:
        """The next piece."""
        while self.pieces:
            piece = self.pieces.pop(0)
            if piece or (piece is None and timeout is not None):
                return piece
        return b""


@dataclasses.dataclass
class At:
    """A session in a folder, and what it wrote and told."""

    folder: Path
    settings: FilterSettings = SMALL
    written: list[bytes] = dataclasses.field(default_factory=list)
    told: list[str] = dataclasses.field(default_factory=list)

    def session(self, form: Format = "tsv", block: int = 100, *, quiet: bool = False, stops: bool = False) -> Session:
        """A new one."""
        file = ModelFile(self.folder / "m", new_filter(self.settings), Labels())
        return Session(file, form, Limits(block), None if quiet else self.write, self.told.append, stops=stops)

    def write(self, data: bytes) -> bool:
        """Keep what is written."""
        self.written.append(data)
        return True

    def again(self, data: bytes, *, resume: bool = True, block: int = 2) -> Session:
        """Another process, which opens the file and works through an input."""
        file = open_model(self.folder / "m", {}, learns=True)
        session = Session(file, "tsv", Limits(block), self.write, self.told.append)
        session.run(Pieces(data), resume=resume)
        return session

    @property
    def saved(self) -> tuple[int, int]:
        """Messages that the saved filter has learnt, and lines that it knows."""
        model, notes = load_filter(self.folder / "m")
        return model.num_learnt, int(notes["lines"])
