"""What a run of filters under the published protocol repeats of its source, and what in it is ours."""

from __future__ import annotations

SOURCE = "online_filters"
NOTE = (
    "This run repeats what the source describes: Pr(w | class) is a share of the messages of the class, counts begin "
    "at 1, and every n-gram speaks, also one that neither class has shown, so that what is new speaks for the rarer "
    "class; copies of messages stay in the stream. Ours, for the source does not say it: sizes, rates, n-grams, the "
    "period, messages of unit length for linear filters, and all filters but four. The source has no figures. Do not "
    "compare these with clean ones."
)


def published_note(source: str, protocol: str) -> str:
    """What is repeated and what is not, for `report.json`; empty where the run does not repeat this source."""
    return NOTE if (source, protocol) == (SOURCE, "published") else ""
