"""Language models of characters: what they pay for messages that they have not seen, and what they write."""

from __future__ import annotations

from pipeline.artifacts import Split
from pipeline.flows.prepare import Gathered, gather
from pipeline.plan import Plan, Step
from pipeline.settings import Node
from pipeline.stages.characters_report import characters_report
from pipeline.stages.encode_characters import encode_characters
from pipeline.stages.fit_writer import fit_writer, score_writer
from pipeline.stages.judge_bits import judge_bits
from pipeline.stages.judge_samples import judge_samples
from pipeline.stages.load import clean_for_groups
from pipeline.stages.score_references import score_references
from pipeline.stages.split import split_pool, take_all
from pipeline.stages.write_samples import write_ngram_samples, write_samples


def characters(run: Plan, cfg: Node) -> None:
    """Split first: the alphabet and all models know the training part alone."""
    made = gather(run, cfg, clean_for_groups)
    _characters(run, cfg, made, run(split_pool, made.corpus, made.pool, cfg.split))


def characters_published(run: Plan, cfg: Node) -> None:
    """No split: what is read is what was trained on, as the source has it."""
    made = gather(run, cfg, clean_for_groups)
    _characters(run, cfg, made, run(take_all, made.corpus, made.pool))
    run.leave(cfg.split)


def _characters(run: Plan, cfg: Node, made: Gathered, split: Step[Split]) -> None:
    """Every model is a stage of its own, so that a run that was killed goes on with the one it was at."""
    encoded = run(encode_characters, made.corpus, split, cfg.alphabet)
    references = run(score_references, made.corpus, split, encoded, cfg.references)
    writers = [run(fit_writer, encoded, split, writer) for writer in cfg.writers.groups()]
    paid = [run(score_writer, encoded, split, writer) for writer in writers]
    bits = run(judge_bits, split, encoded, references, *paid, cfg.evaluate)
    samples = [run(write_samples, encoded, writer, cfg.samples) for writer in writers]
    samples.append(run(write_ngram_samples, encoded, split, references, cfg.samples))
    judged = run(judge_samples, made.corpus, split, *samples)
    run.leave(cfg.recipes, cfg.writers)
    run.report(
        characters_report,
        *(made.corpus, made.texts, made.pool, split, encoded, references, bits, judged, *writers, *paid, *samples),
        *(cfg.report, cfg.samples),
    )
