"""What a synthesis run under the published protocol repeats of its source, and what in it is ours."""

from __future__ import annotations

from collections.abc import Sequence

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
NOT_A_SETTING_OF_IT = frozenset({
    "experiment", "flow", "name", "protocol", "source", "seed", "outputs", "raw", "strict", "download", "probe",
    "report", "hydra",
})  # fmt: skip


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
    changed = [override for override in overrides if _top(override) not in NOT_A_SETTING_OF_IT]
    if changed:
        said.append(f"Not as said here is what was set on the command line: {', '.join(changed)}.")
    return " ".join([*said, "Do not compare its figures with clean ones."])


def _top(override: str) -> str:
    """The first part of the key of an override: `embedding` of `embedding.dim=100`."""
    return override.lstrip("+~").partition("=")[0].partition(".")[0].partition("@")[0]
