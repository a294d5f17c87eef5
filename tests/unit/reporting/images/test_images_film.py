"""The film of a training: its frames, how long each stands, and that it stays small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from image_run_samples import TEN, make_pictures
from pipeline.reporting.images.animation import FRAME, HEADING, LAST, MOST_FRAMES, SCALE, shown, write_animation
from pipeline.reporting.images.picture_figures import MOST_CLASSES, WHITE, Pixels, mosaic

LARGEST = 1_500_000  # bytes


def frames(*shape: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (*shape, 8, 8)).astype(np.uint8)


def seen(path: Path) -> list[tuple[Pixels, int]]:
    """Every frame and how long it stands, in milliseconds."""
    with Image.open(path) as film:
        found = []
        for place in range(getattr(film, "n_frames", 1)):
            film.seek(place)
            found.append((np.asarray(film.convert("L")), film.info["duration"]))
        return found


def test_every_epoch_is_a_frame_and_the_last_stands_longest(tmp_path: Path) -> None:
    images = frames(4, 3, 2)
    write_animation(
        images, [1, 2, 3, 4], ["a", "你 ☺$x$", "a class that has a far too long name"], tmp_path / "film.gif"
    )
    found = seen(tmp_path / "film.gif")
    assert [duration for _, duration in found] == [FRAME] * 3 + [LAST]
    for (picture, _), expected in zip(found, images, strict=True):
        small = picture[HEADING:, -SCALE * mosaic(expected).shape[1] :][::SCALE, ::SCALE].astype(int)
        assert np.abs(small - mosaic(expected)).max() <= (WHITE + 1) // 32
        names = picture[HEADING:, : -SCALE * mosaic(expected).shape[1]]
        assert all((names[row * 18 : (row + 1) * 18] < 128).any() for row in range(3)), "the name of each class"
    headings = {picture[:HEADING].tobytes() for picture, _ in found}
    assert len(headings) == 4, "the number of the epoch"


def test_a_film_shows_no_more_than_a_page_can_hold() -> None:
    assert shown((30, 10, 10, 28, 28)) == (10, 6)
    assert shown((30, 60, 10, 28, 28)) == (MOST_CLASSES, 3)
    assert shown((30, 2, 4, 28, 28)) == (2, 4)


@pytest.mark.parametrize("shape", [(1, 2, 1), (2, 60, 3), (130, 2, 12)])
def test_a_film_of_any_run_is_written_twice_alike(shape: tuple[int, int, int], tmp_path: Path) -> None:
    for name in ("one.gif", "other.gif"):
        write_animation(frames(*shape), range(1, shape[0] + 1), [f"c{n}" for n in range(shape[1])], tmp_path / name)
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "other.gif").read_bytes()
    found = seen(tmp_path / "one.gif")
    assert len(found) == min(shape[0], MOST_FRAMES)
    assert found[0][0].shape[0] <= HEADING + SCALE * (9 * MOST_CLASSES + 1)


def test_thirty_epochs_of_ten_classes_fit_into_a_page(tmp_path: Path) -> None:
    grid = make_pictures(TEN)["grid"].astype(np.uint8)
    changing = np.stack([np.roll(grid, epoch, axis=1) for epoch in range(30)])
    write_animation(changing, range(1, 31), TEN.classes, tmp_path / "film.gif")
    assert 10_000 < (tmp_path / "film.gif").stat().st_size < LARGEST
