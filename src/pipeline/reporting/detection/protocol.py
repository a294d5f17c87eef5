"""What a detection run under the published protocol repeats of its source, and what in it is ours."""

from __future__ import annotations

SOURCE = "vae_workshop"
NOTE = (
    "This run repeats what the source describes: models are fitted on all messages, copies too, and judged on the "
    "messages that they were fitted on; a message is called where its cost is high, whatever its length. Its slips are "
    "not repeated, for with them nothing would be learnt: they are listed below. Ours, for the source does not say it: "
    "sizes, rates, epochs, stems in place of lemmas, and all detectors but the autoencoder and the variational ones. "
    "The source has no figures. Do not compare these with clean ones."
)
# What the published source gets wrong, and what is done here instead: shown with runs of every protocol.
FAULTS = {
    "Wrong sign": (
        "Its Bernoulli log-likelihood has the sign turned round: to raise it would be to make the messages less "
        "likely. Here it is the sum of the logarithms of the probabilities, and it is raised."
    ),
    "Deviation for variance": (
        "Its kl_divergence takes the logarithm of the standard deviation, but its encoder returns that of the variance."
        " Here both speak of the variance, and a test holds the KL to its closed form."
    ),
    "No sigmoid": (
        "The snippet of its decoder leaves the sigmoid out, so that what it returns are no probabilities. Here they "
        "are."
    ),
    "Length": (
        "The likelihood of a message falls with every word in it, so that its score measures length first. Here scores "
        "are given by word and adjusted for length too, beside the length alone."
    ),
    "Threshold": (
        "It does not say how a threshold is found without labels. Here rules that need none stand apart from the one "
        "that needs them."
    ),
    "No held-out messages": (
        "It scores the messages that the model was trained on. Here, unless the published protocol is asked for, all "
        "figures are of held-out messages, and near-duplicates stay on one side."
    ),
    "Premise": (
        "It takes for granted that a model fitted on all messages finds the unwanted kind less likely. The first "
        "finding of this page tells whether that is so."
    ),
}


def published_note(source: str, protocol: str) -> str:
    """What is repeated and what is not, for `report.json`; empty where the run does not repeat this source."""
    return NOTE if (source, protocol) == (SOURCE, "published") else ""
