"""Whether a classifier can tell a set of messages from real ones.

Shapes: n messages, D vector width.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.bags import count_words
from pipeline.evaluation.synthetic.ngrams import stack

FOLDS = 5
MAX_ITERATIONS = 2000
C = 10.0  # at 1 a word that all candidates hold and no real message does is not made enough of


def discriminator_auc(candidates: Messages, real: Messages, *, seed: int) -> float:
    """The area under ROC of a classifier that tells candidates from real messages; 0.5 = they cannot be told apart.

    Well below 0.5 it says that candidates are copies of the real messages: what was learnt of the one is held against
    the other.

    Logistic regression on TF-IDF of the words and on the message vectors, cross-validated with groups kept whole, the
    mean over folds. NaN where no fold has messages of both.

    Source: Lopez-Paz & Oquab 2017, Revisiting classifier two-sample tests, ICLR.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold

    ids = stack(candidates.ids, real.ids)
    counts = count_words(ids, 1 + int(ids.max()))
    vectors = np.concatenate([candidates.vectors, real.vectors])
    groups = np.concatenate([candidates.groups, real.groups])
    is_candidate = np.arange(len(groups)) < len(candidates.ids)
    areas: list[float] = []
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for fitted, judged in folds.split(vectors, is_candidate, groups):
        if not all(0 < is_candidate[rows].sum() < len(rows) for rows in (fitted, judged)):
            continue  # few and large groups may leave a fold without real messages
        seen, unseen = _features(counts, vectors, fitted, judged)
        model = LogisticRegression(C=C, max_iter=MAX_ITERATIONS).fit(seen, is_candidate[fitted])
        areas.append(float(roc_auc_score(is_candidate[judged], model.decision_function(unseen))))
    return float(np.mean(areas)) if areas else np.nan


def _features(
    counts: Any, vectors: NDArray[np.float32], fitted: NDArray[np.intp], judged: NDArray[np.intp]
) -> tuple[Any, Any]:
    """Words and vectors of both parts side by side, weighed and scaled by what the first alone shows."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import StandardScaler

    tfidf = TfidfTransformer(sublinear_tf=True).fit(counts[fitted])
    scaler = StandardScaler().fit(vectors[fitted].astype(np.float64))

    def of(rows: NDArray[np.intp]) -> Any:
        scaled = scaler.transform(vectors[rows].astype(np.float64)) / np.sqrt(vectors.shape[1])  # about length 1 too
        return sparse.hstack([tfidf.transform(counts[rows]), sparse.csr_array(scaled)], format="csr")

    return of(fitted), of(judged)
