"""The images that need no network: for each class a normal distribution on its principal components.

Shapes: N images, K classes, S pixels a side, C components, n drawings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.images import WHITE, Gaussian, Labels, Pixels
from pipeline.errors import UserError

NAME = "gaussian"


def fit(pixels: Pixels, labels: Labels, classes: list[str], components: int) -> Gaussian:
    """Means and principal components of each class; of all classes as many components as the least of them allows.

    Shapes: pixels (N, S, S), labels (N,).
    Source: Tipping & Bishop 1999, Journal of the Royal Statistical Society B 61:611-622, but without their noise.

    Raises:
        UserError: a class has fewer than two images.
    """
    from sklearn.decomposition import PCA

    flat = pixels.reshape(len(pixels), -1)
    counts = np.bincount(labels, minlength=len(classes))
    least = int(counts.argmin())
    if counts[least] < 2:
        raise UserError(
            f"The class {classes[least]} has {counts[least]} training image(s), too few for a normal distribution.",
            expected="at least two training images of each class",
            remedy="Leave the class out of the data set, or add images to it.",
        )
    kept = min(components, flat.shape[1], int(counts[least]) - 1)
    means, directions, scales = [], [], []
    for label in range(len(classes)):
        found = PCA(kept, svd_solver="covariance_eigh").fit(flat[labels == label].astype(np.float64))
        means.append(found.mean_)
        directions.append(found.components_)
        scales.append(np.sqrt(found.explained_variance_))
    return Gaussian(NAME, *(np.stack(parts).astype(np.float32) for parts in (means, directions, scales)))


def draw(gaussian: Gaussian, labels: NDArray[np.integer], seed: int) -> Pixels:
    """One image for each label.

    The noise is drawn for all images before any class is, so that an image does not depend on what the others are.

    Shapes: labels (n,), result (n, S, S).
    """
    width = gaussian.scales.shape[1]
    side = round(gaussian.means.shape[1] ** 0.5)
    noise = np.random.default_rng(seed).standard_normal((len(labels), width), dtype=np.float32)
    pixels = np.empty((len(labels), side * side), np.uint8)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        values = gaussian.means[label] + (noise[rows] * gaussian.scales[label]) @ gaussian.components[label]
        pixels[rows] = np.clip(np.rint(values), 0, WHITE)
    return pixels.reshape(-1, side, side)
