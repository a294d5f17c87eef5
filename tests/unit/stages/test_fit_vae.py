"""What is refused before a synthesiser is trained, and which messages it is given."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import UserError
from pipeline.stages.fit_vae import fit_vae, train_on
from vae_samples import RECIPE, SHAPE, parts, shape


def test_vectors_narrower_than_the_code_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"3 wide, narrower than the code of synthesiser.build.latent = 4") as caught:
        fit_vae(*parts(), build=shape(latent=4), training=RECIPE, seed=1, scratch=tmp_path)
    assert "synthesiser.build.latent=3 or less" in caught.value.remedy


@pytest.mark.parametrize(
    ("change", "happened", "remedy"),
    [
        ({"source": "learned"}, "embedding=learned has none yet", "embedding=glove"),
        ({"source": "learned", "connected": False}, "embedding=learned has none yet", "embedding=glove"),
        ({"connected": False}, "embedding.connected=false leaves them out", "embedding.connected=true"),
        (
            {"matrix": np.eye(12, 3, dtype=np.float32)[[3] * 11 + [0]]},
            "50 training messages has a vector in glove",
            "embedding.path",
        ),
    ],
)
def test_words_without_vectors_cannot_be_written(tmp_path: Path, change: Any, happened: str, remedy: str) -> None:
    """The last word is in no message: a vector of its own alone says nothing."""
    split, tokens, embedding = parts()
    with pytest.raises(UserError, match=happened) as caught:
        fit_vae(split, tokens, replace(embedding, **change), build=SHAPE, training=RECIPE, seed=1, scratch=tmp_path)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(("label", "name"), [(0, "negative"), (1, "positive")])
def test_a_class_with_too_few_messages_is_refused(tmp_path: Path, label: int, name: str) -> None:
    split, tokens, embedding = parts()
    own = split.labels[split.train] == label
    rows = np.concatenate([split.train[own][:9], split.train[~own]])
    with pytest.raises(UserError, match=f"The {name} class has 9 messages to learn from") as caught:
        train_on(rows, split, tokens, embedding, build=SHAPE, training=RECIPE, seed=1, scratch=tmp_path)
    assert "at least 10" in caught.value.expected


def test_it_learns_from_the_training_part_and_validation_chooses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split, tokens, embedding = parts()
    from pipeline.models.backend import start_keras

    start_keras(1)
    from pipeline.models.vae import synthesiser

    given: list[Any] = []
    monkeypatch.setattr(synthesiser, "train_synthesiser", lambda *arguments, **_: given.extend(arguments))
    fit_vae(split, tokens, embedding, build=SHAPE, training=RECIPE, seed=1, scratch=tmp_path)
    for examples, rows in zip(given[:2], (split.train, split.validation), strict=True):
        np.testing.assert_array_equal(examples.ids, tokens.ids[rows])
        np.testing.assert_array_equal(examples.labels, split.labels[rows])
    assert given[2:4] == [SHAPE, RECIPE]
    np.testing.assert_array_equal(given[4], embedding.matrix)
