"""A file of an accelerated model is a file of plain Keras, and the other way round."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from twins import KINDS, compiled_loops, numbers, twins

from pipeline.models.recurrent.layers import accelerate

# Run by a Python that never hears of this package: predict, change the weights, predict, write.
ELSEWHERE = """
import sys
import keras, numpy as np
model = keras.models.load_model("ours.keras")
sequences = np.load("sequences.npy")
loaded = model.predict(sequences, verbose=0)
model.set_weights([weight * 1.5 for weight in model.get_weights()])
np.savez("outputs.npz", loaded=loaded, changed=model.predict(sequences, verbose=0))
model.save("theirs.keras")
assert not any(name.split(".")[0] in ("pipeline", "numba") for name in sys.modules)
"""


def every_kind() -> Any:
    """All layers, two of them chains, one in a wrapper, on masked sequences."""
    sequences = keras.Input((None, 3))
    words = keras.layers.Masking(0.0)(sequences)
    ends = [kind(4, dropout=0.3, recurrent_dropout=0.3)(words) for kind in (*KINDS, keras.layers.GRU)]
    both_ways = keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True))(words)
    return keras.Model(sequences, keras.layers.Concatenate()([*ends, keras.layers.GRU(2)(both_ways)]))


@pytest.fixture(scope="module")
def sequences() -> NDArray[np.float32]:
    return numbers(0, 6, 5, 3) * (np.arange(5) < np.array([[5], [1], [3], [4], [2], [5]]))[..., None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sequences: NDArray[np.float32]) -> Path:
    """What is left of a model that was written here, read elsewhere and written again."""
    folder = tmp_path_factory.mktemp("files")
    np.save(folder / "sequences.npy", sequences)
    _, fast = twins(every_kind)
    np.save(folder / "ours.npy", predict(fast, sequences))
    fast.save(folder / "ours.keras")
    done = subprocess.run([sys.executable, "-c", ELSEWHERE], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


def predict(model: Any, sequences: NDArray[np.float32]) -> NDArray[np.float32]:
    """By the compiled loops."""
    with compiled_loops() as started:
        outputs = model.predict(sequences, verbose=0)
    assert started.called
    return outputs


def test_plain_keras_loads_an_accelerated_model(folder: Path) -> None:
    np.testing.assert_allclose(np.load(folder / "outputs.npz")["loaded"], np.load(folder / "ours.npy"), atol=1e-6)


def test_a_file_of_plain_keras_is_accelerated(folder: Path, sequences: NDArray[np.float32]) -> None:
    theirs: Any = keras.models.load_model(folder / "theirs.keras")
    np.testing.assert_allclose(
        predict(accelerate(theirs), sequences), np.load(folder / "outputs.npz")["changed"], atol=1e-6
    )


def test_an_accelerated_model_is_described_as_keras_own() -> None:
    keras.utils.clear_session()
    stock = every_kind().to_json()
    keras.utils.clear_session()
    assert accelerate(every_kind()).to_json() == stock


def test_a_clone_is_keras_own_and_has_the_same_weights(sequences: NDArray[np.float32]) -> None:
    _, fast = twins(every_kind)
    clone: Any = keras.models.clone_model(fast)
    clone.set_weights(fast.get_weights())
    with compiled_loops() as started:
        outputs = clone.predict(sequences, verbose=0)
    assert not started.called
    np.testing.assert_allclose(outputs, predict(fast, sequences), atol=1e-6)
