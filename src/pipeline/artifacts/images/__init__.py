"""Labelled images, a judge of them, generators that draw them, and how like real ones their drawings are."""

from pipeline.artifacts.images.artists import (
    ConvolutionalShape,
    DenseShape,
    Drawings,
    Ending,
    Gallery,
    Gan,
    Gaussian,
    Judge,
    Shape,
)
from pipeline.artifacts.images.data import SIDE, ImageFiles, Images, ImageSplit, Labels, Pixels
from pipeline.artifacts.images.scores import REAL, REFERENCE, TEST, Confidence, ImageScores, Neighbours, Pupil, Seen

__all__ = [
    "REAL",
    "REFERENCE",
    "SIDE",
    "TEST",
    "Confidence",
    "ConvolutionalShape",
    "DenseShape",
    "Drawings",
    "Ending",
    "Gallery",
    "Gan",
    "Gaussian",
    "ImageFiles",
    "ImageScores",
    "ImageSplit",
    "Images",
    "Judge",
    "Labels",
    "Neighbours",
    "Pixels",
    "Pupil",
    "Seen",
    "Shape",
]
