"""What a detector is fitted on, and what one can be asked.

Shapes: n messages fitted on, m messages of the same kind kept back, V words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import UserError

Costs = NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """Messages to fit a detector on.

    Attributes:
        bags: (n, V) sparse counts (SciPy's types do not say so: Any).
        weights: (n,) what each message weighs, 1 on average.
        held: (m, V) sparse counts of messages of the same kind, that choose the epoch.
        shown: bags and labels of messages that a history is shown on; no detector is fitted on them or chosen by them.
        seed: of all that is drawn at random.
    """

    bags: Any
    weights: NDArray[np.float32]
    held: Any
    shown: tuple[Any, NDArray[np.int8]] | None
    seed: int

    @property
    def is_weighted(self) -> bool:
        """Whether messages weigh differently."""
        return bool((self.weights != self.weights[0]).any())

    def refuse_weights(self, model: str) -> None:
        """Raise a `UserError` where a model that cannot weigh messages is to."""
        if self.is_weighted:
            raise UserError(
                f"The detector {model} cannot weigh messages, as weighting=group asks.",
                expected="weighting=message, or a model that weighs messages: a VAE, an autoencoder, or unigram",
                remedy="Set weighting=message for this detector.",
            )


@dataclass(frozen=True)
class History:
    """How a detector was trained; empty where nothing is trained by epochs. See `artifacts.detection.Detection`."""

    table: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            columns=["epoch", "loss", "reconstruction", "kl", "val_loss", "val_roc_auc", "seconds"], dtype=np.float64
        )
    )
    kept_epoch: int = 0


class Detector(ABC):
    """A fitted detector: it gives every message a cost, the higher the odder.

    Attributes:
        kind: what it is called in tables, "vae".
        main: the bound that stands for it.
        is_length_adjusted: whether it is also judged by how much more a message costs than is usual at its length.
        adds_up: whether its costs are sums over words.
        history: how it was trained.
        num_params: trained numbers.
        num_latent: dimensions of its code; None where it has none.
    """

    kind: str
    main: str = "cost"
    is_length_adjusted: bool = True
    adds_up: bool = True
    history: History = History()
    num_params: int = 0
    num_latent: int | None = None

    @property
    @abstractmethod
    def description(self) -> str:
        """One line that says what it is."""

    @abstractmethod
    def costs(self, bags: Any) -> dict[str, Costs]:
        """Costs (n,) of messages, by bound."""


class Priced(ABC):
    """A detector whose costs are those of single words."""

    @abstractmethod
    def word_costs(self, bags: Any) -> Any:
        """Cost in nats of each word that a message holds, (n, V) sparse."""


class Coded(ABC):
    """A detector that makes a code of each message."""

    @abstractmethod
    def codes(self, bags: Any) -> NDArray[np.float32]:
        """Codes of messages, (n, L); their means where they are drawn."""
