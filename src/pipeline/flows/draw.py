"""A conditional GAN that draws images of a class, and how like real ones they are."""

from __future__ import annotations

from pipeline.plan import Plan
from pipeline.settings import Node
from pipeline.stages.draw_images import draw_gallery, draw_images
from pipeline.stages.find_neighbours import find_neighbours
from pipeline.stages.fit_gan import fit_gan
from pipeline.stages.fit_gaussian import fit_gaussian
from pipeline.stages.fit_judge import fit_judge, fit_pupil
from pipeline.stages.images_report import images_report
from pipeline.stages.load_images import load_images, locate_images
from pipeline.stages.measure_images import measure_images
from pipeline.stages.see import ask_discriminator, see
from pipeline.stages.split_images import split_images


def draw(run: Plan, cfg: Node) -> None:
    """The judge and the generator learn from the training file alone; the test file is for the end."""
    files = run.find(locate_images, cfg.dataset)
    images = run(load_images, files, cfg.dataset)
    split = run(split_images, images, cfg.split)
    judge = run(fit_judge, images, split, cfg.judge)
    gan = run(fit_gan, images, split, judge, cfg.model, cfg.training)
    gaussian = run(fit_gaussian, images, split, cfg.gaussian)
    drawn = run(draw_images, images, split, gan, cfg.drawing)
    plain = run(draw_images, images, split, gaussian, cfg.drawing)
    pupils = [run(fit_pupil, images, split, artist, cfg.judge, cfg.drawing) for artist in (gan, gaussian)]
    gallery = run(draw_gallery, images, gan, cfg.report, cfg.drawing)
    seen = run(see, images, split, judge, drawn, plain)
    confidence = run(ask_discriminator, images, split, gan, drawn)
    neighbours = run(find_neighbours, images, split, drawn, plain)
    scores = run(measure_images, images, split, seen, neighbours, *pupils, cfg.evaluate)
    run.report(
        images_report,
        *(images, split, judge, gan, gallery, seen, confidence, neighbours, scores, drawn, plain, *pupils),
        *(cfg.report, cfg.training, cfg.drawing),
    )
