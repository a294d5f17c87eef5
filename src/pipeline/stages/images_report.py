"""Write down what a generator of images came to, then draw the report from those files alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from pipeline.artifacts.images import (
    Confidence,
    Drawings,
    Gallery,
    Gan,
    Images,
    ImageScores,
    ImageSplit,
    Judge,
    Neighbours,
    Pupil,
    Seen,
)
from pipeline.models.images.files import save
from pipeline.ranges import Count, Portion
from pipeline.reporting.images.facts import ImagesReport
from pipeline.reporting.images.folder import ARRAYS, ImagesTables
from pipeline.reporting.images.report import draw_images
from pipeline.reporting.images.sentences import headline
from pipeline.stages.account import write_json
from pipeline.stages.images_account import Outcome, images_facts, images_metrics, images_tables, pictures
from pipeline.stages.stream_account import read_frame, write_tables


def images_report(
    images: Images,
    split: ImageSplit,
    judge: Judge,
    gan: Gan,
    gallery: Gallery,
    seen: Seen,
    confidence: Confidence,
    neighbours: Neighbours,
    scores: ImageScores,
    *made: Drawings | Pupil,
    num_shown: Count,
    epochs: Count,
    noise_std: Portion,
    folder: Path,
) -> str:
    """Write `metrics.json`, `report.json`, `images.npz`, `models/` and `tables/`, draw the report; the headline.

    Reads the frame of the run (experiment, protocol, source, command) from the `manifest.json` in `folder`.

    Args:
        made: what the generator and what it must beat drew, and the classifiers of these drawings.
        num_shown: real images of each class that are shown.
        epochs: of training that were asked for.
        noise_std: standard deviation of the noise that the generator drew from.
    """
    drawn = [one for one in made if isinstance(one, Drawings)]
    pupils = [one for one in made if isinstance(one, Pupil)]
    outcome = Outcome(
        read_frame(folder), images, split, judge, gan, gallery, seen, confidence, neighbours, scores, drawn, pupils,
        epochs,
    )  # fmt: skip
    (folder / "models").mkdir(exist_ok=True)
    save(folder / "models" / f"{gan.name}.npz", gan, images.classes, noise_std)
    tables = images_tables(outcome)
    write_tables(folder, tables)
    np.savez_compressed(folder / ARRAYS, allow_pickle=False, **vars(pictures(outcome, num_shown)))
    write_json(folder / "metrics.json", images_metrics(outcome))
    facts = images_facts(outcome)
    report = TypeAdapter(ImagesReport).validate_python(to_jsonable_python(facts | {"headline": ""}))
    said = headline(report, ImagesTables(**tables))
    write_json(folder / "report.json", facts | {"headline": said})
    draw_images(folder)
    return said
