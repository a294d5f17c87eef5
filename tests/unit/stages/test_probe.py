"""Single messages followed through an untrained synthesiser."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import Resource
from pipeline.artifacts.synthesis import Probes
from pipeline.errors import UserError
from pipeline.models.backend import start_keras
from pipeline.stages.generation import writer
from pipeline.stages.probe import _index, probe_messages, read_given
from pipeline.text.decoding import to_texts
from vae_samples import GENERATION, SHAPE, corpus, fitted, parts, shape

CLEAN: dict[str, Any] = {
    "unicode": True, "lower": True, "characters": "keras", "contractions": "keep", "stop_words": "none",
    "stemming": "none",
}  # fmt: skip
PROBE: dict[str, Any] = {
    "build": SHAPE, "generate": GENERATION, "num_reconstructions": 3, "num_steps": 4, "seed": 6,
}  # fmt: skip


def probe(reconstruct: Sequence[str] = (), interpolate: list[str] | None = None, **changes: Any) -> Probes:
    split, tokens, embedding = parts()
    _, texts = corpus(tokens, split)
    cleaning = {key: changes.pop(key, value) for key, value in CLEAN.items()}
    nothing = Resource(None, stand_in=False)
    given = read_given(nothing, tokens, **cleaning, reconstruct=list(reconstruct), interpolate=interpolate)
    settings = PROBE | changes
    start_keras(1)
    return probe_messages(given, texts, split, tokens, embedding, fitted(settings["build"]), **settings)


def reconstruct(said: str, label: int, build: Any = SHAPE) -> str:
    """What the synthesiser itself makes of the mean code of a message."""
    split, tokens, embedding = parts()
    start_keras(1)
    pen = writer(fitted(build), split.train, split, tokens, embedding, build=build, generate=GENERATION)
    words = [tokens.vocabulary.index(word) for word in said.split()]
    ids = np.zeros((1, tokens.ids.shape[1]), np.int32)
    ids[0, : len(words)] = words
    labels = np.array([label], np.int8)
    chances = np.random.default_rng(PROBE["seed"]).random((1, pen.max_length))
    written = pen.write(pen.model.encode(ids, labels).means, labels, np.array([len(words)]), chances)
    return to_texts(written.ids, tokens.vocabulary)[0]


def test_some_validation_messages_of_each_class_are_shown() -> None:
    split, tokens, _ = parts()
    _, texts = corpus(tokens, split)
    shown = probe().reconstructions
    assert list(shown) == ["label", "original", "reconstruction", "given"]
    assert shown["label"].tolist() == [0, 0, 0, 1, 1, 1]
    assert not shown["given"].any()
    held = set(zip(texts.table["text"][split.validation], split.labels[split.validation], strict=True))
    assert set(zip(shown["original"], shown["label"], strict=True)) <= held
    for row in shown.to_dict("records"):
        assert row["reconstruction"] == reconstruct(row["original"], row["label"])


def test_a_given_message_is_cleaned_and_written_as_each_class() -> None:
    shown = probe(reconstruct=["WordC, wordd!  nonsense", "worde"]).reconstructions
    given = shown[shown["given"]]
    assert given["label"].tolist() == [0, 1, 0, 1]
    assert given["original"].tolist() == ["wordc wordd nonsense"] * 2 + ["worde"] * 2
    assert given["reconstruction"].tolist()[:2] == [reconstruct("wordc wordd", label) for label in (0, 1)]
    assert shown["given"].tolist() == [True] * 4 + [False] * 6


@pytest.mark.parametrize(("padding", "expected"), [("post", [4, 5, 0, 0, 0, 0]), ("pre", [0, 0, 0, 0, 4, 5])])
def test_a_given_message_is_padded_as_the_others_are(padding: Any, expected: list[int]) -> None:
    _, tokens, _ = parts(padding)
    assert _index(["wordc nonsense wordd"], [""], tokens).tolist() == [expected]


@pytest.mark.parametrize(("padding", "expected"), [("post", [4, 4, 4, 4, 4, 5]), ("pre", [4, 5, 5, 5, 5, 5])])
def test_a_given_message_is_cut_as_the_others_are(padding: Any, expected: list[int]) -> None:
    _, tokens, _ = parts(padding)
    said = " ".join(["wordc"] * 5 + ["wordd"] * 5)
    assert _index([said], [said], tokens).tolist() == [expected]


@pytest.mark.parametrize("setting", [{"reconstruct": ["qwertz 123"]}, {"interpolate": ["wordc", "qwertz 123"]}])
def test_a_message_without_a_known_word_is_told(setting: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="'qwertz 123' has no word that the vocabulary knows") as caught:
        probe(**setting)
    assert "probe.reconstruct" in caught.value.remedy


def test_without_a_wish_the_walks_are_between_two_messages_of_each_class() -> None:
    found = probe()
    shown = found.reconstructions.groupby("label")["original"].apply(list)
    assert found.ends["path"].tolist() == [0, 1]
    assert found.ends[["first", "second"]].to_numpy().tolist() == [shown[0][:2], shown[1][:2]]
    walks = found.interpolations
    assert walks["path"].tolist() == [0] * 4 + [1] * 4
    assert walks["label"].tolist() == [0] * 4 + [1] * 4
    np.testing.assert_allclose(walks["step"].tolist(), [0, 1 / 3, 2 / 3, 1] * 2)
    assert walks["text"].str.len().gt(0).all()


def test_a_walk_between_two_given_messages_is_made_as_each_class() -> None:
    found = probe(interpolate=["WordC wordd", "worde!"], reconstruct=["wordf"])
    assert found.ends.to_numpy().tolist() == [[0, "wordc wordd", "worde"], [1, "wordc wordd", "worde"]]
    assert found.interpolations["label"].tolist() == [0] * 4 + [1] * 4
    assert not found.reconstructions.loc[found.reconstructions["given"], "original"].str.contains("worde").any()


def test_a_walk_leads_from_the_one_reconstruction_to_the_other() -> None:
    build = shape(lengths="observed")  # all places of a walk have the median length of the class: words can be compared
    walk = probe(interpolate=["wordc wordd", "worde"], build=build).interpolations
    for label in (0, 1):
        texts = walk.loc[walk["label"] == label, "text"].tolist()
        for text, end in ((texts[0], "wordc wordd"), (texts[-1], "worde")):
            shared = min(len(text.split()), len(end.split()))
            assert text.split()[:shared] == reconstruct(end, label, build=build).split()[:shared]


def test_one_reconstruction_of_each_class_still_leaves_a_walk() -> None:
    found = probe(num_reconstructions=1)
    assert found.reconstructions["label"].tolist() == [0, 1]
    assert len(found.ends) == 2


def test_the_same_seed_shows_the_same() -> None:
    one, other = probe(), probe()
    assert one.reconstructions.equals(other.reconstructions)
    assert one.interpolations.equals(other.interpolations)
