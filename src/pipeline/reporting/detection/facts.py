"""What `report.json` of a detection run holds, as a dataclass that checks what it is read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.artifacts.detection import Measure
from pipeline.reporting.facts import Number, SplitFacts


@dataclass(frozen=True, kw_only=True)
class DetectionReport(SplitFacts):
    """`report.json`: what detectors of one class with few labels or none came to, beside the tables.

    Attributes:
        vocabulary: words that detectors know.
        min_messages: training messages that each of these words is in at least.
        measure: which score of a density model stands for it: its cost a message, a known word, or adjusted for length.
        expected_share, estimated_share, true_share: of the positive class: as was told, as the mixture estimates, and
            as the test part has it.
        num_wordless: test messages without a known word.
        num_kinds: kinds of messages that the mixture tells apart.
        num_starts: random starts of the mixture.
        num_contaminated: messages that detectors were fitted on at every share of the positive class.
        num_resamples: of the bootstrap.
        champion: the detector without labels that ranks the validation part best; empty where there is none.
        picked: the same of those fitted on the negative class.
    """

    family: Literal["detection"]
    vocabulary: int
    min_messages: int
    measure: Measure
    expected_share: Number
    estimated_share: Number
    true_share: Number
    num_wordless: int
    num_kinds: int
    num_starts: int
    num_contaminated: int
    num_resamples: int
    champion: str
    picked: str
