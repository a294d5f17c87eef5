"""Messages that come one after the other, and filters that learn as they go."""

from __future__ import annotations

from pipeline.artifacts.streams import Passes, Stream
from pipeline.flows.prepare import Gathered, gather
from pipeline.plan import Plan, Step
from pipeline.settings import Node
from pipeline.stages.embed import embed_tokens, locate_vectors
from pipeline.stages.fill import take_no_extra
from pipeline.stages.filter_stream import filter_stream
from pipeline.stages.fit import fit_classifier
from pipeline.stages.judge_stream import judge_stream
from pipeline.stages.memory import measure_memory
from pipeline.stages.memory_report import memory_report
from pipeline.stages.order import change_words, order_messages
from pipeline.stages.retrain import add_round, predict_round, split_stream, tfidf_round
from pipeline.stages.split import resample_train
from pipeline.stages.stream_report import stream_report
from pipeline.stages.tokenise import tokenise


def stream(run: Plan, cfg: Node) -> None:
    """Each filter scores a message, then learns it."""
    made = gather(run, cfg)
    messages = run(order_messages, made.corpus, made.pool, cfg.stream)
    passes = run(filter_stream, messages, cfg.filters, cfg.prequential)
    _judge(run, cfg, made, messages, passes)


def stream_drift(run: Plan, cfg: Node) -> None:
    """The same on a stream whose spam changes its words half-way."""
    made = gather(run, cfg)
    even = run(order_messages, made.corpus, made.pool, cfg.stream)
    changing = run(change_words, even, cfg.drift)
    passes = run(filter_stream, changing, cfg.filters, cfg.prequential)
    _judge(run, cfg, made, changing, passes)


def stream_memory(run: Plan, cfg: Node) -> None:
    """Filters in ever less memory."""
    made = gather(run, cfg)
    messages = run(order_messages, made.corpus, made.pool, cfg.stream)
    memory = run(measure_memory, messages, cfg.memory)
    run.report(memory_report, made.corpus, made.texts, made.pool, messages, memory)


def stream_versus_batch(run: Plan, cfg: Node) -> None:
    """Filters beside a network, and beside TF-IDF, that are trained anew every so often on all that has come.

    Each round of training is a chain of stages of its own, so that a run that was killed goes on with the round it was
    at; how many there are is what the experiment is about, and so the config's.
    """
    made = gather(run, cfg)
    messages = run(order_messages, made.corpus, made.pool, cfg.stream)
    passes = run(filter_stream, messages, cfg.filters, cfg.prequential)
    vectors = run.find(locate_vectors, cfg.embedding)
    splits = [run(split_stream, messages, made.corpus, part, cfg.retraining) for part in cfg.retraining.rounds.groups()]
    for split in splits:
        sample = run(resample_train, split, cfg.sampling)
        tokens = run(tokenise, made.corpus, made.texts, split, cfg.preprocess.tokenise)
        embedding = run(embed_tokens, made.texts, split, tokens, vectors, cfg.embedding)
        none = run(take_no_extra, tokens)
        fitted = run(fit_classifier, split, sample, none, tokens, embedding, cfg.model, cfg.training)
        passes = run(add_round, passes, messages, run(predict_round, split, tokens, fitted))
    run.leave(cfg.sampling)
    for split in splits:
        passes = run(add_round, passes, messages, run(tfidf_round, made.corpus, split))
    _judge(run, cfg, made, messages, passes)


def _judge(run: Plan, cfg: Node, made: Gathered, messages: Step[Stream], passes: Step[Passes]) -> None:
    """The end that all but one have."""
    scores = run(judge_stream, messages, passes, cfg.evaluate)
    run.report(stream_report, made.corpus, made.texts, made.pool, messages, passes, scores, cfg.report)
