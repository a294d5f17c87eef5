"""Messages as bags of words, and detectors that look for one class of them with few labels or none.

A detector gives every message a *cost*: the more, the less likely it takes the message to be of the commoner, negative
class. Costs of density models are negative log-densities in nats.

Shapes: N rows of the corpus, V words of the vocabulary, E entries of all bags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FittedOn = Literal["all", "negative", "unsuspected"]
Weighting = Literal["message", "group"]
Measure = Literal["message", "word", "residual"]


@dataclass(frozen=True)
class Bags:
    """Which words of the vocabulary each row of the corpus holds, and how often.

    Attributes:
        words: (E,) int32 column of each entry, row after row, ascending within a row.
        counts: (E,) int32 how often the row holds that word.
        edges: (N + 1,) int32 where each row begins, and the end.
        vocabulary: the V words, alphabetical.
        lengths: (N,) int32 words of the cleaned text, known or not, each as often as it occurs.
        seen: (V,) int32 training messages that hold each word.
    """

    words: NDArray[np.int32]
    counts: NDArray[np.int32]
    edges: NDArray[np.int32]
    vocabulary: list[str]
    lengths: NDArray[np.int32]
    seen: NDArray[np.int32]

    @property
    def known(self) -> NDArray[np.int64]:
        """Distinct words of the vocabulary in each row, (N,); 0: the row holds none."""
        return np.diff(self.edges).astype(np.int64)

    def take(self, rows: NDArray[np.integer]) -> Any:
        """Counts of some rows, (n, V) sparse float32 (SciPy's types do not say so: Any)."""
        from scipy import sparse

        shape = (len(self.edges) - 1, len(self.vocabulary))
        return sparse.csr_array((self.counts.astype(np.float32), self.words, self.edges), shape=shape)[rows]


@dataclass(frozen=True)
class Suspicion:
    """What a mixture of a few kinds of messages, fitted without labels, takes for the rarest kind.

    Attributes:
        table: one row a message of the split, ascending: `row` (int64), `log_odds` (float64; above 0: of the rarest
            kind).
        share: the mixture's own estimate of how large a part of the training messages is of the rarest kind.
        words: the words that tell the rarest kind best: `word`, `log_ratio` (how much more often the rarest kind uses
            it, natural logarithm), `seen` (training messages that hold it).
        num_kinds: kinds of messages that the mixture consists of.
        num_starts: random starts, of which the likeliest solution was taken.
    """

    table: pd.DataFrame
    share: float
    words: pd.DataFrame
    num_kinds: int
    num_starts: int

    def log_odds(self, rows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Log-odds of some rows of the split, (n,)."""
        known = self.table["row"].to_numpy(np.int64)
        places = np.searchsorted(known, rows)
        assert np.array_equal(known[places], rows)
        return self.table["log_odds"].to_numpy(np.float64)[places]


@dataclass(frozen=True)
class Detection:
    """What one detector says of the messages of the validation and test part.

    Attributes:
        name: of the detector, "vae_all".
        model: of what kind it is: "vae", "gaussian_vae", "autoencoder", "unigram", "pca", "isolation_forest",
            "local_outlier_factor", "repetition", "mixture", "length".
        fitted_on: "all" training messages, those of the "negative" class (needs labels), or the "unsuspected", without
            those that a mixture takes for the rarest kind (needs none).
        weighting: "message": all weigh the same; "group": all near-duplicates of one another together weigh as one.
        description: one line that says what it is.
        fitted: messages of the negative and of the positive class that it was fitted on.
        scores: one row a bound and message: `bound` ("elbo", "iwae" of a VAE; "cost" of all others), `part`
            ("validation", "test"), `row`, `message` (the cost), `word` (cost a known word; NaN where that means
            nothing), `residual` (how many standard deviations the cost is above what is usual at this length; NaN
            likewise).
        main: the bound that stands for it, "iwae" or "cost".
        history: one row an epoch: `epoch` (1-based), `loss`, `reconstruction`, `kl`, `val_loss` (nats a message, on the
            validation messages of the kind that it was fitted on), `val_roc_auc` (with labels; only shown, never used
            to choose), `seconds`. Empty where nothing is trained by epochs.
        kept_epoch: the epoch whose weights were kept, that of the lowest `val_loss`; 0 where there are none.
        num_params: trained numbers; 0 where there are none.
        active_units: latent dimensions whose mean varies from message to message (variance of at least 0.01); None
            where there are none.
        num_latent: latent dimensions; None where there are none.
        latents: test messages in the plane of the latent means' two main directions: `row`, `first`, `second`. Empty
            where there are none.
        latent_shares: share of the variance of the latent means along each of the two.
        words: what the words of each test message cost: `row`, `word`, `cost` (nats), dearest first, a few a message.
            Empty where words have no costs of their own.
    """

    name: str
    model: str
    fitted_on: FittedOn
    weighting: Weighting
    description: str
    fitted: list[int]
    scores: pd.DataFrame
    main: str
    history: pd.DataFrame
    kept_epoch: int
    num_params: int
    active_units: int | None
    num_latent: int | None
    latents: pd.DataFrame
    latent_shares: list[float]
    words: pd.DataFrame


@dataclass(frozen=True)
class Contamination:
    """Detectors fitted on training messages of which ever more are of the positive class.

    Attributes:
        scores: one row a model, share and test message: `model` ("vae", "unigram"), `share` (of the positive class
            among the messages fitted on), `row`, `message`, `word`, `residual` as in `Detection`.
        num_fitted: messages fitted on, the same at every share.
    """

    scores: pd.DataFrame
    num_fitted: int


@dataclass(frozen=True)
class DetectionScores:
    """How detectors did on the test part. Intervals are 95 %, over duplicate groups; NaN where undefined.

    Attributes:
        detectors: one row a detector, in order: `detector`, `model`, `fitted_on`, `weighting`, `description`,
            `measure` ("message", "word" or "residual": which of its scores stands for it), `needs_labels` (bool),
            `fitted_negative`, `fitted_positive`, `num_params`, `kept_epoch`, `active_units`, `num_latent` (both NaN
            where None), `length_correlation` (Spearman's, of the cost of a message and its known words).
            Last comes "tfidf": a classifier that was given all training labels; `model` "supervised".
        measures: one row a detector, bound, measure and metric: `detector`, `bound`, `measure`, `is_main` (bool),
            `metric` ("roc_auc", "pr_auc"), `value`, `low`, `high`.
        rules: one row a detector, rule and metric, of its main measure: `detector`, `rule`, `metric` ("f1",
            "precision", "recall"), `value`, `low`, `high`. Rules choose a threshold on the validation part:
            "expected": so that the expected share is called; "estimated": the share that the mixture estimates;
            "elbow": where the sorted costs bend; these use no labels. "labels": the highest F1.
        thresholds: one row a detector and rule: `detector`, `rule`, `threshold`, `called` (share of test messages).
        rule_contests: one row a detector and pair of rules: `detector`, `rule`, `rival`, `difference` (of F1), `low`,
            `high`, `p` (two-sided, adjusted by Holm's method for the pairs of the detector), paired likewise. The rival
            comes later in the order above: each rule without labels has "labels" for one.
        contests: one row a comparison and metric: `detector`, `measure` (by which of its scores), `rival` (by the one
            that stands for it), `metric` ("roc_auc", "pr_auc"), `difference`, `low`, `high`, `p` (two-sided, adjusted
            for their number by Holm's method), paired on the same resamples. Rivals: the unigram density fitted on the
            same messages, else the one fitted on all; of each unigram the length; of "tfidf" and of `picked` the
            `champion`; and, by "message", of the density fitted on all messages that is nearest to the source's, the
            length.
        curves: precision over recall: `detector`, `recall`, `precision`.
        contamination: one row a model, share and metric: `model`, `share`, `metric`, `value`, `low`, `high`; and
            `difference`, `difference_low`, `difference_high`, `p` (adjusted for all of the table): from the same model
            fitted without the positive class; NaN at a share of 0.
        champion: the detector without labels with the highest ROC-AUC on the validation part, whose labels that takes;
            empty where there is none.
        picked: the same of the detectors fitted on the negative class.
        expected_share, estimated_share, true_share: of the positive class: as was told, as the mixture estimates,
            and as the test part has it.
        num_wordless: test messages without a known word; they are scored, and flagged.
        num_resamples: of the bootstrap.
    """

    detectors: pd.DataFrame
    measures: pd.DataFrame
    rules: pd.DataFrame
    thresholds: pd.DataFrame
    rule_contests: pd.DataFrame
    contests: pd.DataFrame
    curves: pd.DataFrame
    contamination: pd.DataFrame
    champion: str
    picked: str
    expected_share: float
    estimated_share: float
    true_share: float
    num_wordless: int
    num_resamples: int
