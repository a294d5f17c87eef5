"""Find the training image that is closest to each drawing."""

from __future__ import annotations

import pandas as pd

from pipeline.artifacts import Rows
from pipeline.artifacts.images import TEST, Drawings, Images, ImageSplit, Labels, Neighbours, Pixels
from pipeline.evaluation.images.neighbours import nearest, twins


def find_neighbours(images: Images, split: ImageSplit, *drawn: Drawings) -> Neighbours:
    """Of drawings, and of test images to compare them with; and how many drawings there are more than once."""
    among = images.train[split.train]

    def table(name: str, pixels: Pixels, labels: Labels, rows: Rows | range) -> pd.DataFrame:
        train, distance = nearest(pixels, among)
        columns = {"set": name, "row": rows, "label": labels, "train": split.train[train], "distance": distance}
        return pd.DataFrame(columns | {"twin": twins(pixels)})

    tables = [table(one.name, one.pixels, one.labels, range(len(one.pixels))) for one in drawn]
    repeats = [
        (one.name, int((found["distance"] == 0).sum()), int(found["twin"].sum()))
        for one, found in zip(drawn, tables, strict=True)
    ]
    tables.append(table(TEST, images.test[split.test], images.test_labels[split.test], split.test))
    return Neighbours(pd.concat(tables, ignore_index=True), pd.DataFrame(repeats, columns=["set", "exact", "twins"]))
