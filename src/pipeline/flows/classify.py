"""Text classification: the clean protocol, and beside it the order in which the published work did things."""

from __future__ import annotations

from pipeline.artifacts import Sample
from pipeline.flows.prepare import Prepared, prepare
from pipeline.plan import Plan, Step
from pipeline.settings import Node
from pipeline.stages.embed import embed_tokens, locate_vectors
from pipeline.stages.fill import fill_up
from pipeline.stages.fit import fit_classifier, predict, predict_validation, share_embedding
from pipeline.stages.judge import fit_baselines, judge_predictions
from pipeline.stages.load import clean_corpus, load_corpus, locate_corpus, locate_stop_words
from pipeline.stages.report import classification_report, validation_report
from pipeline.stages.split import balance_pool, pool_messages, resample_train, split_pool
from pipeline.stages.tokenise import tokenise


def classify(run: Plan, cfg: Node) -> None:
    """Split first; everything that is fitted sees the training part alone; the test part is used once."""
    made = prepare(run, cfg)
    _train_and_judge(run, cfg, made, run(resample_train, made.split, cfg.sampling))


def classify_validation(run: Plan, cfg: Node) -> None:
    """`classify` as far as the validation part: for choosing a model without a look at the test part."""
    made = prepare(run, cfg)
    sample = run(resample_train, made.split, cfg.sampling)
    extra = run(fill_up, made.split, sample, made.tokens, made.embedding, cfg.sampling)
    fitted = run(fit_classifier, made.split, sample, extra, made.tokens, made.embedding, cfg.model, cfg.training)
    predictions = run(predict_validation, made.split, sample, made.tokens, fitted, cfg.evaluate)
    run.report(validation_report, made.corpus, made.texts, made.embedding, fitted, predictions)
    run.leave(cfg.evaluate, cfg.report)


def classify_published(run: Plan, cfg: Node) -> None:
    """Undersample first, then split; start from an embedding that other models have trained.

    The other published faults are settings of the stages that both flows share: `preprocess.tokenise.fit_on`,
    `preprocess.tokenise.padding`, `preprocess.tokenise.row_for_last_word`, `embedding.connected`, `model.build.mask`,
    `split.validation`, `training.keep`, `duplicates.near`.
    """
    source = run.find(locate_corpus, cfg.dataset)
    stop_words = run.find(locate_stop_words, cfg.preprocess.clean)
    vectors = run.find(locate_vectors, cfg.embedding)
    corpus = run(load_corpus, source, cfg.dataset)
    texts = run(clean_corpus, corpus, stop_words, cfg.preprocess.clean)
    pool = run(pool_messages, corpus, texts, cfg.duplicates)
    balanced = run(balance_pool, corpus, pool, cfg.balance)
    split = run(split_pool, corpus, balanced, cfg.split)
    sample = run(resample_train, split, cfg.sampling)
    tokens = run(tokenise, corpus, texts, split, cfg.preprocess.tokenise)
    embedding = run(embed_tokens, texts, split, tokens, vectors, cfg.embedding)
    shared = run(share_embedding, split, sample, tokens, embedding, cfg.shared_embedding)
    _train_and_judge(run, cfg, Prepared(corpus, texts, balanced, split, tokens, shared, stop_words), sample)


def _train_and_judge(run: Plan, cfg: Node, made: Prepared, sample: Step[Sample]) -> None:
    """The end that both protocols have."""
    extra = run(fill_up, made.split, sample, made.tokens, made.embedding, cfg.sampling)
    fitted = run(fit_classifier, made.split, sample, extra, made.tokens, made.embedding, cfg.model, cfg.training)
    predictions = run(predict, made.split, sample, made.tokens, fitted, cfg.evaluate)
    baselines = run(fit_baselines, made.corpus, made.split, sample)
    scores = run(judge_predictions, made.split, predictions, baselines, cfg.evaluate)
    run.report(
        classification_report,
        *(made.corpus, made.texts, made.pool, made.split, sample, made.tokens, made.embedding),
        *(fitted, predictions, baselines, scores),
        cfg.report,
    )
