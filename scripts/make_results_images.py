"""The sections of docs/RESULTS.md on runs on images, from their `report.json`, tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from make_results_detection import listed, markdown
from pipeline.reporting.comparison.files import MARKDOWN_ESCAPES
from pipeline.reporting.grid import upper
from pipeline.reporting.images.findings import (
    can_one_learn_from_them,
    does_it_beat_the_baseline,
    does_it_copy,
    does_it_draw_all_there_is,
)
from pipeline.reporting.images.folder import read_images
from pipeline.reporting.images.picture_plates import MOST_ROWS
from pipeline.reporting.images.scene import Scene
from pipeline.reporting.images.sentences import (
    classes_sentence,
    copies_sentence,
    models_sentence,
    notices,
    parts_sentence,
)
from pipeline.reporting.images.tables import score_table
from pipeline.reporting.images.training_findings import would_more_epochs_help

FIGURES = ("grid", "scores", "measures", "epochs", "training.gif")
LINE_BY_LINE = {code: text for code, text in MARKDOWN_ESCAPES.items() if code != ord("\n")}
QUESTIONS = (
    does_it_beat_the_baseline,
    does_it_draw_all_there_is,
    can_one_learn_from_them,
    does_it_copy,
    would_more_epochs_help,
)


def images_text(folder: Path, metrics: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What a run on images was and came to, without its figures; classes have names of the user's.

    All classes and all copies stand in the report of the run alone.
    """
    run = read_images(folder)
    scene, report = Scene(run.report, run.tables, run.settings), run.report
    commit = (manifest["git_commit"] or "unknown")[:10]
    table = score_table(scene)
    body = "\n\n".join([*([markdown(table)] if any(table.bodies) else []), *filter(None, [_classes(scene)])])
    return f"""\
## {metrics["experiment"]} on {metrics["dataset"]}, protocol {metrics["protocol"]}, seed {metrics["seed"]}

{listed(report.headline.translate(LINE_BY_LINE))}

{parts_sentence(report)} {copies_sentence(report)}
{models_sentence(scene)}
Commit {commit}, started {manifest["started"]}:

    {report.reproduce}

{_told(scene)}

{body}
"""


def _classes(scene: Scene) -> str:
    """The worst and the best class, and of which classes the figure of the epochs is."""
    number = len(scene.report.class_names)
    some = f"The figure of the epochs shows {MOST_ROWS} of the {number} classes." if number > MOST_ROWS else ""
    return " ".join(filter(None, [classes_sentence(scene).translate(MARKDOWN_ESCAPES), some]))


def _told(scene: Scene) -> str:
    """What limits the figures, and the questions of the page that scores settle, as points."""
    found = [ask(scene) for ask in QUESTIONS]
    points = [(one.title, one.text) for one in notices(scene)]
    points += [(f"{one.question} {upper(one.tag)}", one.answer) for one in found if one is not None]
    return "\n".join(
        f"- **{head.translate(MARKDOWN_ESCAPES)}.** {text.translate(MARKDOWN_ESCAPES)}" for head, text in points
    )
