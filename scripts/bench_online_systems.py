"""The systems that `bench_online.py` measures against each other, each as its own users would make it quick.

All see the same words and the same n-grams of one and two words (`features` shows them), and learn 2 ** 20 weights
where they hash. *Progressive* is to predict each message before it is learnt, as filters are judged: one by one, or for
those that take blocks in blocks of the period. What formats the messages is not timed; making the model is.

Ours are given one run of bytes, a message a line, and the labels. Vowpal Wabbit is given lines with the label in them,
one by one as strings or all as a file, which its own loop reads in a second thread; ratios are to the faster of these
two. --adaptive is the AdaGrad of our logistic regression and --sgd its plainest rule, both less than it does unasked.
River makes its bag once for predicting and learning.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bench_online_stream import Messages
from pipeline.filter.model_file import RATES
from pipeline.online.blocks import Block, block_of, spell_grams
from pipeline.online.filters import new_filter
from pipeline.online.settings import FilterSettings, Learner

Kind = Literal["progressive", "learn only", "hashing only"]
Pass = Callable[[], float | None]  # a new model over all of the stream: share of predictions that were right
NGRAMS = (1, 2)
LOG2_BUCKETS = 20
VW_OPTIONS = "--binary --loss_function logistic --ngram 2 -b 20 --quiet"


def _filter(learner: Learner, log2_buckets: int = LOG2_BUCKETS, num_hashes: int = 1) -> FilterSettings:
    return FilterSettings(
        learner, NGRAMS, log2_buckets, num_hashes, hash_seed=0, likelihood="ngrams", rate=RATES.get(learner, 1.0)
    )


FILTERS = {
    "naive_bayes hashing": _filter("naive_bayes"),
    "perceptron hashing": _filter("perceptron"),
    "logistic hashing": _filter("logistic"),
    "naive_bayes count-min": _filter("naive_bayes", LOG2_BUCKETS - 2, 4),
    "perceptron count-min": _filter("perceptron", LOG2_BUCKETS - 2, 4),
}


@dataclass(frozen=True)
class System:
    """Something that learns a stream.

    Attributes:
        name: of the system.
        library: what it belongs to; systems of one library share a process.
        kind: what is done.
        prepare: of messages, the period and a folder for files, makes a pass.
        most: of the stream only so many messages are learnt, for those that take long.
        raw: whether it has the messages as they were.
        is_peer: whether ratios to its library may be to it: it learns all that its library learns unasked.
    """

    name: str
    library: Literal["ours", "vowpalwabbit", "river", "scikit-learn"]
    kind: Kind
    prepare: Callable[[Messages, int, Path], Pass]
    most: int | None = None
    raw: bool = False
    is_peer: bool = True


@dataclass(frozen=True)
class Measured:
    """One pass: seconds that went by, seconds of this core, and the share of predictions that were right."""

    seconds: float
    cpu_seconds: float
    right: float | None


def measure(name: str) -> Measured:
    """One pass of a system that is prepared."""
    wall, cpu = time.perf_counter(), time.process_time()
    right = _prepared[name]()
    return Measured(time.perf_counter() - wall, time.process_time() - cpu, right)


def prepare(name: str, messages: Messages, period: int, folder: Path) -> None:
    """Make a system ready; a pass over a few messages comes first, so that nothing is compiled or loaded later on."""
    system = SYSTEMS[name]
    system.prepare(messages.head(32), period, folder)()
    _prepared[name] = system.prepare(messages.head(system.most), period, folder)


_prepared: dict[str, Pass] = {}


def _ours(settings: FilterSettings, *, predict: bool = True, one_by_one: bool = False, form: str = "bytes") -> Any:
    """A filter of ours, given all as bytes (lines), the messages as they were, or a list of strings."""

    def prepare(messages: Messages, period: int, _: Path) -> Pass:
        texts = messages.raw if form == "raw" else messages.texts
        data, labels = ("\n".join(texts) + "\n").encode(), messages.labels
        step = 1 if one_by_one else period

        def run() -> float | None:
            model, right = new_filter(settings), 0
            block = block_of(texts) if form == "strings" else _lines(data)
            for begin in range(0, len(block), step):
                end = min(begin + step, len(block))
                grams = model.read(block.take(begin, end))
                if predict:
                    right += np.count_nonzero((model.score(grams) > 0) == (labels[begin:end] == 1))
                model.learn(grams, labels[begin:end])
            return right / len(block) if predict else None

        return run

    return prepare


def _lines(data: bytes) -> Block:
    """A message a line; the line end, which is part of no word, stays with the line."""
    array = np.frombuffer(data, np.uint8)
    return Block(array, np.concatenate([[0], np.flatnonzero(array == ord("\n")) + 1]))


def _vw_strings(messages: Messages, _: int, __: Path) -> Pass:
    lines = _vw_lines(messages)

    def run() -> float:
        space, right = _vw(), 0
        for line in lines:
            example = space.parse(line)
            space.learn(example)  # predicts first
            right += example.get_simplelabel_prediction() == example.get_simplelabel_label()
            space.finish_example(example)
        space.finish()
        return right / len(lines)

    return run


def _vw_learn(messages: Messages, _: int, __: Path) -> Pass:
    lines = _vw_lines(messages)

    def run() -> None:
        space = _vw()
        for line in lines:
            space.learn(line)
        space.finish()

    return run


def _vw_file(options: str) -> Callable[[Messages, int, Path], Pass]:
    def prepare(messages: Messages, _: int, folder: Path) -> Pass:
        file = folder / f"{len(messages)}.vw"
        file.write_text("\n".join(_vw_lines(messages)) + "\n", encoding="utf-8")

        def run() -> float:
            space = _vw(f"-d {file} {options}")  # reads all of the file
            space.finish()
            return 1 - space.get_sum_loss() / space.get_weighted_examples()

        return run

    return prepare


def _vw(options: str = "") -> Any:
    module: Any = import_module("vowpalwabbit")  # only for developers
    return module.Workspace(f"{VW_OPTIONS} {options}")


def _vw_lines(messages: Messages) -> list[str]:
    return [f"{'1' if label else '-1'} |t {text}" for text, label in zip(messages.texts, messages.labels, strict=True)]


def _river_bag() -> Any:
    from river.feature_extraction import BagOfWords

    return BagOfWords(lowercase=False, strip_accents=False, tokenizer=str.split, ngram_range=NGRAMS)


def _river(module: str, model: str, *, hashed: bool = False) -> Callable[[Messages, int, Path], Pass]:
    def prepare(messages: Messages, _: int, __: Path) -> Pass:
        rows = list(zip(messages.texts, messages.labels.astype(bool).tolist(), strict=True))

        def run() -> float:
            from river.preprocessing import FeatureHasher

            bag, hasher = _river_bag(), FeatureHasher(n_features=2**LOG2_BUCKETS, seed=0) if hashed else None
            learner, right = getattr(import_module(f"river.{module}"), model)(), 0
            for text, label in rows:
                words = bag.transform_one(text)
                if hasher:
                    words = hasher.transform_one(words)
                right += learner.predict_one(words) == label
                learner.learn_one(words, label)
            return right / len(rows)

        return run

    return prepare


def _hashing_vectorizer() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    form: dict[str, Any] = {"token_pattern": r"\S+", "ngram_range": NGRAMS, "norm": None}
    return HashingVectorizer(lowercase=False, n_features=2**LOG2_BUCKETS, alternate_sign=False, binary=True, **form)


def _sklearn(module: str = "", model: str = "", **settings: Any) -> Callable[[Messages, int, Path], Pass]:
    """A model of scikit-learn; without one, hashing alone."""

    def prepare(messages: Messages, period: int, _: Path) -> Pass:
        texts, labels = messages.texts, messages.labels

        def run() -> float | None:
            vectorizer, right, asked = _hashing_vectorizer(), 0, 0
            learner = getattr(import_module(f"sklearn.{module}"), model)(**settings) if model else None
            for begin in range(0, len(texts), period):
                rows, truth = vectorizer.transform(texts[begin : begin + period]), labels[begin : begin + period]
                if learner and begin:  # before, it has no answer
                    right, asked = right + np.count_nonzero(learner.predict(rows) == truth), asked + len(truth)
                if learner:
                    learner.partial_fit(rows, truth, classes=[0, 1])
            return right / asked if asked else None

        return run

    return prepare


def features(library: str, texts: list[str]) -> list[list[str] | int]:
    """Of each text the distinct n-grams that a library sees; of Vowpal Wabbit how many, repeated ones too.

    Of ours those of the sketch: hashing takes n-grams that share a bucket for one.
    """
    if library == "ours":
        return [sorted(spell_grams(block_of([text]), FILTERS["naive_bayes count-min"])) for text in texts]
    if library == "river":
        bag = _river_bag()
        return [
            sorted(gram if isinstance(gram, str) else " ".join(gram) for gram in bag.transform_one(text))
            for text in texts
        ]
    if library == "scikit-learn":
        analyse = _hashing_vectorizer().build_analyzer()
        return [sorted(set(analyse(text))) for text in texts]
    space = _vw()
    parsed = [space.parse(f"1 |t {text}") for text in texts]
    counts: list[list[str] | int] = [example.get_feature_number() - 1 for example in parsed]  # less the constant
    for example in parsed:
        space.finish_example(example)
    space.finish()
    return counts


SLOW = 3000  # messages of the slowest: their dictionaries are smaller than for all, which is to their advantage
_BAYES, _SGD = FILTERS["naive_bayes hashing"], {"loss": "log_loss", "random_state": 0}
SYSTEMS = {
    system.name: system
    for system in (
        *(System(name, "ours", "progressive", _ours(settings)) for name, settings in FILTERS.items()),
        System("naive_bayes hashing, raw text", "ours", "progressive", _ours(_BAYES, form="raw"), raw=True),
        System("naive_bayes hashing, strings", "ours", "progressive", _ours(_BAYES, form="strings")),
        System("naive_bayes hashing, one by one", "ours", "progressive", _ours(_BAYES, one_by_one=True)),
        *(
            System(f"{name}, learn only", "ours", "learn only", _ours(settings, predict=False))
            for name, settings in FILTERS.items()
        ),
        System("vw strings", "vowpalwabbit", "progressive", _vw_strings),
        System("vw strings, learn only", "vowpalwabbit", "learn only", _vw_learn),
        System("vw file", "vowpalwabbit", "progressive", _vw_file("")),
        System("vw file --adaptive", "vowpalwabbit", "progressive", _vw_file("--adaptive"), is_peer=False),
        System("vw file --sgd", "vowpalwabbit", "progressive", _vw_file("--sgd"), is_peer=False),
        System("river logistic", "river", "progressive", _river("linear_model", "LogisticRegression"), SLOW),
        System(
            "river logistic, hashed",
            "river",
            "progressive",
            _river("linear_model", "LogisticRegression", hashed=True),
            SLOW,
        ),
        System("river perceptron", "river", "progressive", _river("linear_model", "Perceptron"), SLOW),
        System("river multinomial_nb", "river", "progressive", _river("naive_bayes", "MultinomialNB"), SLOW),
        System("sklearn hashing alone", "scikit-learn", "hashing only", _sklearn(), is_peer=False),
        System("sklearn sgd", "scikit-learn", "progressive", _sklearn("linear_model", "SGDClassifier", **_SGD)),
        System("sklearn multinomial_nb", "scikit-learn", "progressive", _sklearn("naive_bayes", "MultinomialNB")),
        System("sklearn bernoulli_nb", "scikit-learn", "progressive", _sklearn("naive_bayes", "BernoulliNB")),
    )
}
