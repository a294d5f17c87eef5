"""What a run on images under the published protocol repeats of its source, and what in it is ours."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reporting.overrides import changed_said

SOURCE = "image_generation"
REPEATED = (
    "This run repeats what the source describes: Adam at 0.0001 for both players, batches of 64, and the weights after "
    "the last of 30 epochs, without running means."
)
OURS = (
    "What it leaves open, the loss among it, was chosen by us. How the drawings are judged is ours too, and the same "
    "under every protocol: the source has no figure to set beside these."
)


def published_note(source: str, protocol: str, overrides: Sequence[str], ended: str) -> str:
    """What is repeated and what is not, for `report.json`; empty where the run does not repeat this source.

    Args:
        source: that the run follows.
        protocol: of the run.
        overrides: the command line.
        ended: that training ended before its last epoch, as a sentence; empty where it did not.
    """
    if (source, protocol) != (SOURCE, "published"):
        return ""
    return " ".join(filter(None, [REPEATED, changed_said(overrides), ended, OURS]))


FAULTS = {
    "No figure for what it generates": (
        "It says that “pretty decent images are generated, and are classifiable into the given class”, and gives no "
        "number. Here a classifier that never saw a drawing says how many are, beside real images and beside a "
        "generator that anyone can write down; distances, precision and recall, copies and collapse are told too, with "
        "intervals."
    ),
    "No validation set": (
        "Nothing is held out, neither to choose by nor to judge by. Here all figures are of the test file, used once, "
        "at the end; and unless the published protocol is asked for, the epoch is chosen on images of the "
        "training file that the judge has not learnt from."
    ),
    "Nothing to compare with": (
        "A generator is judged by looking at it. Here real images stand where its drawings would, and a normal "
        "distribution for each class is what it must beat."
    ),
}
OPEN = (
    "The width of the class embeddings, the share of dropout, the slope of the leaky rectifiers, the loss and Adam’s "
    "momentum, how often either player is updated and on what batches, the weights that training starts from, and "
    "which epoch’s weights are shown. What was taken for these stands in the settings below."
)
DEVIATIONS = {
    "Training": (
        "The source trains both players at one rate and looks at nothing while it does. Unless the published protocol "
        "is asked for, rates, targets, running means and the choice of the epoch are ours, as in the settings below."
    ),
    "Layers": (
        "A model of dense layers has those of the source. The convolutional one, with spectral normalisation, is ours."
    ),
}
