"""The questions that the page answers first. Verdicts come from intervals and paired comparisons alone.

A question that the run cannot answer, for want of a detector, is left out.
"""

from __future__ import annotations

from pipeline.reporting.answers import Finding
from pipeline.reporting.detection.label_findings import how_far_from_labels, what_contamination_costs, what_works
from pipeline.reporting.detection.model_findings import does_depth_help, does_the_premise_hold, is_it_length
from pipeline.reporting.detection.scene import Scene
from pipeline.reporting.detection.share_findings import is_the_share_found, which_threshold

QUESTIONS = (
    does_the_premise_hold,
    is_it_length,
    does_depth_help,
    what_works,
    how_far_from_labels,
    what_contamination_costs,
    is_the_share_found,
    which_threshold,
)


def findings(scene: Scene) -> list[Finding]:
    """The questions of the run, answered."""
    return [found for ask in QUESTIONS if (found := ask(scene)) is not None]
