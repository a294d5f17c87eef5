"""What of the settings of a run its report tells: how networks were trained, and how samples were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.reporting.words import count, listed, percent, quantity

OPTIMISERS = {"adam": "Adam", "rmsprop": "RMSprop"}
SCHEDULES = {"cosine": "falling by a cosine", "plateau": "times 0.2 after each epoch that brought nothing"}
TRAINED = "How the networks were trained"  # title of their table


@dataclass(frozen=True)
class Recipe:
    """How a network was trained; the attributes are explained in `pipeline.models.characters.settings.Recipe`."""

    scheme: str
    epochs: int
    batch_size: int
    steps: int
    optimiser: str
    learning_rate: float
    schedule: str
    clipnorm: float | None
    ema_decay: float | None
    keep: str

    @property
    def optimiser_said(self) -> str:
        """Its name for people."""
        return OPTIMISERS.get(self.optimiser, self.optimiser)

    @property
    def descent(self) -> str:
        """Adam at 0.01, falling by a cosine, for 12 epochs."""
        rate = f"{self.optimiser_said} at {self.learning_rate:g}, {SCHEDULES.get(self.schedule, self.schedule)}"
        mean = ", with a running mean of the weights" if self.ema_decay is not None else ""
        return f"{rate}, for {quantity(self.epochs, 'epoch')}{mean}"

    @property
    def pieces(self) -> str:
        """8 streams, 128 windows: what an update learns from at once."""
        return quantity(self.batch_size, "window" if self.scheme == "windowed" else "stream")


@dataclass(frozen=True)
class Drawing:
    """Among how many symbols, or how much probability, samples were drawn; None: among all."""

    top_k: int | None = None
    top_p: float | None = None

    @property
    def said(self) -> str:
        """What these left out; empty where they left out nothing."""
        parts = [f"the {count(self.top_k)} likeliest"] if self.top_k is not None else []
        if self.top_p is not None:
            parts.append(f"the likeliest that together have {percent(100 * self.top_p)} of the probability")
        return f"Every character is one of {listed(parts)} (top-k, top-p), whatever the temperature." if parts else ""


@dataclass(frozen=True)
class AlphabetFrom:
    """Whose characters the alphabet is made of: those of the training part, "train", or of "all"."""

    alphabet_from: str
    min_count: int


@dataclass(frozen=True)
class _Trained:
    training: Recipe


@dataclass(frozen=True)
class Settings:
    """The part of `config.yaml` that sentences are made from; what it does not hold is not told."""

    writers: Mapping[str, _Trained] = field(default_factory=dict)
    samples: Drawing = Drawing()
    alphabet: AlphabetFrom | None = None

    @property
    def recipes(self) -> dict[str, Recipe]:
        """How each network was trained, by its name in the files."""
        return {name: trained.training for name, trained in self.writers.items()}
