"""What a synthesis run under the published protocol repeats of its source, and what in it is ours."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reporting.overrides import changed_said

SOURCE = "spam_synthesis"
PUBLISHED_WIDTH = 100  # of the word vectors
REPEATED = (
    "This run repeats what the source says, faults included: batches of one message, Adam at 0.003, 50 epochs; LSTM "
    "layers of 64 and 32 units, a code of 16 dimensions, LSTM layers of 32 and 64 over 200 steps; a mean of squared "
    "errors beside a sum of KLs; stemmed words looked up among the vectors as they are."
)
OURS = (
    "a linear layer after the last LSTM, log-variances bounded to ±8, a model for each class, no mask, the last epoch "
    "kept, lengths drawn from the training messages of the class, padding at the end, and the split, in "
    "which the test part doubles as the validation part"
)
NOT_THERE = (
    "The source decodes no words and tries no augmentation: both are ours, the latter with all real messages alone."
)


def published_note(source: str, protocol: str, width: int, overrides: Sequence[str]) -> str:
    """What is repeated and what is not, for `report.json`; empty where the run does not repeat this source.

    Args:
        source: that the run follows.
        protocol: of the run.
        width: of the word vectors in use.
        overrides: the command line.
    """
    if (source, protocol) != (SOURCE, "published"):
        return ""
    said = [REPEATED, f"Ours, for the source does not say it: {OURS}."]
    if width != PUBLISHED_WIDTH:
        said.append(f"Word vectors are of {width} numbers, those of the source of {PUBLISHED_WIDTH}.")
    said.append(NOT_THERE)
    said += [changed_said(overrides), "Do not compare its figures with clean ones."]
    return " ".join(filter(None, said))
