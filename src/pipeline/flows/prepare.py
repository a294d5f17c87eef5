"""The beginning that flows share: from files to the vectors of the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.artifacts import Corpus, Embedding, Pool, Resource, Split, Texts, Tokens
from pipeline.plan import Plan, Step
from pipeline.settings import Node
from pipeline.stages.embed import embed_tokens, locate_vectors
from pipeline.stages.load import clean_corpus, load_corpus, locate_corpus, locate_stop_words
from pipeline.stages.split import pool_messages, split_pool
from pipeline.stages.tokenise import tokenise


@dataclass(frozen=True)
class Prepared:
    """What flows go on with, whatever the order in which it was made."""

    corpus: Step[Corpus]
    texts: Step[Texts]
    pool: Step[Pool]
    split: Step[Split]
    tokens: Step[Tokens]
    embedding: Step[Embedding]
    stop_words: Step[Resource]


@dataclass(frozen=True)
class Gathered:
    """Messages, cleaned, copies and near-duplicates known; nothing is split yet."""

    corpus: Step[Corpus]
    texts: Step[Texts]
    pool: Step[Pool]
    stop_words: Step[Resource]


def gather(run: Plan, cfg: Node, clean: Callable[..., Texts] = clean_corpus) -> Gathered:
    """As far as all flows go the same way; they may differ in what cleaning is for."""
    source = run.find(locate_corpus, cfg.dataset)
    stop_words = run.find(locate_stop_words, cfg.preprocess.clean)
    corpus = run(load_corpus, source, cfg.dataset)
    texts = run(clean, corpus, stop_words, cfg.preprocess.clean)
    pool = run(pool_messages, corpus, texts, cfg.duplicates)
    return Gathered(corpus, texts, pool, stop_words)


def prepare(run: Plan, cfg: Node) -> Prepared:
    """Split first: what is fitted from then on sees the training part alone."""
    made = gather(run, cfg)
    vectors = run.find(locate_vectors, cfg.embedding)
    split = run(split_pool, made.corpus, made.pool, cfg.split)
    tokens = run(tokenise, made.corpus, made.texts, split, cfg.preprocess.tokenise)
    embedding = run(embed_tokens, made.texts, split, tokens, vectors, cfg.embedding)
    return Prepared(made.corpus, made.texts, made.pool, split, tokens, embedding, made.stop_words)
