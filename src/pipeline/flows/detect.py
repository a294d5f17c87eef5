"""Finding the messages of one class without labels, beside what labels are worth."""

from __future__ import annotations

from pipeline.artifacts import Split
from pipeline.flows.prepare import Gathered, gather
from pipeline.plan import Plan, Step
from pipeline.settings import Node
from pipeline.stages.bags import count_bags
from pipeline.stages.contaminate import contaminate
from pipeline.stages.detect import detect_messages
from pipeline.stages.detection_report import detection_report
from pipeline.stages.judge import fit_baselines
from pipeline.stages.judge_detections import judge_detections
from pipeline.stages.split import resample_train, split_pool, take_all
from pipeline.stages.suspect import score_mixture, suspect


def detect(run: Plan, cfg: Node) -> None:
    """Split first; detectors are fitted to the training part, and judged on messages that they have not seen."""
    made = gather(run, cfg)
    _detect(run, cfg, made, run(split_pool, made.corpus, made.pool, cfg.split))


def detect_published(run: Plan, cfg: Node) -> None:
    """No split: what is scored is what was fitted to, as the source has it."""
    made = gather(run, cfg)
    _detect(run, cfg, made, run(take_all, made.corpus, made.pool))
    run.leave(cfg.split)


def _detect(run: Plan, cfg: Node, made: Gathered, split: Step[Split]) -> None:
    """Every detector is a stage of its own, so that a run that was killed goes on with the one it was at.

    Which there are is what the experiment is about, and so the config's.
    """
    bags = run(count_bags, made.corpus, made.texts, split, cfg.bags)
    suspicion = run(suspect, bags, split, cfg.mixture)
    found = [run(detect_messages, bags, split, suspicion, detector) for detector in cfg.detectors.groups()]
    mixture = run(score_mixture, split, suspicion)
    contamination = run(contaminate, bags, split, cfg.contamination)
    supervised = run(fit_baselines, made.corpus, split, run(resample_train, split, cfg.sampling))
    run.leave(cfg.density, cfg.sampling, cfg.detectors)
    scores = run(judge_detections, split, bags, suspicion, contamination, supervised, mixture, *found, cfg.evaluate)
    run.report(
        detection_report,
        *(
            made.corpus,
            made.texts,
            made.pool,
            split,
            bags,
            suspicion,
            contamination,
            supervised,
            scores,
            mixture,
            *found,
        ),
        cfg.report,
    )
