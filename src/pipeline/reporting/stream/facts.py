"""What `report.json` of a run on a stream holds, as dataclasses that check what they are read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.reporting.facts import Frame, PartCount

Kind = Literal["filters", "drift", "versus_batch", "memory"]
STREAM, UNFAMILIAR, JUST_AFTER = "stream", "without an earlier near-duplicate", "just after the change"


@dataclass(frozen=True, kw_only=True)
class StreamFacts(Frame):
    """What runs of every kind say of their stream.

    Attributes:
        order: of the messages: as the source has them, or shuffled.
        is_sorted: whether they are sorted by class.
        num_copies: exact copies that were left out.
        num_near: messages with a near-duplicate, earlier or later.
    """

    family: Literal["stream"]
    kind: Kind
    order: Literal["file", "shuffled"]
    is_sorted: bool
    num_copies: int
    num_near: int

    @property
    def stream(self) -> PartCount:
        """All messages of the stream."""
        return self.count(STREAM)

    @property
    def num_familiar(self) -> int:
        """Messages with an earlier near-duplicate."""
        return self.stream.total - self.count(UNFAMILIAR).total


@dataclass(frozen=True, kw_only=True)
class StreamReport(StreamFacts):
    """`report.json`: what models that read a stream came to, beside the tables.

    Attributes:
        reference: the model that the others are compared with.
        period: messages that are scored before they are learnt.
        delay: messages by which labels come later.
        window: messages that sliding figures are over.
        start: position from which on totals are taken.
        changed_at: position of the change of words; None where there is none.
        num_replaced: words that change there.
        trained_at: positions at which a model was trained anew, of those that are.
    """

    kind: Literal["filters", "drift", "versus_batch"]
    reference: str
    period: int
    delay: int
    window: int
    start: int
    changed_at: int | None
    num_replaced: int
    trained_at: dict[str, list[int]]


@dataclass(frozen=True, kw_only=True)
class MemoryReport(StreamFacts):
    """`report.json`: what hashing into ever less memory came to, beside the tables.

    Attributes:
        num_ngrams: distinct n-grams of the stream.
        num_counted: n-grams counted, each once a message.
    """

    kind: Literal["memory"]
    num_ngrams: int
    num_counted: int
