"""A synthesiser of messages, what it makes, and the judgement of that.

Shapes: n messages, T words, V words of the vocabulary, D vector width, L latent dimensions, W words of all messages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Messages:
    """Messages as the judges of synthetic text read them, real or synthetic.

    Attributes:
        ids: (n, T) int32 word indices, 0 = padding at the end or in front.
        labels: (n,) int8, 1 = positive class.
        vectors: (n, D) float32, the mean of each message's word vectors.
        groups: (n,) int64, duplicate group; a synthetic message is alone in its own.
    """

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]
    vectors: NDArray[np.float32]
    groups: NDArray[np.int64]

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Messages:
        """Some of them."""
        return Messages(self.ids[rows], self.labels[rows], self.vectors[rows], self.groups[rows])


@dataclass(frozen=True)
class FittedVae:
    """A trained variational autoencoder, or one for each class.

    Attributes:
        weights: (M, P) float32, all weights of a model in a row; M = 1, or 2 where each class has its own, the negative
            class first.
        flow: (M, Q) float32, weights of the normalising flow fitted to the codes of the training messages.
        num_params: weights of one model, the flow and the embedding table left out.
        history: one row a model and epoch: `model` ("all", "negative", "positive"), `epoch` (1-based), `loss`,
            `squared_error`, `kl`, `length_loss`, the same with `val_` in front, `beta`, `seconds`. Nats a message; the
            squared error is a sum over words and vector entries. `val_loss` is at the full weight of the KL.
        kept_epochs: of each model, the epoch whose weights were kept.
        stopped_early: of each model, whether training ended before the last epoch allowed.
    """

    weights: NDArray[np.float32]
    flow: NDArray[np.float32]
    num_params: int
    history: pd.DataFrame
    kept_epochs: list[int]
    stopped_early: list[bool]


@dataclass(frozen=True)
class Latents:
    """What the encoder makes of real messages, and whether the latent is alive.

    Attributes:
        table: one row a message of the validation and test parts: `part`, `row`, `label`, `kl` (nats), `mse` (mean
            squared error of a vector entry), `baseline_mse` (of the mean vector of the class in place of the
            reconstruction), `words`, and its place on planes: `pca_1`, `pca_2`, `tsne_1`, `tsne_2` (of the posterior
            mean).
        dimensions: one row a latent dimension: `dimension` (1-based), `kl` (nats, mean over the validation part),
            `variance` (of the posterior means over the validation part), `active` (bool: that variance is above 0.01).
        priors: one row a prior, "gaussian" and "realnvp": `prior`, `nats` (mean over the test part of the KL from
            posterior to prior: the validation part has chosen the flow's epoch), `low`, `high` (its 95 % interval),
            `gain`, `gain_low`, `gain_high` (nats saved against the Gaussian, paired; 0 for the Gaussian itself).
        kl_nats: KL from posterior to N(0, I), mean over the validation part.
        reconstruction_mse: mean squared error of a vector entry, over the words of the validation part.
        mutual_information_nats: estimate of what the code tells of the message, at most the log of the number of
            messages that it is estimated from.
        active_units: dimensions that are active.
        collapsed: whether the latent says next to nothing: KL below 1 nat or no active unit.
    """

    table: pd.DataFrame
    dimensions: pd.DataFrame
    priors: pd.DataFrame
    kl_nats: float
    reconstruction_mse: float
    mutual_information_nats: float
    active_units: int
    collapsed: bool


@dataclass(frozen=True)
class Synthetic:
    """Generated messages.

    Attributes:
        table: one row a message: `label` (int8), `text`, `words` (int, length), `seed` (int64: draws this
            message alone), `copy_of` (int64: 0-based data row of the training message that it repeats word for word,
            -1 for none).
        ids: (n, T) int32 indices of its words, 0 = padding at the end.
        vectors: (W, D) float16, the decoder's vector at each word, message after message.
        means: (n, D) float32, the mean of the vectors of a message.
    """

    table: pd.DataFrame
    ids: NDArray[np.int32]
    vectors: NDArray[np.float16]
    means: NDArray[np.float32]


@dataclass(frozen=True)
class Given:
    """Messages of the user's own, as the model reads them.

    Attributes:
        texts: cleaned; first those to be reconstructed, then the two to walk between, if there are.
        ids: (n, T) int32 word indices, padded as the corpus is.
        num_reconstruct: how many are to be reconstructed.
    """

    texts: list[str]
    ids: NDArray[np.int32]
    num_reconstruct: int


@dataclass(frozen=True)
class Probes:
    """Single messages followed through the model.

    Attributes:
        reconstructions: columns `label`, `original`, `reconstruction`, `given` (bool: asked for by the user).
        interpolations: columns `path` (0-based), `step` (0 to 1), `label`, `text`; the ends of a path are
            reconstructions, and `text` of them is still the decoder's.
        ends: columns `path`, `first`, `second`: the messages that a path leads from and to.
    """

    reconstructions: pd.DataFrame
    interpolations: pd.DataFrame
    ends: pd.DataFrame


@dataclass(frozen=True)
class Evaluators:
    """Classifiers trained and tested on real and on synthetic messages.

    Attributes:
        table: one row an evaluator, setting and metric: `evaluator` ("gnb", "mnb", "bnb", "gru"), `setting` ("trtr":
            train real, test real; "tstr": train synthetic, test real; "trts": train real, test synthetic; "augmented":
            train real and synthetic, test real), `metric` (accuracy, precision, recall, f1, roc_auc, pr_auc), `value`,
            `low`, `high`, and the paired difference from "trtr" `difference`, `difference_low`, `difference_high`
            (NaN for "trtr" itself and for "trts", which has another test part).
        descriptions: evaluator -> one line that says what it is.
        settings: setting -> one line that says what is trained and tested on, with the numbers of messages.
    """

    table: pd.DataFrame
    descriptions: dict[str, str]
    settings: dict[str, str]


@dataclass(frozen=True)
class Scorecard:
    """Synthetic messages and a real holdout, each held against the training messages; sets of one size.

    Attributes:
        table: one row a score: `name`, `synthetic` (mean over draws of that size), `low`, `high` (lowest and highest
            draw), `holdout` (the same score of the real holdout). The nearer to the holdout's figure the better.
        num_messages: messages of each set.
        num_draws: draws of synthetic messages.
    """

    table: pd.DataFrame
    num_messages: int
    num_draws: int


@dataclass(frozen=True)
class Augmentation:
    """What helps the positive class when its messages are few.

    Attributes:
        table: one row a classifier, share of the positive training messages, method and metric: `classifier`, `percent`
            (10, 25, 50, 100), `positives` (training messages of that class), `method` ("none", "oversampling",
            "word_dropout", "class_weights", "synthetic"), `metric` ("f1", "f1_validated", "recall", "pr_auc"),
            `value`, `low`, `high`, and paired differences of the method of the row, each with `_low` and `_high`:
            `difference` from "none", `over_oversampling`, `over_word_dropout` and `over_class_weights` from the method
            that they name. They are there for every method: one differs from itself by exactly 0.
        repeats: draws of the positive messages that each figure is the mean of.
        descriptions: method -> one line that says what it does; classifier -> one line that says what it is.
    """

    table: pd.DataFrame
    repeats: int
    descriptions: dict[str, str]
